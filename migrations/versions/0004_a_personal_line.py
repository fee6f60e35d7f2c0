"""The applicant adds a personal line to the advance notice."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Those who were alerted before got no such line."""
    op.add_column(
        "letter_requests",
        sa.Column("personal_line", sa.String(500), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Go back. The lines that were written are lost."""
    op.drop_column("letter_requests", "personal_line")
