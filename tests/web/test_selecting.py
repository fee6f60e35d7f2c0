"""Selecting one application from its own page, which requests its letters."""

from dataclasses import replace
from uuid import UUID

from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from tests.support.people import (
    FELLOWSHIP,
    INTERNSHIP,
    MIRA,
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
    on_sqlite,
    press,
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


@on_sqlite
def test_a_foreign_application_is_not_selected(house: House, cora: Visitor) -> None:
    elsewhere = tell(house, replace(FELLOWSHIP, request_policy=INTERNSHIP.request_policy))
    foreign = elsewhere.apply(scenes.with_referees(MIRA, REFEREES))
    token = csrf_token(cora.get("/coordinate/"))
    with unchanged(house.database):
        answer = cora.post(f"/coordinate/applications/{foreign}/select", data={"csrf_token": token})
    assert (answer.status_code, heading(answer)) == (403, "No access")
