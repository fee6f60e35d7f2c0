"""Each filter finds the applications that have what it says, and the pages leave nobody out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letters.domain.errors import AccessDenied
from letters.domain.lists import Filters, Sort, Wrong
from letters.domain.needs import Need
from letters.domain.progress import Standing
from letters.domain.roles import Role
from letters.records import Coordinator, program_coordinators
from letters.services import listing
from letters.services.listing import Beside, Page
from tests.services import scenes
from tests.services.test_needs import bring_about
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, MIRA, SYSTEM, Story
from tests.support.statements import counted
from tests.support.thorough import rounds


def page(
    story: Story,
    coordinator_id: UUID,
    filters: Filters,
    sort: Sort = Sort.NEWEST,
    beside: Beside | None = None,
) -> Page:
    with story.house.works.look(SYSTEM) as work:
        coordinator = work.session.get_one(Coordinator, coordinator_id)
        return listing.applications_page(work, coordinator, story.slug, filters, sort, beside)


def listed(found: Page) -> list[UUID]:
    return [row.application.id for row in found.rows]


# --- states -----------------------------------------------------------------------------------


def of_every_kind(story: Story) -> list[UUID]:
    """Bring about an application of each kind that the clock does not make."""
    partly, complete, extended, declined = (scenes.requested(story) for _ in range(4))
    scenes.send_letter(story, partly)
    for position in (1, 2):
        scenes.send_letter(story, complete, position)
        scenes.decline(story, declined, position)
    for position in (1, 2):
        scenes.change_request(story, extended, position, extended_due_at=DUE + 30 * A_DAY)
    withdrawn = story.apply()
    scenes.withdraw(story, withdrawn)
    return [story.apply(submit=False), story.apply(), scenes.requested(story), withdrawn]


def by_filter(story: Story, cora: UUID) -> Mapping[Standing, set[UUID]]:
    return {state: set(listed(page(story, cora, Filters(state=state)))) for state in Standing}


def by_roll_up(story: Story, cora: UUID) -> Mapping[Standing, set[UUID]]:
    rows = page(story, cora, Filters()).rows
    return {
        state: {row.application.id for row in rows if row.progress.standing is state}
        for state in Standing
    }


def test_the_filter_of_a_state_finds_what_the_roll_up_calls_so(
    story: Story, cora: UUID, clock: TestClock, subtests: pytest.Subtests
) -> None:
    of_every_kind(story)
    seen = set()
    for at in (clock.now(), DUE, DUE + A_DAY, scenes.CLOSES + A_DAY, DUE + 60 * A_DAY):
        clock.set(at)
        with subtests.test(at=at):
            expected = by_roll_up(story, cora)
            assert by_filter(story, cora) == expected
            seen |= {state for state, found in expected.items() if found}
    assert seen == set(Standing)


# --- what is wrong ----------------------------------------------------------------------------


def test_what_is_wrong_is_found_and_nothing_else(
    story: Story, cora: UUID, subtests: pytest.Subtests
) -> None:
    made = {need: bring_about(story, need) for need in Need}
    for need, application_id in made.items():
        with subtests.test(need=need):
            found = page(story, cora, Filters(wrong=Wrong(need.value)))
            assert (listed(found), found.total) == ([application_id], 1)


def test_what_is_missing_and_due_soon_is_at_risk(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    asked, complete, extended = (scenes.requested(story) for _ in range(3))
    for position in (1, 2):
        scenes.send_letter(story, complete, position)
        scenes.change_request(story, extended, position, extended_due_at=DUE + 30 * A_DAY)
    at_risk = Filters(wrong=Wrong.AT_RISK)
    found = {}
    for days in (-8, -7, 0, 24, 31):
        clock.set(DUE + days * A_DAY)
        found[days] = listed(page(story, cora, at_risk))
    assert found == {-8: [], -7: [asked], 0: [], 24: [extended], 31: []}


def test_who_looks_says_how_soon_a_letter_is_due_that_is_at_risk(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    clock.set(DUE - 20 * A_DAY)
    found = {
        days: listed(page(story, cora, Filters(wrong=Wrong.AT_RISK, risk_days=days)))
        for days in (0, 19, 20, 60)
    }
    assert found == {0: [], 19: [], 20: [asked], 60: [asked]}


def test_filters_and_search_go_together(story: Story, cora: UUID) -> None:
    wen = story.apply(replace(MIRA, applicant_name="Wen Li"))
    scenes.requested(story, replace(MIRA, applicant_name="Wen Bo"))
    story.apply()
    filters = Filters("wen", Standing.WAITING, Wrong.WAITING)
    assert listed(page(story, cora, filters)) == [wen]


ABOUT_LETTERS = {Wrong.MARKED, Wrong.QUARANTINED, Wrong.SIGNALS}


def test_who_may_not_read_letters_learns_nothing_of_them_by_a_filter(
    story: Story, cora: UUID
) -> None:
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(program_coordinators.update().values(role=Role.VIEWER))
    for wrong in ABOUT_LETTERS:
        with pytest.raises(AccessDenied):
            page(story, cora, Filters(wrong=wrong))
    found = page(story, cora, Filters(wrong=Wrong.BOUNCED))
    assert set(found.wrongs) == set(Wrong) - ABOUT_LETTERS
    assert not found.may_manage


# --- pages ------------------------------------------------------------------------------------

NAMES = st.sampled_from(["Ada", "Bo", "bo", "Zoe", "\u00d3lafur", "Li"])


def walk(
    story: Story, cora: UUID, sort: Sort, meanwhile: Iterator[str], *, back: bool = False
) -> list[UUID]:
    """Follow the pages, one way or the other; take in another application before each."""
    seen: list[UUID] = []
    found = page(story, cora, Filters(), sort)
    while back and found.after is not None:
        found = page(story, cora, Filters(), sort, Beside(found.after))
    while True:
        seen = [*listed(found), *seen] if back else [*seen, *listed(found)]
        beside = found.before if back else found.after
        if beside is None:
            return seen
        for name in meanwhile:
            story.apply(replace(MIRA, applicant_name=name))
            break
        found = page(story, cora, Filters(), sort, Beside(beside, before=back))


@given(
    sort=st.sampled_from(Sort),
    names=st.lists(NAMES, min_size=1, max_size=9),
    late=st.lists(NAMES, max_size=3),
    back=st.booleans(),
)
@settings(
    max_examples=rounds(5, 50),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_pages_show_everybody_once_while_others_come_in(
    sort: Sort, names: list[str], late: list[str], back: bool, story: Story, cora: UUID
) -> None:
    for name in names:
        story.apply(replace(MIRA, applicant_name=name))
    with pytest.MonkeyPatch.context() as small:
        small.setattr(listing, "PAGE_SIZE", 4)
        before = walk(story, cora, sort, iter(()))
        seen = walk(story, cora, sort, iter(late), back=back)
    assert len(set(seen)) == len(seen)
    assert [one for one in seen if one in set(before)] == before


def test_many_are_counted_up_to_a_limit(
    story: Story, cora: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    monkeypatch.setattr(listing, "COUNTED", 4)
    scenes.apply_many(story, 4)
    found = page(story, cora, Filters())
    assert (found.first, found.total) == (1, 4)
    scenes.apply_many(story, 3)
    found = page(story, cora, Filters())
    places = []
    while True:
        places.append((found.first, found.total))
        if found.after is None:
            break
        found = page(story, cora, Filters(), beside=Beside(found.after))
    assert places == [(1, None), (3, None), (None, None), (None, None)]


def test_an_application_of_another_program_leads_to_the_beginning(story: Story, cora: UUID) -> None:
    other = scenes.automatic(story.house, min_letters=2).apply(MIRA)
    mine = story.apply()
    for before in (True, False):
        found = page(story, cora, Filters(), Sort.NAME, Beside(other, before=before))
        assert listed(found) == [mine]


def test_every_filter_takes_as_many_statements_for_many_as_for_one(
    story: Story, cora: UUID, subtests: pytest.Subtests
) -> None:
    scenes.requested(story)
    story.apply()
    kinds = [
        *(Filters(state=state) for state in Standing),
        *(Filters(wrong=wrong) for wrong in Wrong),
    ]
    taken: dict[Filters, list[int]] = {filters: [] for filters in kinds}
    with pytest.MonkeyPatch.context() as small:
        small.setattr(listing, "PAGE_SIZE", 8)
        for more in (0, 2, 12):
            scenes.apply_many(story, more)
            for filters in kinds:
                with counted(story.house.database.engine) as statements:
                    page(story, cora, filters, Sort.NAME)
                taken[filters].append(len(statements))
    for filters, counts in taken.items():
        with subtests.test(filters=str(filters)):
            assert len(set(counts)) == 1
