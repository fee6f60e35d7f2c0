"""`letters person`: what is kept about one person is handed over, or erased."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services import scenes
from tests.services.person import ADDRESS, AS_APPLICANT, SURNAME, traces
from tests.support.people import Story

ERASE = ("person", "erase", ADDRESS)
BECAUSE = ("--reason", "Asked for in writing.")


@pytest.fixture
def applied(internship: Story) -> Story:
    """She has applied, and nothing is asked of anybody yet."""
    internship.apply(AS_APPLICANT, submit=False)
    return internship


def test_all_that_is_kept_goes_into_a_file(run: Run, applied: Story, tmp_path: Path) -> None:
    assert applied.slug
    file = tmp_path / "person.zip"
    assert run("person", "export", ADDRESS, "--output", str(file)).exit_code == 0
    with zipfile.ZipFile(file) as archive:
        [own] = json.loads(archive.read("person.json"))["as_applicant"]
    assert own["name"] == f"Zinnia {SURNAME}"
    again = run("person", "export", ADDRESS, "--output", str(file))
    assert (again.exit_code, "File exists" in again.stderr) == (1, True)
    nobody = run("person", "export", "nobody@example.com", "--output", str(tmp_path / "none.zip"))
    assert nobody.exit_code == 1
    assert "Nothing is kept here about nobody@example.com." in nobody.stderr
    assert not (tmp_path / "none.zip").exists()


def test_erasing_says_what_goes_and_what_stays(run: Run, applied: Story) -> None:
    with scenes.nothing_changed(applied.house):
        foretold = run(*ERASE, "--dry-run")
        assert run(*ERASE).exit_code == 2
        assert run(*ERASE, "--reason", f"{SURNAME} asked.").exit_code == 1
    assert foretold.exit_code == 0
    assert foretold.stdout.startswith("Would be erased: 1.\n  application ")
    assert "What stays: that it happened and when" in foretold.stdout

    done = run(*ERASE, *BECAUSE, "--json")

    assert done.exit_code == 0
    [part] = json.loads(done.stdout)["erased"]
    assert (part["what"], part["program"], part["remains"]) == ("application", applied.slug, None)
    assert traces(applied.house, SURNAME, ADDRESS) == []
    assert run(*ERASE, *BECAUSE).exit_code == 1
    assert run("verify").exit_code == 0


def test_what_goes_on_remains_until_it_was_withdrawn(run: Run, internship: Story) -> None:
    scenes.requested(internship, AS_APPLICANT)
    internship.deliver()
    first = run(*ERASE, *BECAUSE)
    assert first.exit_code == 1
    assert "the application goes on; --withdraw ends it for this person first" in first.stdout
    second = run(*ERASE, *BECAUSE, "--withdraw")
    assert "a mail about it has not left yet; run this again in a while" in second.stdout
    internship.deliver()
