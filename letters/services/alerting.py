"""The applicant alerts referees: whom, with which line of their own, and how the mail will look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from letters.domain.errors import AlreadyAlerted, InvalidInput, Problem
from letters.domain.policy import check_notices
from letters.domain.text import clean_text
from letters.domain.words import N_
from letters.records import Application, LetterRequest
from letters.services import finding, noticing
from letters.services.composing import Composed
from letters.services.composing.referees import notice_to
from letters.services.work import Work

LONGEST_LINE = 500
MASKED = "…"
"""Stands in the shown mail for the token: the link is the referee's alone."""


@dataclass(frozen=True)
class Alerts:
    """Which referees can be alerted, and which have been."""

    application: Application
    possible: Sequence[LetterRequest]
    given: Sequence[LetterRequest]


@dataclass(frozen=True)
class Preview:
    """The mail to the first of the chosen referees, and the line as it will be kept."""

    application: Application
    chosen: Sequence[LetterRequest]
    personal_line: str
    mail: Composed


def alerts_of(work: Work, application: Application) -> Alerts:
    """Say who can be alerted and who has been."""
    possible = noticing.to_be_alerted(work, application)
    current = [r for r in application.requests if r.replaced_at is None]
    given = [r for r in current if r.noticed_at is not None and r not in possible]
    return Alerts(application, possible, given)


def page(work: Work, token: str) -> Alerts:
    """Return what the form shows.

    Raises LinkInvalid, LinkReplaced, Withdrawn, ProgramClosed or NoticeNotPossible.
    """
    return _open_alerts(work, finding.application_behind(work, token))


def preview(work: Work, token: str, chosen: Collection[UUID], personal_line: str) -> Preview:
    """Return the mail as it would go out, its link masked; nothing changes.

    Raises what alert raises.
    """
    alerts = page(work, token)
    requests, line = _checked(alerts, chosen, personal_line)
    url = f"{work.tools.base_url}/notice/{MASKED}"
    mail = notice_to(alerts.application, requests[0], url=url, personal_line=line)
    return Preview(alerts.application, requests, line, mail)


def alert(work: Work, token: str, chosen: Collection[UUID], personal_line: str) -> None:
    """Give the advance notice to all the chosen referees, or to none of them.

    `personal_line` is plain text, empty or up to LONGEST_LINE characters.
    Raises LinkInvalid, LinkReplaced, Withdrawn, ProgramClosed, NoticeNotPossible, InvalidInput,
    UnknownRequest when a stranger is chosen, or AlreadyAlerted.
    """
    locked = finding.application_behind(work, token, lock=True)
    requests, line = _checked(_open_alerts(work, locked), chosen, personal_line)
    noticing.give_notices(work, locked.id, [request.id for request in requests])
    for request in requests:
        request.personal_line = line


def _open_alerts(work: Work, application: Application) -> Alerts:
    alerts = alerts_of(work, application)
    terms = application.program.terms
    check_notices(terms, application.status, len(alerts.possible), work.now)
    return alerts


def _checked(
    alerts: Alerts, chosen: Collection[UUID], personal_line: str
) -> tuple[list[LetterRequest], str]:
    """Return the chosen referees in their order, each once, and the tidied line."""
    for request_id in chosen:
        request = finding.request_in(alerts.application, request_id)
        if request not in alerts.possible:
            raise AlreadyAlerted(name=request.referee_name)
    problems: list[Problem] = []
    if not chosen:
        problems.append(Problem("referee", N_("Choose at least one referee.")))
    line = clean_text("personal_line", personal_line, problems, LONGEST_LINE)
    if problems:
        raise InvalidInput(problems)
    return [request for request in alerts.possible if request.id in chosen], line
