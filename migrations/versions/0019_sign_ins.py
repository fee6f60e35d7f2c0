"""Each signing in has a row: its link, its browser, its session. Links of before open nothing."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

HOW = ("mailed_link", "operators_link", "invitation", "openid")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coordinator_id", sa.Uuid(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(*HOW, name="how", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("link_until", UtcDateTime()),
        sa.Column("browser_hash", sa.String(64)),
        sa.Column("browser", sa.String(80), nullable=False),
        sa.Column("began_at", UtcDateTime()),
        sa.Column("seen_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.ForeignKeyConstraint(
            ["coordinator_id"],
            ["coordinators.id"],
            name="fk_sign_ins_coordinator_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("(began_at IS NULL) = (seen_at IS NULL)", name="seen_at"),
        sa.CheckConstraint("began_at IS NOT NULL OR link_until IS NOT NULL", name="link_until"),
    )
    op.create_index("ix_sign_ins_coordinator_id", "sign_ins", ["coordinator_id"])
    op.execute("DELETE FROM outbox WHERE kind = 'sign_in' AND status <> 'sent'")
    op.drop_column("coordinators", "sign_in_until")
    op.drop_column("coordinators", "link_generation")


def downgrade() -> None:
    """Go back. Everybody has to sign in again."""
    op.add_column(
        "coordinators",
        sa.Column("link_generation", sa.Integer(), nullable=False, server_default="1"),
    )
    op.add_column("coordinators", sa.Column("sign_in_until", UtcDateTime()))
    op.execute("DELETE FROM outbox WHERE kind = 'sign_in' AND status <> 'sent'")
    op.drop_table("sign_ins")
