"""A program's applications are listed, searched and paged in few statements."""

from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.errors import AccessDenied, UnknownProgram
from letters.domain.lists import Filters, Sort
from letters.records import Coordinator
from letters.services import listing
from letters.services.listing import EVERYTHING, PAGE_SIZE, Beside, Page
from tests.services import scenes
from tests.services.scenes import NOOR
from tests.support.people import FELLOWSHIP, MIRA, REFEREES, SYSTEM, Story
from tests.support.statements import counted


def page(
    story: Story,
    coordinator_id: UUID,
    filters: Filters = EVERYTHING,
    sort: Sort = Sort.NEWEST,
    beside: Beside | None = None,
) -> Page:
    with story.house.works.look(SYSTEM) as work:
        coordinator = work.session.get_one(Coordinator, coordinator_id)
        return listing.applications_page(work, coordinator, story.slug, filters, sort, beside)


def listed(found: Page) -> list[UUID]:
    return [row.application.id for row in found.rows]


def test_applications_are_listed_newest_first(story: Story, cora: UUID) -> None:
    applied = [story.apply(), story.apply(NOOR), story.apply(submit=False)]
    found = page(story, cora)
    assert listed(found) == applied[::-1]
    assert [row.progress.standing for row in found.rows] == ["draft", "waiting", "waiting"]
    assert (found.after, found.season.submitted) == (None, 2)
    assert (found.first, found.total) == (1, 3)


def test_a_long_list_comes_in_pages_and_a_full_page_has_no_second(story: Story, cora: UUID) -> None:
    applied = scenes.apply_many(story, PAGE_SIZE)
    assert page(story, cora).after is None
    applied.append(story.apply())
    first = page(story, cora)
    assert first.after is not None
    second = page(story, cora, beside=Beside(first.after))
    assert listed(first) + listed(second) == applied[::-1]
    assert [len(first.rows), len(second.rows)] == [PAGE_SIZE, 1]
    assert (second.after, second.before) == (None, second.rows[0].application.id)


SEARCHES: list[tuple[str, list[str]]] = [
    ("Lindqvist", ["mira"]),
    ("lindq", ["mira"]),
    ("NOOR@EXAMPLE", ["noor"]),
    ("a-17", ["mira"]),
    ("Tanaka", ["noor"]),
    ("b.dewit@", ["noor", "mira"]),
    ("example.com", ["noor", "mira"]),
    ("nobody", []),
    ("%", ["mira"]),
    ("_", []),
    ("\\", []),
    ("nul\x00", []),
    ("lone\ud800", []),
    ("x" * 1000, []),
    ("Mira  Lindqvist", ["mira"]),
    ("Zoe\u0308", ["noor"]),
    ("", ["noor", "mira"]),
]


def test_the_list_is_searched(story: Story, cora: UUID, subtests: pytest.Subtests) -> None:
    referees = [REFEREES[0], replace(REFEREES[1], name="Dr. 100% Bram")]
    applied = {
        "mira": story.apply(replace(MIRA, external_id="A-17", referees=referees)),
        "noor": story.apply(replace(NOOR, applicant_name="Zo\u00eb Noor")),
    }
    for search, expected in SEARCHES:
        with subtests.test(search=search[:20].encode("unicode-escape")):
            found = listed(page(story, cora, Filters(search)))
            assert found == [applied[name] for name in expected]


def test_searching_finds_nothing_of_another_program(story: Story, cora: UUID) -> None:
    other = scenes.automatic(story.house, min_letters=2)
    other.apply(MIRA)
    assert listed(page(story, cora, Filters("Mira"))) == []


def test_the_list_takes_as_many_statements_for_many_as_for_one(story: Story, cora: UUID) -> None:
    taken = []
    for more in (1, 2, 9):
        scenes.apply_many(story, more)
        with counted(story.house.database.engine) as statements:
            page(story, cora, Filters("example"))
        taken.append(len(statements))
    assert taken == [taken[0]] * 3


def test_a_stranger_is_shown_no_list(story: Story) -> None:
    stranger = scenes.automatic(story.house).add_coordinator("sam@example.org", "Sam")
    with pytest.raises(AccessDenied):
        page(story, stranger)


def test_an_unknown_program_has_no_list(story: Story, cora: UUID) -> None:
    with pytest.raises(UnknownProgram):
        page(replace(story, slug=FELLOWSHIP.slug), cora)
