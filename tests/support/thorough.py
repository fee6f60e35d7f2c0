"""How much is tried: a fair share in `make test`, all there is in `make chaos`."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import ParamSpec, TypeVar

from hypothesis import settings

P = ParamSpec("P")
T = TypeVar("T")

LONG = bool(os.environ.get("TEST_CHAOS"))
"""`make chaos` sets it: many more rounds, and every step on every database."""


def rounds(short: int, long: int) -> int:
    """Return how often to try: a few times within `make test`, many within `make chaos`."""
    return long if LONG else short


def share(things: Iterable[T], turn: int, of: int) -> Iterator[T]:
    """Give each `of`-th thing, beginning with another one at each turn; all within `make chaos`.

    With at least `of` turns, each thing comes.
    """
    return iter(things) if LONG else islice(things, turn % of, None, of)


def often(test: Callable[P, T]) -> Callable[P, T]:
    """Mark a test of what strangers send: it draws more examples than others in each run."""
    return settings(max_examples=rounds(short=100, long=1000))(test)
