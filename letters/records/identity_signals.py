"""Identity signals: what was noticed about a referee, and who has looked into it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.domain.signals import SignalKind
from letters.records.base import Base, enum_column, new_id
from letters.records.coordinators import Coordinator
from letters.records.requests import LetterRequest


class IdentitySignal(Base):
    """One signal about one referee; at most one of each kind.

    `details` hold domains, numbers and enum values. `checked_at` is when somebody marked it as
    checked, `checked_by_id` who, as long as they work here.
    """

    __tablename__ = "identity_signals"
    __table_args__ = (
        UniqueConstraint("request_id", "kind"),
        CheckConstraint("checked_at IS NOT NULL OR checked_by_id IS NULL", name="checked_by_id"),
        Index(
            "ix_identity_signals_unchecked",
            "application_id",
            postgresql_where=text("checked_at IS NULL"),
            sqlite_where=text("checked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("letter_requests.id"))
    kind: Mapped[SignalKind] = mapped_column(enum_column(SignalKind, "kind"))
    details: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("coordinators.id", ondelete="SET NULL")
    )

    request: Mapped[LetterRequest] = relationship()
    checked_by: Mapped[Coordinator | None] = relationship()
