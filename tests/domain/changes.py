"""Journal entries and late requests as a digest finds them."""

from datetime import datetime
from uuid import UUID

from letters.domain.digest import Change, Late
from letters.domain.journal import Fact
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import DUE, NOW

MINA, INES = "Mina Okafor", "Prof. Ines Halvorsen"
APPLICATION = UUID(int=1)


def application_change(
    fact: Fact,
    status: ApplicationStatus = ApplicationStatus.SUBMITTED,
    *,
    complete: bool = False,
    at: datetime = NOW,
    number: int = 1,
) -> Change:
    """Return an entry that speaks of an application alone."""
    return Change(fact, at, UUID(int=number), f"{MINA} {number}", status, complete)


def request_change(
    fact: Fact,
    request: RequestStatus,
    status: ApplicationStatus = ApplicationStatus.SELECTED,
    *,
    at: datetime = NOW,
    number: int = 1,
) -> Change:
    """Return an entry that speaks of a request of the first application."""
    return Change(
        fact,
        at,
        APPLICATION,
        f"{MINA} 1",
        status,
        complete=False,
        request_id=UUID(int=1000 + number),
        referee_name=f"{INES} {number}",
        request_status=request,
    )


def late(number: int = 1, due_at: datetime = DUE, applicant: str = MINA) -> Late:
    """Return a request that became late."""
    return Late(UUID(int=number), applicant, f"{INES} {number}", due_at)
