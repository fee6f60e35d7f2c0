"""Coordinators, and the keys of programs that speak for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.records.base import Base, new_id
from letters.records.programs import Program, program_coordinators


class Coordinator(Base):
    """Somebody who runs programs.

    `digested_seq` and `digested_at` say up to where the last digest that was handed over went;
    `digest_hour` is an hour of `timezone`. Raising `link_generation` uses up sign-in links.
    An administrator looks after the whole site: all programs, and who works on them.
    """

    __tablename__ = "coordinators"
    __table_args__ = (CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    digest_hour: Mapped[int]
    digested_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    digested_at: Mapped[datetime]
    link_generation: Mapped[int] = mapped_column(default=1)
    sign_in_until: Mapped[datetime | None]
    is_administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    programs: Mapped[list[Program]] = relationship(
        secondary=program_coordinators, back_populates="coordinators", order_by=Program.due_at
    )


class ApiKey(Base):
    """A bearer key. Only its SHA-256 is kept. Without a program it speaks for all of them."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey("programs.id"))
    created_at: Mapped[datetime]

    program: Mapped[Program | None] = relationship()


class IdempotentAnswer(Base):
    """What a key was answered, so that the same call again changes nothing.

    `answer` holds no links: they are minted anew when it is given again.
    """

    __tablename__ = "idempotent_answers"
    __table_args__ = (UniqueConstraint("api_key_id", "idempotency_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    api_key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id"))
    idempotency_key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status_code: Mapped[int]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
