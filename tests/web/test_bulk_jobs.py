"""A job is started once, by who may, and its page says how far it is and what came of it."""

from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.bulk import BulkAct
from letters.house import House
from letters.records import JobStatus, new_id
from letters.services import bulk_running, finding
from tests.services import bulk
from tests.support.people import (
    FELLOWSHIP,
    INTERNSHIP,
    MIRA,
    REFEREES,
    SYSTEM,
    Story,
    tell,
)
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.bulk_pages import JOBS, LIST, SELECT, go, jobs_in, look, statuses
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    lead,
    on_sqlite,
    press,
    scripts_of,
    text_of_section,
)

# --- once, and by whom ------------------------------------------------------------------------


def test_a_form_that_is_sent_twice_is_done_once(cora: Visitor, story: Story) -> None:
    one = story.apply()
    seen = look(cora, "request", [one])
    first, second = (press(cora, seen, "Do it for one application") for _ in range(2))
    assert first.location == second.location
    assert jobs_in(story.house) == [JobStatus.DONE]
    assert "Done for 1 of 1 applications." in content(follow(cora, second))


@on_sqlite
def test_who_does_not_manage_the_program_neither_looks_nor_acts(
    house: House, cora: Visitor
) -> None:
    elsewhere = tell(house, replace(FELLOWSHIP, request_policy=INTERNSHIP.request_policy))
    foreign = elsewhere.apply(scenes.with_referees(MIRA, REFEREES))
    noor = elsewhere.add_coordinator("noor@lakeside.example.edu", "Noor")
    job_id = bulk.start(elsewhere, noor, bulk.ORDERS[BulkAct.REQUEST])
    base = f"/coordinate/programs/{elsewhere.slug}/bulk"
    token = csrf_token(cora.get(LIST))
    data = {"csrf_token": token, "application": str(foreign), "form": str(new_id())}
    with unchanged(house.database):
        for path in ("/request", "/request/start", f"/jobs/{job_id}/stop"):
            assert cora.post(base + path, data=data).status_code == 403
        for path in (
            "",
            f"/jobs/{job_id}",
            f"/jobs/{job_id}/progress",
            f"/jobs/{job_id}/outcome.csv",
        ):
            assert cora.get(base + path).status_code == 403
            own = f"{JOBS}{path}"
            assert cora.get(own).status_code == (404 if path else 200)


@on_sqlite
def test_in_an_archived_program_nothing_is_offered_or_done(cora: Visitor, story: Story) -> None:
    one = story.apply()
    seen = look(cora, "request", [one])
    with story.house.works.change(SYSTEM) as work:
        finding.program_by_slug(work, story.slug).archived_at = work.now
    assert SELECT not in form_labels(cora.get(LIST))
    with unchanged(story.house.database):
        answer = press(cora, seen, "Do it for one application")
    assert (answer.status_code, heading(answer)) == (409, "Not possible now")
    assert "This program is archived" in content(answer)


# --- in the background ------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let more than one application be too many to wait for."""
    monkeypatch.setattr(bulk_running, "AT_ONCE", 1)


@pytest.mark.usefixtures("few")
def test_many_are_done_by_the_worker_while_the_page_says_how_far_it_is(
    cora: Visitor, story: Story
) -> None:
    ids = [story.apply(new) for new in scenes.people(3)]
    seen = look(cora, "request", ids)
    assert "you can watch it and stop it" in content(seen)
    page = go(cora, seen, 3)
    assert lead(page) == "It begins by itself in a moment."
    assert "0 of 3 had their turn: 0 done, 0 not." in text_of_section(page, "progress")
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.text
    assert "/static/progress.js" in scripts_of(page)
    assert {statuses(story, one)[0] for one in ids} == {"submitted"}

    path = page.request.path
    job_id = UUID(path.rpartition("/")[2])
    answers = iter([True, True, False])
    bulk.run(story, job_id, lambda: next(answers))
    said = "2 of 3 had their turn: 2 done, 0 not."
    progress = cora.get(f"{path}/progress")
    assert progress.get_json() == {"looked_at": 2, "said": said, "ended": False}
    assert lead(cora.get(path)) == "It is being done."
    bulk_running.run_all(story.house.works, SYSTEM)
    assert cora.get(f"{path}/progress").get_json()["ended"]
    over = cora.get(path)
    assert lead(over) == "Done for 3 of 3 applications."
    assert ("refresh" in over.text, scripts_of(over)) == (False, [])


@on_sqlite
@pytest.mark.usefixtures("few")
def test_it_can_be_stopped(cora: Visitor, story: Story) -> None:
    ids = [story.apply(new) for new in scenes.people(3)]
    page = go(cora, look(cora, "request", ids), 3)
    job_id = UUID(page.request.path.rpartition("/")[2])
    answers = iter([True, False])
    bulk.run(story, job_id, lambda: next(answers))
    stopped = follow(cora, press(cora, page, "Stop"))
    assert lead(stopped) == "Stopped: done for 1 of 3 applications."
    assert text_of_section(stopped, "stopped") == (
        "2 had no turn before it was stopped Applicant No. 002 X-002 Applicant No. 003 X-003"
    )
    assert bulk.run(story, job_id) == 0
    assert follow(cora, press(cora, page, "Stop")).status_code == 200
    assert "Request letters: 3 applications stopped" in content(cora.get(JOBS))
