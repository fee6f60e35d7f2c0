"""Remarks: why a coordinator did something, and notes for colleagues."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.records.base import Base, enum_column, new_id
from letters.records.coordinators import Coordinator


class RemarkKind(StrEnum):
    """What a remark is for."""

    REASON = "reason"
    NOTE = "note"


class Remark(Base):
    """What somebody wrote about an application, perhaps about one of its referees.

    The journal names it by its id and holds none of its words, so that they can be erased.
    """

    __tablename__ = "remarks"
    __table_args__ = (
        CheckConstraint("removed_at IS NULL OR kind = 'note'", name="removed_at"),
        Index("ix_remarks_application_id", "application_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_requests.id"))
    author_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("coordinators.id", ondelete="SET NULL")
    )
    kind: Mapped[RemarkKind] = mapped_column(enum_column(RemarkKind, "kind"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    author: Mapped[Coordinator | None] = relationship()
