"""A coordinator's programs, and the list of a program's applications."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete
from werkzeug.test import TestResponse

from letters.house import House
from letters.records import new_id, program_coordinators
from letters.services import administering
from letters.services.applying import NewReferee
from letters.services.dashboard import PAGE_SIZE
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
    on_sqlite,
    press,
)

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"


@pytest.fixture
def cora(story: Story, sign_in: Callable[[str], Visitor]) -> Visitor:
    """The browser of Cora, who runs the internship."""
    story.add_coordinator()
    return sign_in(CORA)


def _rows(page: TestResponse) -> list[list[str]]:
    """Return the cells of the list, without those to choose by."""
    root, _ = parse(page.text)
    rows = [row for body in elements(root, "tbody") for row in elements(body, "tr")]
    return [
        [words(cell) for cell in elements(row, "td") if cell.get("class") != "pick"] for row in rows
    ]


def _names(page: TestResponse) -> list[str]:
    return [cells[0] for cells in _rows(page)]


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
            "1 of 3 applications complete, one waits for selection, one draft "
            "Letters are due Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
        ),
        (
            "Lakeside University Lakeside Graduate Fellowship "
            "0 of 1 applications complete "
            "Letters are due Thursday, 1 April 2027, 16:59 (Chicago Time, UTC\N{MINUS SIGN}5)"
        ),
    ]
    bars = [(bar.get("max"), bar.get("value")) for bar in elements(root, "progress")]
    assert bars == [("3", "1"), ("1", "0")]
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
    assert _rows(cora.get(LIST)) == [
        ["Applicant No. 005 X-005", "requested one declined", "0 of 2", "1 February 2027"],
        ["Applicant No. 004 X-004", "partly in", "1 of 2", "1 February 2027"],
        ["Applicant No. 003 X-003", "requested", "0 of 2", "1 February 2027"],
        ["Applicant No. 002 X-002", "not requested", "0 of 2", "1 February 2027"],
        ["Applicant No. 001 X-001", "draft", "0 of 2", "not yet"],
    ]
    clock.set(DUE + timedelta(seconds=1))
    assert [cells[1] for cells in _rows(cora.get(LIST))] == [
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
def test_only_who_waits_can_be_chosen(cora: Visitor, story: Story) -> None:
    draft, waiting, asked = scenes.people(3)
    story.apply(draft, submit=False)
    chosen = story.apply(waiting)
    scenes.requested(story, asked)
    page = cora.get(LIST)
    [form] = [form for form in forms(page.text) if "application" in form.choices]
    assert form.choices["application"] == [str(chosen)]
    assert "Choose Applicant No. 002" in content(page)


@on_sqlite
def test_where_letters_are_requested_automatically_nothing_is_selected(
    house: House, sign_in: Callable[[str], Visitor]
) -> None:
    fellowship = tell(house, FELLOWSHIP)
    fellowship.add_coordinator()
    fellowship.apply(scenes.with_referees(MIRA, REFEREES))
    page = sign_in(CORA).get(f"/coordinate/programs/{FELLOWSHIP.slug}")
    assert _names(page) == ["Mira Lindqvist"]
    assert "Select and request letters" not in content(page)
    statuses = {name for form in forms(page.text) for name in form.choices.get("status", [])}
    assert statuses == {"", "draft", "submitted", "withdrawn"}


# --- finding ----------------------------------------------------------------------------------

ODD = "100%_of\\O'Neil <b>"


@pytest.fixture
def three(story: Story) -> None:
    """Three applications, one of them with everything that a search could stumble over."""
    story.apply(replace(MIRA, external_id="A-17"))
    story.apply(
        replace(
            MIRA,
            applicant_name="Wen Li",
            applicant_email="wen.li@example.net",
            referees=[NewReferee("Dr. Ólafur Björnsson", "olafur@example.org"), REFEREES[1]],
        ),
        submit=False,
    )
    story.apply(replace(MIRA, applicant_name=ODD, referees=[REFEREES[0], REFEREES[2]]))


FOUND = {
    "": [ODD, "Wen Li", "Mira Lindqvist A-17"],
    "lindq": ["Mira Lindqvist A-17"],
    "MIRA": [ODD, "Mira Lindqvist A-17"],
    "wen.li@": ["Wen Li"],
    "A-17": ["Mira Lindqvist A-17"],
    "ólafur": ["Wen Li"],
    "tanaka@": [ODD],
    "100%": [ODD],
    "%": [ODD],
    "_": [ODD],
    "\\": [ODD],
    "O'Neil": [ODD],
    "<b>": [ODD],
    "  wen  ": ["Wen Li"],
    "nobody": [],
    "\x00wen": ["Wen Li"],
    "x" * 300: [],
}


@pytest.mark.usefixtures("three")
def test_a_search_looks_at_names_addresses_and_ids(cora: Visitor) -> None:
    page = cora.get(LIST)
    found = {search: press(cora, page, "Show", {"search": search}) for search in FOUND}
    assert {search: _names(answer) for search, answer in found.items()} == FOUND


@on_sqlite
@pytest.mark.usefixtures("three")
def test_what_was_searched_for_stays_in_the_field(cora: Visitor) -> None:
    page = cora.get(LIST, query_string={"search": ODD, "status": "submitted"})
    [form] = [form for form in forms(page.text) if "search" in form.fields]
    assert (form.fields["search"], form.fields["status"]) == ([ODD], ["submitted"])


@on_sqlite
@pytest.mark.usefixtures("three")
def test_a_search_that_finds_nothing_says_what_to_try(cora: Visitor) -> None:
    page = cora.get(LIST, query_string={"search": "nobody"})
    assert "No application matches. Try a shorter word, or all states." in content(page)


OF_STATUS = {
    "": [ODD, "Wen Li", "Mira Lindqvist A-17"],
    "draft": ["Wen Li"],
    "submitted": [ODD, "Mira Lindqvist A-17"],
    "selected": [],
    "withdrawn": [],
    "nonsense": [ODD, "Wen Li", "Mira Lindqvist A-17"],
}


@pytest.mark.usefixtures("three")
def test_the_list_can_be_of_one_status(cora: Visitor) -> None:
    found = {status: cora.get(LIST, query_string={"status": status}) for status in OF_STATUS}
    assert {status: _names(page) for status, page in found.items()} == OF_STATUS


@on_sqlite
@pytest.mark.usefixtures("three")
def test_search_and_status_together(cora: Visitor) -> None:
    query = {"search": "mira", "status": "draft"}
    assert _names(cora.get(LIST, query_string=query)) == []


# --- paging -----------------------------------------------------------------------------------

OLDER = "Older applications"


def _all_pages(visitor: Visitor, path: str) -> list[list[str]]:
    """Follow the link to older applications from `path` on; return the names on each page."""
    pages = []
    while path:
        page = visitor.get(path)
        pages.append([name.rpartition(" ")[0] for name in _names(page)])
        path = links_of(page).get(OLDER, "")
    return pages


def test_a_long_list_comes_in_pages_newest_first(cora: Visitor, story: Story) -> None:
    everybody = scenes.people(120)
    for new in everybody:
        story.apply(new)
    newest_first = [new.applicant_name for new in reversed(everybody)]
    assert _all_pages(cora, LIST) == [
        newest_first[:PAGE_SIZE],
        newest_first[PAGE_SIZE : 2 * PAGE_SIZE],
        newest_first[2 * PAGE_SIZE :],
    ]


@on_sqlite
def test_an_application_that_comes_in_meanwhile_moves_nobody_to_another_page(
    cora: Visitor, story: Story
) -> None:
    everybody = scenes.people(PAGE_SIZE + 2)
    for new in everybody[:-1]:
        story.apply(new)
    older = links_of(cora.get(LIST))[OLDER]
    story.apply(everybody[-1])
    assert _all_pages(cora, older) == [["Applicant No. 001"]]


@on_sqlite
def test_a_full_page_without_more_has_no_link(cora: Visitor, story: Story) -> None:
    for new in scenes.people(PAGE_SIZE):
        story.apply(new)
    assert [len(names) for names in _all_pages(cora, LIST)] == [PAGE_SIZE]


@on_sqlite
def test_search_and_status_stay_on_the_next_page(cora: Visitor, story: Story) -> None:
    for number, new in enumerate(scenes.people(2 * PAGE_SIZE + 4)):
        story.apply(new, submit=number % 2 == 0)
    pages = _all_pages(cora, f"{LIST}?search=Applicant&status=draft")
    assert [len(names) for names in pages] == [PAGE_SIZE, 2]
    assert pages[-1] == ["Applicant No. 004", "Applicant No. 002"]


@on_sqlite
@pytest.mark.parametrize("after", ["nonsense", "", "%00", "1"])
def test_a_page_that_cannot_be_is_the_first(cora: Visitor, story: Story, after: str) -> None:
    story.apply()
    page = cora.get(f"{LIST}?after={after}")
    assert (page.status_code, _names(page)) == (200, ["Mira Lindqvist"])


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
        assert "You do not have access to this." in content(answer)
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
