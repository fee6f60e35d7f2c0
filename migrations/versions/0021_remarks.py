"""Coordinators say why they did something, and leave notes."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "remarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid()),
        sa.Column("author_id", sa.Uuid()),
        sa.Column(
            "kind",
            sa.Enum(
                "reason",
                "note",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_remarks"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_remarks_application_id"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["letter_requests.id"], name="fk_remarks_request_id"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["coordinators.id"], name="fk_remarks_author_id", ondelete="SET NULL"
        ),
        sa.CheckConstraint("removed_at IS NULL OR kind = 'note'", name="removed_at"),
    )
    op.create_index("ix_remarks_application_id", "remarks", ["application_id"])


def downgrade() -> None:
    """Go back. What was written is lost."""
    op.drop_table("remarks")
    op.execute("DELETE FROM outbox WHERE kind = 'letter_returned'")
