"""Turns: what has much to do goes on for a while at a time, and then others have theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from letters.ports import Clock
from letters.services.work import Actor, Work, Works

Goes = Callable[[], bool]
"""Says whether to go on."""


def one_by_one(
    works: Works,
    actor: Actor,
    ids: Iterable[UUID],
    do: Callable[[Work, UUID], bool],
    keep_going: Goes,
) -> int:
    """Do something about one after the other; return about how many it was done.

    Each has a transaction of its own. Between two of them `keep_going` is asked.
    """
    done = 0
    for one in ids:
        if not keep_going():
            break
        with works.change(actor) as work:
            done += do(work, one)
    return done


@dataclass
class Turn:
    """Bounds for how long something goes on at a time; without an end where `lasts` is None.

    `was_cut` says whether the last turn ended by that, and so whether there may be more to do.
    """

    keep_going: Goes
    clock: Clock
    lasts: timedelta | None
    was_cut: bool = False

    def begin(self) -> Goes:
        """Begin a turn; return who says whether to go on with it."""
        self.was_cut = False
        over = None if self.lasts is None else self.clock.now() + self.lasts

        def goes_on() -> bool:
            if not self.keep_going():
                return False
            self.was_cut = over is not None and self.clock.now() >= over
            return not self.was_cut

        return goes_on
