"""All that a coordinator sees of one application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from letters.domain.progress import Progress
from letters.records import (
    Application,
    Coordinator,
    JournalEntry,
    Letter,
    LetterRequest,
    OutboxMessage,
)
from letters.services import dashboard
from letters.services.viewing import progress_of
from letters.services.work import Work


@dataclass(frozen=True)
class ApplicationPage:
    """One application as its reader may see it; `letters` by request id."""

    application: Application
    progress: Progress
    letters: Mapping[UUID, Letter]
    entries: Sequence[JournalEntry]
    mails: Sequence[OutboxMessage]


def application_page(work: Work, coordinator: Coordinator, application_id: UUID) -> ApplicationPage:
    """Return the page of an application. Raises UnknownApplication or AccessDenied."""
    application = dashboard.application_run_by(work, coordinator, application_id)
    return ApplicationPage(
        application=application,
        progress=progress_of(work, application),
        letters=_letters(work, application),
        entries=_entries(work, application),
        mails=_mails(work, application),
    )


def _letters(work: Work, application: Application) -> Mapping[UUID, Letter]:
    query = (
        select(Letter)
        .join(LetterRequest, LetterRequest.id == Letter.request_id)
        .where(
            LetterRequest.application_id == application.id,
            Letter.version == LetterRequest.current_version,
        )
    )
    return {letter.request_id: letter for letter in work.session.scalars(query)}


def _entries(work: Work, application: Application) -> Sequence[JournalEntry]:
    query = select(JournalEntry).where(JournalEntry.application_id == application.id)
    return work.session.scalars(query.order_by(JournalEntry.position)).all()


def _mails(work: Work, application: Application) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.application_id == application.id)
    return work.session.scalars(query.order_by(OutboxMessage.created_at)).all()
