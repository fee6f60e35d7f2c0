"""Letters stand on a list before they are deleted, and a legal hold keeps them."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ON_PROGRAM = sa.text("lifted_at IS NULL AND application_id IS NULL")
ON_APPLICATION = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    """Go forward. What was to be deleted is listed first."""
    op.add_column("letters", sa.Column("listed_at", UtcDateTime()))
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.Uuid()),
        sa.Column("lifted_at", UtcDateTime()),
        sa.Column("lifted_because", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_holds_program_id"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_holds_application_id"
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["coordinators.id"], name="fk_holds_set_by", ondelete="SET NULL"
        ),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_because IS NULL)", name="lifted_because"),
    )
    for name, column, where in (
        ("ix_holds_program", "program_id", ON_PROGRAM),
        ("ix_holds_application", "application_id", ON_APPLICATION),
    ):
        op.create_index(
            name, "holds", [column], unique=True, postgresql_where=where, sqlite_where=where
        )


def downgrade() -> None:
    """Go back. Legal holds are forgotten: what they kept is deleted when its time is over."""
    op.drop_table("holds")
    op.drop_column("letters", "listed_at")
    op.execute("DELETE FROM outbox WHERE kind = 'erasure_list'")
