"""Copies of mails: the words that went out, without the links."""

from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from letters.records.base import Base, PackedText


class MailCopy(Base):
    """How a mail about an application read when it was handed over.

    Every link's token was left out before it came here. It is gone with its mail, and can be
    deleted alone: the mail's fate stays then, without its words.
    """

    __tablename__ = "mail_copies"

    outbox_id: Mapped[UUID] = mapped_column(
        ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(PackedText)
