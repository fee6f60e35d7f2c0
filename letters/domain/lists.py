"""How a program's list of applications can be put: what it is narrowed to, and its order."""

from dataclasses import dataclass
from enum import StrEnum

from letters.domain.digest import DEFAULT_RISK_DAYS
from letters.domain.needs import RIGHT_FOR, Need
from letters.domain.progress import Standing
from letters.domain.roles import Right


class Wrong(StrEnum):
    """What can be wrong with an application: all that needs somebody, and what is at risk."""

    WAITING = Need.WAITING.value
    MORE_TIME = Need.MORE_TIME.value
    BOUNCED = Need.BOUNCED.value
    MARKED = Need.MARKED.value
    QUARANTINED = Need.QUARANTINED.value
    SIGNALS = Need.SIGNALS.value
    GIVEN_UP = Need.GIVEN_UP.value
    AT_RISK = "at_risk"

    @property
    def need(self) -> Need | None:
        """The need it stands for; None for what is at risk, which needs nobody yet."""
        return None if self is Wrong.AT_RISK else Need(self.value)

    @property
    def right(self) -> Right:
        """The right that somebody needs to be told of it."""
        return Right.SEE if self.need is None else RIGHT_FOR.get(self.need, Right.SEE)


class Sort(StrEnum):
    """The orders of the list: those that an index carries."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; nothing by default. `search` is a part of a name or address.

    `fields` are names of the program's fields, each with the value that an application came with.
    A letter that is missing and due within `risk_days` is at risk: the reader's own choice, as in
    the digest and on the dashboard.
    """

    search: str = ""
    state: Standing | None = None
    wrong: Wrong | None = None
    fields: tuple[tuple[str, str], ...] = ()
    tag: str = ""
    risk_days: int = DEFAULT_RISK_DAYS

    @property
    def narrow(self) -> bool:
        """Whether anything can be left out."""
        return bool(self.search or self.state or self.wrong or self.fields or self.tag)
