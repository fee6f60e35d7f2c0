"""What a coordinator changes about a referee: the address, the person, the date.

The bounds that keep applicants from writing to the world through us do not hold for coordinators,
nor for a program's portal.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from letters.domain.acts import check_add, check_correct, check_replace, is_allowed
from letters.domain.errors import StillADraft
from letters.domain.progress import CAN_COUNT
from letters.domain.slots import check_more_time
from letters.records import Application, LetterRequest
from letters.services import extending, finding, readdressing, replacing
from letters.services.applying import NewReferee
from letters.services.work import Work


class Change(StrEnum):
    """What can be changed about one referee."""

    ADDRESS = "address"
    REPLACE = "replace"
    DUE = "due"


def check(work: Work, change: Change, application: Application, request: LetterRequest) -> None:
    """Say whether a change is possible now. Raises a NotAllowed that says why not."""
    _CHECKS[change](work, application, request)


def possible(work: Work, application: Application, request: LetterRequest) -> tuple[Change, ...]:
    """Return what can be changed about one referee now, for the buttons."""
    return tuple(
        change
        for change in Change
        if is_allowed(lambda change=change: check(work, change, application, request))  # type: ignore[misc]  # mypy knows no default of a lambda
    )


def check_addition(work: Work, application: Application, *, drafts: bool = False) -> None:
    """Say whether one more referee may be named. Raises what check_add raises.

    With `drafts` also in one that a portal has sent; one on our page has them in its form.
    """
    active = sum(request.status in CAN_COUNT for request in application.requests)
    check_add(
        application.program.terms,
        application.status,
        active,
        0,
        work.now,
        drafts=drafts and not application.is_own_draft,
    )


def may_add(work: Work, application: Application) -> bool:
    """Say whether one more referee may be named now, for the button."""
    return is_allowed(lambda: check_addition(work, application))


def correct(
    work: Work, application: Application, request: LetterRequest, email: str, sure_of: str
) -> None:
    """Correct where a referee is reached; what they were mailed last goes there at once.

    The caller holds the lock. Raises InvalidInput, or what check raises.
    """
    check(work, Change.ADDRESS, application, request)
    address = readdressing.cleaned(application, request, email, sure_of, by_applicant=False)
    readdressing.set_address(work, application, request, address)


def replace(
    work: Work, application: Application, request: LetterRequest, new: NewReferee, sure_of: str
) -> None:
    """Name somebody else in place of a referee, who is told if they had heard of it.

    The caller holds the lock. Raises InvalidInput, or what check raises.
    """
    check(work, Change.REPLACE, application, request)
    clean = replacing.cleaned(application, new, sure_of, by_applicant=False)
    replacing.put_in_place(work, application, request, clean)


def add(
    work: Work, application: Application, new: NewReferee, sure_of: str, *, drafts: bool = False
) -> None:
    """Name one referee more; `drafts` is that of check_addition. The caller holds the lock.

    Raises InvalidInput, or what check_addition raises.
    """
    check_addition(work, application, drafts=drafts)
    clean = replacing.cleaned(application, new, sure_of, by_applicant=False)
    replacing.name(work, application, clean, {})


def move_due(work: Work, application: Application, request: LetterRequest, day: date) -> None:
    """Give one referee until a day of the program's zone. The caller holds the lock.

    Raises what check raises, or ExtensionNotPossible.
    """
    extending.extend_to(work, application, request, day)


def _check_address(work: Work, application: Application, request: LetterRequest) -> None:
    if application.is_own_draft:
        raise StillADraft
    own_terms = finding.terms_of(application, request)
    check_correct(own_terms, application.status, request.status, corrected=0, now=work.now)


def _check_replace(work: Work, application: Application, request: LetterRequest) -> None:
    if application.is_own_draft:
        raise StillADraft
    check_replace(
        application.program.terms,
        application.status,
        request.status,
        replaced=request.replaced_at is not None,
        rows=0,
        now=work.now,
    )


def _check_due(work: Work, application: Application, request: LetterRequest) -> None:
    own_terms = finding.terms_of(application, request)
    check_more_time(finding.slot_of(work, application, request), own_terms)


_CHECKS: Mapping[Change, Callable[[Work, Application, LetterRequest], None]] = MappingProxyType(
    {
        Change.ADDRESS: _check_address,
        Change.REPLACE: _check_replace,
        Change.DUE: _check_due,
    }
)
