"""Programs and who coordinates them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.domain.digest import Frequency
from letters.domain.keeping import DEFAULT_KEPT_DAYS, DEFAULT_WISHED_PAGES
from letters.domain.policy import RequestPolicy, Terms
from letters.domain.roles import Role
from letters.domain.rules import FieldDefinition, Rule, definitions_of, rule_of
from letters.domain.schedule import DEFAULT_MOST_REMINDERS, DEFAULT_REMINDER_DAYS
from letters.records.base import Base, Chained, UtcDateTime, enum_column, new_id

if TYPE_CHECKING:
    from letters.records.coordinators import Coordinator

program_coordinators = Table(
    "program_coordinators",
    Base.metadata,
    Column("program_id", ForeignKey("programs.id"), primary_key=True),
    Column("coordinator_id", ForeignKey("coordinators.id"), primary_key=True),
    Column("role", enum_column(Role, "role"), nullable=False, default=Role.MANAGER),
    Column(
        "digest_frequency",
        enum_column(Frequency, "digest_frequency"),
        nullable=False,
        default=Frequency.DAILY,
    ),
    Column(
        "digested_seq",
        BigInteger,
        nullable=False,
        default=text("(SELECT coalesce(max(seq), 0) FROM journal)"),
    ),
    Column("digested_at", UtcDateTime),
    Index("ix_program_coordinators_coordinator_id", "coordinator_id"),
)

"""Who works on which program, and up to where they were told of it.

The next digest covers what comes after the journal entry `digested_seq` and after `digested_at`;
who joins is told of what happens from then on, and a worker fills `digested_at` in.
"""


class Program(Chained, Base):
    """A research internship, a fellowship, a graduate school, a faculty search.

    Letters are kept for `kept_days` after their closing date. Fewer than one wished page means
    that letters may have any length. Of each letter a referee is reminded `most_reminders` times
    at most, whoever reminds. With `notices_on_submission` all referees of an application get the
    advance notice when it is submitted, where they are not asked at once. `reminder_days` counts
    back from the due date. An empty `waiver_wording` is the usual text, an empty `sender_name` the
    organization, an empty `accent` our own colour; the
    hash is of its logo. `mail_words` are its own for its mails, by kind and place
    (domain/mail_words.py). `closed_at` and `archived_at` are when a manager
    did so, None once undone; `due_moved_at` is when the due date was last changed, away from
    `due_moved_from`. `fields` and `selection_rule` are kept as domain/rules.py writes them. While
    `rule_on`, the rule selects; `rule_asked_at` is when it was asked to select among those waiting
    too, None once it has.
    """

    __tablename__ = "programs"
    __table_args__ = (
        CheckConstraint("min_letters >= 1", name="min_letters"),
        CheckConstraint("max_letters >= min_letters", name="max_letters"),
        CheckConstraint("grace_hours >= 0", name="grace_hours"),
        CheckConstraint("largest_file > 0", name="largest_file"),
        CheckConstraint("wished_pages >= 0", name="wished_pages"),
        CheckConstraint("kept_days >= 1", name="kept_days"),
        CheckConstraint("most_reminders >= 0", name="most_reminders"),
        CheckConstraint("(due_moved_at IS NULL) = (due_moved_from IS NULL)", name="due_moved_from"),
        CheckConstraint("rule_asked_at IS NULL OR rule_on", name="rule_asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    organization: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    instructions: Mapped[str] = mapped_column(Text, default="")
    contact_email: Mapped[str] = mapped_column(String(254))
    due_at: Mapped[datetime]
    grace_hours: Mapped[int] = mapped_column(default=0)
    timezone: Mapped[str] = mapped_column(String(64))
    min_letters: Mapped[int]
    max_letters: Mapped[int]
    request_policy: Mapped[RequestPolicy] = mapped_column(
        enum_column(RequestPolicy, "request_policy")
    )
    largest_file: Mapped[int]
    wished_pages: Mapped[int] = mapped_column(default=DEFAULT_WISHED_PAGES)
    kept_days: Mapped[int] = mapped_column(default=DEFAULT_KEPT_DAYS)
    takes_word: Mapped[bool] = mapped_column(default=False)
    notices_on_submission: Mapped[bool] = mapped_column(default=False)
    most_reminders: Mapped[int] = mapped_column(default=DEFAULT_MOST_REMINDERS)
    reminder_days: Mapped[list[int]] = mapped_column(
        JSON, default=lambda: list(DEFAULT_REMINDER_DAYS)
    )
    waiver_wording: Mapped[str] = mapped_column(Text, default="")
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    accent: Mapped[str] = mapped_column(String(7), default="")
    logo_sha256: Mapped[str | None] = mapped_column(String(64))
    mail_words: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict)
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    due_moved_at: Mapped[datetime | None]
    due_moved_from: Mapped[datetime | None]
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    selection_rule: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rule_on: Mapped[bool] = mapped_column(default=False)
    rule_asked_at: Mapped[datetime | None]
    copied_from: Mapped[UUID | None] = mapped_column(ForeignKey("programs.id"))
    created_at: Mapped[datetime]

    coordinators: Mapped[list["Coordinator"]] = relationship(
        secondary=program_coordinators, back_populates="programs"
    )

    @property
    def terms(self) -> Terms:
        """What this program asks, as the rules want it."""
        return Terms(
            min_letters=self.min_letters,
            max_letters=self.max_letters,
            request_policy=self.request_policy,
            due_at=self.due_at,
            grace=timedelta(hours=self.grace_hours),
            contact=self.contact_email,
            closed_by_hand=self.closed_at is not None or self.archived_at is not None,
        )

    @property
    def sender(self) -> str:
        """In whose name its mails come."""
        return self.sender_name or self.organization

    @property
    def definitions(self) -> tuple[FieldDefinition, ...]:
        """The fields that its applications can come with."""
        return definitions_of(self.fields)

    @property
    def rule(self) -> Rule:
        """The rule that selects, while it is on."""
        return rule_of(self.selection_rule)
