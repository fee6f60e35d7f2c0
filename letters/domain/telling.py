"""What an applicant is told by mail, and when.

`now` and all other instants are aware datetimes in UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from letters.domain.journal import Fact, MessageKind
from letters.domain.policy import Terms
from letters.domain.progress import RequestFacts, Standing, roll_up
from letters.domain.status import ApplicationStatus, RequestStatus


class MailChoice(StrEnum):
    """Which mails an applicant wants beside those that they cause themselves."""

    EACH = "each"
    COMPLETE = "complete"
    PROBLEMS = "problems"


class TimeLeft(StrEnum):
    """The last word an applicant got about the due date, with letters missing."""

    WEEK = "week"
    DAY = "day"
    CLOSED = "closed"


# --- which mails, and how many ----------------------------------------------------------------

NEWS = frozenset(
    {
        MessageKind.REQUESTS_SENT,
        MessageKind.LETTER_ARRIVED,
        MessageKind.ALL_IN,
        MessageKind.REFEREE_DECLINED,
        MessageKind.ADDRESS_BOUNCED,
        MessageKind.TIME_LEFT,
        MessageKind.CLOSED_INCOMPLETE,
    }
)
"""What applicants are told without having caused it."""

HELD_BACK = NEWS - {MessageKind.REQUESTS_SENT}
"""News that wait for their turn; that letters were requested is told the same minute."""

BETWEEN_NEWS = timedelta(hours=1)

_NOT_WANTED = {
    MailChoice.EACH: frozenset[MessageKind](),
    MailChoice.COMPLETE: frozenset({MessageKind.LETTER_ARRIVED}),
    MailChoice.PROBLEMS: frozenset(
        {MessageKind.REQUESTS_SENT, MessageKind.LETTER_ARRIVED, MessageKind.ALL_IN}
    ),
}


def is_wanted(kind: MessageKind, choice: MailChoice) -> bool:
    """Say whether an applicant with this choice gets a mail; problems, and answers, always go."""
    return kind not in _NOT_WANTED[choice]


def held_until(kind: MessageKind, last_news_at: datetime | None, now: datetime) -> datetime | None:
    """Return until when a mail must wait, None when it may go.

    `last_news_at` is when the newest of the NEWS went to the same mailbox.
    """
    if kind not in HELD_BACK or last_news_at is None:
        return None
    until = last_news_at + BETWEEN_NEWS
    return until if now < until else None


# --- the time that is left --------------------------------------------------------------------

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
TOLD_WITHIN = timedelta(days=7)
"""How long after the closing it is still news."""

FACT_OF = {
    TimeLeft.WEEK: Fact.WEEK_LEFT,
    TimeLeft.DAY: Fact.DAY_LEFT,
    TimeLeft.CLOSED: Fact.CLOSED_INCOMPLETE,
}

_ORDER = tuple(TimeLeft)


@dataclass(frozen=True)
class Word:
    """What is to be said of the due date `due_at` at its present stage."""

    stage: TimeLeft
    due_at: datetime


def word_due(
    terms: Terms,
    status: ApplicationStatus,
    requests: Sequence[RequestFacts],
    now: datetime,
) -> Word | None:
    """Return what an applicant with letters missing may be told of the time that is left.

    Nothing is said where no letter was requested. A week or a day before the program's due date
    is told of the letters that were asked for earlier than that, and have no later date of their
    own; the end, once for all of them, when the last one can no longer come.
    """
    if all(r.requested_at is None for r in requests):
        return None
    standing = roll_up(terms, status, requests, now).standing
    if standing is Standing.INCOMPLETE:
        return _word_of_the_end(terms, requests, now)
    if standing in {Standing.REQUESTED, Standing.PARTLY}:
        return _word_before_due(terms, requests, now)
    return None


def may_have_word(terms: Terms, now: datetime) -> bool:
    """Say whether there may be a word about the dates of a program; requests may have their own."""
    return terms.due_at - WEEK <= now <= terms.closes_at + TOLD_WITHIN


def is_new(word: Word, told: TimeLeft | None, told_due_at: datetime | None) -> bool:
    """Say whether it was not told yet; when the due date has moved, it begins anew."""
    if told is None or told_due_at != word.due_at:
        return True
    return _ORDER.index(told) < _ORDER.index(word.stage)


def awaited_by_due(terms: Terms, requests: Sequence[RequestFacts]) -> list[RequestFacts]:
    """Return the requests that are awaited by the program's due date, not by one of their own."""
    return [
        r
        for r in requests
        if r.status is RequestStatus.REQUESTED and r.terms.due_at == terms.due_at
    ]


def _word_before_due(terms: Terms, requests: Sequence[RequestFacts], now: datetime) -> Word | None:
    asked = [r.requested_at for r in awaited_by_due(terms, requests) if r.requested_at is not None]
    for stage, before in ((TimeLeft.DAY, DAY), (TimeLeft.WEEK, WEEK)):
        begins = terms.due_at - before
        if begins <= now < terms.due_at:
            return Word(stage, terms.due_at) if asked and min(asked) < begins else None
    return None


def _word_of_the_end(terms: Terms, requests: Sequence[RequestFacts], now: datetime) -> Word | None:
    last = last_terms(terms, requests)
    if now > last.closes_at + TOLD_WITHIN:
        return None
    return Word(TimeLeft.CLOSED, last.due_at)


def last_terms(terms: Terms, requests: Sequence[RequestFacts]) -> Terms:
    """Return the terms of whichever letter could come last."""
    waiting = [r.terms for r in requests if r.status is RequestStatus.REQUESTED]
    return max([terms, *waiting], key=lambda one: one.due_at)
