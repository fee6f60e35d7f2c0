"""Applications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.domain.status import ApplicationStatus
from letters.domain.telling import MailChoice, TimeLeft
from letters.records.base import Base, Chained, enum_column, new_id
from letters.records.programs import Program
from letters.records.requests import LetterRequest


class Application(Chained, Base):
    """One person's application to one program.

    `unproved` marks one that somebody began on our page and never opened the mailed link for.
    `typed` is a draft's form as it was typed, right or wrong, and `typed_version` counts how often
    it was saved. The waiver is what `waiver_text` said when it was signed; a program that sends
    applications by the API keeps the signature itself. `told` is the last word about the due
    date `told_due_at`. Until `list_until` the newest mailed link shows all applications of the
    same mailbox; `lists_mailed` counts those links. `due_move_told_at` is which change of the
    program's due date, by its instant, was told of last. `fields` and `tags` came with it from
    outside: a value for some of the program's fields, by name. `places` are keyed hashes of the
    network addresses that the applicant's last acts came from, each with the instant, in ISO 8601.
    At `erased_at` the applicant was erased on request: no name and no address is there since then.
    """

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
        CheckConstraint(
            "(waiver_signed_at IS NULL) = (waiver_signed_as IS NULL)", name="waiver_signed_as"
        ),
        CheckConstraint("(waiver_signed_at IS NULL) = (waiver_text IS NULL)", name="waiver_text"),
        CheckConstraint("(told IS NULL) = (told_due_at IS NULL)", name="told_due_at"),
        CheckConstraint("erased_at IS NULL OR applicant_email = ''", name="erased_at"),
        Index("ix_applications_program_id_id", "program_id", "id"),
        Index("ix_applications_applicant_key", "applicant_key"),
        Index("ix_applications_by_name", "program_id", "applicant_name", "id"),
        Index("ix_applications_counted", "program_id", "unproved", "status", "completed_at", "id"),
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
    unproved: Mapped[bool] = mapped_column(default=False)
    typed: Mapped[dict[str, Any] | None]
    typed_version: Mapped[int] = mapped_column(default=0)
    waiver_signed_as: Mapped[str | None] = mapped_column(String(120))
    waiver_signed_at: Mapped[datetime | None]
    waiver_text: Mapped[str | None] = mapped_column(Text)
    mail_choice: Mapped[MailChoice] = mapped_column(
        enum_column(MailChoice, "mail_choice"), default=MailChoice.EACH
    )
    told: Mapped[TimeLeft | None] = mapped_column(enum_column(TimeLeft, "told"))
    told_due_at: Mapped[datetime | None]
    list_until: Mapped[datetime | None]
    lists_mailed: Mapped[int] = mapped_column(default=0)
    due_move_told_at: Mapped[datetime | None]
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tags: Mapped[list[str]] = mapped_column(default=list)
    places: Mapped[dict[str, Any]] = mapped_column(default=dict)
    erased_at: Mapped[datetime | None]

    program: Mapped[Program] = relationship()
    requests: Mapped[list[LetterRequest]] = relationship(
        back_populates="application", order_by="LetterRequest.position"
    )

    @property
    def is_own_draft(self) -> bool:
        """Whether the applicant writes it on our page, and has not submitted it."""
        return self.status is ApplicationStatus.DRAFT and self.typed is not None
