"""Letters are deleted for good once they have been kept long enough."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. What the journal says was deleted is so, should this be the second time."""
    op.add_column(
        "letters",
        sa.Column(
            "purged_at",
            UtcDateTime(),
            sa.CheckConstraint("purged_at IS NULL OR length(wrapped_key) = 0", name="purged_at"),
        ),
    )
    op.execute(
        "UPDATE letters SET purged_at = (SELECT max(journal.at) FROM journal"
        " WHERE journal.letter_id = letters.id AND journal.fact = 'letter.purged')"
        " WHERE id IN (SELECT letter_id FROM journal WHERE fact = 'letter.purged')"
    )


def downgrade() -> None:
    """Go back. What was deleted stays so, and the journal says when."""
    op.drop_column("letters", "purged_at")
