"""Where a referee is reached: an address that nobody else in the application has."""

from datetime import datetime
from enum import StrEnum

from letters.domain.errors import Problem
from letters.domain.slips import meant
from letters.domain.status import RequestStatus
from letters.domain.text import mailbox_key
from letters.domain.words import N_
from letters.records import Application, LetterRequest


class Clash(StrEnum):
    """Whose mailbox an address reaches, where it must not be a referee's."""

    APPLICANT = "applicant"
    REFEREE = "referee"


def clash(application: Application, address: str, of: LetterRequest | None = None) -> Clash | None:
    """Say who else is reached at an address that is to be that of the referee `of`.

    Who is no longer needed does not count. Without `of` the referee is a new one.
    """
    key = mailbox_key(address)
    if key == application.applicant_key:
        return Clash.APPLICANT
    others = (r.referee_key for r in application.requests if r is not of and _still_counts(r))
    return Clash.REFEREE if key in others else None


OWN = N_("This is your own address. Give the address of the referee.")
LIKELY_SLIP = N_(
    "Did you mean %(better)s? Correct it; or if it is right as it stands, press the button again."
)
TAKEN = N_("One of your referees is reached there already. Name each only once.")
APPLICANTS = N_("This is the applicant's own address. Give the address of the referee.")
TAKEN_BY_ONE = N_("One of the referees is reached there already. Name each only once.")


def given_problems(
    application: Application,
    address: str,
    of: LetterRequest | None = None,
    *,
    by_applicant: bool = True,
) -> list[Problem]:
    """Say what is wrong with an address that the applicant, or a coordinator, gives."""
    found = clash(application, address, of)
    if found is None:
        return []
    if found is Clash.APPLICANT:
        return [Problem("email", OWN if by_applicant else APPLICANTS)]
    return [Problem("email", TAKEN if by_applicant else TAKEN_BY_ONE)]


def slip_problems(application: Application, address: str, sure_of: str | None) -> list[Problem]:
    """Ask once about an address that is likely a slip, since mail goes there at once.

    `sure_of` is the address that was asked about before, None where nobody can be asked. What
    referees gave themselves is not compared with: the answer would tell of it.
    """
    if sure_of is None or address.lower() == sure_of.strip().lower():
        return []
    better = meant(address, [application.applicant_email])
    return [Problem("email", LIKELY_SLIP, {"better": better})] if better else []


def readdress(request: LetterRequest, address: str, now: datetime) -> None:
    """Set another address. Every link that went to the former one ends."""
    request.former_email = request.referee_email
    request.corrected_at = now
    request.referee_email = address
    request.referee_key = mailbox_key(address)
    request.link_generation += 1
    request.bounced_at = None


def _still_counts(other: LetterRequest) -> bool:
    return other.status is not RequestStatus.CANCELLED and other.replaced_at is None
