"""`letters purge`: what has been kept long enough goes, for good."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from letters.adapters.filestore import FolderStore
from letters.domain.errors import StoreUnavailable
from letters.domain.journal import Fact
from letters.domain.keeping import LISTED_BEFORE
from letters.records import Letter
from letters.services import finding
from tests.cli.conftest import OnTerminal, Run
from tests.services import scenes
from tests.services.keeping import facts_of_program, list_erasures
from tests.support.people import SYSTEM, Story

NOTHING = "Deleted for good: 0 letters.\n"
ONE = "Deleted for good: 1 letters.\n"
WAITS = "  alpine-summer: 1 wait until the list of them was out for a week\n"
FORETOLD = "Would be deleted now: {} letters. Nothing was changed.\n"


@pytest.fixture
def kept(internship: Story) -> Story:
    """A letter that is kept, for its program has only just closed."""
    application_id = scenes.requested(internship)
    scenes.send_letter(internship, application_id)
    _closed(internship, timedelta(days=4))
    return internship


@pytest.fixture
def unlisted(kept: Story) -> Story:
    """A letter that has been kept long enough, of which no list was made."""
    _closed(kept, timedelta(days=400))
    return kept


@pytest.fixture
def over(unlisted: Story) -> Story:
    """A letter that has been kept long enough, and was listed a week ago."""
    list_erasures(unlisted.house)
    with unlisted.house.works.change(SYSTEM) as work:
        work.session.execute(update(Letter).values(listed_at=datetime.now(UTC) - LISTED_BEFORE))
    return unlisted


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


def test_what_no_list_named_waits_for_a_week(run: Run, unlisted: Story) -> None:
    with scenes.nothing_changed(unlisted.house):
        foretold = run("purge", "--dry-run")

    assert foretold.stdout == f"{FORETOLD.format(0)}{WAITS}"
    assert run("purge").stdout == f"{NOTHING}{WAITS}"
    assert facts_of_program(unlisted)[-1] is Fact.ERASURE_LISTED
    assert len(scenes.files(unlisted.house)) == 1


def test_a_dry_run_says_what_would_go_and_changes_nothing(run: Run, over: Story) -> None:
    with scenes.nothing_changed(over.house):
        said = run("purge", "--dry-run")
        told = json.loads(run("purge", "--dry-run", "--json").stdout)

    assert said.exit_code == 0
    assert said.stdout == f"{FORETOLD.format(1)}  alpine-summer: 1 would be deleted\n"
    [program] = told["programs"]
    [letter] = program["letters"]
    (stored,) = scenes.letters(over.house)
    assert program["program"] == "alpine-summer"
    assert letter["letter"] == str(stored.id)
    assert (letter["applicant"], letter["referee"], letter["state"], letter["size"]) == (
        *("Mira Lindqvist", "Prof. Ada Ferreira", "over"),
        stored.size,
    )
    assert run("purge").stdout == ONE
    assert run("purge", "--dry-run").stdout == FORETOLD.format(0)


def test_a_legal_hold_keeps_what_is_over(run: Run, over: Story) -> None:
    (application_id,) = scenes.applications(over.house)
    one = ("alpine-summer", "--application", str(application_id))
    assert run("hold", "list").stdout == "No legal hold stands.\n"

    held = run("hold", "set", *one, "--reason", "A lawsuit.")

    assert held.stdout == f"Held: alpine-summer, application {application_id}.\n"
    kept = "  alpine-summer: 1 kept by a legal hold\n"
    assert run("purge", "--dry-run").stdout == f"{FORETOLD.format(0)}{kept}"
    assert run("purge").stdout == f"{NOTHING}{kept}"
    assert run("hold", "list").stdout.endswith(": A lawsuit.\n")
    [told] = json.loads(run("hold", "list", "--json").stdout)
    assert (told["application"], told["reason"]) == (str(application_id), "A lawsuit.")
    again = run("hold", "set", *one, "--reason", "Another.")
    assert (again.exit_code, again.stderr) == (
        1,
        "A legal hold stands here already, so nothing was changed.\n",
    )
    assert run("hold", "lift", *one, "--reason", "Settled.").exit_code == 0
    assert run("purge").stdout.startswith(NOTHING)
    assert WAITS in run("purge", "--dry-run").stdout


def test_a_hold_that_is_about_nothing_is_refused(run: Run, kept: Story) -> None:
    (application_id,) = scenes.applications(kept.house)
    assert run("hold", "set", "no-such", "--reason", "Why.").exit_code == 1
    assert run("hold", "set", kept.slug, "--reason", " ").exit_code == 1
    assert run("hold", "lift", kept.slug, "--reason", "Why.").exit_code == 1
    assert run("hold", "set", kept.slug, "--application", "x", "--reason", "Why.").exit_code == 2
    assert str(application_id) not in run("hold", "list").stdout


@pytest.mark.usefixtures("over")
def test_the_worker_does_it_too(run: Run) -> None:
    assert run("worker", "--once").exit_code == 0
    assert run("purge").stdout == NOTHING


@pytest.mark.usefixtures("over")
def test_on_a_terminal_it_shows_how_far_it_is(on_terminal: OnTerminal) -> None:
    printed, shown = on_terminal("purge")

    assert printed == ONE
    assert "Deleting" in shown
    assert "100%" in shown
