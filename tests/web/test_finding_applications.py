"""Finding an application in a long list: by search, by state, page by page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from letters.records import Coordinator
from letters.services import listing
from letters.services.applying import NewReferee
from tests.support.clock import TestClock
from tests.support.markup import forms
from tests.support.people import (
    DUE,
    INTERNSHIP,
    MIRA,
    REFEREES,
    SYSTEM,
    Story,
)
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    links_of,
    names,
    on_sqlite,
    press,
    sign_in_again,
)

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"


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
    assert {search: names(answer) for search, answer in found.items()} == FOUND


@on_sqlite
def test_the_dashboard_leads_to_as_much_as_it_counts_at_risk(
    cora: Visitor, story: Story, clock: TestClock
) -> None:
    scenes.requested(story)
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(Coordinator).values(risk_days=30))
    clock.set(DUE - timedelta(days=30))
    sign_in_again(cora, story.house)
    [path] = {path for path in links_of(cora.get("/coordinate/")).values() if "at_risk" in path}
    assert names(cora.get(path)) == ["Mira Lindqvist"]


@on_sqlite
@pytest.mark.usefixtures("three")
def test_what_was_searched_for_stays_in_the_field(cora: Visitor) -> None:
    page = cora.get(LIST, query_string={"search": ODD, "state": "waiting"})
    [form] = [form for form in forms(page.text) if "search" in form.fields]
    assert (form.fields["search"], form.fields["state"]) == ([ODD], ["waiting"])


@on_sqlite
@pytest.mark.usefixtures("three")
def test_a_search_that_finds_nothing_says_what_to_try(cora: Visitor) -> None:
    page = cora.get(LIST, query_string={"search": "nobody"})
    assert "No application matches. Try a shorter word, or all states." in content(page)


OF_STATE = {
    "": [ODD, "Wen Li", "Mira Lindqvist A-17"],
    "draft": ["Wen Li"],
    "waiting": [ODD, "Mira Lindqvist A-17"],
    "requested": [],
    "withdrawn": [],
    "nonsense": [ODD, "Wen Li", "Mira Lindqvist A-17"],
}


@pytest.mark.usefixtures("three")
def test_the_list_can_be_of_one_state(cora: Visitor) -> None:
    found = {state: cora.get(LIST, query_string={"state": state}) for state in OF_STATE}
    assert {state: names(page) for state, page in found.items()} == OF_STATE


@on_sqlite
@pytest.mark.usefixtures("three")
def test_search_and_state_together(cora: Visitor) -> None:
    query = {"search": "mira", "state": "draft"}
    assert names(cora.get(LIST, query_string=query)) == []


# --- paging -----------------------------------------------------------------------------------

OLDER = "Next page"
SHORT = 5


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a few applications: a long list takes long to make."""
    monkeypatch.setattr(listing, "PAGE_SIZE", SHORT)


def _all_pages(visitor: Visitor, path: str) -> list[list[str]]:
    """Follow the link to older applications from `path` on; return the names on each page."""
    pages = []
    while path:
        page = visitor.get(path)
        pages.append([name.rpartition(" ")[0] for name in names(page)])
        path = links_of(page).get(OLDER, "")
    return pages


@pytest.mark.usefixtures("short_pages")
def test_a_long_list_comes_in_pages_newest_first(cora: Visitor, story: Story) -> None:
    everybody = scenes.people(2 * SHORT + 2)
    for new in everybody:
        story.apply(new)
    newest_first = [new.applicant_name for new in reversed(everybody)]
    assert _all_pages(cora, LIST) == [
        newest_first[:SHORT],
        newest_first[SHORT : 2 * SHORT],
        newest_first[2 * SHORT :],
    ]


@on_sqlite
@pytest.mark.usefixtures("short_pages")
def test_an_application_that_comes_in_meanwhile_moves_nobody_to_another_page(
    cora: Visitor, story: Story
) -> None:
    everybody = scenes.people(SHORT + 2)
    for new in everybody[:-1]:
        story.apply(new)
    older = links_of(cora.get(LIST))[OLDER]
    story.apply(everybody[-1])
    assert _all_pages(cora, older) == [["Applicant No. 001"]]


@on_sqlite
def test_a_full_page_without_more_has_no_link(cora: Visitor, story: Story) -> None:
    for new in scenes.people(listing.PAGE_SIZE):
        story.apply(new)
    assert [len(names) for names in _all_pages(cora, LIST)] == [listing.PAGE_SIZE]


@on_sqlite
@pytest.mark.usefixtures("short_pages")
def test_search_and_state_stay_on_the_next_page(cora: Visitor, story: Story) -> None:
    for number, new in enumerate(scenes.people(2 * SHORT + 4)):
        story.apply(new, submit=number % 2 == 0)
    pages = _all_pages(cora, f"{LIST}?search=Applicant&state=draft&sort=name")
    assert [len(names) for names in pages] == [SHORT, 2]
    assert pages[-1] == ["Applicant No. 012", "Applicant No. 014"]


@on_sqlite
@pytest.mark.parametrize("after", ["nonsense", "", "%00", "1"])
def test_a_page_that_cannot_be_is_the_first(cora: Visitor, story: Story, after: str) -> None:
    story.apply()
    page = cora.get(f"{LIST}?after={after}")
    assert (page.status_code, names(page)) == (200, ["Mira Lindqvist"])
