"""What was asked to be done to many applications at once, and what became of each."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, literal, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.domain.bulk import BulkAct, Order, Refusal
from letters.records.base import Base, enum_column, new_id
from letters.records.coordinators import Coordinator
from letters.records.programs import Program


class JobStatus(StrEnum):
    """Where the whole of it is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class ItemStatus(StrEnum):
    """What became of one application."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    STOPPED = "stopped"


class BulkJob(Base):
    """One act on many applications of a program, asked for by a coordinator.

    `day` is until when letters may come, where the act moves dates. The reason is kept with each
    application too, once the act was done to it. The id is made with the form that starts it, so
    that a form that is sent twice starts one.
    """

    __tablename__ = "bulk_jobs"
    __table_args__ = (
        CheckConstraint("(act = 'extend') = (day IS NOT NULL)", name="day"),
        CheckConstraint("total >= 1", name="total"),
        CheckConstraint(
            "(status IN ('done', 'stopped')) = (ended_at IS NOT NULL)", name="ended_at"
        ),
        Index("ix_bulk_jobs_program_id_id", "program_id", "id"),
        Index(
            "ix_bulk_jobs_open",
            "id",
            postgresql_where=text("status IN ('queued', 'running')"),
            sqlite_where=text("status IN ('queued', 'running')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    program_id: Mapped[UUID] = mapped_column(ForeignKey("programs.id"))
    coordinator_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("coordinators.id", ondelete="SET NULL")
    )
    act: Mapped[BulkAct] = mapped_column(enum_column(BulkAct, "act"))
    day: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int]
    status: Mapped[JobStatus] = mapped_column(
        enum_column(JobStatus, "status"), default=JobStatus.QUEUED
    )
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    program: Mapped[Program] = relationship()
    coordinator: Mapped[Coordinator | None] = relationship()

    @property
    def order(self) -> Order:
        """What is done to each application."""
        return Order(self.act, self.day)


class BulkItem(Base):
    """One of the applications of a job, as they were chosen when it was started.

    What becomes of it is written in the transaction that does it. `problem` and `problem_values`
    are a Refusal.
    """

    __tablename__ = "bulk_items"
    __table_args__ = (
        CheckConstraint("(status = 'refused') = (problem IS NOT NULL)", name="problem"),
        CheckConstraint("(problem IS NULL) = (problem_values IS NULL)", name="problem_values"),
        CheckConstraint("to_referees >= 0", name="to_referees"),
        CheckConstraint("to_applicants >= 0", name="to_applicants"),
        Index(
            "ix_bulk_items_waiting",
            "job_id",
            "application_id",
            postgresql_where=text("status = 'waiting'"),
            sqlite_where=text("status = 'waiting'"),
        ),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_jobs.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    status: Mapped[ItemStatus] = mapped_column(
        enum_column(ItemStatus, "status"), default=ItemStatus.WAITING
    )
    problem: Mapped[str | None] = mapped_column(Text)
    problem_values: Mapped[str | None] = mapped_column(Text)
    to_referees: Mapped[int] = mapped_column(default=0)
    to_applicants: Mapped[int] = mapped_column(default=0)

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """Say of an item that it waits, so that the index of those is used whoever asks.

        A database does not know what a parameter will be when it looks for a partial index.
        """
        waiting = literal(ItemStatus.WAITING, cls.status.type, literal_execute=True)
        return cls.status == waiting

    @property
    def refusal(self) -> Refusal | None:
        """Why nothing was done, if it was refused."""
        if self.problem is None or self.problem_values is None:
            return None
        return Refusal.from_text(self.problem, self.problem_values)
