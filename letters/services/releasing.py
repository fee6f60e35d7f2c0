"""Releasing referees: once enough letters are in, nothing more is needed of the others."""

from collections.abc import Sequence

from letters.domain.journal import Fact
from letters.domain.letter_acts import check_release
from letters.domain.status import Event, advance, can
from letters.records import Application, LetterRequest
from letters.services.happening import happened
from letters.services.work import Work


def releasable(application: Application) -> Sequence[LetterRequest]:
    """Return the requests that a release ends: asked for or only named.

    Raises what check_release raises.
    """
    statuses = [request.status for request in application.requests]
    check_release(application.program.terms, application.status, statuses)
    return [r for r in application.requests if can(r.status, Event.CANCEL)]


def is_told(request: LetterRequest) -> bool:
    """Say whether a referee who is released is mailed: whoever was asked, or alerted."""
    return (request.requested_at or request.noticed_at) is not None


def release_open(work: Work, application: Application) -> Sequence[LetterRequest]:
    """End what is still open of an application that has enough letters; return what was ended.

    The caller holds the lock. Raises what check_release raises.
    """
    released = releasable(application)
    for request in released:
        request.status = advance(request.status, Event.CANCEL)
        request.cancelled_at = work.now
        request.end_question()
        happened(work, Fact.REQUEST_RELEASED, application, request)
    return released
