"""Mails take turns where the operator limits how many go out."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "mail_turns",
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("free_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_mail_turns"),
    )
    op.add_column("outbox", sa.Column("to_domain", sa.String(253)))


def downgrade() -> None:
    """Go back."""
    op.drop_column("outbox", "to_domain")
    op.drop_table("mail_turns")
