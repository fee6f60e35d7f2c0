"""What a referee chooses about the reminders of one letter: a day of their own, or none."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from letters.domain.errors import InvalidInput, Problem, RemindersNotPossible
from letters.domain.journal import Fact
from letters.domain.ladder import next_step_at, wish
from letters.domain.policy import Terms
from letters.domain.slots import Slot
from letters.domain.words import N_
from letters.ports import Purpose
from letters.records import Application, LetterRequest
from letters.services import finding
from letters.services.happening import happened
from letters.services.program_cleaning import is_zone
from letters.services.reminding import climb_of, zone_of
from letters.services.work import Work

NO_DAY = N_("Choose a day, as in 2027-01-31.")


@dataclass(frozen=True)
class Reminders:
    """What the page shows: when the next reminder comes, and from when to when one can be chosen.

    `next_at` is None where none comes; days are those of `zone`.
    """

    application: Application
    request: LetterRequest
    terms: Terms
    zone: str
    next_at: datetime | None
    first_day: date
    last_day: date


def page(work: Work, token: str) -> Reminders:
    """Return what the page shows. Raises LinkInvalid, LinkReplaced or RemindersNotPossible."""
    application, request = _awaited(work, token, lock=False)
    climb = climb_of(application, request)
    at = next_step_at(climb)
    comes = at is not None and (climb.left > 0 or climb.wished_at is not None)
    zone = ZoneInfo(climb.zone)
    return Reminders(
        application=application,
        request=request,
        terms=finding.terms_of(application, request),
        zone=climb.zone,
        next_at=at if comes else None,
        first_day=work.now.astimezone(zone).date(),
        last_day=climb.closes_at.astimezone(zone).date(),
    )


def remind_on(work: Work, token: str, day: str, zone: str) -> None:
    """Remind on a day, and not before. `zone` is the reader's, empty where it is not known.

    Raises LinkInvalid, LinkReplaced, RemindersNotPossible, InvalidInput or ReminderDateNotPossible.
    """
    application, request = _awaited(work, token, lock=True)
    chosen = _day(day)
    if is_zone(zone):
        request.referee_zone = zone
    closes_at = finding.terms_of(application, request).closes_at
    own_zone = zone_of(application, request)
    request.remind_wished_at = wish(chosen, own_zone, closes_at=closes_at, now=work.now)
    request.reminders_off_at = None
    _chose(work, application, request, "day")


def remind_no_more(work: Work, token: str) -> None:
    """Remind no more of this letter, whoever would. Twice is as good as once.

    Raises LinkInvalid, LinkReplaced or RemindersNotPossible.
    """
    application, request = _awaited(work, token, lock=True)
    if request.reminders_off_at is not None:
        return
    request.remind_wished_at = None
    request.reminders_off_at = work.now
    _chose(work, application, request, "off")


def remind_again(work: Work, token: str) -> None:
    """Remind as the program does. Twice is as good as once.

    Raises LinkInvalid, LinkReplaced or RemindersNotPossible.
    """
    application, request = _awaited(work, token, lock=True)
    if request.reminders_off_at is None and request.remind_wished_at is None:
        return
    request.remind_wished_at = None
    request.reminders_off_at = None
    _chose(work, application, request, "on")


def _chose(work: Work, application: Application, request: LetterRequest, choice: str) -> None:
    request.climb_anew(work.now)
    details = {"choice": choice}
    happened(work, Fact.REMINDERS_CHOSEN, application, request, details=details)


def _awaited(work: Work, token: str, *, lock: bool) -> tuple[Application, LetterRequest]:
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=lock)
    if finding.slot_of(work, application, request) is not Slot.OPEN:
        raise RemindersNotPossible
    return application, request


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise InvalidInput([Problem("day", NO_DAY)]) from None
