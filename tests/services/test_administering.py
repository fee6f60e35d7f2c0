"""Programs, coordinators and API keys are set up, or refused with everything that is wrong."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from letters.domain.documents import DEFAULT_LIMIT
from letters.domain.errors import AlreadyExists, InvalidInput, UnknownProgram
from letters.domain.journal import Fact
from letters.domain.policy import RequestPolicy
from letters.house import House
from letters.records import ApiKey, Coordinator, Program
from letters.services import administering
from letters.services.program_cleaning import NewProgram
from tests.services import scenes
from tests.services.digests import reached
from tests.services.scenes import BLINK, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, FELLOWSHIP, INTERNSHIP, OPERATOR, START, SYSTEM, Story
from tests.support.rows import all_rows

LEAST = NewProgram("least", "Least", "Office", "office@example.org", DUE, "UTC")


def create(house: House, new: NewProgram) -> Program:
    with house.works.change(OPERATOR) as work:
        return administering.create_program(work, new)


def add(
    house: House,
    email: str = "cora@alpine.example.org",
    name: str = "Cora",
    slugs: tuple[str, ...] = ("alpine-summer",),
    timezone: str | None = None,
) -> Coordinator:
    with house.works.change(OPERATOR) as work:
        return administering.add_coordinator(work, email, name, slugs, timezone)


def runs(house: House) -> dict[str, list[str]]:
    """Return which programs each coordinator runs."""
    with house.works.look(SYSTEM) as work:
        found = work.session.scalars(select(Coordinator).order_by(Coordinator.email))
        return {one.email: sorted(program.slug for program in one.programs) for one in found}


# --- programs ---------------------------------------------------------------------------------


def test_a_program_is_kept_as_it_was_typed(house: House) -> None:
    create(house, replace(INTERNSHIP, description=" Twelve weeks.\r\n", instructions="One page."))
    with house.works.look(SYSTEM) as work:
        (found,) = administering.programs(work)
    assert (found.slug, found.title) == ("alpine-summer", "Alpine Summer Research Internship")
    assert (found.description, found.instructions) == ("Twelve weeks.", "One page.")
    assert (found.due_at, found.timezone, found.grace_hours) == (DUE, "Europe/Zurich", 48)
    assert (found.min_letters, found.max_letters, found.request_policy) == (2, 4, "selected")
    assert (found.contact_email, found.created_at) == ("internships@alpine.example.org", START)


def test_little_has_to_be_said(house: House) -> None:
    found = create(house, LEAST)
    assert (found.min_letters, found.max_letters, found.grace_hours) == (2, 4, 0)
    assert (found.request_policy, found.largest_file) == (RequestPolicy.AUTOMATIC, DEFAULT_LIMIT)
    assert (found.wished_pages, found.kept_days, found.takes_word) == (20, 365, False)
    assert found.notices_on_submission is False
    assert create(house, replace(LEAST, slug="five", min_letters=5)).max_letters == 7


def test_how_letters_are_taken_and_kept(house: House) -> None:
    for pages, days in ((0, 1), (1000, 3660)):
        new = replace(LEAST, slug=f"kept-{days}", wished_pages=pages, kept_days=days)
        found = create(house, replace(new, takes_word=True, notices_on_submission=True))
        assert (found.wished_pages, found.kept_days, found.takes_word) == (pages, days, True)
        assert found.notices_on_submission is True


def test_word_is_taken_somewhere_as_soon_as_one_program_takes_it(house: House) -> None:
    def anywhere() -> bool:
        with house.works.look(SYSTEM) as work:
            return administering.any_takes_word(work)

    create(house, LEAST)
    assert not anywhere()
    create(house, replace(LEAST, slug="word", takes_word=True))
    assert anywhere()


def test_a_program_has_a_chain_of_its_own(house: House) -> None:
    program = create(house, LEAST)
    (entry,) = scenes.journal(house)
    assert (entry.fact, entry.chain_id, entry.position) == (Fact.PROGRAM_CREATED, program.id, 1)
    assert (entry.application_id, entry.actor_kind, entry.origin) == (None, "operator", "cli")


def test_programs_are_listed_by_due_date(house: House) -> None:
    for slug, due_at in (("b", DUE), ("c", DUE - A_DAY), ("a", DUE)):
        create(house, replace(LEAST, slug=slug, due_at=due_at))
    with house.works.look(SYSTEM) as work:
        assert [program.slug for program in administering.programs(work)] == ["c", "a", "b"]


ZONE = "Use the name of a time zone, such as Europe/Zurich."
SLUG = "Use small letters, digits and single hyphens, at most 60 characters."
FILL_IN = "Fill this in, please."
NO_ADDRESS = "This is not a complete e-mail address, such as name@example.org."
NEAR_FUTURE = "Choose a due date before the year 3000."
SIZE = "Choose a size above 0 and of at most 100 MB."
ORDER = "The most letters cannot be fewer than the least."
FUTURE = "Choose a due date in the future."
GRACE = "Choose a grace time from 0 to 2160 hours."
PAGES = "Choose at most 1000 pages, or 0 for letters of any length."
KEPT = "Choose how long letters are kept: from 1 to 3660 days."


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"slug": ""}, "slug", SLUG),
    ({"slug": "Alpine"}, "slug", SLUG),
    ({"slug": "-alpine"}, "slug", SLUG),
    ({"slug": "al--pine"}, "slug", SLUG),
    ({"slug": "alpine\n"}, "slug", SLUG),
    ({"slug": "ålpine"}, "slug", SLUG),
    ({"slug": "a" * 61}, "slug", SLUG),
    ({"title": " "}, "title", FILL_IN),
    ({"title": "T" * 201}, "title", "Use at most 200 characters."),
    ({"organization": ""}, "organization", FILL_IN),
    ({"description": "x" * 4001}, "description", "Use at most 4000 characters."),
    ({"instructions": "bell\x07"}, "instructions", "Remove the invisible characters, please."),
    ({"contact_email": "office"}, "contact_email", NO_ADDRESS),
    ({"timezone": "Europe/Atlantis"}, "timezone", ZONE),
    ({"timezone": "localtime"}, "timezone", ZONE),
    ({"timezone": "Factory"}, "timezone", ZONE),
    ({"timezone": "../../etc/passwd"}, "timezone", ZONE),
    ({"timezone": ""}, "timezone", ZONE),
    ({"min_letters": 0}, "min_letters", "Ask for at least one letter."),
    ({"min_letters": 3, "max_letters": 2}, "max_letters", ORDER),
    ({"max_letters": 11}, "max_letters", "Ask for at most 10 letters."),
    ({"min_letters": 10**30}, "max_letters", "Ask for at most 10 letters."),
    ({"grace_hours": -1}, "grace_hours", GRACE),
    ({"grace_hours": 2161}, "grace_hours", GRACE),
    ({"grace_hours": 10**30}, "grace_hours", GRACE),
    ({"due_at": START}, "due_at", FUTURE),
    ({"due_at": START - A_DAY}, "due_at", FUTURE),
    ({"due_at": datetime.max.replace(tzinfo=UTC)}, "due_at", NEAR_FUTURE),
    ({"largest_file": 0}, "largest_file", SIZE),
    ({"largest_file": -1}, "largest_file", SIZE),
    ({"largest_file": 2**31}, "largest_file", SIZE),
    ({"wished_pages": -1}, "wished_pages", PAGES),
    ({"wished_pages": 1001}, "wished_pages", PAGES),
    ({"wished_pages": 10**30}, "wished_pages", PAGES),
    ({"kept_days": 0}, "kept_days", KEPT),
    ({"kept_days": 3661}, "kept_days", KEPT),
    ({"kept_days": 10**30}, "kept_days", KEPT),
]


def test_a_program_with_a_mistake_is_refused_with_a_clear_sentence(
    house: House, subtests: pytest.Subtests
) -> None:
    for changes, field, sentence in MISTAKES:
        with subtests.test(changes=changes):
            with nothing_changed(house), pytest.raises(InvalidInput) as refused:
                create(house, replace(LEAST, **changes))
            assert [(p.field, str(p)) for p in refused.value.problems] == [(field, sentence)]


def test_every_mistake_is_said_at_once(house: House) -> None:
    bad = NewProgram(
        slug="Not a slug",
        title="",
        organization="Of\nfice",
        contact_email="office",
        due_at=START - A_DAY,
        timezone="Nowhere",
        description="\x00",
        instructions="\x1b",
        grace_hours=-5,
        min_letters=0,
        max_letters=-1,
        largest_file=0,
        wished_pages=-1,
        kept_days=0,
    )
    with nothing_changed(house), pytest.raises(InvalidInput) as refused:
        create(house, bad)
    assert [problem.field for problem in refused.value.problems] == [
        "slug",
        "title",
        "organization",
        "description",
        "instructions",
        "contact_email",
        "timezone",
        "min_letters",
        "max_letters",
        "grace_hours",
        "due_at",
        "largest_file",
        "wished_pages",
        "kept_days",
    ]


def test_due_a_moment_from_now_is_in_the_future(house: House) -> None:
    assert create(house, replace(LEAST, due_at=START + BLINK)).due_at == START + BLINK


def test_a_short_name_stands_for_one_program(house: House) -> None:
    create(house, LEAST)
    with nothing_changed(house), pytest.raises(AlreadyExists) as refused:
        create(house, replace(INTERNSHIP, slug="least"))
    assert refused.value.values == {"name": "least"}


def test_of_two_programs_with_one_short_name_at_once_one_is_created(house: House) -> None:
    outcomes = scenes.at_once(*[partial(create, house, LEAST)] * 3)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "AlreadyExists",
        "AlreadyExists",
        "Program",
    ]
    assert scenes.breaches(house) == []


# --- coordinators -----------------------------------------------------------------------------


def test_a_coordinator_is_added_to_programs(story: Story) -> None:
    scenes.automatic(story.house)
    found = add(
        story.house, " Cora@Alpine.example.org", " Cora  Berg ", (story.slug, FELLOWSHIP.slug)
    )
    assert (found.email, found.name) == ("cora@alpine.example.org", "Cora Berg")
    assert (found.timezone, found.digest_hour) == ("Europe/Zurich", 7)
    assert runs(story.house) == {found.email: ["alpine-summer", "lakeside-fellowship"]}


def test_each_program_writes_down_who_runs_it(story: Story) -> None:
    found = add(story.house)
    _, entry = scenes.journal(story.house)
    assert (entry.fact, entry.position) == (Fact.COORDINATOR_ADDED, 2)
    assert entry.details == {"coordinator": str(found.id)}


def test_adding_somebody_twice_changes_nothing(story: Story) -> None:
    first = add(story.house)
    with nothing_changed(story.house):
        again = add(story.house, "CORA@alpine.example.org", "Somebody Else", timezone="UTC")
    assert again.id == first.id


def test_somebody_known_runs_one_more_program(story: Story) -> None:
    first = add(story.house)
    scenes.automatic(story.house)
    again = add(story.house, slugs=(story.slug, FELLOWSHIP.slug))
    assert again.id == first.id
    assert runs(story.house) == {first.email: ["alpine-summer", "lakeside-fellowship"]}
    assert scenes.breaches(story.house) == []


def test_a_program_named_twice_is_run_once(story: Story) -> None:
    add(story.house, slugs=(story.slug, story.slug))
    assert runs(story.house) == {"cora@alpine.example.org": ["alpine-summer"]}


@pytest.mark.parametrize(
    ("slugs", "timezone", "expected"),
    [
        (("alpine-summer",), None, "Europe/Zurich"),
        (("alpine-summer",), "Asia/Tokyo", "Asia/Tokyo"),
        ((), None, "UTC"),
    ],
)
def test_digests_come_in_the_zone_given_or_that_of_the_first_program(
    story: Story, slugs: tuple[str, ...], timezone: str | None, expected: str
) -> None:
    assert add(story.house, slugs=slugs, timezone=timezone).timezone == expected


def test_digests_begin_with_what_happens_from_now_on(story: Story, clock: TestClock) -> None:
    story.apply()
    clock.advance(A_DAY)
    newest = scenes.journal(story.house)[-1].seq
    found = add(story.house)
    assert reached(story, found.id) == (newest, START + A_DAY)


def test_a_coordinator_with_mistakes_is_refused(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
        add(story.house, "cora", " ", timezone="Nowhere")
    assert [problem.field for problem in refused.value.problems] == ["email", "name", "timezone"]


def test_nobody_is_added_to_an_unknown_program(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(UnknownProgram):
        add(story.house, slugs=(story.slug, "no-such-program"))


def test_two_coordinators_are_added_at_once(story: Story) -> None:
    calls = [partial(add, story.house, f"{name}@example.org", name) for name in ("ann", "bob")]
    scenes.at_once(*calls)
    assert runs(story.house) == {
        "ann@example.org": ["alpine-summer"],
        "bob@example.org": ["alpine-summer"],
    }
    assert scenes.breaches(story.house) == []


# --- API keys ---------------------------------------------------------------------------------


def create_key(house: House, name: str = "admissions", slug: str | None = None) -> str:
    with house.works.change(OPERATOR) as work:
        return administering.create_api_key(work, name, slug)


def keys(house: House) -> list[ApiKey]:
    with house.works.look(SYSTEM) as work:
        return list(work.session.scalars(select(ApiKey).order_by(ApiKey.id)))


def test_only_the_hash_of_a_key_is_kept(story: Story) -> None:
    key = create_key(story.house, " admissions  office ")
    (kept,) = keys(story.house)
    assert (kept.name, kept.program_id) == ("admissions office", None)
    assert kept.key_hash == hashlib.sha256(key.encode("ascii")).hexdigest()
    assert key not in str(all_rows(story.house.database))
    assert key.startswith("letters_")
    assert len(key) == len("letters_") + 43


def test_a_key_speaks_for_one_program(story: Story) -> None:
    create_key(story.house, slug=story.slug)
    with story.house.works.look(SYSTEM) as work:
        (program,) = administering.programs(work)
    assert [kept.program_id for kept in keys(story.house)] == [program.id]


def test_no_two_keys_are_alike(house: House) -> None:
    made = {create_key(house, str(number)) for number in range(5)}
    assert len(made) == 5


def test_a_name_stands_for_one_key(house: House) -> None:
    create_key(house)
    with nothing_changed(house), pytest.raises(AlreadyExists):
        create_key(house, " admissions ")


def test_of_two_keys_of_one_name_at_once_one_is_made(house: House) -> None:
    outcomes = scenes.at_once(*[partial(create_key, house)] * 3)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "AlreadyExists",
        "AlreadyExists",
        "str",
    ]


def test_a_key_needs_a_name(house: House) -> None:
    for name in ("", " ", "bell\x07", "x" * 121):
        with nothing_changed(house), pytest.raises(InvalidInput) as refused:
            create_key(house, name)
        assert [problem.field for problem in refused.value.problems] == ["name"]


def test_no_key_speaks_for_an_unknown_program(house: House) -> None:
    with nothing_changed(house), pytest.raises(UnknownProgram):
        create_key(house, slug="no-such-program")


def test_the_hash_of_any_text_can_be_asked_for() -> None:
    assert len({administering.key_hash(text) for text in ("", "ü", "\ud800", "\x00")}) == 4
