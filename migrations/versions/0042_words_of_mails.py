"""A program can give its mails words of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "programs", sa.Column("mail_words", sa.JSON(), nullable=False, server_default="{}")
    )


def downgrade() -> None:
    """Go back. The words are lost."""
    op.drop_column("programs", "mail_words")
