"""`letters keys rotate`: the operator's way to a new store key."""

import json

import pytest

from letters.adapters.envelope import new_master_key
from letters.records import Letter
from tests.cli.conftest import OnTerminal, Run
from tests.services import scenes
from tests.support.people import SYSTEM, Story


@pytest.fixture
def rotating(internship: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A letter under the old key, and a new key in front of it."""
    application_id = scenes.requested(internship)
    scenes.send_letter(internship, application_id)
    keys = (new_master_key(), *internship.house.settings.store_keys)
    monkeypatch.setenv("LETTERS_STORE_KEYS", ",".join(keys))
    return internship


@pytest.mark.usefixtures("rotating")
def test_it_says_how_many(run: Run) -> None:
    assert run("keys", "rotate").stdout == "Rewrapped: 1. Already new: 0.\n"
    assert run("keys", "rotate").stdout == "Rewrapped: 0. Already new: 1.\n"
    found = run("keys", "rotate", "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout) == {"rewrapped": 0, "already_new": 1, "unopened": []}
    assert run("verify").exit_code == 0


def test_letters_that_no_key_opens_are_listed(run: Run, rotating: Story) -> None:
    with rotating.house.works.change(SYSTEM) as work:
        letter = work.session.query(Letter).one()
        letter.wrapped_key = b""

    result = run("keys", "rotate")

    assert result.exit_code == 1
    assert result.stdout == "Rewrapped: 0. Already new: 0.\n"
    assert result.stderr == f"No key of LETTERS_STORE_KEYS opens: 1.\nletter {letter.id}\n"
    found = run("keys", "rotate", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["unopened"] == [str(letter.id)]


@pytest.mark.usefixtures("rotating")
def test_on_a_terminal_it_shows_how_far_it_is(on_terminal: OnTerminal) -> None:
    printed, shown = on_terminal("keys", "rotate")

    assert printed == "Rewrapped: 1. Already new: 0.\n"
    assert "Rewrapping" in shown
    assert "100%" in shown
