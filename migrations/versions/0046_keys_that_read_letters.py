"""A key of the API may be one that reads letters."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. No key that was given away before reads any."""
    op.add_column(
        "api_keys",
        sa.Column("reads_letters", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Go back. Keys that read letters are those of a portal then."""
    op.drop_column("api_keys", "reads_letters")
