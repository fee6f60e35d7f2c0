"""A program's applications are listed, searched and paged in few statements."""

from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.errors import AccessDenied, UnknownProgram
from letters.domain.status import ApplicationStatus
from letters.records import Coordinator
from letters.services import listing
from letters.services.listing import PAGE_SIZE, Page
from tests.services import scenes
from tests.services.scenes import NOOR
from tests.support.people import FELLOWSHIP, MIRA, REFEREES, SYSTEM, Story
from tests.support.statements import counted


def page(
    story: Story,
    coordinator_id: UUID,
    *,
    search: str = "",
    status: ApplicationStatus | None = None,
    after: UUID | None = None,
) -> Page:
    with story.house.works.look(SYSTEM) as work:
        coordinator = work.session.get_one(Coordinator, coordinator_id)
        return listing.applications_page(
            work, coordinator, story.slug, search=search, status=status, after=after
        )


def listed(found: Page) -> list[UUID]:
    return [row.application.id for row in found.rows]


def test_applications_are_listed_newest_first(story: Story, cora: UUID) -> None:
    applied = [story.apply(), story.apply(NOOR), story.apply(submit=False)]
    found = page(story, cora)
    assert listed(found) == applied[::-1]
    assert [row.progress.standing for row in found.rows] == ["draft", "waiting", "waiting"]
    assert (found.next_after, found.season.submitted) == (None, 2)


def test_a_long_list_comes_in_pages(story: Story, cora: UUID) -> None:
    applied = scenes.apply_many(story, PAGE_SIZE + 1)
    first = page(story, cora)
    second = page(story, cora, after=first.next_after)
    assert listed(first) + listed(second) == applied[::-1]
    assert [len(first.rows), len(second.rows)] == [PAGE_SIZE, 1]
    assert second.next_after is None


def test_a_list_of_exactly_one_page_has_no_second(story: Story, cora: UUID) -> None:
    scenes.apply_many(story, PAGE_SIZE)
    assert page(story, cora).next_after is None


@pytest.mark.parametrize("status", ["draft", "submitted", "selected"])
def test_the_list_is_narrowed_by_status(story: Story, cora: UUID, status: str) -> None:
    applied = {
        "draft": story.apply(submit=False),
        "submitted": story.apply(),
        "selected": scenes.requested(story),
    }
    assert listed(page(story, cora, status=ApplicationStatus(status))) == [applied[status]]


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
            found = listed(page(story, cora, search=search))
            assert found == [applied[name] for name in expected]


def test_searching_finds_nothing_of_another_program(story: Story, cora: UUID) -> None:
    other = scenes.automatic(story.house, min_letters=2)
    other.apply(MIRA)
    assert listed(page(story, cora, search="Mira")) == []


def test_the_list_takes_as_many_statements_for_many_as_for_one(story: Story, cora: UUID) -> None:
    taken = []
    for more in (1, 2, 30):
        scenes.apply_many(story, more)
        with counted(story.house.database.engine) as statements:
            page(story, cora, search="example")
        taken.append(len(statements))
    assert taken == [taken[0]] * 3


def test_a_stranger_is_shown_no_list(story: Story) -> None:
    stranger = scenes.automatic(story.house).add_coordinator("sam@example.org", "Sam")
    with pytest.raises(AccessDenied):
        page(story, stranger)


def test_an_unknown_program_has_no_list(story: Story, cora: UUID) -> None:
    with pytest.raises(UnknownProgram):
        page(replace(story, slug=FELLOWSHIP.slug), cora)
