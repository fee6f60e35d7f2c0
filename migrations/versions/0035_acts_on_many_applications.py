"""Acts on many applications are kept, with what became of each application."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0035"
down_revision = "0030"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'waiting'")
OPEN = sa.text("status IN ('queued', 'running')")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "bulk_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("coordinator_id", sa.Uuid()),
        sa.Column(
            "act",
            _enum("act", "request", "remind", "extend", "release", "withdraw"),
            nullable=False,
        ),
        sa.Column("day", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column(
            "status", _enum("status", "queued", "running", "done", "stopped"), nullable=False
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_jobs"),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_bulk_jobs_program_id"),
        sa.ForeignKeyConstraint(
            ["coordinator_id"],
            ["coordinators.id"],
            name="fk_bulk_jobs_coordinator_id",
            ondelete="SET NULL",
        ),
        sa.CheckConstraint("(act = 'extend') = (day IS NOT NULL)", name="day"),
        sa.CheckConstraint("total >= 1", name="total"),
        sa.CheckConstraint(
            "(status IN ('done', 'stopped')) = (ended_at IS NOT NULL)", name="ended_at"
        ),
    )
    op.create_index("ix_bulk_jobs_program_id_id", "bulk_jobs", ["program_id", "id"])
    op.create_index(
        "ix_bulk_jobs_open", "bulk_jobs", ["id"], postgresql_where=OPEN, sqlite_where=OPEN
    )
    op.create_table(
        "bulk_items",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status", _enum("status", "waiting", "done", "refused", "stopped"), nullable=False
        ),
        sa.Column("problem", sa.Text()),
        sa.Column("problem_values", sa.Text()),
        sa.Column("to_referees", sa.Integer(), nullable=False),
        sa.Column("to_applicants", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "application_id", name="pk_bulk_items"),
        sa.ForeignKeyConstraint(["job_id"], ["bulk_jobs.id"], name="fk_bulk_items_job_id"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_bulk_items_application_id"
        ),
        sa.CheckConstraint("(status = 'refused') = (problem IS NOT NULL)", name="problem"),
        sa.CheckConstraint("(problem IS NULL) = (problem_values IS NULL)", name="problem_values"),
        sa.CheckConstraint("to_referees >= 0", name="to_referees"),
        sa.CheckConstraint("to_applicants >= 0", name="to_applicants"),
    )
    op.create_index(
        "ix_bulk_items_waiting",
        "bulk_items",
        ["job_id", "application_id"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    """Go back. What was done stays done; that it was done to many at once is lost."""
    op.drop_table("bulk_items")
    op.drop_table("bulk_jobs")
