"""Roles on a program, and administrators of the site. Who ran a program before manages it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "program_coordinators",
        sa.Column(
            "role",
            sa.String(length=40),
            sa.CheckConstraint("role IN ('viewer', 'reader', 'manager')", name="role"),
            nullable=False,
            server_default="manager",
        ),
    )
    op.add_column(
        "coordinators",
        sa.Column("is_administrator", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Go back. Who could only look can do all then."""
    op.drop_column("coordinators", "is_administrator")
    op.drop_column("program_coordinators", "role")
