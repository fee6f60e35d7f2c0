"""People are invited to programs. Who was there before is taken to have signed in once."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "coordinators",
        sa.Column("invitation_generation", sa.Integer(), nullable=False, server_default="1"),
    )
    for name in ("invited_at", "invited_until", "joined_at"):
        op.add_column("coordinators", sa.Column(name, UtcDateTime()))
    op.execute("UPDATE coordinators SET joined_at = created_at")


def downgrade() -> None:
    """Go back. Invitations that were mailed open nothing then."""
    for name in ("joined_at", "invited_until", "invited_at", "invitation_generation"):
        op.drop_column("coordinators", name)
    op.execute("DELETE FROM outbox WHERE kind = 'invitation'")
