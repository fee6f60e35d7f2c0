"""Applications."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.domain.status import ApplicationStatus
from letters.records.base import Base, Chained, enum_column, new_id
from letters.records.programs import Program
from letters.records.requests import LetterRequest


class Application(Chained, Base):
    """One person's application to one program."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("program_id", "external_id"),
        CheckConstraint(
            "(status = 'draft' AND submitted_at IS NULL) OR status = 'withdrawn'"
            " OR (status IN ('submitted', 'selected') AND submitted_at IS NOT NULL)",
            name="submitted_at",
        ),
        CheckConstraint(
            "status = 'withdrawn' OR (status = 'selected') = (selected_at IS NOT NULL)",
            name="selected_at",
        ),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at"),
        CheckConstraint("completed_at IS NULL OR submitted_at IS NOT NULL", name="completed_at"),
        Index("ix_applications_program_id_id", "program_id", "id"),
        Index("ix_applications_applicant_key", "applicant_key"),
        Index(
            "ix_applications_waiting",
            "program_id",
            "submitted_at",
            postgresql_where=text("status = 'submitted'"),
            sqlite_where=text("status = 'submitted'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    program_id: Mapped[UUID] = mapped_column(ForeignKey("programs.id"))
    external_id: Mapped[str | None] = mapped_column(String(200))
    applicant_name: Mapped[str] = mapped_column(String(120))
    applicant_email: Mapped[str] = mapped_column(String(254))
    applicant_key: Mapped[str] = mapped_column(String(254))
    waived: Mapped[bool]
    status: Mapped[ApplicationStatus] = mapped_column(
        enum_column(ApplicationStatus, "status"), default=ApplicationStatus.DRAFT
    )
    link_generation: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    selected_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    program: Mapped[Program] = relationship()
    requests: Mapped[list[LetterRequest]] = relationship(
        back_populates="application", order_by="LetterRequest.position"
    )
