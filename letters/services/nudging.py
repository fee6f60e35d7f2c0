"""The applicant nudges a referee: one reminder, in the applicant's name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from letters.domain.journal import Fact
from letters.domain.referee_line import reminded
from letters.domain.schedule import NUDGE_SPACING, Reminded, check_nudge
from letters.records import Application, LetterRequest
from letters.services import finding
from letters.services.day_mails import mail_still_to_go, would_go_at
from letters.services.happening import happened
from letters.services.reminding import zone_of
from letters.services.viewing import facts_of
from letters.services.work import Work


@dataclass(frozen=True)
class Nudge:
    """What the page shows of a reminder that can go out now."""

    application: Application
    request: LetterRequest
    due_at: datetime
    next_at: datetime

    @property
    def left(self) -> int:
        """How many more there can be after this one, whoever causes them."""
        return self.application.program.most_reminders - self.request.reminders - 1


def page(work: Work, token: str, request_id: UUID) -> Nudge:
    """Return what the page shows.

    Raises LinkInvalid, LinkReplaced, UnknownRequest, or what check_nudge raises.
    """
    application = finding.application_behind(work, token)
    request = finding.request_in(application, request_id)
    check_nudge(_reminded(work, application, request), work.now)
    due_at = finding.terms_of(application, request).due_at
    goes_at = would_go_at(work, request, zone_of(application, request))
    return Nudge(application, request, due_at, goes_at + NUDGE_SPACING)


def nudge(work: Work, token: str, request_id: UUID) -> None:
    """Remind a referee of the letter that is awaited. Raises what page raises."""
    application = finding.application_behind(work, token, lock=True)
    request = finding.request_in(application, request_id)
    check_nudge(_reminded(work, application, request), work.now)
    mail = mail_still_to_go(work, request, zone_of(application, request))
    request.reminders += 1
    request.reminded_at = mail.goes_at(work.now)
    request.nudged_at = work.now
    mail.mentions([request], nudged=True)
    details = {"outbox": str(mail.row.id)}
    happened(work, Fact.REFEREE_NUDGED, application, request, details=details)


def _reminded(work: Work, application: Application, request: LetterRequest) -> Reminded:
    return reminded(application.status, facts_of(application, request), work.now)
