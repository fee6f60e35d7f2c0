"""Programs define fields, applications come with values and tags, and a rule selects by them."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None


def _of_programs() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("fields", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("selection_rule", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("rule_on", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column(
            "rule_asked_at",
            UtcDateTime(),
            sa.CheckConstraint("rule_asked_at IS NULL OR rule_on", name="rule_asked_at"),
        ),
    )


def _of_applications() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"),
    )


def upgrade() -> None:
    """Go forward."""
    for column in _of_programs():
        op.add_column("programs", column)
    for column in _of_applications():
        op.add_column("applications", column)


def downgrade() -> None:
    """Go back. Fields, tags and rules are lost."""
    for column in reversed(_of_applications()):
        op.drop_column("applications", column.name)
    for column in reversed(_of_programs()):
        op.drop_column("programs", column.name)
