"""What `letters demo` does before its server starts."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import NoReturn

import pytest

from letters.demo import loading
from letters.demo.home import Unusable
from letters.demo.instance import Instance, keys_in
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


def _occupy(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("something else", encoding="utf-8")


@pytest.mark.parametrize("occupied", ["here", "here/instance", "here/instance/demo"])
def test_where_something_else_is_in_the_way_it_says_so(tmp_path: Path, occupied: str) -> None:
    _occupy(tmp_path / occupied)

    with pytest.raises(Unusable, match=rf"{occupied}.*: .*another folder"):
        prepared(tmp_path / "here" / "instance", 8000, _says_nothing, whole_season=False)

    assert (tmp_path / occupied).read_text(encoding="utf-8") == "something else"


def test_where_nothing_may_be_written_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "instance"
    (home / "demo").mkdir(parents=True)
    keys_in(home / "demo.json")
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)

    with pytest.raises(Unusable, match=r"instance/demo: Permission denied.*another folder"):
        prepared(home, 8000, _says_nothing, whole_season=False)


@pytest.mark.parametrize("call", ["mkdir", "open"])
def test_where_nothing_can_be_made_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refuse(path: Path | str, *_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, call, refuse)

    with pytest.raises(Unusable, match=r"instance: Permission denied.*another folder"):
        prepared(tmp_path / "instance", 8000, _says_nothing, whole_season=False)
