"""`letters purge`: what has been kept long enough goes, for good."""

import json
import os
import pty
from datetime import UTC, datetime, timedelta

import pytest

from letters.adapters.filestore import FolderStore
from letters.domain.errors import StoreUnavailable
from letters.records import Letter
from letters.services import finding
from tests.cli.conftest import Run, Spawn
from tests.services import scenes
from tests.support.people import SYSTEM, Story

NOTHING = "Deleted for good: 0 letters.\n"
ONE = "Deleted for good: 1 letters.\n"


@pytest.fixture
def kept(internship: Story) -> Story:
    """A letter that is kept, for its program has only just closed."""
    application_id = scenes.requested(internship)
    scenes.send_letter(internship, application_id)
    _closed(internship, timedelta(days=4))
    return internship


@pytest.fixture
def over(kept: Story) -> Story:
    """A letter that has been kept long enough."""
    _closed(kept, timedelta(days=400))
    return kept


def _closed(story: Story, ago: timedelta) -> None:
    (application_id,) = scenes.applications(story.house)
    with story.house.works.change(SYSTEM) as work:
        finding.application(work, application_id).program.due_at = datetime.now(UTC) - ago


@pytest.mark.usefixtures("kept")
def test_what_is_to_be_kept_is_kept(run: Run) -> None:
    assert run("purge").stdout == NOTHING
    assert run("verify").exit_code == 0


def test_it_says_how_many(run: Run, over: Story) -> None:
    result = run("purge")

    assert (result.exit_code, result.stdout) == (0, ONE)
    assert scenes.files(over.house) == {}
    assert run("purge").stdout == NOTHING
    assert json.loads(run("purge", "--json").stdout) == {"letters": 0, "files_left": 0}
    assert run("verify").exit_code == 0
    assert run("keys", "rotate").stdout == "Rewrapped: 0. Already new: 0.\n"


def test_a_file_that_stays_behind_is_told(
    run: Run, over: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_store: FolderStore, _name: str) -> None:
        raise StoreUnavailable(reason="read-only")

    monkeypatch.setattr(FolderStore, "delete", refuse)

    result = run("purge", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"letters": 1, "files_left": 1}
    with over.house.works.look(SYSTEM) as work:
        assert work.session.query(Letter).one().purged_at is not None


@pytest.mark.usefixtures("over")
def test_the_worker_does_it_too(run: Run) -> None:
    assert run("worker", "--once").exit_code == 0
    assert run("purge").stdout == NOTHING


@pytest.mark.usefixtures("over")
def test_on_a_terminal_it_shows_how_far_it_is(spawn: Spawn) -> None:
    terminal, its_end = pty.openpty()
    done = spawn("-m", "letters", "purge", stderr=its_end)

    assert done.communicate(timeout=60)[0] == ONE
    os.close(its_end)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert "Deleting" in shown
    assert "100%" in shown
