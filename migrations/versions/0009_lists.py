"""Indexes that carry the lists of applications and the numbers above them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PARTIAL = (
    ("ix_letter_requests_more_time", "letter_requests", "more_time_asked_at IS NOT NULL"),
    ("ix_letter_requests_bounced", "letter_requests", "bounced_at IS NOT NULL"),
    ("ix_outbox_dead", "outbox", "status = 'dead'"),
)


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        "ix_applications_by_name", "applications", ["program_id", "applicant_name", "id"]
    )
    op.create_index(
        "ix_applications_counted",
        "applications",
        ["program_id", "unproved", "status", "completed_at"],
    )
    for name, table, where in PARTIAL:
        op.create_index(
            name,
            table,
            ["application_id"],
            postgresql_where=sa.text(where),
            sqlite_where=sa.text(where),
        )


def downgrade() -> None:
    """Go back."""
    for name, table, _ in reversed(PARTIAL):
        op.drop_index(name, table_name=table)
    op.drop_index("ix_applications_counted", table_name="applications")
    op.drop_index("ix_applications_by_name", table_name="applications")
