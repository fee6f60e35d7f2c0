"""Where a referee is reached: an address that nobody else in the application has."""

from datetime import datetime
from enum import StrEnum

from letters.domain.errors import Problem
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
TAKEN = N_("One of your referees is reached there already. Name each only once.")


def given_problems(
    application: Application, address: str, of: LetterRequest | None = None
) -> list[Problem]:
    """Say what is wrong with an address that the applicant gives for a referee."""
    found = clash(application, address, of)
    if found is None:
        return []
    return [Problem("email", OWN if found is Clash.APPLICANT else TAKEN)]


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
