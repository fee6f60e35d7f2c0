"""Indexes for what few letters are, and for which letters were asked for and came."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

COUNTED = ["program_id", "unproved", "status", "completed_at"]
PARTLY = {
    "ix_letters_marked": (
        "letters",
        ["request_id", "version"],
        "CAST(marks AS VARCHAR) != '[]' AND confirmed_at IS NULL AND purged_at IS NULL",
    ),
    "ix_letters_held_back": (
        "letters",
        ["request_id", "version"],
        "quarantine IS NOT NULL AND released_at IS NULL AND purged_at IS NULL",
    ),
    "ix_letter_requests_asked": (
        "letter_requests",
        ["application_id"],
        "requested_at IS NOT NULL",
    ),
    "ix_letter_requests_received": (
        "letter_requests",
        ["application_id", "received_at", "requested_at"],
        "received_at IS NOT NULL",
    ),
}


def upgrade() -> None:
    """Go forward."""
    for name, (table, columns, which) in PARTLY.items():
        where = sa.text(which)
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
    op.drop_index("ix_applications_counted", "applications")
    op.create_index("ix_applications_counted", "applications", [*COUNTED, "id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_applications_counted", "applications")
    op.create_index("ix_applications_counted", "applications", COUNTED)
    for name, (table, _, _) in PARTLY.items():
        op.drop_index(name, table)
