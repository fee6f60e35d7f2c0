"""Letters: every version that was received."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.domain.keeping import Quarantine
from letters.records.base import Base, enum_column, new_id
from letters.records.coordinators import Coordinator

OPERATOR = "an operator"
MARKED = "CAST(marks AS VARCHAR) != '[]' AND confirmed_at IS NULL AND purged_at IS NULL"
HELD_BACK = "quarantine IS NOT NULL AND released_at IS NULL AND purged_at IS NULL"


class Letter(Base):
    """One received version of a letter. The bytes are in the store, encrypted, under `stored_as`.

    `sha256` and `size` are of the file as it was sent. `pages` is None when the file could not
    be checked. `wrapped_key` is the letter's own data key, wrapped by the master key. `sent_by` is
    who says to have sent it, where that is not the referee. `marks` holds the values of
    wrong_letter.Mark; `confirmed_at` is when the referee said that it is the right letter. Since
    `listed_at` it stands on a list of what is erased soon. At `purged_at` it was deleted: its key
    is empty since then, and it has no file. One that came in another way was `entered`, by a
    coordinator or by an operator, who has no row.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("request_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("released_at IS NULL OR quarantine IS NOT NULL", name="released_at"),
        CheckConstraint("purged_at IS NULL OR length(wrapped_key) = 0", name="purged_at"),
        CheckConstraint("checked = (pages IS NOT NULL)", name="pages"),
        CheckConstraint("entered OR entered_by_id IS NULL", name="entered_by_id"),
        Index(
            "ix_letters_marked",
            "request_id",
            "version",
            "received_at",
            postgresql_where=text(MARKED),
            sqlite_where=text(MARKED),
        ),
        Index(
            "ix_letters_held_back",
            "request_id",
            "version",
            postgresql_where=text(HELD_BACK),
            sqlite_where=text(HELD_BACK),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("letter_requests.id"))
    version: Mapped[int]
    stored_as: Mapped[str] = mapped_column(String(120), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    file_name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    checked: Mapped[bool]
    pages: Mapped[int | None]
    received_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(String(120), default="")
    converted_from: Mapped[str | None] = mapped_column(String(120))
    marks: Mapped[list[str]] = mapped_column(default=list)
    confirmed_at: Mapped[datetime | None]
    quarantine: Mapped[Quarantine | None] = mapped_column(enum_column(Quarantine, "quarantine"))
    released_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    entered: Mapped[bool] = mapped_column(default=False)
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("coordinators.id"))

    entered_by: Mapped[Coordinator | None] = relationship()

    @property
    def entered_by_name(self) -> str:
        """Who entered it; empty for a letter that the referee sent."""
        if not self.entered:
            return ""
        return self.entered_by.name if self.entered_by else OPERATOR

    @property
    def is_held_back(self) -> bool:
        """Whether a coordinator has to release the letter before anybody opens it."""
        return self.quarantine is not None and self.released_at is None
