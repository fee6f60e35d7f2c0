"""Selecting one application from its own page, which requests its letters."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from letters.services import finding, program_settings
from tests.services import acts
from tests.support.clock import TestClock
from tests.support.people import (
    DUE,
    FELLOWSHIP,
    GRACE_HOURS,
    INTERNSHIP,
    MIRA,
    OPERATOR,
    REFEREES,
    Story,
    tell,
)
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    links_of,
    on_sqlite,
    press,
    sign_in_again,
)

SELECT = "Select and request letters"


def _statuses(story: Story, application_id: UUID) -> tuple[str, list[str]]:
    found = story.application(application_id)
    return found.status.value, [request.status.value for request in found.requests]


ASKED = (ApplicationStatus.SELECTED.value, [RequestStatus.REQUESTED.value] * 2)


def test_one_can_be_selected_from_its_own_page(cora: Visitor, story: Story) -> None:
    one = story.apply()
    path = f"/coordinate/applications/{one}"
    page = cora.get(path)
    assert "2 referees are mailed at once." in content(page)
    answer = press(cora, page, SELECT)
    assert (answer.status_code, answer.location) == (303, path)
    assert SELECT not in form_labels(follow(cora, answer))
    assert _statuses(story, one) == ASKED


@on_sqlite
def test_selecting_twice_from_its_own_page_says_so(cora: Visitor, story: Story) -> None:
    page = cora.get(f"/coordinate/applications/{story.apply()}")
    press(cora, page, SELECT)
    with unchanged(story.house.database):
        answer = press(cora, page, SELECT)
    assert (answer.status_code, heading(answer)) == (409, "Not possible now")
    assert "The letters for this application were requested already." in content(answer)
    assert "Sign out" in form_labels(answer)
    assert links_of(answer).items() >= {
        ("Cora", "/coordinate/account"),
        ("Back to the application", answer.request.path.removesuffix("/select")),
    }


CLOSED = "This program has closed, so letters can no longer be requested for this application."


@on_sqlite
def test_once_the_program_has_closed_the_page_says_what_to_do_instead(
    cora: Visitor, story: Story, clock: TestClock
) -> None:
    path = f"/coordinate/applications/{story.apply()}"
    clock.set(DUE + timedelta(hours=GRACE_HOURS))
    sign_in_again(cora, story.house)
    in_time = cora.get(path)
    clock.advance(timedelta(seconds=1))
    with unchanged(story.house.database):
        pages = [cora.get(path), press(cora, in_time, SELECT)]
    assert [page.status_code for page in pages] == [200, 409]
    for page in pages:
        assert CLOSED in content(page)
        assert SELECT not in form_labels(page)
        settings = f"/coordinate/programs/{story.slug}/settings#due_at"
        assert links_of(page)["Extend the due date"] == settings
    for done, way_out in [
        (program_settings.close, "Reopen it"),
        (program_settings.archive, "Take it out of the archive"),
    ]:
        with story.house.works.change(OPERATOR) as work:
            done(work, finding.program_by_slug(work, story.slug))
        assert way_out in links_of(cora.get(path))


@on_sqlite
def test_where_everybody_has_declined_it_says_that_nobody_is_mailed(
    cora: Visitor, story: Story
) -> None:
    one = scenes.alerted(story)
    for position in (1, 2):
        acts.decline_early(story, one, position, "")
    page = cora.get(f"/coordinate/applications/{one}")
    assert "Nobody is mailed: no referee is left who can be asked." in content(page)
    press(cora, page, "Select")
    assert story.application(one).status is ApplicationStatus.SELECTED


@on_sqlite
def test_a_foreign_application_is_not_selected(house: House, cora: Visitor) -> None:
    elsewhere = tell(house, replace(FELLOWSHIP, request_policy=INTERNSHIP.request_policy))
    foreign = elsewhere.apply(scenes.with_referees(MIRA, REFEREES))
    token = csrf_token(cora.get("/coordinate/"))
    with unchanged(house.database):
        answer = cora.post(f"/coordinate/applications/{foreign}/select", data={"csrf_token": token})
    assert (answer.status_code, heading(answer)) == (403, "No access")
