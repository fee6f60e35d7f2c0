"""Turns: what has much to do goes on for a while at a time, and then others have theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from letters.ports import Clock

Goes = Callable[[], bool]
"""Says whether to go on."""


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
