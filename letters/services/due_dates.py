"""A letter's due date for the calendar of its referee, from a page or with a mail.

Calendars are shared with assistants and colleagues: no link of the referee's own is in it.
"""

from collections.abc import Callable, Mapping

from letters.domain.words import N_
from letters.ports import DueDate
from letters.records import Application, LetterRequest
from letters.services import finding
from letters.services.work import Work

FILE_NAME = "letter-due.ics"
METHOD = "PUBLISH"

_ASKED = (
    N_("Letter due for %(name)s"),
    N_(
        "For %(program)s, %(organization)s. Send the letter through the link in the mail that "
        "asked you for it; the link is for you alone, so it is not written here. "
        "Questions: %(contact)s"
    ),
)
_ALERTED = (
    N_("Letter due, if requested, for %(name)s"),
    N_(
        "For %(program)s, %(organization)s. Nothing is needed until a request for the letter comes "
        "by mail. Questions: %(contact)s"
    ),
)

InWords = Callable[[str, Mapping[str, object]], str]
"""Puts a gettext message id into the reader's language, filled with values."""


def due_date(
    work: Work, application: Application, request: LetterRequest, in_words: InWords
) -> DueDate:
    """Return the due date of a letter, or when it would be due if it is not asked for so far.

    Its sequence counts the seconds since the referee was named: what is made later counts as
    newer, so that a date that has moved, to whichever side, replaces the one in the calendar.
    """
    program = application.program
    summary, description = words(
        in_words,
        asked=request.requested_at is not None,
        name=application.applicant_name,
        program=program.title,
        organization=program.organization,
        contact=program.contact_email,
    )
    return DueDate(
        request_id=request.id,
        sequence=int((work.now - request.named_at).total_seconds()),
        stamped_at=work.now,
        due_at=finding.terms_of(application, request).due_at,
        timezone=program.timezone,
        summary=summary,
        description=description,
        url=f"{work.tools.base_url}/programs/{program.slug}",
    )


def words(in_words: InWords, *, asked: bool, **values: str) -> tuple[str, str]:
    """Return the event's summary and its description; `asked` says whether the letter is."""
    summary, description = _ASKED if asked else _ALERTED
    return in_words(summary, values), in_words(description, values)
