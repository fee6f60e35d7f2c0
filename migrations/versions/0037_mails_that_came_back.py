"""A mail that a server took can come back, and is marked with when it did."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

CAME_BACK = sa.text("bounced_at IS NOT NULL")


def upgrade() -> None:
    """Go forward.

    The CHECK stands with its column: SQLite can add none to a table that is there.
    """
    instant = UtcDateTime().compile(op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE outbox ADD COLUMN bounced_at {instant} CONSTRAINT ck_outbox_bounced_at "
        "CHECK (bounced_at IS NULL OR status = 'sent')"
    )
    op.create_index(
        "ix_outbox_bounced",
        "outbox",
        ["application_id"],
        postgresql_where=CAME_BACK,
        sqlite_where=CAME_BACK,
    )


def downgrade() -> None:
    """Go back: what came back counts as sent."""
    op.drop_index("ix_outbox_bounced", table_name="outbox")
    op.drop_column("outbox", "bounced_at")
