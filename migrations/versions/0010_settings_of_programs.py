"""Programs are set, closed and archived in the browser, and a due date that moves is told of."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _of_programs() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("reminder_days", sa.JSON(), nullable=False, server_default="[14, 7, 2]"),
        sa.Column("waiver_wording", sa.Text(), nullable=False, server_default=""),
        sa.Column("sender_name", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("archived_at", UtcDateTime()),
        sa.Column("due_moved_at", UtcDateTime()),
        sa.Column(
            "due_moved_from",
            UtcDateTime(),
            sa.CheckConstraint(
                "(due_moved_at IS NULL) = (due_moved_from IS NULL)", name="due_moved_from"
            ),
        ),
    )


def upgrade() -> None:
    """Go forward."""
    for column in _of_programs():
        op.add_column("programs", column)
    op.add_column(
        "programs",
        sa.Column(
            "copied_from",
            sa.Uuid(),
            sa.ForeignKey("programs.id", name=op.f("fk_programs_copied_from")),
        ),
        inline_references=True,
    )
    op.add_column("applications", sa.Column("due_move_told_at", UtcDateTime()))


def downgrade() -> None:
    """Go back. What only the settings in the browser know is lost."""
    op.drop_column("applications", "due_move_told_at")
    op.drop_column("programs", "copied_from")
    for column in reversed(_of_programs()):
        op.drop_column("programs", column.name)
