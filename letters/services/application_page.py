"""All that a coordinator sees of one application, and what they can do about it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from letters.domain.journal import ActorKind
from letters.domain.managing import ApplicationAct, RequestAct
from letters.domain.policy import is_closed
from letters.domain.progress import Progress
from letters.domain.referee_line import Moment, timeline
from letters.domain.roles import Right, may
from letters.records import (
    Application,
    Coordinator,
    IdentitySignal,
    JournalEntry,
    Letter,
    OutboxMessage,
    Remark,
    RemarkKind,
)
from letters.services import changing, dashboard, entering, holding, managing, signals
from letters.services.changing import Change
from letters.services.holding import Holds
from letters.services.mail_fates import Fate, fate_of
from letters.services.viewing import current_letters, facts_of, progress_of
from letters.services.work import Work


@dataclass(frozen=True)
class ApplicationPage:
    """One application as its reader may see it.

    `closed` says that the program takes no more letters. `may_enter` holds the requests for which a
    letter may be entered. `letters`, `moments`, `signals`, `acts` and `changes` are by request id,
    `fates` by the mail's, `reasons` by the id of the journal entry that names them first, `names`
    of coordinators by their id.
    """

    application: Application
    holds: Holds
    progress: Progress
    closed: bool
    letters: Mapping[UUID, Letter]
    moments: Mapping[UUID, Sequence[Moment]]
    signals: Mapping[UUID, Sequence[IdentitySignal]]
    entries: Sequence[JournalEntry]
    mails: Sequence[OutboxMessage]
    fates: Mapping[UUID, Fate]
    notes: Sequence[Remark]
    reasons: Mapping[int, Remark]
    names: Mapping[UUID, str]
    may_read: bool
    may_manage: bool
    may_change: bool
    acts: Mapping[UUID, Sequence[RequestAct]]
    changes: Mapping[UUID, Sequence[Change]]
    may_add: bool
    may_enter: frozenset[UUID]
    application_acts: Sequence[ApplicationAct]

    def reason_of(self, entry: JournalEntry) -> Remark | None:
        """Return why something happened, with the first entry that it is the reason of."""
        return self.reasons.get(entry.seq)


def application_page(work: Work, coordinator: Coordinator, application_id: UUID) -> ApplicationPage:
    """Return the page of an application. Raises UnknownApplication or AccessDenied."""
    application = dashboard.application_run_by(work, coordinator, application_id)
    role = dashboard.role_on(work, coordinator, application.program_id)
    may_read = may(role, Right.READ_LETTERS, administrator=coordinator.is_administrator)
    may_manage = may(role, Right.MANAGE, administrator=coordinator.is_administrator)
    may_change = may_manage and application.program.archived_at is None
    entries = _entries(work, application)
    mails = _mails(work, application)
    remarks = _remarks(work, application) if may_read else {}
    return ApplicationPage(
        application=application,
        holds=holding.holds_on(work, application),
        progress=progress_of(work, application),
        closed=is_closed(application.program.terms, work.now),
        letters=current_letters(work, application),
        moments={
            one.id: timeline(facts_of(application, one), work.now) for one in application.requests
        },
        signals=signals.signals_of(work, application) if may_read else {},
        entries=entries,
        mails=mails,
        fates={mail.id: fate_of(mail, work.now) for mail in mails},
        notes=[r for r in remarks.values() if r.kind is RemarkKind.NOTE and r.removed_at is None],
        reasons=_reasons(entries, remarks),
        names=_names(work, entries),
        may_read=may_read,
        may_manage=may_manage,
        may_change=may_change,
        acts=_acts(work, application) if may_change else {},
        changes=_changes(work, application) if may_change else {},
        may_add=may_change and changing.may_add(work, application),
        may_enter=_may_enter(application) if may_change else frozenset(),
        application_acts=managing.possible_to_application(application) if may_change else (),
    )


def _may_enter(application: Application) -> frozenset[UUID]:
    requests = application.requests
    return frozenset(one.id for one in requests if entering.may_enter(application, one))


def _entries(work: Work, application: Application) -> Sequence[JournalEntry]:
    query = select(JournalEntry).where(JournalEntry.application_id == application.id)
    return work.session.scalars(query.order_by(JournalEntry.position)).all()


def _mails(work: Work, application: Application) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.application_id == application.id)
    return work.session.scalars(query.order_by(OutboxMessage.created_at)).all()


def _remarks(work: Work, application: Application) -> Mapping[str, Remark]:
    query = (
        select(Remark)
        .where(Remark.application_id == application.id)
        .options(joinedload(Remark.author))
        .order_by(Remark.created_at, Remark.id)
    )
    return {str(remark.id): remark for remark in work.session.scalars(query)}


def _reasons(
    entries: Sequence[JournalEntry], remarks: Mapping[str, Remark]
) -> Mapping[int, Remark]:
    found: dict[str, int] = {}
    for entry in entries:
        named = entry.details.get("remark", "")
        if named in remarks and remarks[named].kind is RemarkKind.REASON:
            found.setdefault(named, entry.seq)
    return {seq: remarks[named] for named, seq in found.items()}


def _names(work: Work, entries: Sequence[JournalEntry]) -> Mapping[UUID, str]:
    """Return what the coordinators are called who did something."""
    ids = {entry.actor_id for entry in entries if entry.actor_kind is ActorKind.COORDINATOR}
    query = select(Coordinator.id, Coordinator.name).where(Coordinator.id.in_(ids))
    return {row[0]: row[1] for row in work.session.execute(query)} if ids else {}


def _acts(work: Work, application: Application) -> Mapping[UUID, Sequence[RequestAct]]:
    return {
        request.id: managing.possible(work, application, request)
        for request in application.requests
    }


def _changes(work: Work, application: Application) -> Mapping[UUID, Sequence[Change]]:
    return {
        request.id: changing.possible(work, application, request)
        for request in application.requests
    }
