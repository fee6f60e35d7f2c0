"""Letters: every version that was received."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letters.records.base import Base, new_id


class Letter(Base):
    """One received version of a letter. The bytes are in the store, encrypted, under `stored_as`.

    `sha256` and `size` are of the file as it was sent. `pages` is None when the file could not
    be checked. `wrapped_key` is the letter's own data key, wrapped by the master key.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("request_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("checked = (pages IS NOT NULL)", name="pages"),
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
