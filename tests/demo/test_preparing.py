"""What `letters demo` does before its server starts."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from letters.demo import loading
from letters.demo.instance import Instance
from letters.demo.running import prepared

LONGEST_WAIT = 10.0


def _says_nothing(_words: str) -> None:
    """Nobody reads it."""


def test_the_second_of_two_at_once_waits_and_opens_what_the_first_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, second_waits = Event(), Event()
    made: list[Path] = []

    def make_slowly(instance: Instance, *, whole_season: bool) -> None:  # noqa: ARG001 -- as `load`
        begun.set()
        assert second_waits.wait(LONGEST_WAIT)
        instance.folder.mkdir()
        made.append(instance.folder)

    def say(words: str) -> None:
        if words.startswith("Another demo is being prepared here"):
            second_waits.set()

    monkeypatch.setattr(loading, "load", make_slowly)
    home = tmp_path / "instance"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(prepared, home, 8000, _says_nothing, whole_season=False)
        assert begun.wait(LONGEST_WAIT)
        second = prepared(home, 8001, say, whole_season=False)

    assert made == [home / "demo"]
    assert (second.folder, second.keys) == (first.result().folder, first.result().keys)
    assert (first.result().port, second.port) == (8000, 8001)
