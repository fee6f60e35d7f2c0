"""Why something was done, and notes for colleagues."""

from uuid import UUID

from letters.domain.errors import InvalidInput, Problem, UnknownRemark
from letters.domain.journal import ActorKind, Fact
from letters.domain.text import clean_text
from letters.domain.words import N_
from letters.records import Application, LetterRequest, Remark, RemarkKind
from letters.services.happening import happened
from letters.services.work import Work

LONGEST_REMARK = 1000

MISSING = N_("Say why, in a sentence: colleagues read it later.")


def because(
    work: Work,
    application: Application,
    reason: str,
    request: LetterRequest | None = None,
    *,
    needed: bool = False,
) -> None:
    """Keep why this work is done: every journal entry that it writes from now on names it.

    An empty reason is none. Raises InvalidInput where one is needed, or it is too long.
    """
    text = clean_reason(reason, needed=needed)
    if text:
        work.remark_id = _written(work, application, request, RemarkKind.REASON, text).id


def clean_reason(reason: str, *, needed: bool = False) -> str:
    """Return why something is done, tidied. Raises InvalidInput like because."""
    problems: list[Problem] = []
    text = cleaned_reason(reason, problems, needed=needed)
    if problems:
        raise InvalidInput(problems)
    return text


def cleaned_reason(reason: str, problems: list[Problem], *, needed: bool = True) -> str:
    """Return a reason tidied; add to `problems` what is wrong with it."""
    text = clean_text("reason", reason, problems, longest=LONGEST_REMARK)
    if needed and not text and not problems:
        problems.append(Problem("reason", MISSING))
    return text


def leave_note(work: Work, application: Application, text: str) -> Remark:
    """Leave a note for colleagues. The caller holds the lock. Raises InvalidInput."""
    problems: list[Problem] = []
    clean = clean_text("note", text, problems, longest=LONGEST_REMARK)
    if not clean and not problems:
        problems.append(Problem("note", N_("Write the note first.")))
    if problems:
        raise InvalidInput(problems)
    note = _written(work, application, None, RemarkKind.NOTE, clean)
    happened(work, Fact.NOTE_LEFT, application, details={"remark": str(note.id)})
    return note


def remove_note(work: Work, application: Application, remark_id: UUID) -> None:
    """Take a note away; twice is as good as once. The caller holds the lock.

    Its words are gone. Raises UnknownRemark.
    """
    note = work.session.get(Remark, remark_id)
    if note is None or note.application_id != application.id or note.kind is not RemarkKind.NOTE:
        raise UnknownRemark
    if note.removed_at is not None:
        return
    note.removed_at = work.now
    note.text = ""
    happened(work, Fact.NOTE_REMOVED, application, details={"remark": str(note.id)})


def _written(
    work: Work,
    application: Application,
    request: LetterRequest | None,
    kind: RemarkKind,
    text: str,
) -> Remark:
    remark = Remark(
        application_id=application.id,
        request_id=request.id if request else None,
        author_id=work.actor.id if work.actor.kind is ActorKind.COORDINATOR else None,
        kind=kind,
        text=text,
        created_at=work.now,
    )
    work.session.add(remark)
    work.session.flush()
    return remark
