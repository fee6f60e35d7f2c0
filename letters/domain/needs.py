"""What needs the people of a program: states that stand until somebody acts, not changes."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from letters.domain.roles import Right, Role, may


class Need(StrEnum):
    """What a coordinator is to look at, most urgent first."""

    WAITING = "waiting"
    MORE_TIME = "more_time"
    BOUNCED = "bounced"
    MARKED = "marked"
    QUARANTINED = "quarantined"
    SIGNALS = "signals"
    GIVEN_UP = "given_up"


RIGHT_FOR: Mapping[Need, Right] = MappingProxyType(
    dict.fromkeys((Need.MARKED, Need.QUARANTINED, Need.SIGNALS), Right.READ_LETTERS)
)
"""The needs that say something of a letter, or of who writes it: those who read letters weigh it.

Whoever may see the program may see the others.
"""


def needs_shown(role: Role | None, *, administrator: bool = False) -> tuple[Need, ...]:
    """Return what somebody with `role` on a program may be told of, most urgent first."""
    return tuple(
        need
        for need in Need
        if may(role, RIGHT_FOR.get(need, Right.SEE), administrator=administrator)
    )
