"""The outbox: every mail that a commit promised."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    false,
    literal,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from letters.domain.journal import MessageKind
from letters.records.base import Base, enum_column, new_id


class OutboxStatus(StrEnum):
    """Where a mail is on its way."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class OutboxMessage(Base):
    """One mail. It holds ids; address, words and links are made when it is delivered.

    `claim` counts how often it was taken for sending: a worker whose claim is not the newest any
    more must not record anything. `sent_to` is the address it went to in the end. `bounced_at` is
    when it came back from there for good, for the reason in `last_error`. `to_domain` is the domain
    for whose turn it waits, or has waited. An `urgent` one was just asked for by whoever gets it,
    and goes before all others.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        CheckConstraint("(status = 'sending') = (lease_until IS NOT NULL)", name="lease_until"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("bounced_at IS NULL OR status = 'sent'", name="bounced_at"),
        Index(
            "ix_outbox_due",
            "not_before",
            "id",
            postgresql_where=text("status = 'queued'"),
            sqlite_where=text("status = 'queued'"),
        ),
        Index(
            "ix_outbox_urgent",
            "not_before",
            "id",
            postgresql_where=text("status = 'queued' AND urgent"),
            sqlite_where=text("status = 'queued' AND urgent = 1"),
        ),
        Index(
            "ix_outbox_leased",
            "lease_until",
            postgresql_where=text("status = 'sending'"),
            sqlite_where=text("status = 'sending'"),
        ),
        Index(
            "ix_outbox_dead",
            "application_id",
            postgresql_where=text("status = 'dead'"),
            sqlite_where=text("status = 'dead'"),
        ),
        Index(
            "ix_outbox_bounced",
            "application_id",
            postgresql_where=text("bounced_at IS NOT NULL"),
            sqlite_where=text("bounced_at IS NOT NULL"),
        ),
        Index("ix_outbox_application_id", "application_id"),
        Index(
            "ix_outbox_coordinator_id",
            "coordinator_id",
            postgresql_where=text("coordinator_id IS NOT NULL"),
            sqlite_where=text("coordinator_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind, "kind", grows=True))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_requests.id"))
    letter_id: Mapped[UUID | None] = mapped_column(ForeignKey("letters.id"))
    coordinator_id: Mapped[UUID | None] = mapped_column(ForeignKey("coordinators.id"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    status: Mapped[OutboxStatus] = mapped_column(
        enum_column(OutboxStatus, "status"), default=OutboxStatus.QUEUED
    )
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    sent_to: Mapped[str | None] = mapped_column(String(254))
    bounced_at: Mapped[datetime | None]
    to_domain: Mapped[str | None] = mapped_column(String(253))
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())


def in_status(status: OutboxStatus) -> ColumnElement[bool]:
    """Say of a mail that it is in `status`, by a literal.

    SQLite uses a partial index only where the statement itself, and no parameter, says so.
    """
    column = OutboxMessage.status
    return column == literal(status, column.type, literal_execute=True)
