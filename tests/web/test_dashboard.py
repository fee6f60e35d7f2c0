"""A coordinator's programs, and the list of a program's applications."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from letters.domain.roles import Role
from letters.house import House
from letters.records import new_id, program_coordinators
from letters.services import administering
from tests.services import acts, replies
from tests.support.clock import TestClock
from tests.support.markup import elements, forms, parse, words
from tests.support.people import (
    DUE,
    FELLOWSHIP,
    INTERNSHIP,
    MIRA,
    OPERATOR,
    REFEREES,
    SYSTEM,
    Story,
    tell,
)
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    content,
    heading,
    lead,
    links_of,
    names,
    on_sqlite,
    rows,
    sign_in_again,
)

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"


# --- the programs -----------------------------------------------------------------------------


def test_each_program_is_shown_with_its_season_in_numbers(
    house: House, story: Story, sign_in: Callable[[str], Visitor]
) -> None:
    fellowship = tell(house, FELLOWSHIP)
    tell(house, replace(INTERNSHIP, slug="not-cora-s", title="Somebody else's program"))
    for one in (story, fellowship):
        one.add_coordinator()
    story.apply(submit=False)
    waiting, asked = story.apply(), scenes.requested(story)
    done = scenes.requested(story)
    for position in (1, 2):
        scenes.letter_in(story, done, position)
    fellowship.apply(scenes.with_referees(MIRA, REFEREES))
    page = sign_in(CORA).get("/coordinate/")
    assert (heading(page), {waiting, asked} & {done}) == ("Your programs", set())
    root, _ = parse(page.text)
    sections = [words(section) for section in elements(root, "section")]
    assert sections == [
        (
            "Institute for Alpine Studies Alpine Summer Research Internship "
            "1 of 3 applications complete, one waits for selection, one draft"
            " 1 complete, 0 partly, 1 with nothing in, 1 not asked; 59 days left "
            "Letters are due Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2) "
            "The season in pictures: Alpine Summer Research Internship"
        ),
        (
            "Lakeside University Lakeside Graduate Fellowship "
            "0 of 1 applications complete "
            "0 complete, 0 partly, 1 with nothing in, 0 not asked; 59 days left "
            "Letters are due Thursday, 1 April 2027, 16:59 (Chicago Time, UTC\N{MINUS SIGN}5) "
            "The season in pictures: Lakeside Graduate Fellowship"
        ),
    ]
    parts = re.findall(r'<rect class="([\w-]+)" x="\d+" y="0" width="(\d+)"', page.text)
    assert parts == [
        ("part-complete", "34"),
        ("part-nothing", "33"),
        ("part-not-asked", "33"),
        ("part-nothing", "100"),
    ]
    assert links_of(page)[INTERNSHIP.title] == LIST


@on_sqlite
def test_who_runs_no_program_is_told_so(house: House, sign_in: Callable[[str], Visitor]) -> None:
    with house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, CORA, "Cora", [])
    page = sign_in(CORA).get("/coordinate/")
    assert "You do not run a program yet. Whoever runs this service can add you to one." in content(
        page
    )


# --- the list ---------------------------------------------------------------------------------


def test_the_list_says_how_far_each_application_is(
    cora: Visitor, story: Story, clock: TestClock
) -> None:
    first, *others = scenes.people(5)
    story.apply(first, submit=False)
    story.apply(others[0])
    scenes.requested(story, others[1])
    partly = scenes.requested(story, others[2])
    scenes.letter_in(story, partly)
    declined = scenes.requested(story, others[3])
    scenes.decline(story, declined)
    assert rows(cora.get(LIST)) == [
        ["Applicant No. 005 X-005", "requested one declined", "0 of 2", "1 February 2027"],
        ["Applicant No. 004 X-004", "partly in", "1 of 2", "1 February 2027"],
        ["Applicant No. 003 X-003", "requested", "0 of 2", "1 February 2027"],
        ["Applicant No. 002 X-002", "not requested", "0 of 2", "1 February 2027"],
        ["Applicant No. 001 X-001", "draft", "0 of 2", "not yet"],
    ]
    clock.set(DUE + timedelta(seconds=1))
    sign_in_again(cora, story.house)
    assert [cells[1] for cells in rows(cora.get(LIST))] == [
        "overdue one declined",
        "overdue",
        "overdue",
        "not requested",
        "draft",
    ]


@on_sqlite
def test_the_season_is_summed_up_above_the_list(cora: Visitor, story: Story) -> None:
    for number, new in enumerate(scenes.people(5)):
        story.apply(new, submit=number > 1)
    page = cora.get(LIST)
    assert heading(page) == INTERNSHIP.title
    assert lead(page) == "0 of 3 applications complete, 3 wait for selection, 2 drafts."


@on_sqlite
def test_before_the_first_application_it_says_so(cora: Visitor) -> None:
    page = cora.get(LIST)
    assert lead(page) == "0 of 0 applications complete."
    assert "No applications yet." in content(page)


@on_sqlite
def test_everybody_on_the_list_can_be_chosen(cora: Visitor, story: Story) -> None:
    draft, waiting, asked = scenes.people(3)
    ids = [story.apply(draft, submit=False), story.apply(waiting), scenes.requested(story, asked)]
    page = cora.get(LIST)
    [form] = [form for form in forms(page.text) if "application" in form.choices]
    assert form.choices["application"] == [str(one) for one in reversed(ids)]
    assert "Choose Applicant No. 002" in content(page)


@on_sqlite
def test_where_letters_are_requested_automatically_nothing_is_selected(
    house: House, sign_in: Callable[[str], Visitor]
) -> None:
    fellowship = tell(house, FELLOWSHIP)
    fellowship.add_coordinator()
    fellowship.apply(scenes.with_referees(MIRA, REFEREES))
    page = sign_in(CORA).get(f"/coordinate/programs/{FELLOWSHIP.slug}")
    assert names(page) == ["Mira Lindqvist"]
    assert "Select and request letters" not in content(page)


# --- whose programs ---------------------------------------------------------------------------


def test_another_coordinator_s_program_is_not_shown(house: House, cora: Visitor) -> None:
    other = tell(house, replace(FELLOWSHIP, request_policy=INTERNSHIP.request_policy))
    application_id = other.apply(scenes.with_referees(MIRA, REFEREES))
    for path in (
        f"/coordinate/programs/{other.slug}",
        f"/coordinate/applications/{application_id}",
    ):
        answer = cora.get(path)
        assert (answer.status_code, heading(answer)) == (403, "No access")
        assert "You do not have access to this. If you think you should, ask a manager" in content(
            answer
        )
        assert MIRA.applicant_name not in answer.text


def test_who_no_longer_runs_a_program_sees_it_no_longer(cora: Visitor, story: Story) -> None:
    assert cora.get(LIST).status_code == 200
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(delete(program_coordinators))
    assert cora.get(LIST).status_code == 403


@pytest.mark.parametrize("slug", ["nothing", "%00alpine", "ALPINE-SUMMER", "x" * 5000])
def test_a_program_that_is_not_there_is_not_found(cora: Visitor, slug: str) -> None:
    answer = cora.get(f"/coordinate/programs/{slug}")
    assert (answer.status_code, heading(answer)) == (404, "Not found")


@on_sqlite
@pytest.mark.parametrize("application_id", [new_id(), UUID(int=0)])
def test_an_application_that_is_not_there_is_not_found(cora: Visitor, application_id: UUID) -> None:
    answer = cora.get(f"/coordinate/applications/{application_id}")
    assert (answer.status_code, heading(answer)) == (404, "Not found")


def test_each_program_says_what_needs_somebody_and_how_its_season_stands(
    cora: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    replies.ask_for_more_time(story, asked)
    replies.send(story, asked, replies.marked(story.house), 2)
    story.apply()
    page = content(cora.get("/coordinate/"))
    assert "1 referee asks for more time" in page
    assert "1 letter looks wrong" in page
    assert "0 complete, 1 partly, 0 with nothing in, 1 not asked" in page
    assert "59 days left" in page


def test_a_viewer_is_told_nothing_of_letters(cora: Visitor, story: Story) -> None:
    replies.send(story, scenes.requested(story), replies.marked(story.house))
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=Role.VIEWER))
    assert "looks wrong" not in content(cora.get("/coordinate/"))


def test_what_needs_somebody_leads_to_the_list_of_just_that(
    cora: Visitor, story: Story, asked: UUID
) -> None:
    acts.ask_for_more_time(story, asked)
    story.apply(scenes.people(1)[0])

    links = links_of(cora.get("/coordinate/"))

    path = f"{LIST}?wrong=more_time"
    assert links["1 referee asks for more time"] == path
    assert names(cora.get(path)) == [MIRA.applicant_name]
