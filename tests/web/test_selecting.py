"""Selecting applications, which requests their letters: several at once, and one alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from letters.records import new_id
from tests.support.clock import TestClock
from tests.support.markup import forms
from tests.support.people import (
    DUE,
    FELLOWSHIP,
    GRACE_HOURS,
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
    links_of,
    on_sqlite,
    press,
    sign_in_again,
    text_of_section,
)

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"
SELECT = "Select and request letters"


def _select(visitor: Visitor, chosen: list[UUID]) -> TestResponse:
    """Send the form of the list with these applications, whether or not the list offers them."""
    page = visitor.get(LIST)
    [form] = [form for form in forms(page.text, LIST) if form.action.endswith("/select")]
    ids = [str(one) for one in chosen]
    return visitor.post(form.action, data={**form.fields, "application": ids})


def _statuses(story: Story, application_id: UUID) -> tuple[str, list[str]]:
    found = story.application(application_id)
    return found.status.value, [request.status.value for request in found.requests]


ASKED = (ApplicationStatus.SELECTED.value, [RequestStatus.REQUESTED.value] * 2)


def test_those_who_are_chosen_are_selected_and_their_referees_asked(
    cora: Visitor, story: Story
) -> None:
    ids = [story.apply(new) for new in scenes.people(3)]
    page = press(cora, cora.get(LIST), SELECT, {"application": [str(ids[0]), str(ids[2])]})
    assert (page.status_code, heading(page)) == (200, "Letters requested")
    assert text_of_section(page, "asked") == (
        "2 applications selected Applicant No. 001: 2 referees are being mailed "
        "Applicant No. 003: 2 referees are being mailed"
    )
    assert "refused" not in page.text
    assert links_of(page)["Applicant No. 001"] == f"/coordinate/applications/{ids[0]}"
    assert [_statuses(story, one) for one in ids] == [
        ASKED,
        ("submitted", ["named", "named"]),
        ASKED,
    ]


def test_one_that_is_not_possible_stops_none_of_the_others(
    house: House, cora: Visitor, story: Story
) -> None:
    elsewhere = tell(house, replace(FELLOWSHIP, request_policy=INTERNSHIP.request_policy))
    wen, dana, kofi = (replace(MIRA, applicant_name=name) for name in ("Wen", "Dana", "Kofi"))
    first, second = story.apply(), story.apply(wen)
    before = scenes.requested(story, dana)
    draft = story.apply(kofi, submit=False)
    foreign = elsewhere.apply(scenes.with_referees(MIRA, REFEREES))
    page = _select(cora, [first, before, foreign, draft, new_id(), second])
    assert (page.status_code, heading(page)) == (200, "Letters requested")
    assert text_of_section(page, "asked") == (
        "2 applications selected Mira Lindqvist: 2 referees are being mailed "
        "Wen: 2 referees are being mailed"
    )
    assert text_of_section(page, "refused") == (
        "4 were not "
        "Dana: The letters for this application were requested already. "
        "You do not have access to this. "
        "Kofi: This application is still a draft. Letters can be requested once it is submitted. "
        "There is no such application. Check its id."
    )
    assert [_statuses(story, one) for one in (first, second)] == [ASKED, ASKED]
    assert _statuses(story, draft) == ("draft", ["named", "named"])
    assert elsewhere.application(foreign).status is ApplicationStatus.SUBMITTED


@on_sqlite
def test_when_none_was_possible_the_page_says_so(cora: Visitor, story: Story) -> None:
    before = scenes.requested(story)
    with unchanged(story.house.database):
        page = _select(cora, [before])
    assert (page.status_code, heading(page)) == (200, "Nothing was requested")
    assert text_of_section(page, "refused") == (
        "One was not Mira Lindqvist: The letters for this application were requested already."
    )


@on_sqlite
@pytest.mark.parametrize("chosen", [[], ["nonsense"], ["%00"]], ids=["none", "nonsense", "NUL"])
def test_choosing_nobody_changes_nothing(cora: Visitor, story: Story, chosen: list[str]) -> None:
    story.apply()
    page = cora.get(LIST)
    [form] = [form for form in forms(page.text, LIST) if form.action.endswith("/select")]
    with unchanged(story.house.database):
        answer = cora.post(form.action, data={**form.fields, "application": chosen})
    assert (answer.status_code, heading(answer)) == (422, "Nothing was requested")
    assert "No application was chosen. Go back, tick the applications, and try again." in content(
        answer
    )


@on_sqlite
def test_one_that_is_chosen_twice_is_selected_once(cora: Visitor, story: Story) -> None:
    one = story.apply()
    page = _select(cora, [one, one])
    assert text_of_section(page, "asked").startswith("One application selected")
    assert "refused" not in page.text


@on_sqlite
def test_a_whole_page_can_be_selected_at_once(cora: Visitor, story: Story) -> None:
    ids = [story.apply(new) for new in scenes.people(50)]
    page = _select(cora, ids)
    assert text_of_section(page, "asked").startswith("50 applications selected")
    assert {_statuses(story, one)[0] for one in ids} == {"selected"}


@on_sqlite
def test_after_the_close_nobody_is_selected(cora: Visitor, story: Story, clock: TestClock) -> None:
    one = story.apply()
    clock.set(DUE + timedelta(hours=GRACE_HOURS, seconds=1))
    sign_in_again(cora, story.house)
    with unchanged(story.house.database):
        page = _select(cora, [one])
    assert text_of_section(page, "refused") == (
        "One was not Mira Lindqvist: This program has closed, so nothing was changed. "
        f"Write to {INTERNSHIP.contact_email} if you think it should still be possible."
    )


@on_sqlite
def test_another_coordinator_s_program_is_refused_as_a_whole(
    house: House, cora: Visitor, story: Story
) -> None:
    elsewhere = tell(house, replace(FELLOWSHIP, request_policy=INTERNSHIP.request_policy))
    foreign = elsewhere.apply(scenes.with_referees(MIRA, REFEREES))
    story.apply()
    token = csrf_token(cora.get(LIST))
    with unchanged(house.database):
        answer = cora.post(
            f"/coordinate/programs/{elsewhere.slug}/select",
            data={"csrf_token": token, "application": str(foreign)},
        )
    assert (answer.status_code, heading(answer)) == (403, "No access")


# --- from the application's own page ----------------------------------------------------------


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
