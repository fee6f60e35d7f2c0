"""Entering a letter that came in another way: by post, by mail, on paper.

It is inspected and stored like one that was sent through the link (receiving.py). The referee gets
no receipt of what they did not send, but hears that nothing more is needed.
"""

from letters.domain.acts import is_allowed
from letters.domain.journal import Fact
from letters.domain.policy import check_enter
from letters.domain.status import Event, RequestStatus, advance
from letters.records import Application, Letter, LetterRequest
from letters.services import receiving
from letters.services.expecting import wanted
from letters.services.inspecting import Upload, Wanted
from letters.services.receiving import Place, Stored
from letters.services.work import Work


def check(application: Application, request: LetterRequest) -> None:
    """Say whether a letter may be entered. Raises what check_enter raises."""
    check_enter(
        application.program.terms,
        application.status,
        request.status,
        replaced=request.is_gone,
    )


def may_enter(application: Application, request: LetterRequest) -> bool:
    """Say whether a letter may be entered, for the button."""
    return is_allowed(lambda: check(application, request))


def expected(work: Work, application: Application, request: LetterRequest) -> tuple[Wanted, Place]:
    """Say, before the file is looked at, what would be taken, and where it goes.

    Raises what check raises.
    """
    check(application, request)
    return wanted(work, application, request), receiving.place_of(work, request)


def enter(
    work: Work,
    application: Application,
    request: LetterRequest,
    upload: Upload,
    stored: Stored | None = None,
) -> Letter:
    """Enter a letter for a referee; it counts as received. The caller holds the lock.

    The caller has shown the marks and was told that it is the right letter, and has kept the
    reason. Raises what check raises, StoreUnavailable or StoreFull.
    """
    if stored is not None:
        work.if_rolled_back(lambda: work.tools.store.delete(stored.name))
    check(application, request)
    letter = receiving.kept(work, request, upload, stored)
    letter.entered = True
    letter.entered_by_id = work.actor.id
    letter.confirmed_at = work.now if letter.marks else None
    if request.status is not RequestStatus.REQUESTED:
        _ask_in_silence(work, application, request)
    receiving.count_in(work, application, request, letter, Fact.LETTER_ENTERED)
    work.session.flush()
    return letter


def _ask_in_silence(work: Work, application: Application, request: LetterRequest) -> None:
    """No letter is received that was not asked for: who was not, or declined, is so now."""
    request.status = advance(request.status, Event.REQUEST)
    request.requested_at = request.requested_at or work.now
    request.waived = application.waived if request.waived is None else request.waived
    request.declined_at = None
    request.decline_reason = None
