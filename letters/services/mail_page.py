"""One mail about an application: how it read when it went, or how it would read now."""

from dataclasses import dataclass
from uuid import UUID

from letters.domain.errors import MailNotGivenUp, MailNotNeeded, UnknownMail
from letters.domain.roles import Right
from letters.ports import MessageRenderer, Rendered
from letters.records import Application, Coordinator, MailCopy, OutboxMessage
from letters.services import dashboard
from letters.services.bouncing import queue_again
from letters.services.composing import compose
from letters.services.mail_fates import Fate, fate_of
from letters.services.work import Work

LOCALE = "en"
NOT_SENT_YET = frozenset(
    {Fate.DUE, Fate.WAITING, Fate.TRIED, Fate.SENDING, Fate.CAME_BACK, Fate.GIVEN_UP}
)
NOBODY_GOT_IT = frozenset({Fate.CAME_BACK, Fate.GIVEN_UP, Fate.BOUNCED})


@dataclass(frozen=True)
class Reads:
    """How a mail reads, without its links, and to whom it goes."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class MailPage:
    """One mail. `sent` is how it read when it went, None where no copy was kept.

    `would` is how it would read now, for a mail that nobody has got yet; None where it would not
    be sent.
    """

    application: Application
    mail: OutboxMessage
    fate: Fate
    sent: Reads | None
    would: Reads | None
    may_send_again: bool

    @property
    def is_not_sent_yet(self) -> bool:
        """Whether the mail has not gone, and may go."""
        return self.fate in NOT_SENT_YET


def mail_page(
    work: Work, renderer: MessageRenderer, coordinator: Coordinator, outbox_id: UUID
) -> MailPage:
    """Return one mail, for who manages the program. Raises UnknownMail or AccessDenied."""
    row = _row(work, outbox_id)
    application = _application(work, coordinator, row)
    fate = fate_of(row, work.now)
    would = _would(work, renderer, row) if fate in NOT_SENT_YET | NOBODY_GOT_IT else None
    return MailPage(
        application=application,
        mail=row,
        fate=fate,
        sent=_sent(work, row),
        would=would,
        may_send_again=(
            fate in NOBODY_GOT_IT and would is not None and application.program.archived_at is None
        ),
    )


def send_again(work: Work, coordinator: Coordinator, outbox_id: UUID) -> Application:
    """Queue a mail again that was given up or came back, as long as what it says is still so.

    Raises UnknownMail, AccessDenied, ProgramArchived, MailNotGivenUp or MailNotNeeded.
    """
    row = _row(work, outbox_id)
    found = _application(work, coordinator, row)
    application = dashboard.application_managed_by(work, coordinator, found.id)
    work.session.refresh(row, with_for_update=True)
    if fate_of(row, work.now) not in NOBODY_GOT_IT:
        raise MailNotGivenUp
    composed = compose(work, row)
    if composed is None:
        raise MailNotNeeded
    queue_again(work, application, row, to=composed.to)
    return application


def _row(work: Work, outbox_id: UUID) -> OutboxMessage:
    row = work.session.get(OutboxMessage, outbox_id)
    if row is None or row.application_id is None:
        raise UnknownMail
    return row


def _application(work: Work, coordinator: Coordinator, row: OutboxMessage) -> Application:
    if row.application_id is None:
        raise UnknownMail
    return dashboard.application_run_by(work, coordinator, row.application_id, Right.MANAGE)


def _sent(work: Work, row: OutboxMessage) -> Reads | None:
    copy = work.session.get(MailCopy, row.id)
    if copy is None:
        return None
    return Reads(row.sent_to or "", copy.subject, copy.text)


def _would(work: Work, renderer: MessageRenderer, row: OutboxMessage) -> Reads | None:
    composed = compose(work, row)
    if composed is None:
        return None
    words: Rendered = renderer.render(row.kind, composed.facts, LOCALE)
    masked = work.tools.links.masked
    return Reads(composed.to, masked(words.subject), masked(words.text))
