"""The acts that a coordinator can do to many applications, each foreseen before it is done.

To foresee reads loaded rows only; it says of one application what doing it would be refused for,
and how many mails it sends.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from letters.domain.acts import is_allowed
from letters.domain.bulk import (
    BulkAct,
    Estimate,
    Order,
    Refusal,
    check_extend,
    check_goes_on,
    check_remind,
)
from letters.domain.errors import ExtensionNotPossible, NotAllowed, Withdrawn
from letters.domain.managing import RequestAct
from letters.domain.policy import check_open, check_select
from letters.domain.referee_line import reminded
from letters.domain.slots import check_extension, more_time_still_matters
from letters.domain.status import ApplicationStatus, Event, RequestStatus, can
from letters.records import Application, LetterRequest
from letters.services import extending, finding, managing, releasing, requesting, withdrawing
from letters.services.viewing import facts_of
from letters.services.work import Work


@dataclass(frozen=True)
class Preview:
    """What an act would do: to how many, with which mails, and what is refused, why how often."""

    applications: int = 0
    mails: Estimate = field(default_factory=Estimate)
    refused: Mapping[Refusal, int] = field(default_factory=dict)

    def __add__(self, other: "Preview") -> "Preview":
        refused = Counter(self.refused)
        refused.update(other.refused)
        return Preview(
            self.applications + other.applications, self.mails + other.mails, dict(refused)
        )

    @property
    def looked_at(self) -> int:
        """How many applications were looked at."""
        return self.applications + sum(self.refused.values())


def preview(work: Work, order: Order, applications: Iterable[Application]) -> Preview:
    """Return what an act would do to these applications. Nothing is changed."""
    mails = Estimate()
    done = 0
    refused: Counter[Refusal] = Counter()
    for application in applications:
        try:
            mails += foresee(work, order, application)
        except NotAllowed as error:
            refused[Refusal.of(error)] += 1
        else:
            done += 1
    return Preview(done, mails, dict(refused))


def foresee(work: Work, order: Order, application: Application) -> Estimate:
    """Return the mails that an act would send. Raises a NotAllowed that says why it does nothing.

    The program and the requests of the application are loaded.
    """
    return _ACTS[order.act].foresee(work, application, order)


def do(work: Work, order: Order, application: Application) -> None:
    """Do an act to an application whose lock the caller holds. Raises what foresee raises."""
    foresee(work, order, application)
    _ACTS[order.act].do(work, application, order)


# --- requesting letters -----------------------------------------------------------------------


def _foresee_request(work: Work, application: Application, _order: Order) -> Estimate:
    check_select(application.program.terms, application.status, work.now)
    asked = sum(r.status is RequestStatus.NAMED for r in application.requests)
    return Estimate(asked, min(asked, 1))


def _request(work: Work, application: Application, _order: Order) -> None:
    requesting.select_application(work, application)


# --- reminding --------------------------------------------------------------------------------


def _foresee_reminders(work: Work, application: Application, _order: Order) -> Estimate:
    check_goes_on(application.status)
    facts = [facts_of(application, request) for request in application.requests]
    awaited = sum(reminded(application.status, one, work.now).awaited for one in facts)
    if not awaited:
        check_open(application.program.terms, work.now)
    possible = len(_to_remind(work, application))
    check_remind(awaited=awaited, possible=possible)
    return Estimate(possible)


def _to_remind(work: Work, application: Application) -> Sequence[LetterRequest]:
    return [
        request
        for request in application.requests
        if is_allowed(
            lambda request=request: managing.check(work, RequestAct.REMIND, application, request)  # type: ignore[misc]  # mypy knows no default of a lambda
        )
    ]


def _remind(work: Work, application: Application, _order: Order) -> None:
    for request in _to_remind(work, application):
        managing.do(work, RequestAct.REMIND, application, request)


# --- giving more time -------------------------------------------------------------------------


def _foresee_extension(work: Work, application: Application, order: Order) -> Estimate:
    return Estimate(len(_to_extend(work, application, _until(application, order))))


def _to_extend(work: Work, application: Application, until: datetime) -> Sequence[LetterRequest]:
    """Return the awaited letters that are due before `until`: nobody loses time that they have."""
    check_goes_on(application.status)
    terms = {r.id: finding.terms_of(application, r) for r in application.requests}
    slots = {r.id: finding.slot_of(work, application, r) for r in application.requests}
    awaited = [r for r in application.requests if more_time_still_matters(slots[r.id])]
    earlier = [r for r in awaited if terms[r.id].due_at < until]
    check_extend(awaited=len(awaited), earlier=len(earlier))
    for request in earlier:
        check_extension(slots[request.id], terms[request.id], until, work.now)
    return earlier


def _extend(work: Work, application: Application, order: Order) -> None:
    until = _until(application, order)
    for request in _to_extend(work, application, until):
        extending.extend(work, application, request, until)


def _until(application: Application, order: Order) -> datetime:
    if order.day is None:
        raise ExtensionNotPossible
    return extending.due_on(application.program, order.day)


# --- releasing and withdrawing ----------------------------------------------------------------


def _foresee_release(_work: Work, application: Application, _order: Order) -> Estimate:
    return Estimate(sum(map(releasing.is_told, releasing.releasable(application))))


def _release(work: Work, application: Application, _order: Order) -> None:
    releasing.release_open(work, application)


def _foresee_withdrawal(_work: Work, application: Application, _order: Order) -> Estimate:
    if application.status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    open_still = [r for r in application.requests if can(r.status, Event.CANCEL)]
    return Estimate(sum(map(releasing.is_told, open_still)), 1)


def _withdraw(work: Work, application: Application, _order: Order) -> None:
    withdrawing.withdraw_application(work, application)


@dataclass(frozen=True)
class _Steps:
    foresee: Callable[[Work, Application, Order], Estimate]
    do: Callable[[Work, Application, Order], None]


_ACTS: Mapping[BulkAct, _Steps] = MappingProxyType(
    {
        BulkAct.REQUEST: _Steps(_foresee_request, _request),
        BulkAct.REMIND: _Steps(_foresee_reminders, _remind),
        BulkAct.EXTEND: _Steps(_foresee_extension, _extend),
        BulkAct.RELEASE: _Steps(_foresee_release, _release),
        BulkAct.WITHDRAW: _Steps(_foresee_withdrawal, _withdraw),
    }
)
