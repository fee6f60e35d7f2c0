"""Applications are taken in as drafts and submitted; whatever is refused leaves no trace."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest

from letters.domain.errors import (
    AlreadyExists,
    InvalidInput,
    LettersError,
    NotADraft,
    ProgramClosed,
    TooFewReferees,
    TooManyReferees,
    UnknownApplication,
    UnknownProgram,
    Withdrawn,
)
from letters.domain.journal import Fact, MessageKind
from letters.house import House
from letters.records import new_id
from letters.services import applying
from letters.services.applying import NewApplication, NewReferee
from tests.services import acts, scenes
from tests.services.scenes import BLINK, CLOSES, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import API, MIRA, REFEREES, START, Story

ADA, BRAM, CHIYO = REFEREES
DORA = NewReferee("Dora Weiss", "dora@example.org")
EMIL = NewReferee("Emil Noor", "emil@example.org")


def named(*referees: NewReferee) -> NewApplication:
    return replace(MIRA, referees=referees)


def submit(story: Story, application_id: UUID) -> UUID:
    with story.house.works.change(API) as work:
        return applying.submit(work, application_id).id


# --- a draft ----------------------------------------------------------------------------------


def test_a_draft_is_saved_as_it_was_typed_but_tidied(story: Story) -> None:
    new = NewApplication(
        applicant_name="  Mira   Lindqvist ",
        applicant_email=" mira@Example.COM ",
        referees=[NewReferee(" Ada  Ferreira", "Ada.Ferreira@example.edu", " Uni ", "Advisor ")],
        waived=True,
        external_id=" A-17 ",
    )
    found = story.application(story.apply(new, submit=False))
    (referee,) = found.requests
    assert (found.applicant_name, found.applicant_email) == ("Mira Lindqvist", "mira@example.com")
    assert (found.external_id, found.waived) == ("A-17", True)
    assert (found.status, found.created_at, found.submitted_at) == ("draft", START, None)
    assert (referee.referee_name, referee.referee_email) == (
        "Ada Ferreira",
        "Ada.Ferreira@example.edu",
    )
    assert (referee.referee_key, referee.affiliation, referee.relation) == (
        "ada.ferreira@example.edu",
        "Uni",
        "Advisor",
    )
    assert (referee.position, referee.status, referee.named_at) == (1, "named", START)


def test_a_draft_is_written_down_and_mails_nobody(story: Story) -> None:
    application_id = story.apply(submit=False)
    assert scenes.facts(story, application_id) == [Fact.APPLICATION_CREATED]
    assert scenes.outbox(story.house) == []


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_a_draft_may_have_too_few_referees(story: Story, count: int) -> None:
    referees = (ADA, BRAM, CHIYO, DORA)[:count]
    found = story.application(story.apply(named(*referees), submit=False))
    assert [request.referee_name for request in found.requests] == [r.name for r in referees]


def test_an_empty_external_id_is_none_at_all(story: Story) -> None:
    for _ in range(2):
        found = story.application(story.apply(replace(MIRA, external_id=" ")))
        assert found.external_id is None


# --- submitting -------------------------------------------------------------------------------


def test_under_the_policy_selected_submitting_asks_for_nothing(story: Story) -> None:
    application_id = submit(story, story.apply(submit=False))
    assert scenes.statuses(story, application_id) == ["submitted", "named", "named"]
    assert story.application(application_id).submitted_at == START
    assert scenes.facts(story, application_id) == [
        Fact.APPLICATION_CREATED,
        Fact.APPLICATION_SUBMITTED,
    ]
    assert [row.kind for row in scenes.outbox(story.house)] == [MessageKind.APPLICATION_SUBMITTED]


def test_under_the_policy_automatic_submitting_asks_for_every_letter(house: House) -> None:
    story = scenes.automatic(house)
    application_id = submit(story, story.apply(scenes.NOOR, submit=False))
    assert scenes.statuses(story, application_id) == ["submitted", *["requested"] * 3]
    assert {r.requested_at for r in story.application(application_id).requests} == {START}
    assert scenes.facts(story, application_id) == [
        Fact.APPLICATION_CREATED,
        Fact.APPLICATION_SUBMITTED,
        *[Fact.LETTER_REQUESTED] * 3,
    ]
    assert [row.kind for row in scenes.outbox(house)] == [
        MessageKind.APPLICATION_SUBMITTED,
        *[MessageKind.LETTER_REQUEST] * 3,
    ]


@pytest.mark.parametrize("referees", [(), (ADA,)], ids=len)
def test_with_too_few_referees_it_stays_a_draft(
    story: Story, referees: tuple[NewReferee, ...]
) -> None:
    application_id = story.apply(named(*referees), submit=False)
    with nothing_changed(story.house), pytest.raises(TooFewReferees):
        submit(story, application_id)


def test_with_too_few_referees_nothing_is_taken_in_and_submitted_in_one(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(TooFewReferees):
        story.apply(named(ADA))


def test_an_application_is_submitted_once(story: Story) -> None:
    application_id = story.apply()
    with nothing_changed(story.house), pytest.raises(NotADraft):
        submit(story, application_id)


def test_of_two_submissions_at_once_one_counts(story: Story) -> None:
    application_id = story.apply(submit=False)
    call = partial(submit, story, application_id)
    outcomes = scenes.at_once(call, call)
    assert sorted(type(outcome) is NotADraft for outcome in outcomes) == [False, True]
    assert scenes.facts(story, application_id).count(Fact.APPLICATION_SUBMITTED) == 1


def test_a_withdrawn_application_is_not_submitted(story: Story) -> None:
    application_id = story.apply(submit=False)
    scenes.withdraw(story, application_id)
    with nothing_changed(story.house), pytest.raises(Withdrawn):
        submit(story, application_id)


def test_an_unknown_application_is_not_submitted(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(UnknownApplication):
        submit(story, new_id())


def test_the_closing_instant_is_still_open(story: Story, clock: TestClock) -> None:
    clock.set(CLOSES)
    assert scenes.statuses(story, story.apply()) == ["submitted", "named", "named"]


def test_a_closed_program_takes_no_application(story: Story, clock: TestClock) -> None:
    clock.set(CLOSES + BLINK)
    with nothing_changed(story.house), pytest.raises(ProgramClosed):
        story.apply(submit=False)


def test_a_closed_program_takes_no_submission(story: Story, clock: TestClock) -> None:
    application_id = story.apply(submit=False)
    clock.set(CLOSES + BLINK)
    with nothing_changed(story.house), pytest.raises(ProgramClosed):
        submit(story, application_id)


def test_an_unknown_program_takes_nothing(story: Story) -> None:
    for slug in ("no-such-program", "alpine\x00summer", "alpine\ud800"):
        with nothing_changed(story.house), pytest.raises(UnknownProgram):
            replace(story, slug=slug).apply()


# --- bad input --------------------------------------------------------------------------------

FILL_IN = "Fill this in, please."
INVISIBLE = "Remove the line breaks or invisible characters, please."
TOO_LONG = "Use at most {} characters."
NO_ADDRESS = "This is not a complete e-mail address, such as name@example.org."
AN_ADDRESS = "Leave addresses out of the name. If it has none, put a space after full stops."
LOCAL_PART = "Use at most 64 characters before the @."
OWN = "This is your own address. Give the address of the referee."
TWICE = "This is the same mailbox as that of referee 1. Name each once."

BAD_INPUT = [
    (replace(MIRA, applicant_name=" "), "applicant.name", FILL_IN),
    (replace(MIRA, applicant_name="Mira\nLindqvist"), "applicant.name", INVISIBLE),
    (replace(MIRA, applicant_name="Mira\x00"), "applicant.name", INVISIBLE),
    (replace(MIRA, applicant_name="Mira\ud800"), "applicant.name", INVISIBLE),
    (replace(MIRA, applicant_name="M" * 121), "applicant.name", TOO_LONG.format(120)),
    (replace(MIRA, applicant_name="see http://evil.example"), "applicant.name", AN_ADDRESS),
    (named(ADA, replace(BRAM, name="Bram, www.evil.example")), "referees.1.name", AN_ADDRESS),
    (replace(MIRA, applicant_email=""), "applicant.email", FILL_IN),
    (replace(MIRA, applicant_email="mira"), "applicant.email", NO_ADDRESS),
    (replace(MIRA, applicant_email="mira@example"), "applicant.email", NO_ADDRESS),
    (replace(MIRA, applicant_email="a@b@example.com"), "applicant.email", NO_ADDRESS),
    (replace(MIRA, applicant_email="mira@example.com\r\nBcc: x"), "applicant.email", INVISIBLE),
    (
        replace(MIRA, applicant_email=f"mira@{'e' * 250}.com"),
        "applicant.email",
        TOO_LONG.format(254),
    ),
    (replace(MIRA, applicant_email=f"{'m' * 65}@example.com"), "applicant.email", LOCAL_PART),
    (replace(MIRA, external_id="A\x1b17"), "external_id", INVISIBLE),
    (replace(MIRA, external_id="A" * 201), "external_id", TOO_LONG.format(200)),
    (named(ADA, replace(BRAM, name="")), "referees.1.name", FILL_IN),
    (named(ADA, replace(BRAM, name="Bram\u202e")), "referees.1.name", INVISIBLE),
    (named(ADA, replace(BRAM, name="B" * 121)), "referees.1.name", TOO_LONG.format(120)),
    (named(ADA, replace(BRAM, email="bram@")), "referees.1.email", NO_ADDRESS),
    (named(ADA, replace(BRAM, email="bram@exa mple.org")), "referees.1.email", NO_ADDRESS),
    (named(ADA, replace(BRAM, email="br\tam@example.org")), "referees.1.email", INVISIBLE),
    (
        named(ADA, replace(BRAM, affiliation="U" * 201)),
        "referees.1.affiliation",
        TOO_LONG.format(200),
    ),
    (named(ADA, replace(BRAM, relationship="a\x0bb")), "referees.1.relationship", INVISIBLE),
    (named(ADA, replace(BRAM, email=ADA.email.upper())), "referees.1.email", TWICE),
    (
        named(
            replace(ADA, email="ada.ferreira@gmail.com"),
            replace(BRAM, email="adaferreira+letters@googlemail.com"),
        ),
        "referees.1.email",
        TWICE,
    ),
    (named(ADA, replace(BRAM, email="MIRA@example.com")), "referees.1.email", OWN),
]


def test_bad_input_gets_a_clear_sentence_and_changes_nothing(
    story: Story, subtests: pytest.Subtests
) -> None:
    for new, field, sentence in BAD_INPUT:
        with subtests.test(field=field, sentence=sentence):
            with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
                story.apply(new)
            assert [(p.field, str(p)) for p in refused.value.problems] == [(field, sentence)]


def test_all_problems_are_said_at_once_in_the_order_of_the_fields(story: Story) -> None:
    bad = NewApplication(
        "", "mira", [NewReferee("", "x"), NewReferee("Y\n", "MIRA@example.com")], True, "A\n"
    )
    with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
        story.apply(bad)
    assert [problem.field for problem in refused.value.problems] == [
        "applicant.name",
        "applicant.email",
        "referees.0.name",
        "referees.0.email",
        "referees.1.name",
        "external_id",
    ]


def test_more_referees_than_the_program_takes_are_refused(story: Story) -> None:
    five = named(ADA, BRAM, CHIYO, DORA, EMIL)
    with nothing_changed(story.house), pytest.raises(TooManyReferees) as refused:
        story.apply(five, submit=False)
    assert refused.value.values == {"max_letters": 4, "count": 5}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.b@example.org", "ab@example.org"),
        ("ab@example.org", "ab+c@example.org"),
        ("ab@outlook.com", "a.b@outlook.com"),
    ],
)
def test_where_the_provider_does_not_say_so_they_are_two_mailboxes(
    story: Story, first: str, second: str
) -> None:
    application_id = story.apply(named(replace(ADA, email=first), replace(BRAM, email=second)))
    assert len(story.application(application_id).requests) == 2


# --- one application per external id ----------------------------------------------------------

NUMBERED = replace(MIRA, external_id="A-17")


def test_an_external_id_stands_for_one_application_of_a_program(story: Story) -> None:
    story.apply(NUMBERED)
    with nothing_changed(story.house), pytest.raises(AlreadyExists) as refused:
        story.apply(NUMBERED)
    assert refused.value.values == {"name": "A-17"}


def test_in_another_program_it_may_stand_for_another(story: Story) -> None:
    story.apply(NUMBERED)
    other = scenes.automatic(story.house, min_letters=2)
    assert other.application(other.apply(NUMBERED)).external_id == "A-17"


def test_of_two_applications_with_one_external_id_at_once_one_is_taken(story: Story) -> None:
    def apply() -> UUID:
        return story.apply(NUMBERED)

    outcomes = scenes.at_once(apply, apply, apply)
    refused = [outcome for outcome in outcomes if isinstance(outcome, LettersError)]
    assert [type(error) for error in refused] == [AlreadyExists, AlreadyExists]
    assert len(scenes.journal(story.house)) == 3  # the program, the draft, its submission
    assert scenes.breaches(story.house) == []


def test_who_declined_the_advance_notice_does_not_count_as_a_referee(story: Story) -> None:
    application_id = story.apply(submit=False)
    scenes.give_notices(story, application_id)
    acts.decline_early(story, application_id)
    with nothing_changed(story.house), pytest.raises(TooFewReferees):
        submit(story, application_id)
    acts.welcome(story, application_id)
    submit(story, application_id)
