"""Digests by program: how often, and up to where each was told, for each who works on it."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _of_coordinators() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column(
            "digest_weekday",
            sa.Integer(),
            sa.CheckConstraint("digest_weekday BETWEEN 0 AND 6", name="digest_weekday"),
            nullable=False,
            server_default="0",
        ),
        sa.Column("digest_when_empty", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("digest_generation", sa.Integer(), nullable=False, server_default="1"),
        sa.Column(
            "risk_days",
            sa.Integer(),
            sa.CheckConstraint("risk_days BETWEEN 0 AND 60", name="risk_days"),
            nullable=False,
            server_default="7",
        ),
    )


def _of_memberships() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column(
            "digest_frequency",
            sa.String(length=40),
            sa.CheckConstraint(
                "digest_frequency IN ('daily', 'weekdays', 'weekly', 'off')",
                name="digest_frequency",
            ),
            nullable=False,
            server_default="daily",
        ),
        sa.Column("digested_seq", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("digested_at", UtcDateTime()),
    )


def upgrade() -> None:
    """Go forward. A digest that is on its way is planned anew: what it covers is kept otherwise."""
    for column in _of_coordinators():
        op.add_column("coordinators", column)
    for column in _of_memberships():
        op.add_column("program_coordinators", column)
    for told in ("digested_seq", "digested_at"):
        op.execute(
            f"UPDATE program_coordinators SET {told} = (SELECT coordinators.{told}"  # noqa: S608 -- the names stand above
            " FROM coordinators WHERE coordinators.id = program_coordinators.coordinator_id)"
        )
        op.drop_column("coordinators", told)
    _cancel_digests()


def downgrade() -> None:
    """Go back. The programs of a coordinator are told of together again, from the earliest on."""
    op.add_column(
        "coordinators",
        sa.Column("digested_seq", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "coordinators",
        sa.Column(
            "digested_at", UtcDateTime(), nullable=False, server_default="1970-01-01 00:00:00"
        ),
    )
    for told, otherwise in (("digested_seq", "0"), ("digested_at", "created_at")):
        op.execute(
            f"UPDATE coordinators SET {told} = coalesce((SELECT min(m.{told})"  # noqa: S608 -- the names stand above
            " FROM program_coordinators AS m WHERE m.coordinator_id = coordinators.id),"
            f" {otherwise})"
        )
    for column in reversed(_of_memberships()):
        op.drop_column("program_coordinators", column.name)
    for column in reversed(_of_coordinators()):
        op.drop_column("coordinators", column.name)
    _cancel_digests()


def _cancel_digests() -> None:
    op.execute(
        "UPDATE outbox SET status = 'cancelled', lease_until = NULL"
        " WHERE kind = 'digest' AND status IN ('queued', 'sending')"
    )
