"""A process that kills itself at a named step, and says so with its last words, or falls asleep.

The service knows nothing of this: its functions are wrapped from outside, by name. A name that
stands for nothing any more raises, so that no step is passed over in silence.
"""

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

STEP = "TEST_CHAOS_STEP"
LAST_WORDS = "TEST_CHAOS_LAST_WORDS"
"""The file into which a process writes at which step it died."""


class Watcher(Protocol):
    """Whoever is told of each step that a process comes by."""

    def reach(self, step: str) -> None:
        """Do whatever is to be done there."""
        ...


@dataclass
class Heart:
    """Stops when one step is reached for the `beats`th time, and writes the step into a file."""

    stops_at: str
    last_words: Path
    beats: int = 1
    reached: int = 0

    def reach(self, step: str) -> None:
        """Die if this is the step, as a power cut would have it: nothing is tidied up."""
        if step != self.stops_at:
            return
        self.reached += 1
        if self.reached == self.beats:
            self.last_words.write_text(step, encoding="utf-8")
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Sleeper:
    """Stands still for some seconds each `every`th time that one of its steps is reached.

    Where `every` and the number of steps have no common divisor, that is at one after the other.
    """

    steps: Sequence[str]
    every: int
    seconds: float
    reached: int = 0

    def reach(self, step: str) -> None:
        """Sleep if it is time for that."""
        if step not in self.steps:
            return
        self.reached += 1
        if self.reached % self.every == 0:
            time.sleep(self.seconds)


def replace_by_name(name: str, wrap: Callable[[Any], Any]) -> None:
    """Put `wrap(it)` in place of what is named like `letters.services.work:Works.change`.

    Raises AttributeError, or ImportError, when there is no such thing.
    """
    module, _, path = name.partition(":")
    *holders, last = path.split(".")
    holder: Any = import_module(module)
    for each in holders:
        holder = getattr(holder, each)
    setattr(holder, last, wrap(getattr(holder, last)))
