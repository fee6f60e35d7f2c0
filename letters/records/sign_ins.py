"""Signing in: the links that were asked for, and the sessions that began with them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.records.base import Base, enum_column, new_id
from letters.records.coordinators import Coordinator


class HowSignedIn(StrEnum):
    """What proved who signs in."""

    MAILED_LINK = "mailed_link"
    OPERATORS_LINK = "operators_link"
    INVITATION = "invitation"
    OPENID = "openid"


class SignIn(Base):
    """One signing in, from the link that was asked for to the end of the session.

    A link opens until `link_until`: in the browser whose secret hashes to `browser_hash` (SHA-256,
    hexadecimal), or in any when that is None. The session lasts from `began_at`; `seen_at` is its
    last use, to a few minutes. `ended_at` says that it was ended, or that the link was used up by
    another one. `browser` is our own short name of the browser, empty when it is not known.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        CheckConstraint("(began_at IS NULL) = (seen_at IS NULL)", name="seen_at"),
        CheckConstraint("began_at IS NOT NULL OR link_until IS NOT NULL", name="link_until"),
        Index("ix_sign_ins_coordinator_id", "coordinator_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    coordinator_id: Mapped[UUID] = mapped_column(ForeignKey("coordinators.id", ondelete="CASCADE"))
    how: Mapped[HowSignedIn] = mapped_column(enum_column(HowSignedIn, "how"))
    asked_at: Mapped[datetime]
    link_until: Mapped[datetime | None]
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(80), default="")
    began_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    coordinator: Mapped[Coordinator] = relationship()
