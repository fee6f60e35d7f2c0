"""What needs somebody now, in SQL: for the dashboard's numbers, the lists' filter and the digest.

Each kind is one query of `_QUERIES`, over applications that were not withdrawn; of a
referee who was replaced nothing is said any more. A new kind needs a name in `domain/needs.py`
and a query here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Subquery

from letters.domain.journal import MessageKind
from letters.domain.needs import Need
from letters.domain.policy import RequestPolicy
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import (
    Application,
    IdentitySignal,
    Letter,
    LetterRequest,
    OutboxMessage,
    OutboxStatus,
    Program,
    in_status,
)
from letters.records.planning import not_first
from letters.services.work import Work

LINES_SHOWN = 10

Found = Select[UUID, UUID, UUID | None, datetime, str]


@dataclass(frozen=True)
class Needed:
    """One thing that needs somebody, since when, and about whom.

    `total` is how many of its kind its program has.
    """

    program_id: UUID
    need: Need
    application_id: UUID
    applicant_name: str
    referee_name: str | None
    at: datetime
    total: int


def in_need(need: Need) -> ColumnElement[bool]:
    """Say of an Application whether it is in need, for the WHERE of a query."""
    found = _query_for(need).subquery()
    return Application.id.in_(select(found.c.application_id))


def need_counts(
    work: Work, program_ids: Collection[UUID], needs: Iterable[Need] = Need
) -> Mapping[UUID, Mapping[Need, int]]:
    """Return how much needs somebody, by program and kind, in one statement; nought is left out."""
    found = _all_of(program_ids, needs)
    rows = work.session.execute(
        select(found.c.program_id, found.c.need, func.count()).group_by(
            found.c.program_id, found.c.need
        )
    )
    counts: dict[UUID, dict[Need, int]] = {}
    for program_id, need, count in rows:
        counts.setdefault(program_id, {})[Need(need)] = count
    return counts


def needed_lines(
    work: Work, program_ids: Collection[UUID], needs: Iterable[Need] = Need
) -> Sequence[Needed]:
    """Return the first ten of each kind in each program, oldest first, in one statement."""
    found = _all_of(program_ids, needs)
    order = (found.c.at, found.c.application_id)
    kind = (found.c.program_id, found.c.need)
    place = func.row_number().over(partition_by=kind, order_by=order)
    total = func.count().over(partition_by=kind)
    numbered = select(found, place.label("place"), total.label("total")).subquery()
    rows = work.session.execute(
        select(
            numbered.c.program_id,
            numbered.c.need,
            numbered.c.application_id,
            Application.applicant_name,
            LetterRequest.referee_name,
            numbered.c.at,
            numbered.c.total,
        )
        .join(Application, Application.id == numbered.c.application_id)
        .outerjoin(LetterRequest, LetterRequest.id == numbered.c.request_id)
        .where(numbered.c.place <= LINES_SHOWN)
        .order_by(numbered.c.program_id, numbered.c.need, numbered.c.place)
    )
    return [
        Needed(program_id, Need(need), application_id, applicant_name, referee_name, at, count)
        for program_id, need, application_id, applicant_name, referee_name, at, count in rows
    ]


def _all_of(program_ids: Collection[UUID], needs: Iterable[Need]) -> Subquery:
    kinds = (_query_for(need).where(_program_of(need).in_(program_ids)) for need in needs)
    return union_all(*kinds).subquery()


@cache
def _query_for(need: Need) -> Found:
    """Put a query together, once for a process: it is a long one, and always the same."""
    return _QUERIES[need]()


def _program_of(need: Need) -> SQLColumnExpression[UUID]:
    """What is rare is looked for everywhere; of what is not, the program's own is read."""
    own = Application.program_id
    return own if need in _COMMON else not_first(own)


_COMMON = frozenset({Need.WAITING, Need.SIGNALS})

# --- the kinds --------------------------------------------------------------------------------


def _waiting() -> Found:
    by_selection = select(Program.id).where(Program.request_policy == RequestPolicy.SELECTED)
    return _found(Need.WAITING, Application.submitted_at, cast(null(), Uuid())).where(
        Application.status == ApplicationStatus.SUBMITTED,
        Application.program_id.in_(by_selection),
    )


def _more_time() -> Found:
    return _of_requests(Need.MORE_TIME, LetterRequest.more_time_asked_at).where(
        LetterRequest.more_time_asked_at.is_not(None)
    )


def _bounced() -> Found:
    return _of_requests(Need.BOUNCED, LetterRequest.bounced_at).where(
        LetterRequest.bounced_at.is_not(None),
        LetterRequest.status.in_([RequestStatus.NAMED, RequestStatus.REQUESTED]),
    )


_NO_MARKS = literal("[]", String(), literal_execute=True)
"""SQLite uses a partial index only where the statement itself, and no parameter, says so."""


def _marked() -> Found:
    return _of_letters(Need.MARKED).where(
        cast(Letter.marks, String) != _NO_MARKS, Letter.confirmed_at.is_(None)
    )


def _quarantined() -> Found:
    return _of_letters(Need.QUARANTINED).where(
        Letter.quarantine.is_not(None), Letter.released_at.is_(None)
    )


def _signals() -> Found:
    return (
        _found(Need.SIGNALS, IdentitySignal.found_at, IdentitySignal.request_id)
        .join(IdentitySignal, IdentitySignal.application_id == Application.id)
        .join(LetterRequest, LetterRequest.id == IdentitySignal.request_id)
        .where(IdentitySignal.checked_at.is_(None), LetterRequest.replaced_at.is_(None))
    )


def _given_up() -> Found:
    """A mail that nobody got is given up until one for the same reader went out after it.

    What a bounced address did not take is said by that need alone. Those that came back or were
    given up are looked up by two indexes, which an OR would not use.
    """
    lost = (in_status(OutboxStatus.DEAD), OutboxMessage.bounced_at.is_not(None))
    return (
        _found(Need.GIVEN_UP, OutboxMessage.created_at, OutboxMessage.request_id)
        .join(OutboxMessage, OutboxMessage.application_id == Application.id)
        .outerjoin(LetterRequest, LetterRequest.id == OutboxMessage.request_id)
        .where(
            OutboxMessage.id.in_(union_all(*(select(OutboxMessage.id).where(x) for x in lost))),
            LetterRequest.replaced_at.is_(None),
            LetterRequest.bounced_at.is_(None),
            ~_reached_since(),
        )
    )


def _reached_since() -> ColumnElement[bool]:
    later = aliased(OutboxMessage)
    same_reader = later.kind.in_([MessageKind.LETTER_REQUEST, MessageKind.ADVANCE_NOTICE])
    return exists().where(
        later.application_id == OutboxMessage.application_id,
        later.request_id.is_not_distinct_from(OutboxMessage.request_id),
        (later.kind == OutboxMessage.kind) | same_reader,
        later.status == OutboxStatus.SENT,
        later.bounced_at.is_(None),
        later.created_at > OutboxMessage.created_at,
    )


def _of_letters(need: Need) -> Found:
    return (
        _of_requests(need, Letter.received_at)
        .join(
            Letter,
            and_(
                Letter.request_id == LetterRequest.id,
                Letter.version == LetterRequest.current_version,
            ),
        )
        .where(Letter.purged_at.is_(None))
    )


def _of_requests(need: Need, at: SQLColumnExpression[datetime | None]) -> Found:
    return (
        _found(need, at, LetterRequest.id)
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .where(LetterRequest.replaced_at.is_(None))
    )


def _found(
    need: Need,
    at: SQLColumnExpression[datetime | None],
    request_id: SQLColumnExpression[UUID | None],
) -> Found:
    return (
        select(
            Application.program_id.label("program_id"),
            Application.id.label("application_id"),
            request_id.label("request_id"),
            at.label("at"),
            literal(need.value).label("need"),
        )
        .select_from(Application)
        .where(
            Application.unproved.is_(False),
            Application.status != ApplicationStatus.WITHDRAWN,
        )
    )


_QUERIES: Mapping[Need, Callable[[], Found]] = {
    Need.WAITING: _waiting,
    Need.MORE_TIME: _more_time,
    Need.BOUNCED: _bounced,
    Need.MARKED: _marked,
    Need.QUARANTINED: _quarantined,
    Need.SIGNALS: _signals,
    Need.GIVEN_UP: _given_up,
}
