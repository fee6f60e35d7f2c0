"""A program has a logo."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "logos",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("program_id", name="pk_logos"),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_logos_program_id"),
        sa.CheckConstraint("length(content) > 0", name="content"),
    )
    op.add_column("programs", sa.Column("logo_sha256", sa.String(length=64)))


def downgrade() -> None:
    """Go back; the logos are lost."""
    op.drop_column("programs", "logo_sha256")
    op.drop_table("logos")
