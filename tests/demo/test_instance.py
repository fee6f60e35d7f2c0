"""Where the demo lives, and the environment its processes get."""

import json
from pathlib import Path

import pytest

from letters.demo.home import Unusable
from letters.demo.instance import Instance, Keys, keys_in, new_keys
from letters.settings import Settings


def test_the_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "demo.json"

    first = keys_in(path)

    assert keys_in(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keys(**json.loads(path.read_text(encoding="utf-8"))) == first
    assert new_keys() != first


@pytest.mark.parametrize(
    "damaged",
    [b"", b'{"secret": "s"', b'{"secret": "s"}', b"[]", b'{"secret": 1, "store": 2}', b"\xff"],
)
def test_damaged_keys_are_told_with_what_to_do(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / "demo.json"
    path.write_bytes(damaged)

    with pytest.raises(Unusable, match=r"demo\.json is damaged: .* remove the folder .* to begin"):
        keys_in(path)

    assert path.read_bytes() == damaged


def test_the_settings_work_and_say_that_it_is_the_demo(instance: Instance) -> None:
    settings = instance.settings

    assert settings.demo
    assert settings.base_url == f"http://127.0.0.1:{instance.port}"
    assert Settings.from_env(instance.environment(), demo=True) == settings


def test_no_other_setting_reaches_its_processes(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LETTERS_DATABASE_URL", "postgresql://elsewhere/precious")
    monkeypatch.setenv("LETTERS_SOMETHING_NEW", "1")
    monkeypatch.setenv("LANG", "C.UTF-8")

    environment = instance.environment()

    assert environment["LANG"] == "C.UTF-8"
    assert "LETTERS_SOMETHING_NEW" not in environment
    assert str(instance.folder) in environment["LETTERS_DATABASE_URL"]
