"""From what a draft names to its letter requests: kept, changed, added, put in order, let go."""

from collections.abc import Sequence

from letters.domain.acts import check_corrections, check_room
from letters.domain.journal import Fact
from letters.domain.status import RequestStatus
from letters.domain.text import mailbox_key
from letters.domain.waiver import is_same_name
from letters.records import Application, LetterRequest
from letters.services.addressing import readdress
from letters.services.checking_drafts import NamedReferee
from letters.services.happening import happened
from letters.services.withdrawing import cancel
from letters.services.work import Work

OUT_OF_THE_WAY = 1000
"""Positions are unique: those that change pass through numbers that nobody has."""


def name_referees(
    work: Work, application: Application, named: Sequence[NamedReferee]
) -> list[LetterRequest]:
    """Let the letter requests of a draft be those of `named`; return them in that order.

    A request stays the same one while it is about the same person. Who is not named any more is
    forgotten, or told so if they had been alerted. The caller holds the lock. Raises
    TooManyChanges: everybody alerted so far counts, and so does each correction of their address.
    """
    kept: list[LetterRequest] = []
    for one in named:
        request = _request_for(application, one, kept)
        if request is None:
            request = LetterRequest(application_id=application.id, named_at=work.now)
        _fill_in(work, request, one)
        kept.append(request)
    gone = [request for request in application.requests if request not in kept]
    forgotten = [request for request in gone if _never_heard_of_it(request)]
    left = [request for request in gone if request not in forgotten]
    check_room(application.program.terms, len(kept) + len(left) - 1)
    added = sum(request not in application.requests for request in kept)
    _forget(work, application, forgotten)
    _put_in_order(work, application, [*kept, *left])
    for request in left:
        if request.status is RequestStatus.NAMED:
            cancel(work, application, request)
            request.replaced_at = work.now
    happened(
        work,
        Fact.APPLICATION_AMENDED,
        application,
        details={"referees": len(kept), "added": added, "removed": len(gone)},
    )
    return kept


def is_about(request: LetterRequest, one: NamedReferee) -> bool:
    """Say whether a group of fields still speaks of the person behind its request.

    Before anybody was written to it always does. After that another name with another address is
    somebody else, and so is another address for who has declined.
    """
    if request.status is RequestStatus.CANCELLED:
        return False
    if _never_heard_of_it(request) or not _is_elsewhere(request, one):
        return True
    return request.status is RequestStatus.NAMED and is_same_name(one.name, request.referee_name)


def _request_for(
    application: Application, one: NamedReferee, taken: Sequence[LetterRequest]
) -> LetterRequest | None:
    for request in application.requests:
        if str(request.id) == one.group_id and request not in taken and is_about(request, one):
            return request
    return None


def _never_heard_of_it(request: LetterRequest) -> bool:
    return request.status is RequestStatus.NAMED and request.noticed_at is None


def _is_elsewhere(request: LetterRequest, one: NamedReferee) -> bool:
    return one.email.lower() != request.referee_email.lower()


def _fill_in(work: Work, request: LetterRequest, one: NamedReferee) -> None:
    if request.noticed_at is not None and _is_elsewhere(request, one):
        check_corrections(request.application.program.terms, request.corrections)
        readdress(request, one.email, work.now)
    request.referee_name = one.name
    request.referee_email = one.email
    request.referee_key = mailbox_key(one.email)
    request.affiliation = one.affiliation
    request.relation = one.relationship
    request.acquaintance = one.acquaintance


def _forget(work: Work, application: Application, requests: Sequence[LetterRequest]) -> None:
    """Delete before anything is moved: positions are unique at every moment."""
    for request in requests:
        application.requests.remove(request)
        work.session.delete(request)
    work.session.flush()


def _put_in_order(work: Work, application: Application, requests: Sequence[LetterRequest]) -> None:
    places = list(enumerate(requests, start=1))
    moved = [
        (place, request)
        for place, request in places
        if request in application.requests and request.position != place
    ]
    for place, request in moved:
        request.position = OUT_OF_THE_WAY + place
    work.session.flush()
    for place, request in places:
        request.position = place
    application.requests = list(requests)
    work.session.flush()
