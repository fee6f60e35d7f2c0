"""A person is erased on request: no name and no address is left in the row."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ADDRESSES = {"applications": "applicant_email", "letter_requests": "referee_email"}


def upgrade() -> None:
    """Go forward."""
    for table, address in ADDRESSES.items():
        op.add_column(
            table,
            sa.Column(
                "erased_at",
                UtcDateTime(),
                sa.CheckConstraint(f"erased_at IS NULL OR {address} = ''", name="erased_at"),
            ),
        )


def downgrade() -> None:
    """Go back. Who was erased stays so, and the journal says when."""
    for table in ADDRESSES:
        op.drop_column(table, "erased_at")
