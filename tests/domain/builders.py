"""Terms, requests and instants to start from, to be changed by one thing at a time."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from letters.domain.errors import LettersError, Problem
from letters.domain.policy import RequestPolicy, Terms
from letters.domain.progress import RequestFacts
from letters.domain.schedule import DEFAULT_MOST_REMINDERS
from letters.domain.status import RequestStatus

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DUE = datetime(2027, 4, 1, 21, 59, tzinfo=UTC)
GRACE = timedelta(hours=48)
CLOSES = datetime(2027, 4, 3, 21, 59, tzinfo=UTC)
BLINK = timedelta(microseconds=1)
"""The smallest step of time there is."""

CONTACT = "internship@glaciers.example.org"

NAMED_AT = NOW - timedelta(days=20)
NOTICED_AT = NOW - timedelta(days=15)
REQUESTED_AT = NOW - timedelta(days=10)
ANSWERED_AT = NOW - timedelta(days=5)


def terms(
    policy: RequestPolicy = RequestPolicy.SELECTED,
    *,
    min_letters: int = 2,
    max_letters: int = 4,
    due_at: datetime = DUE,
    grace: timedelta = GRACE,
) -> Terms:
    """Return the terms of the program that the tests are about."""
    return Terms(min_letters, max_letters, policy, due_at, grace, CONTACT)


def request(
    status: RequestStatus,
    *,
    own: Terms | None = None,
    name: str = "Prof. Ines Halvorsen",
    noticed: bool = False,
) -> RequestFacts:
    """Return a request in `status`, with the moments that belong to it."""
    asked = status in {RequestStatus.REQUESTED, RequestStatus.RECEIVED, RequestStatus.DECLINED}
    return RequestFacts(
        id=UUID(int=1),
        referee_name=name,
        status=status,
        terms=own or terms(),
        named_at=NAMED_AT,
        noticed_at=NOTICED_AT if noticed else None,
        requested_at=REQUESTED_AT if asked else None,
        received_at=ANSWERED_AT if status is RequestStatus.RECEIVED else None,
        declined_at=ANSWERED_AT if status is RequestStatus.DECLINED else None,
        cancelled_at=ANSWERED_AT if status is RequestStatus.CANCELLED else None,
        most_reminders=DEFAULT_MOST_REMINDERS,
    )


def raised(call: Callable[[], object]) -> type[LettersError] | None:
    """Return the kind of error that `call` raises, None if it goes through."""
    try:
        call()
    except LettersError as error:
        return type(error)
    return None


def said(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """Return the field and the sentence of each problem, as a person would read them."""
    return [(problem.field, str(problem)) for problem in problems]
