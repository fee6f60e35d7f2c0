"""More time for one letter: a referee asks, a coordinator answers, and the answer is mailed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from letters.domain.errors import MoreTimeNotPossible
from letters.domain.journal import Fact
from letters.domain.slots import check_awaited, check_extension, check_more_time, later_due
from letters.ports import Purpose
from letters.records import Application, LetterRequest, Program
from letters.services import finding
from letters.services.answering import cleaned_reason
from letters.services.happening import happened
from letters.services.work import Work


def ask_for_more_time(work: Work, token: str, note: str) -> LetterRequest:
    """Ask the coordinators for more time; `note` may be empty. Asking twice keeps the first.

    Raises LinkInvalid, LinkReplaced, InvalidInput, or what check_more_time raises.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    terms = finding.terms_of(application, request)
    check_more_time(finding.slot_of(work, application, request), terms)
    if request.more_time_asked_at is not None:
        return request
    request.more_time_note = cleaned_reason("note", note) or None
    request.more_time_asked_at = work.now
    happened(work, Fact.MORE_TIME_ASKED, application, request)
    return request


def extend(work: Work, application: Application, request: LetterRequest, until: datetime) -> None:
    """Move one request's due date to `until`, whether or not the referee asked for it.

    Every link already mailed follows. The caller holds the lock. Raises what check_extension
    raises.
    """
    terms = finding.terms_of(application, request)
    check_extension(finding.slot_of(work, application, request), terms, until, work.now)
    request.extended_due_at = until
    request.climb_anew(work.now)
    request.end_question()
    happened(work, Fact.DATE_EXTENDED, application, request)


def extend_by(work: Work, application: Application, request: LetterRequest, days: int) -> None:
    """Move one request's due date by so many days of the program's zone; see extend."""
    due_at = finding.terms_of(application, request).due_at
    until = later_due(due_at, work.now, days, application.program.timezone)
    extend(work, application, request, until)


def extend_to(work: Work, application: Application, request: LetterRequest, day: date) -> None:
    """Move one request's due date to a day, at the hour at which the program is due; see extend."""
    extend(work, application, request, due_on(application.program, day))


def due_on(program: Program, day: date) -> datetime:
    """Return the instant on a day of the program's zone at which its letters are due."""
    zone = ZoneInfo(program.timezone)
    return datetime.combine(day, program.due_at.astimezone(zone).time(), zone).astimezone(UTC)


def refuse_more_time(work: Work, application: Application, request: LetterRequest) -> None:
    """Answer that there is no more time. The caller holds the lock.

    Raises what check_awaited raises, or MoreTimeNotPossible when nobody waits for an answer.
    """
    check_awaited(finding.slot_of(work, application, request))
    if request.more_time_asked_at is None:
        raise MoreTimeNotPossible
    request.end_question()
    happened(work, Fact.MORE_TIME_REFUSED, application, request)
