"""The acts that a coordinator can do to many applications, each foreseen before it is done.

To foresee reads loaded rows only. To do is one application in the caller's own transaction.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from letters.domain.errors import NotAllowed, Withdrawn
from letters.domain.policy import check_select
from letters.domain.status import ApplicationStatus, Event, RequestStatus, can
from letters.records import Application
from letters.services import finding, requesting, withdrawing
from letters.services.work import Work


class BulkAct(StrEnum):
    """What can be done to many applications at once."""

    REQUEST = "request"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Estimate:
    """How many mails an act sends for one application, or for many.

    Who chose fewer mails, or cannot be reached, gets none: it is never more than this.
    """

    to_referees: int = 0
    to_applicants: int = 0

    def __add__(self, other: "Estimate") -> "Estimate":
        return Estimate(
            self.to_referees + other.to_referees, self.to_applicants + other.to_applicants
        )


@dataclass(frozen=True)
class Preview:
    """What an act would do: to how many, with which mails, and what is refused by sentence."""

    applications: int
    mails: Estimate
    refused: Mapping[str, int]


@dataclass(frozen=True)
class _Steps:
    foresee: Callable[[Work, Application], Estimate]
    do: Callable[[Work, UUID], Application]


def preview(work: Work, act: BulkAct, applications: Iterable[Application]) -> Preview:
    """Return what an act would do to these applications. Nothing is changed."""
    mails = Estimate()
    done = 0
    refused: Counter[str] = Counter()
    for application in applications:
        try:
            mails += ACTS[act].foresee(work, application)
        except NotAllowed as error:
            refused[error.sentence] += 1
        else:
            done += 1
    return Preview(done, mails, refused)


def do(work: Work, act: BulkAct, application_id: UUID) -> Application:
    """Do an act to one application, which is looked at anew under its lock.

    Raises UnknownApplication, or the NotAllowed that the preview counts as refused.
    """
    return ACTS[act].do(work, application_id)


def _foresee_request(work: Work, application: Application) -> Estimate:
    check_select(application.program.terms, application.status, work.now)
    asked = sum(r.status is RequestStatus.NAMED for r in application.requests)
    return Estimate(asked, min(asked, 1))


def _foresee_withdrawal(_work: Work, application: Application) -> Estimate:
    if application.status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    told = sum(
        can(r.status, Event.CANCEL) and (r.requested_at or r.noticed_at) is not None
        for r in application.requests
    )
    return Estimate(told, 1)


def _withdraw(work: Work, application_id: UUID) -> Application:
    application = finding.application(work, application_id, lock=True)
    if application.status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    return withdrawing.withdraw(work, application_id)


ACTS: Mapping[BulkAct, _Steps] = MappingProxyType(
    {
        BulkAct.REQUEST: _Steps(_foresee_request, requesting.select),
        BulkAct.WITHDRAW: _Steps(_foresee_withdrawal, _withdraw),
    }
)
