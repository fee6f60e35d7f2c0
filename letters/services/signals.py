"""Identity signals of an application, and marking one as checked."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from letters.domain.errors import UnknownSignal
from letters.domain.journal import Fact
from letters.domain.signals import OF_ADDRESS
from letters.records import Application, Coordinator, IdentitySignal, LetterRequest
from letters.services import dashboard
from letters.services.happening import happened
from letters.services.remarks import because
from letters.services.work import Work


def signals_of(work: Work, application: Application) -> Mapping[UUID, Sequence[IdentitySignal]]:
    """Return the signals of an application by request, in the order in which they were found."""
    rows = work.session.scalars(
        select(IdentitySignal)
        .where(IdentitySignal.application_id == application.id)
        .options(joinedload(IdentitySignal.checked_by))
        .order_by(IdentitySignal.id)
    )
    found: dict[UUID, list[IdentitySignal]] = {}
    for signal in rows:
        found.setdefault(signal.request_id, []).append(signal)
    return found


def managed_signal(
    work: Work, coordinator: Coordinator, signal_id: UUID, *, lock: bool = True
) -> tuple[Application, IdentitySignal]:
    """Return a signal that this coordinator may mark, its application locked for it.

    Raises UnknownSignal, AccessDenied or ProgramArchived.
    """
    request_id = work.session.scalar(
        select(IdentitySignal.request_id).where(IdentitySignal.id == signal_id)
    )
    if request_id is None:
        raise UnknownSignal
    application, _ = dashboard.request_managed_by(work, coordinator, request_id, lock=lock)
    signal = work.session.get(IdentitySignal, signal_id)
    if signal is None:
        raise UnknownSignal
    return application, signal


def mark_checked(
    work: Work, application: Application, signal: IdentitySignal, reason: str = ""
) -> None:
    """Say that somebody looked into a signal; twice is as good as once.

    What says something of an address alone is checked wherever the program has it. The caller
    holds the lock. Raises InvalidInput for a reason that is too long.
    """
    if signal.checked_at is not None:
        return
    because(work, application, reason, signal.request)
    for one in _same(work, application, signal):
        one.checked_at = one.checked_at or work.now
        one.checked_by_id = one.checked_by_id or work.actor.id
    _write_down(work, Fact.SIGNAL_CHECKED, application, signal)


def mark_unchecked(work: Work, application: Application, signal: IdentitySignal) -> None:
    """Take it back, wherever the program has the same; twice is as good as once.

    The caller holds the lock.
    """
    if signal.checked_at is None:
        return
    for one in _same(work, application, signal):
        one.checked_at = None
        one.checked_by_id = None
    _write_down(work, Fact.SIGNAL_UNCHECKED, application, signal)


def _write_down(work: Work, fact: Fact, application: Application, signal: IdentitySignal) -> None:
    details = {"kind": signal.kind.value}
    happened(work, fact, application, signal.request, details=details)


def _same(work: Work, application: Application, signal: IdentitySignal) -> Sequence[IdentitySignal]:
    """Return the signal, and those in the program that say the same of the same address."""
    if signal.kind not in OF_ADDRESS:
        return [signal]
    rows = work.session.scalars(
        select(IdentitySignal)
        .join(LetterRequest, LetterRequest.id == IdentitySignal.request_id)
        .join(Application, Application.id == IdentitySignal.application_id)
        .where(
            LetterRequest.referee_key == signal.request.referee_key,
            IdentitySignal.kind == signal.kind,
            Application.program_id == application.program_id,
        )
        .order_by(IdentitySignal.id)
    )
    return [one for one in rows if one.details == signal.details]
