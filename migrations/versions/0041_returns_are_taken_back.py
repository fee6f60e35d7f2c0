"""The return of a letter can be taken back."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. What was returned and not sent again since is known from the journal."""
    op.add_column(
        "letter_requests",
        sa.Column(
            "returned_at",
            UtcDateTime(),
            sa.CheckConstraint("returned_at IS NULL OR status <> 'received'", name="returned_at"),
        ),
    )
    op.execute(
        "UPDATE letter_requests SET returned_at = (SELECT max(journal.at) FROM journal"
        " WHERE journal.request_id = letter_requests.id AND journal.fact = 'letter.returned')"
        " WHERE status <> 'received'"
    )


def downgrade() -> None:
    """Go back."""
    op.drop_column("letter_requests", "returned_at")
    op.execute("DELETE FROM outbox WHERE kind = 'letter_kept'")
