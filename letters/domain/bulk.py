"""What is done to many applications at once: the acts, and why one of the many was left as it was.

Nothing of it knows a database; an act is foreseen and done by services/bulk_acts.py.
"""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from letters.domain.errors import (
    DueLaterAlready,
    LettersError,
    NobodyAwaited,
    NotSubmitted,
    RemindedEnough,
    Value,
    Withdrawn,
)
from letters.domain.status import ApplicationStatus


class BulkAct(StrEnum):
    """What can be done to many applications at once."""

    REQUEST = "request"
    REMIND = "remind"
    EXTEND = "extend"
    RELEASE = "release"
    WITHDRAW = "withdraw"


NEEDS_A_REASON = frozenset({BulkAct.WITHDRAW})
"""What ends something for somebody: the reason is not left open."""

MOST_AT_ONCE = 10_000
"""An act is done to so many applications at once, and to no more."""


@dataclass(frozen=True)
class Order:
    """What is to be done; `day` is until when letters may come, in the program's own zone."""

    act: BulkAct
    day: date | None = None


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
class Refusal:
    """Why nothing was done: a message id, and by name what fills its placeholders."""

    sentence: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, error: LettersError) -> "Refusal":
        """Return what an error says."""
        return cls(error.sentence, tuple(sorted(error.values.items())))

    @classmethod
    def from_text(cls, sentence: str, values: str) -> "Refusal":
        """Return what values_as_text put away."""
        return cls(sentence, tuple(sorted(json.loads(values).items())))

    @property
    def values_as_text(self) -> str:
        """The values as JSON: the same values are the same text."""
        return json.dumps(dict(self.values), sort_keys=True)


def check_goes_on(status: ApplicationStatus) -> None:
    """Say whether letters can be awaited at all. Raises Withdrawn or NotSubmitted."""
    if status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if status is ApplicationStatus.DRAFT:
        raise NotSubmitted


def check_remind(*, awaited: int, possible: int) -> None:
    """Say whether somebody may be reminded: of `awaited` letters, `possible` ones now.

    Raises NobodyAwaited or RemindedEnough.
    """
    if not awaited:
        raise NobodyAwaited
    if not possible:
        raise RemindedEnough


def check_extend(*, awaited: int, earlier: int) -> None:
    """Say whether a date may move: of `awaited` letters, `earlier` ones are due before it.

    Raises NobodyAwaited or DueLaterAlready.
    """
    if not awaited:
        raise NobodyAwaited
    if not earlier:
        raise DueLaterAlready
