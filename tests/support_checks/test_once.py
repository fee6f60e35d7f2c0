"""What is played once: others are given what it left, and after anything else all is played."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread

import pytest
import structlog

from letters.house import House
from letters.records import LetterRequest
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.houses import PostgresDatabases, SqliteDatabases, house_on, settings_for
from tests.support.once import beginning_in, played_once
from tests.support.people import START, Story, tell
from tests.support.rows import all_rows, count
from tests.support.statements import counted

LETTER = "ab/0190f1c2.letter"

Houses = Callable[[], AbstractContextManager[House]]


@pytest.fixture(params=("sqlite", "postgres"))
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> Houses:
    """Empty houses on one kind of database."""
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(
        f"{request.param}_databases"
    )

    @contextmanager
    def fresh() -> Iterator[House]:
        with (
            databases.fresh() as url,
            house_on(settings_for(url, Path(mkdtemp(dir=tmp_path))), TestClock(START)) as house,
            beginning_in(house),
        ):
            yield house

    return fresh


@pytest.fixture
def plays() -> list[str]:
    """The words that were played."""
    return []


@pytest.fixture
def note(plays: list[str]) -> Callable[[House, str], int]:
    """An act that notes when it is played."""

    def noted(_house: House, words: str) -> int:
        plays.append(words)
        return len(plays)

    return played_once(noted)


def _begin(house: House) -> Story:
    story = tell(house)
    scenes.send_letter(story, scenes.requested(story), words="Of one kind.")
    story.add_coordinator()
    return story


def test_what_it_wrote_is_written_again(houses: Houses) -> None:
    with houses() as first:
        _begin(first)
        rows, files = all_rows(first.database), scenes.files(first)
    with houses() as second:
        story = _begin(second)
        assert all_rows(second.database) == rows
        assert scenes.files(second) == files
        assert len(scenes.contents(second)) == 1
        _write(second)
        scenes.requested(story)
        assert scenes.breaches(second) == []
        assert count(second.database, LetterRequest) == 4


def test_the_same_act_is_played_in_the_first_house_only(
    houses: Houses, plays: list[str], note: Callable[[House, str], int]
) -> None:
    returned = []
    for _ in range(3):
        with houses() as house:
            returned += [note(house, "one"), note(house, "one"), note(house, "two")]
    assert plays == ["one", "one", "two"]
    assert returned == [1, 2, 3] * 3


def _write(house: House) -> None:
    with house.database.engine.begin():
        pass


def _write_in_a_thread(house: House) -> None:
    thread = Thread(target=_write, args=(house,))
    thread.start()
    thread.join()


def _count(house: House) -> None:
    with counted(house.database.engine):
        pass


@pytest.mark.parametrize("act", [_write, _write_in_a_thread, _count])
def test_after_anything_else_all_is_played(
    houses: Houses,
    plays: list[str],
    note: Callable[[House, str], int],
    act: Callable[[House], None],
) -> None:
    for _ in range(2):
        with houses() as house:
            act(house)
            note(house, "one")
    assert plays == ["one", "one"]


def test_another_time_is_another_act(
    houses: Houses, plays: list[str], note: Callable[[House, str], int]
) -> None:
    for now in (START, START, START.replace(day=2)):
        with houses() as house:
            clock = house.works.tools.clock
            assert isinstance(clock, TestClock)
            clock.set(now)
            note(house, "at a time")
    assert plays == ["at a time", "at a time"]


def test_in_a_house_with_other_tools_all_is_played(
    houses: Houses, plays: list[str], note: Callable[[House, str], int]
) -> None:
    for _ in range(2):
        with houses() as house:
            note(replace(house), "one")
    assert plays == ["one", "one"]


def test_what_fails_is_played_again_and_all_that_follows(
    houses: Houses, plays: list[str], note: Callable[[House, str], int]
) -> None:
    @played_once
    def fails(_house: House) -> None:
        plays.append("failed")
        raise RuntimeError

    for _ in range(2):
        with houses() as house:
            with pytest.raises(RuntimeError):
                fails(house)
            assert note(house, "after a failure") == len(plays)
    assert plays == ["failed", "after a failure"] * 2


def test_an_act_that_removes_a_letter_is_not_played_once(houses: Houses) -> None:
    @played_once
    def keeps(house: House) -> None:
        house.works.tools.store.put(LETTER, b"a letter")

    @played_once
    def loses(house: House) -> None:
        house.works.tools.store.delete(LETTER)

    with houses() as house:
        keeps(house)
        with pytest.raises(AssertionError, match="removes no letter"):
            loses(house)


def test_an_act_that_logs_an_address_fails(houses: Houses) -> None:
    @played_once
    def tells(_house: House) -> None:
        structlog.get_logger().info("told", to="ada@example.edu")

    with houses() as house, pytest.raises(AssertionError, match="names nobody"):
        tells(house)
