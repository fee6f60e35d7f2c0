"""Coordinators, and the keys of programs that speak for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.domain.digest import DEFAULT_RISK_DAYS
from letters.records.base import Base, new_id
from letters.records.programs import Program, program_coordinators


class Coordinator(Base):
    """Somebody who runs programs.

    Digests come at `digest_hour` of `timezone`, weekly ones on `digest_weekday` (Monday is 0), and
    with `digest_when_empty` also when there is nothing new. They name the letters that are due
    within `risk_days`. Raising `digest_generation` ends the links to their settings.
    `openid_issuer` and `openid_subject` name their account at a provider, once they used it.
    An administrator looks after the whole site: all programs, and who works on them.
    An invitation sent at `invited_at` opens until `invited_until`, which is None once it was used
    or withdrawn; raising `invitation_generation` uses it up. `joined_at` is their first sign-in.
    """

    __tablename__ = "coordinators"
    __table_args__ = (
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        CheckConstraint("digest_weekday BETWEEN 0 AND 6", name="digest_weekday"),
        CheckConstraint("risk_days BETWEEN 0 AND 60", name="risk_days"),
        Index("ix_coordinators_openid", "openid_issuer", "openid_subject", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    digest_hour: Mapped[int]
    digest_weekday: Mapped[int] = mapped_column(default=0)
    digest_when_empty: Mapped[bool] = mapped_column(default=False)
    digest_generation: Mapped[int] = mapped_column(default=1)
    risk_days: Mapped[int] = mapped_column(default=DEFAULT_RISK_DAYS)
    openid_issuer: Mapped[str | None] = mapped_column(String(300))
    openid_subject: Mapped[str | None] = mapped_column(String(300))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    invitation_generation: Mapped[int] = mapped_column(default=1)
    invited_at: Mapped[datetime | None]
    invited_until: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    programs: Mapped[list[Program]] = relationship(
        secondary=program_coordinators, back_populates="coordinators", order_by=Program.due_at
    )


class ApiKey(Base):
    """A bearer key. Only its SHA-256 is kept. Without a program it speaks for all of them.

    Without `reads_letters` it is a portal's, which learns no more than applicants may.
    """

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey("programs.id"))
    reads_letters: Mapped[bool] = mapped_column(default=False)
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
