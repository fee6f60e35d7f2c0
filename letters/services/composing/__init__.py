"""From an outbox row to the facts of a mail, read at the moment of delivery.

Address, links and words are made here and not when the mail was promised, so that a corrected
address counts, no live link rests in the database, and what is no longer true is not sent.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from letters.domain.journal import MessageKind
from letters.records import Application, OutboxMessage
from letters.services import finding
from letters.services.composing import (
    erasures,
    letter_acts,
    news,
    others,
    referees,
    reminders,
)
from letters.services.composing.base import Composed
from letters.services.work import Work

__all__ = ["Composed", "Loaded", "compose", "load"]


@dataclass(frozen=True)
class Loaded:
    """Mails by their ids, and the applications they speak of, kept at hand for the session."""

    mails: Mapping[UUID, OutboxMessage]
    applications: Sequence[Application]


def load(work: Work, mail_ids: Collection[UUID]) -> Loaded:
    """Read all that most mails are made of in few statements, however many they are."""
    if not mail_ids:
        return Loaded({}, ())
    rows = work.session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(mail_ids))).all()
    about = {row.application_id for row in rows if row.application_id is not None}
    return Loaded({row.id: row for row in rows}, finding.applications(work, about))


def compose(work: Work, row: OutboxMessage) -> Composed | None:
    """Return what to send for `row`, or None when it should not be sent any more.

    Who was erased has no address.
    """
    composed = _COMPOSERS[row.kind](work, row)
    if composed is None or not composed.to:
        return None
    return composed.in_own_words(row.kind)


_COMPOSERS: Mapping[MessageKind, Callable[[Work, OutboxMessage], Composed | None]] = {
    MessageKind.ADVANCE_NOTICE: referees.advance_notice,
    MessageKind.LETTER_REQUEST: referees.letter_request,
    MessageKind.REMINDER: reminders.reminder,
    MessageKind.RECEIPT: referees.receipt,
    MessageKind.CONFIRM_LETTER: referees.confirm_letter,
    MessageKind.MORE_TIME_ANSWERED: referees.more_time_answered,
    MessageKind.REFEREE_DUE_MOVED: referees.due_moved,
    MessageKind.OVERVIEW: referees.overview,
    MessageKind.REQUESTS_SENT: news.requests_sent,
    MessageKind.LETTER_ARRIVED: news.letter_arrived,
    MessageKind.ALL_IN: news.all_in,
    MessageKind.REFEREE_DECLINED: news.referee_declined,
    MessageKind.ADDRESS_BOUNCED: news.address_bounced,
    MessageKind.TIME_LEFT: news.time_left,
    MessageKind.DUE_MOVED: news.due_moved,
    MessageKind.CLOSED_INCOMPLETE: news.closed_incomplete,
    MessageKind.APPLICATION_SUBMITTED: others.application_submitted,
    MessageKind.DRAFT_LINK: others.draft_link,
    MessageKind.STATUS_LINKS: others.status_links,
    MessageKind.MORE_TIME_ASKED: others.more_time_asked,
    MessageKind.REQUEST_CANCELLED: referees.request_cancelled,
    MessageKind.REQUEST_RELEASED: letter_acts.request_released,
    MessageKind.LETTER_ENTERED: letter_acts.letter_entered,
    MessageKind.LETTER_RETURNED: letter_acts.letter_returned,
    MessageKind.LETTER_KEPT: letter_acts.letter_kept,
    MessageKind.WITHDRAWN: others.withdrawn,
    MessageKind.SIGN_IN: others.sign_in,
    MessageKind.INVITATION: others.invitation,
    MessageKind.ERASURE_LIST: erasures.erasure_list,
    MessageKind.DIGEST: others.digest,
}
