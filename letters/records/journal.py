"""The journal: append-only, chained per application (and per program for what concerns it)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from letters.domain.journal import ActorKind, Fact
from letters.records.base import Base, enum_column


class JournalEntry(Base):
    """Who did what, on what, when, from where. No names, addresses, links or letter text.

    `seq` gives the feed its order; `chain_id` is the application's id, or the program's where no
    application is concerned, and `position` counts from 1 within the chain.
    """

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("chain_id", "position"),
        CheckConstraint("position >= 1", name="position"),
        Index("ix_journal_program_id_seq", "program_id", "seq"),
        Index("ix_journal_application_id", "application_id"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    chain_id: Mapped[UUID]
    position: Mapped[int]
    program_id: Mapped[UUID] = mapped_column(ForeignKey("programs.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_requests.id"))
    letter_id: Mapped[UUID | None] = mapped_column(ForeignKey("letters.id"))
    fact: Mapped[Fact] = mapped_column(enum_column(Fact, "fact", grows=True))
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = mapped_column(enum_column(ActorKind, "actor_kind"))
    actor_id: Mapped[UUID | None]
    origin: Mapped[str] = mapped_column(String(20))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def hashed_fields(self) -> dict[str, object]:
        """Return what the hash of this entry covers."""
        return {
            "chain": str(self.chain_id),
            "position": self.position,
            "program": str(self.program_id),
            "application": _text(self.application_id),
            "request": _text(self.request_id),
            "letter": _text(self.letter_id),
            "fact": self.fact.value,
            "at": self.at.isoformat(),
            "actor": [self.actor_kind.value, _text(self.actor_id)],
            "origin": self.origin,
            "details": self.details,
        }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
