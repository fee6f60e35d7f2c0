"""What an applicant may see of their application: the status view."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from letters.domain.acts import Act, check_add, is_allowed
from letters.domain.policy import Terms, is_closed, may_request, requested_on_submission
from letters.domain.progress import CAN_COUNT, Progress, RequestFacts, Standing, roll_up
from letters.domain.referee_line import Case, Next, RefereeLine, Trouble, referee_line
from letters.domain.status import ApplicationStatus


class Outlook(StrEnum):
    """The applicant is always told, in words, whether letters are asked for."""

    WILL_ON_SUBMISSION = "will_on_submission"
    MAY_IF_SELECTED = "may_if_selected"
    NOBODY_TO_ASK = "nobody_to_ask"
    WERE_REQUESTED = "were_requested"
    NOT_REQUESTED = "not_requested"


SETTLED = frozenset({Standing.COMPLETE, Standing.INCOMPLETE, Standing.WITHDRAWN})
"""Where nothing that a referee did or left undone is to be acted on any more."""


AWAITED = frozenset({Next.LETTER_EXPECTED, Next.LETTER_LATE})


@dataclass(frozen=True)
class ApplicantView:
    """All that the status view shows. There is no room in it for anything about a letter.

    `referees` are in the given order; of those who were replaced nothing else counts.
    `alerted` counts who got the advance notice. `problems` are the referees because of whom
    something may have to be done: who declined, whose address bounced, then who is late.
    `may_add` says that one more can be named.
    """

    progress: Progress
    outlook: Outlook
    requested_at: datetime | None
    alerted: int
    referees: tuple[RefereeLine, ...]
    problems: tuple[RefereeLine, ...]
    may_add: bool

    @property
    def current(self) -> tuple[RefereeLine, ...]:
        """The referees in whose place nobody else was named."""
        return tuple(line for line in self.referees if not line.replaced)

    @property
    def replaced(self) -> tuple[RefereeLine, ...]:
        """The referees in whose place somebody else was named."""
        return tuple(line for line in self.referees if line.replaced)

    @property
    def may_name_another(self) -> bool:
        """Whether the applicant can name somebody else here, as one more or as a replacement."""
        return self.may_add or any(Act.REPLACE in line.acts for line in self.referees)

    @property
    def awaited(self) -> tuple[RefereeLine, ...]:
        """The referees whose letters can still come."""
        return tuple(line for line in self.referees if line.next in AWAITED)

    @property
    def another_needed(self) -> bool:
        """Whether too few referees are left to reach the minimum; true of drafts as well."""
        left = sum(line.status in CAN_COUNT for line in self.referees)
        return left < self.progress.wanted


def applicant_view(
    terms: Terms,
    status: ApplicationStatus,
    requests: Sequence[RequestFacts],
    now: datetime,
    *,
    in_form: bool = False,
) -> ApplicantView:
    """Return what the applicant may see at the instant `now`, referees in the given order.

    `in_form` says that the referees are still being typed into a form, and are changed there.
    """
    asked = [r.requested_at for r in requests if r.requested_at is not None]
    progress = roll_up(terms, status, requests, now)
    outlook = _outlook(terms, status, bool(asked), now)
    case = Case(terms, status, len(requests), in_form, now)
    lines = tuple(referee_line(case, r) for r in requests)
    active = sum(r.status in CAN_COUNT for r in requests)
    settled = progress.standing in SETTLED or outlook is Outlook.NOT_REQUESTED
    return ApplicantView(
        progress=progress,
        outlook=outlook,
        requested_at=min(asked, default=None),
        alerted=sum(r.noticed_at is not None and r.replaced_at is None for r in requests),
        referees=lines,
        problems=() if settled else _problems(lines),
        may_add=is_allowed(partial(check_add, terms, status, active, len(requests), now)),
    )


def _problems(lines: Sequence[RefereeLine]) -> tuple[RefereeLine, ...]:
    return tuple(line for trouble in Trouble for line in lines if line.trouble is trouble)


def _outlook(terms: Terms, status: ApplicationStatus, asked: bool, now: datetime) -> Outlook:
    if asked:
        return Outlook.WERE_REQUESTED
    if status is ApplicationStatus.WITHDRAWN or is_closed(terms, now):
        return Outlook.NOT_REQUESTED
    if may_request(terms, status):
        return Outlook.NOBODY_TO_ASK
    if requested_on_submission(terms):
        return Outlook.WILL_ON_SUBMISSION
    return Outlook.MAY_IF_SELECTED
