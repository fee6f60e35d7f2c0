"""Looking for identity signals: in names and addresses by the worker, and when a letter comes in.

Whoever is named, or gets another name or address, is looked at once, after the application was
submitted. Nothing is done about what is found: it is written down, and people look.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select

from letters.domain.journal import ActorKind, Fact
from letters.domain.signals import (
    OF_ADDRESS,
    Details,
    How,
    SignalKind,
    address_signals,
    how_from_there,
    is_other_name,
)
from letters.domain.slips import is_free_mail
from letters.records import Application, IdentitySignal, LetterRequest, Program
from letters.services import finding
from letters.services.happening import happened
from letters.services.signal_grounds import (
    SUBMITTED,
    Check,
    Known,
    checks_of,
    known_domains,
    names_of,
)
from letters.services.work import Actor, Work, Works

PAGE = 200
LATEST = timedelta(days=60)
"""So long after a program's due date nobody is looked at any more."""
SEEN_LATER = frozenset({SignalKind.SAME_PLACE})
"""What looking at a name and an address says nothing of."""


def find_signals(works: Works, actor: Actor, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Look at every referee nobody looked at so far; return how many signals were found.

    Each application gets a transaction of its own. Between two of them `keep_going` is asked.
    """
    found = 0
    for page in _pages(works, actor):
        with works.look(actor) as work:
            known = known_domains(work, page)
        for application_id in page:
            if not keep_going():
                return found
            with works.change(actor) as work:
                found += _examine(work, application_id, known)
    return found


def look_at_place(work: Work, application: Application, request: LetterRequest) -> None:
    """Say so when a letter comes from where the applicant's own pages were used.

    The caller holds the lock, and the actor of this work sends the letter.
    """
    how = how_from_there(
        application.places,
        work.actor.place,
        work.now,
        same_browser=application.id in work.actor.opened,
    )
    if how is None:
        return
    own = select(IdentitySignal).where(IdentitySignal.request_id == request.id)
    here = {signal.kind: signal for signal in work.session.scalars(own)}.get(SignalKind.SAME_PLACE)
    if here is None or (here.details["how"] != how and how is How.BROWSER):
        _raise(work, application, request, SignalKind.SAME_PLACE, {"how": how.value}, here)


def _pages(works: Works, actor: Actor) -> Iterator[Sequence[UUID]]:
    """Yield the ids of applications with somebody to look at, a page at a time."""
    last: Sequence[UUID] = [UUID(int=0)]
    while last:
        with works.look(actor) as work:
            last = work.session.scalars(_page(work, last[-1])).all()
        if last:
            yield last


def _page(work: Work, after: UUID) -> Select[UUID]:
    return (
        select(LetterRequest.application_id)
        .join(Application, Application.id == LetterRequest.application_id)
        .join(Program, Program.id == Application.program_id)
        .where(
            LetterRequest.examined_at.is_(None),
            LetterRequest.replaced_at.is_(None),
            LetterRequest.erased_at.is_(None),
            LetterRequest.application_id > after,
            Application.status.in_(SUBMITTED),
            Program.due_at > work.now - LATEST,
            Program.archived_at.is_(None),
        )
        .distinct()
        .order_by(LetterRequest.application_id)
        .limit(PAGE)
    )


# --- one application --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Around:
    """What the program knows of the addresses of an application.

    `names` are those that its applicants gave to the same address, with how many gave each.
    """

    domains: Collection[str]
    names: Mapping[str, Mapping[str, int]]


def _examine(work: Work, application_id: UUID, known: Known) -> int:
    """Look at who was not looked at yet. Under the lock it is decided afresh."""
    application = finding.application(work, application_id, lock=True)
    new = [request for request in application.requests if _is_new(request)]
    if not new or application.status not in SUBMITTED or application.program.archived_at:
        return 0
    around = _around(work, application, new, known)
    noticed = {request: _noticed(request, around) for request in new}
    here = _signals(work, new)
    told = {one.referee_key for one, kinds in noticed.items() if not OF_ADDRESS.isdisjoint(kinds)}
    checks = checks_of(work, application.program_id, told)
    found = 0
    for request in new:
        own = {signal.kind: signal for signal in here if signal.request_id == request.id}
        found += _examine_one(work, application, request, noticed[request], own, checks)
        request.examined_at = work.now
    return found


def _is_new(request: LetterRequest) -> bool:
    """Say whether somebody is there to look at: neither replaced nor erased, and not looked at."""
    instants = (request.examined_at, request.replaced_at, request.erased_at)
    return all(at is None for at in instants)


def _around(
    work: Work, application: Application, requests: Sequence[LetterRequest], known: Known
) -> _Around:
    keys = {request.referee_key for request in requests}
    beside = [application.applicant_email, application.program.contact_email]
    own = {one.rpartition("@")[2].lower() for one in beside if not is_free_mail(one)}
    return _Around(
        domains=own.union(known.get(application.program_id, ())),
        names=names_of(work, application.program_id, keys),
    )


def _signals(work: Work, requests: Sequence[LetterRequest]) -> Sequence[IdentitySignal]:
    ids = [request.id for request in requests]
    return work.session.scalars(
        select(IdentitySignal).where(IdentitySignal.request_id.in_(ids))
    ).all()


def _examine_one(
    work: Work,
    application: Application,
    request: LetterRequest,
    noticed: Mapping[SignalKind, Details],
    own: Mapping[SignalKind, IdentitySignal],
    checks: Sequence[Check],
) -> int:
    """Let the signals of one referee be what there is to say now; return how many are new."""
    for kind, signal in own.items():
        if kind not in noticed and kind not in SEEN_LATER:
            work.session.delete(signal)
    raised = 0
    for kind, details in noticed.items():
        here = own.get(kind)
        if here is not None and here.details == details:
            continue
        checked = next((check for check in checks if check.is_of(request, kind, details)), None)
        if checked is None:
            _raise(work, application, request, kind, details, here)
            raised += 1
        else:
            _put(work, request, kind, details, here, like=checked)
    return raised


def _noticed(request: LetterRequest, around: _Around) -> dict[SignalKind, Details]:
    names = around.names.get(request.referee_key, {})
    found = address_signals(request.referee_email, around.domains, sum(names.values()))
    usual = max(names, key=lambda name: (names[name], name != request.referee_name), default="")
    if usual and is_other_name(request.referee_name, usual):
        found[SignalKind.OTHER_NAME] = {}
    return found


def _raise(
    work: Work,
    application: Application,
    request: LetterRequest,
    kind: SignalKind,
    details: Details,
    here: IdentitySignal | None,
) -> None:
    """Write a new signal down, as found by the service and not by who acts."""
    _put(work, request, kind, details, here)
    by_itself = replace(work, actor=Actor(ActorKind.SYSTEM, work.actor.origin))
    happened(by_itself, Fact.SIGNAL_FOUND, application, request, details={"kind": kind.value})


def _put(
    work: Work,
    request: LetterRequest,
    kind: SignalKind,
    details: Details,
    here: IdentitySignal | None,
    like: Check | None = None,
) -> None:
    """Keep a signal in place of what was there of its kind, checked as another one is."""
    signal = here or IdentitySignal(
        application_id=request.application_id, request_id=request.id, kind=kind
    )
    signal.details = dict(details)
    signal.found_at = work.now
    signal.checked_at = like.checked_at if like else None
    signal.checked_by_id = like.checked_by_id if like else None
    work.session.add(signal)
