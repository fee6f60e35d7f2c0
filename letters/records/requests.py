"""Letter requests: one referee of one application."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from letters.domain.status import RequestStatus
from letters.records.base import Base, enum_column, new_id

if TYPE_CHECKING:
    from letters.records.applications import Application


class LetterRequest(Base):
    """One referee of one application, from being named to the letter being in.

    `current_version` points to the letter that counts; older versions are kept.
    `received_at` is when the first version that still counts came in. `welcomed_at` is when the
    referee said that they can write; `former_email` is the address they corrected
    at `corrected_at`.
    `personal_line` is what the applicant adds to the advance notice.
    `more_time_asked_at` stands while the question waits for its answer. Until `overview_until`
    a mailed link shows everything that is asked of the same address; of the links that were mailed
    only the newest does, so `overviews_mailed` counts them.
    `waived` is the applicant's waiver as it stood when this referee was asked. `reminders` counts
    what the referee got beside the request itself. `bounced_at` stands until the
    address is corrected, or a mail is sent there again. At `replaced_at` the applicant
    named somebody else instead.
    `returned_at` stands from when the letter was returned until one is in again.
    Up to `ladder_at` the service has reminded; `remind_next_at` is when it looks again, None where
    that is to be found out. At `remind_wished_at` the referee wants to be reminded, and since
    `reminders_off_at` not at all. `referee_zone` is their IANA zone, empty where it is not known.
    At `erased_at` the referee was erased on request: no name and no address is there since then.
    `examined_at` is when name and address were last looked at for identity signals, None until then
    and once one of them changes.
    """

    __tablename__ = "letter_requests"
    __table_args__ = (
        UniqueConstraint("application_id", "position"),
        ForeignKeyConstraint(
            ["id", "current_version"],
            ["letters.request_id", "letters.version"],
            name="fk_letter_requests_current_version",
            use_alter=True,
        ),
        CheckConstraint(
            "(status = 'received') = (current_version IS NOT NULL)", name="current_version"
        ),
        CheckConstraint("(status = 'received') = (received_at IS NOT NULL)", name="received_at"),
        CheckConstraint(
            "(status IN ('requested', 'received') AND requested_at IS NOT NULL)"
            " OR (status = 'named' AND requested_at IS NULL)"
            " OR status IN ('declined', 'cancelled')",
            name="requested_at",
        ),
        CheckConstraint("(status = 'declined') = (declined_at IS NOT NULL)", name="declined_at"),
        CheckConstraint("status = 'declined' OR decline_reason IS NULL", name="decline_reason"),
        CheckConstraint("status <> 'declined' OR welcomed_at IS NULL", name="welcomed_at"),
        CheckConstraint("(former_email IS NULL) = (corrected_at IS NULL)", name="corrected_at"),
        CheckConstraint(
            "more_time_asked_at IS NULL OR status = 'requested'", name="more_time_asked_at"
        ),
        CheckConstraint(
            "more_time_asked_at IS NOT NULL OR more_time_note IS NULL", name="more_time_note"
        ),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at"),
        CheckConstraint("reminders >= 0", name="reminders"),
        CheckConstraint(
            "replaced_at IS NULL OR status IN ('declined', 'cancelled')", name="replaced_at"
        ),
        CheckConstraint("erased_at IS NULL OR referee_email = ''", name="erased_at"),
        CheckConstraint("returned_at IS NULL OR status <> 'received'", name="returned_at"),
        Index("ix_letter_requests_referee_key", "referee_key"),
        Index(
            "ix_letter_requests_more_time",
            "application_id",
            postgresql_where=text("more_time_asked_at IS NOT NULL"),
            sqlite_where=text("more_time_asked_at IS NOT NULL"),
        ),
        Index(
            "ix_letter_requests_bounced",
            "application_id",
            postgresql_where=text("bounced_at IS NOT NULL"),
            sqlite_where=text("bounced_at IS NOT NULL"),
        ),
        Index(
            "ix_letter_requests_awaited",
            "application_id",
            postgresql_where=text("status = 'requested'"),
            sqlite_where=text("status = 'requested'"),
        ),
        Index(
            "ix_letter_requests_asked",
            "application_id",
            postgresql_where=text("requested_at IS NOT NULL"),
            sqlite_where=text("requested_at IS NOT NULL"),
        ),
        Index(
            "ix_letter_requests_received",
            "application_id",
            "received_at",
            "requested_at",
            postgresql_where=text("received_at IS NOT NULL"),
            sqlite_where=text("received_at IS NOT NULL"),
        ),
        Index(
            "ix_letter_requests_unexamined",
            "application_id",
            postgresql_where=text("examined_at IS NULL"),
            sqlite_where=text("examined_at IS NULL"),
        ),
        Index(
            "ix_letter_requests_remind_next_at",
            "remind_next_at",
            postgresql_where=text("status = 'requested'"),
            sqlite_where=text("status = 'requested'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    position: Mapped[int]
    referee_name: Mapped[str] = mapped_column(String(120))
    referee_email: Mapped[str] = mapped_column(String(254))
    referee_key: Mapped[str] = mapped_column(String(254))
    affiliation: Mapped[str] = mapped_column(String(200), default="")
    relation: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[RequestStatus] = mapped_column(
        enum_column(RequestStatus, "status"), default=RequestStatus.NAMED
    )
    link_generation: Mapped[int] = mapped_column(default=1)
    extended_due_at: Mapped[datetime | None]
    named_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]
    personal_line: Mapped[str] = mapped_column(String(500), default="")
    welcomed_at: Mapped[datetime | None]
    former_email: Mapped[str | None] = mapped_column(String(254))
    corrected_at: Mapped[datetime | None]
    requested_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None] = mapped_column(Text)
    cancelled_at: Mapped[datetime | None]
    current_version: Mapped[int | None]
    more_time_asked_at: Mapped[datetime | None]
    more_time_note: Mapped[str | None] = mapped_column(Text)
    overview_until: Mapped[datetime | None]
    overviews_mailed: Mapped[int] = mapped_column(default=0)
    acquaintance: Mapped[str] = mapped_column(String(500), default="")
    waived: Mapped[bool | None]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    ladder_at: Mapped[datetime | None]
    remind_next_at: Mapped[datetime | None]
    remind_wished_at: Mapped[datetime | None]
    reminders_off_at: Mapped[datetime | None]
    referee_zone: Mapped[str] = mapped_column(String(64), default="")
    bounced_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    examined_at: Mapped[datetime | None]

    application: Mapped["Application"] = relationship(back_populates="requests")

    @validates("referee_name", "referee_email")
    def _examine_anew(self, _name: str, value: str) -> str:
        self.examined_at = None
        return value

    def climb_anew(self, now: datetime) -> None:
        """Begin the ladder of reminders anew: what lies before `now` is over."""
        self.ladder_at = now
        self.remind_next_at = None

    @property
    def is_gone(self) -> bool:
        """Whether somebody else was named instead, or the referee was erased."""
        return (self.replaced_at or self.erased_at) is not None

    @property
    def corrections(self) -> int:
        """How often the address was corrected: each time ends the links that were mailed."""
        return self.link_generation - 1

    def end_question(self) -> None:
        """Drop the question for more time: it was answered, or nothing is awaited any more."""
        self.more_time_asked_at = None
        self.more_time_note = None
