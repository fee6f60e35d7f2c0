"""What many tests begin with is played once; for the others, what it wrote is written again.

A test's house begins empty. While nothing but acts marked `played_once` happened in it, what stands
there is known: each such act is played by the first test of this process that gets to it on that
kind of database, and its rows and letters are kept. A test that begins alike, with the same acts
and words at the same times, is given them, ids and all, which takes a tenth of the time.

Anything else that writes through SQLAlchemy in this process ends that: from there on, all is played
in this test. So do statements that are counted. In a test that puts something else in the place of
our code (`monkeypatch`), all is played from the beginning, and in a house with other tools too.
What is logged in such an act is not heard, played or not: it is looked through for addresses when
it is played. Other processes are not seen: where they write, no test has a beginning; nor is what
a test puts into the store with its own hands.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from functools import wraps
from threading import current_thread, main_thread
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine, event
from structlog.testing import capture_logs

from letters.house import House
from letters.records.database import READ_ONLY
from tests.support import written
from tests.support.written import Written


class Told(Protocol):
    """A story in a house, about one program."""

    @property
    def house(self) -> House:
        """Where it happens."""

    @property
    def slug(self) -> str:
        """What the program is called."""


P = ParamSpec("P")
T = TypeVar("T")
Where = TypeVar("Where", bound=House | Told)


@dataclass
class Step:
    """What stands in a house after some acts, what the last of them added, and the next ones."""

    rows: Written = field(default_factory=dict)
    letters: frozenset[str] = frozenset()
    statements: list[str] = field(default_factory=list)
    new_letters: dict[str, bytes] = field(default_factory=dict)
    returned: object = None
    then: dict[str, "Step"] = field(default_factory=dict)


@dataclass
class Beginning:
    """How far the test that runs now has come."""

    house: House
    step: Step
    playing: bool = False
    over: bool = False

    def goes_on(self, house: House) -> bool:
        """Say whether it is known what stands in the house."""
        return not (self.over or self.playing) and house is self.house and _in_main_thread()

    @contextmanager
    def at_play(self) -> Iterator[None]:
        """Let the block write."""
        self.playing = True
        try:
            yield
        except BaseException:
            self.over = True
            raise
        finally:
            self.playing = False


_first_steps: dict[tuple[str, object], Step] = {}
_beginnings: list[Beginning] = []


@contextmanager
def beginning_in(house: House, fixtures: Collection[str] = ()) -> Iterator[None]:
    """Begin a test in an empty house; `fixtures` are those that the test uses."""
    alike = replace(house.settings, database_url="", store_url="", mail_url="")
    kind = house.database.engine.dialect.name
    first = _first_steps.setdefault((kind, alike), Step())
    _beginnings.append(Beginning(house, first, over="monkeypatch" in fixtures))
    try:
        yield
    finally:
        _beginnings.pop()


def no_longer() -> None:
    """Let all that happens in this test from now on be played."""
    for beginning in _beginnings:
        beginning.over = True


@event.listens_for(Engine, "begin")
def _end_by_writing(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READ_ONLY, False)
    if not reading:
        for beginning in _beginnings:
            beginning.over |= not (beginning.playing and _in_main_thread())


def _in_main_thread() -> bool:
    return current_thread() is main_thread()


def played_once(
    act: Callable[Concatenate[Where, P], T],
) -> Callable[Concatenate[Where, P], T]:
    """Mark an act that tests begin with; it takes the house or the story it happens in first.

    It returns ids and plain values. It writes rows and letters and does nothing else that matters:
    nobody looks at the mails it sends, and it moves no clock. It removes nothing. One that makes a
    request and sends its letter, rows that refer to each other, is left as the two acts it is.
    """

    @wraps(act)
    def played(where: Where, /, *args: P.args, **kwargs: P.kwargs) -> T:
        house, slug = (where, "") if isinstance(where, House) else (where.house, where.slug)
        beginning = _beginnings[-1] if _beginnings else None
        if beginning is None or not beginning.goes_on(house):
            return act(where, *args, **kwargs)
        now = house.works.tools.clock.now()
        what = f"{act.__module__}.{act.__qualname__} {slug} {args} {kwargs} {now}"
        assert " at 0x" not in what, "what is not written as what it is cannot be told apart"
        with beginning.at_play():
            step = beginning.step.then.get(what)
            if step is not None:
                _write(step, house)
            else:
                with capture_logs() as logged:
                    returned = act(where, *args, **kwargs)
                assert "@" not in str(logged), "what is logged names nobody"
                step = _step_after(beginning.step, house, returned)
                if not beginning.over:
                    beginning.step.then[what] = step
            beginning.step = step
        return cast(T, copy(step.returned))

    return played


def _step_after(before: Step, house: House, returned: object) -> Step:
    rows = written.read(house.database)
    assert rows.keys() >= before.rows.keys(), "what is played once removes nothing"
    changed = {key: row for key, row in rows.items() if before.rows.get(key) != row}
    store = house.works.tools.store
    names = {name for name, _ in store.names()}
    assert names >= before.letters, "what is played once removes no letter"
    letters = names - before.letters
    return Step(
        # One text for a row that stays, however many acts follow.
        rows=before.rows | changed,
        letters=before.letters | letters,
        statements=written.statements(house.database, before.rows, changed),
        new_letters={name: store.get(name) for name in letters},
        returned=returned,
    )


def _write(step: Step, house: House) -> None:
    written.put(house.database, step.statements)
    for name, content in step.new_letters.items():
        house.works.tools.store.put(name, content)
