"""Indexes for digests: what is marked and when it came, and the mails to one coordinator."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

MARKED = "CAST(marks AS VARCHAR) != '[]' AND confirmed_at IS NULL AND purged_at IS NULL"
BEFORE = ["request_id", "version"]


def _marked_by(columns: list[str]) -> None:
    where = sa.text(MARKED)
    op.drop_index("ix_letters_marked", "letters")
    op.create_index(
        "ix_letters_marked", "letters", columns, postgresql_where=where, sqlite_where=where
    )


def upgrade() -> None:
    """Go forward."""
    _marked_by([*BEFORE, "received_at"])
    where = sa.text("coordinator_id IS NOT NULL")
    op.create_index(
        "ix_outbox_coordinator_id",
        "outbox",
        ["coordinator_id"],
        postgresql_where=where,
        sqlite_where=where,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_outbox_coordinator_id", "outbox")
    _marked_by(BEFORE)
