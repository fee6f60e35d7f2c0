"""The service reminds referees by itself: one mail per address and day, with all that is open.

When something is next to be done about a request is kept beside it (`remind_next_at`), so that a
worker reads only what is due; whether anything is done is decided afresh, under the locks.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from letters.domain.journal import Fact
from letters.domain.ladder import Climb, Step, comes_along, next_step_at, not_at_night, step
from letters.domain.slots import Slot
from letters.domain.status import RequestStatus
from letters.domain.text import mailbox_key
from letters.records import Application, LetterRequest, OutboxMessage, Program
from letters.services import finding
from letters.services.day_mails import ABOUT, mail_of_the_day
from letters.services.happening import happened
from letters.services.work import Actor, Work, Works

PAGE = 500
ON_TIME = timedelta(minutes=1)
"""A reminder that goes so soon after it was to go needs no other date."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When the next rung of a ladder is that has none left."""


@dataclass
class Planned:
    """What became of one turn: letters reminded of, and rungs that were passed over."""

    reminded: int = 0
    skipped: int = 0


def plan_reminders(
    works: Works, actor: Actor, keep_going: Callable[[], bool] = lambda: True
) -> Planned:
    """Queue the reminders that are due, one mail for each address.

    Each address gets a transaction of its own. Between two of them `keep_going` is asked.
    """
    _look_ahead(works, actor, keep_going)
    planned = Planned()
    for referee_key in _due(works, actor):
        if not keep_going():
            break
        with works.change(actor) as work:
            _remind(work, referee_key, planned)
    return planned


def climb_of(application: Application, request: LetterRequest) -> Climb:
    """Return what decides when a referee is reminded of a letter. Raises ValueError before it."""
    if request.requested_at is None:
        error = f"request {request.id} has not been made"
        raise ValueError(error)
    program = application.program
    terms = finding.terms_of(application, request)
    since = (request.requested_at, request.ladder_at, program.due_moved_at)
    return Climb(
        requested_at=request.requested_at,
        due_at=terms.due_at,
        closes_at=terms.closes_at,
        days=tuple(program.reminder_days),
        zone=zone_of(application, request),
        handled_at=max(at for at in since if at is not None),
        reminded_at=request.reminded_at,
        left=program.most_reminders - request.reminders,
        wished_at=request.remind_wished_at,
        off=request.reminders_off_at is not None,
    )


def zone_of(application: Application, request: LetterRequest) -> str:
    """Return in which zone a referee has their mornings, as far as is known."""
    return request.referee_zone or application.program.timezone


def look_again(work: Work, program: Program) -> None:
    """Have it looked afresh when the referees of a program are reminded; its dates may differ."""
    requests = select(Application.id).where(Application.program_id == program.id)
    work.session.execute(
        update(LetterRequest)
        .where(
            LetterRequest.application_id.in_(requests),
            LetterRequest.status == RequestStatus.REQUESTED,
        )
        .values(remind_next_at=None)
        .execution_options(synchronize_session=False)
    )


def is_awaited(work: Work, application: Application, request: LetterRequest) -> bool:
    """Say whether a letter can come, and the referee can be reached."""
    is_open = finding.slot_of(work, application, request) is Slot.OPEN
    return is_open and request.bounced_at is None


def held_until(work: Work, row: OutboxMessage) -> datetime | None:
    """Return until when a reminder that was just claimed waits for the night to end."""
    if row.request_id is None or row.application_id is None:
        return None
    application = finding.application(work, row.application_id)
    zone = zone_of(application, finding.request_in(application, row.request_id))
    at = not_at_night(work.now, zone)
    return at if at > work.now else None


def went_out(work: Work, row: OutboxMessage, to: str) -> None:
    """Count the distance to the next reminder from when this one went, which was not as planned.

    The night, other mails or an outage may have held it up. The caller has recorded the sending.
    """
    about = row.details.get(ABOUT, [str(row.request_id)])
    late = select(LetterRequest.id).where(
        LetterRequest.id.in_([UUID(one) for one in about]),
        LetterRequest.reminded_at < work.now - ON_TIME,
    )
    if work.session.scalar(late.limit(1)) is None:
        return
    key = mailbox_key(to)
    for application in finding.applications_asking(work, key):
        for request in application.requests:
            is_meant = str(request.id) in about and request.referee_key == key
            if is_meant and request.status is RequestStatus.REQUESTED:
                request.reminded_at = work.now
                _keep_next(application, request)


# --- what is due --------------------------------------------------------------------------------


def _look_ahead(works: Works, actor: Actor, keep_going: Callable[[], bool]) -> None:
    """Fill in when the next step is where that is not known, page after page."""
    unknown = (
        select(LetterRequest)
        .join(LetterRequest.application)
        .join(Application.program)
        .options(contains_eager(LetterRequest.application).contains_eager(Application.program))
        .where(
            LetterRequest.status == RequestStatus.REQUESTED,
            LetterRequest.remind_next_at.is_(None),
        )
        .limit(PAGE)
        .with_for_update(of=LetterRequest, skip_locked=True)
    )
    while keep_going():
        with works.change(actor) as work:
            found = work.session.scalars(unknown).all()
            for request in found:
                _keep_next(request.application, request)
        if len(found) < PAGE:
            return


def _due(works: Works, actor: Actor) -> Sequence[str]:
    with works.look(actor) as work:
        due = (
            select(LetterRequest.referee_key)
            .where(
                LetterRequest.status == RequestStatus.REQUESTED,
                LetterRequest.remind_next_at <= work.now,
            )
            .distinct()
            .order_by(LetterRequest.referee_key)
        )
        return work.session.scalars(due).all()


# --- one address --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """One letter that is asked at an address, and how its reminders stand."""

    application: Application
    request: LetterRequest
    climb: Climb


def _remind(work: Work, referee_key: str, planned: Planned) -> None:
    asked = _asked_at(work, referee_key)
    awaited = [one for one in asked if is_awaited(work, one.application, one.request)]
    steps = {one.request.id: step(one.climb, work.now) for one in awaited}
    for one in awaited:
        planned.skipped += _skip(work, one, steps[one.request.id])
    told = _told(work, awaited, steps)
    if told:
        _mail(work, told)
        planned.reminded += len(told)
    for one in asked:
        _keep_next(one.application, one.request, None if one in awaited else work.now)


def _asked_at(work: Work, referee_key: str) -> list[_Asked]:
    """Return what is asked at an address, soonest first, with all of its applications locked."""
    found = finding.applications_asking(work, referee_key)
    asked = [
        _Asked(application, request, climb_of(application, request))
        for application in found
        for request in application.requests
        if request.referee_key == referee_key and request.status is RequestStatus.REQUESTED
    ]
    return sorted(asked, key=lambda one: (one.climb.due_at, one.request.id))


def _skip(work: Work, one: _Asked, what: Step) -> int:
    for at, why in what.skipped:
        details = {"rung": at.isoformat(), "why": why.value}
        happened(work, Fact.REMINDER_SKIPPED, one.application, one.request, details=details)
        one.request.ladder_at = at
    return len(what.skipped)


def _told(work: Work, awaited: Iterable[_Asked], steps: dict[UUID, Step]) -> list[_Asked]:
    """Return what the mail is about: what is due, and what would come soon after it."""
    due = [one for one in awaited if steps[one.request.id].remind]
    if not due:
        return []
    return [
        one
        for one in awaited
        if steps[one.request.id].remind
        or (not steps[one.request.id].skipped and comes_along(one.climb, work.now))
    ]


def _mail(work: Work, told: Sequence[_Asked]) -> None:
    first = told[0]
    mail = mail_of_the_day(work, first.request, zone_of(first.application, first.request))
    mail.mentions(one.request for one in told)
    for one in told:
        one.request.ladder_at = max(work.now, next_step_at(one.climb) or work.now)
        one.request.remind_wished_at = None
        one.request.reminders += 1
        one.request.reminded_at = mail.goes_at(work.now)
        details = {"outbox": str(mail.row.id)}
        happened(work, Fact.REFEREE_REMINDED, one.application, one.request, details=details)


def _keep_next(
    application: Application, request: LetterRequest, not_before: datetime | None = None
) -> None:
    """Keep when the next step is; `not_before` passes over what can come to nothing now."""
    climb = climb_of(application, request)
    at = next_step_at(climb)
    if not_before is not None and at is not None and at <= not_before:
        request.ladder_at = not_before
        at = next_step_at(climb_of(application, request))
    request.remind_next_at = at or NEVER
