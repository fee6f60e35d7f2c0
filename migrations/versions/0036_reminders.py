"""Referees are reminded by a ladder, in one mail a day."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

INSTANTS = ("ladder_at", "remind_next_at", "remind_wished_at", "reminders_off_at")
INDEX = "ix_letter_requests_remind_next_at"
AWAITED = sa.text("status = 'requested'")


def upgrade() -> None:
    """Go forward. Who was asked before is looked at by the first worker."""
    for name in INSTANTS:
        op.add_column("letter_requests", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column(
        "letter_requests",
        sa.Column("referee_zone", sa.String(length=64), nullable=False, server_default=""),
    )
    op.create_index(
        INDEX,
        "letter_requests",
        ["remind_next_at"],
        postgresql_where=AWAITED,
        sqlite_where=AWAITED,
    )


def downgrade() -> None:
    """Go back. What referees chose is lost, and so is how far each ladder was climbed."""
    op.drop_index(INDEX, "letter_requests")
    op.drop_column("letter_requests", "referee_zone")
    for name in reversed(INSTANTS):
        op.drop_column("letter_requests", name)
