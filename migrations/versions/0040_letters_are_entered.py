"""Coordinators enter letters that came in another way."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "letters", sa.Column("entered", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "letters",
        sa.Column(
            "entered_by_id",
            sa.Uuid(),
            sa.CheckConstraint("entered OR entered_by_id IS NULL", name="entered_by_id"),
            sa.ForeignKey("coordinators.id", name=op.f("fk_letters_entered_by_id")),
        ),
        inline_references=True,
    )


def downgrade() -> None:
    """Go back. Who entered a letter is lost, and that anybody did."""
    op.drop_column("letters", "entered_by_id")
    op.drop_column("letters", "entered")
    op.execute("DELETE FROM outbox WHERE kind = 'letter_entered'")
