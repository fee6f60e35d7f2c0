"""A program has a colour of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: programs keep our own colour."""
    op.add_column(
        "programs", sa.Column("accent", sa.String(length=7), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Go back; the colours are lost."""
    op.drop_column("programs", "accent")
