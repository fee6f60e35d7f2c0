"""The mail that reminds a referee of what is open at their address."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from letters.records import Application, LetterRequest, OutboxMessage
from letters.services import finding
from letters.services.composing.base import Composed, subject, takes_word, to_referee, upload_url
from letters.services.day_mails import ABOUT, NUDGED, is_for, newer_than
from letters.services.reminding import is_awaited, zone_of
from letters.services.work import Work

MOST_LISTED = 25
"""A mail that lists more would be larger than 30 kB."""


def reminder(work: Work, row: OutboxMessage) -> Composed | None:
    """Remind of what caused the mail, the soonest first, and list all else that is open there.

    It is dropped where nothing of what caused it is awaited any more, or only on a day that the
    referee has chosen since, and where a later one, that says the same and more, is due as well.
    Whose address was corrected since has the request there, and needs no reminder of it.
    """
    found, first = subject(work, row)
    about = list(row.details.get(ABOUT, [str(first.id)]))
    if not is_for(row, first):
        still = next((one for one in _requests(work, about) if is_for(row, one)), None)
        if still is None:
            return None
        found, first = finding.application(work, still.application_id), still
    if newer_than(work, row, first, zone_of(found, first)):
        return None
    asked = _awaited_at(work, first.referee_key)
    caused = [
        (application, request)
        for application, request in asked
        if str(request.id) in about and request.remind_wished_at is None
    ]
    if not caused:
        return None
    application, request = caused[0]
    url = upload_url(work, request)
    others = [_said(work, *one) for one in asked if one[1] is not request]
    return to_referee(
        application,
        request,
        url=url,
        decline_url=f"{url}/decline",
        takes_word=takes_word(work, application.program),
        late=_is_late(work, application, request),
        by_applicant=str(request.id) in row.details.get(NUDGED, []),
        others=others[:MOST_LISTED],
        more=max(0, len(others) - MOST_LISTED),
    )


def _requests(work: Work, ids: Iterable[str]) -> Iterator[LetterRequest]:
    found = (work.session.get(LetterRequest, UUID(one)) for one in ids)
    return (request for request in found if request is not None)


def _awaited_at(work: Work, referee_key: str) -> list[tuple[Application, LetterRequest]]:
    """Return the letters that are awaited at an address, soonest first.

    Of those that the referee wants no more mail about, none is said.
    """
    asked = [
        (application, request)
        for application in finding.applications_that_ask(work, referee_key)
        for request in application.requests
        if request.referee_key == referee_key
        and request.reminders_off_at is None
        and is_awaited(work, application, request)
    ]
    return sorted(asked, key=lambda one: (finding.terms_of(*one).due_at, one[1].id))


def _said(work: Work, application: Application, request: LetterRequest) -> dict[str, object]:
    return {
        "applicant_name": application.applicant_name,
        "program_title": application.program.title,
        "organization": application.program.organization,
        "due_at": finding.terms_of(application, request).due_at,
        "zone": application.program.timezone,
        "late": _is_late(work, application, request),
        "url": upload_url(work, request),
    }


def _is_late(work: Work, application: Application, request: LetterRequest) -> bool:
    return work.now > finding.terms_of(application, request).due_at
