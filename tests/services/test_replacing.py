"""The applicant corrects an address, names somebody else or one more: what it sets in motion."""

from datetime import timedelta
from uuid import UUID

import pytest

from letters.domain.errors import (
    EnoughReferees,
    InvalidInput,
    LettersError,
    ProgramClosed,
    ReplacementNotPossible,
    RequestCancelled,
    TooManyChanges,
    UnknownRequest,
)
from letters.domain.journal import Fact
from letters.domain.notices import Notice
from letters.domain.slots import Slot
from letters.ports import Purpose
from letters.services import finding, noticing, nudging, replacing
from letters.services.applying import NewReferee
from tests.services import acts, scenes
from tests.services.scenes import (
    BLINK,
    CLOSES,
    Postbox,
    breaches,
    deliver_to,
    nothing_changed,
    request_of,
    statuses,
)
from tests.support.clock import TestClock
from tests.support.people import REFEREES, SYSTEM, Story

ADA, BRAM, _ = REFEREES
CHIYO = NewReferee("Prof. Chiyo Tanaka", "tanaka@example.net", "Example College", "Thesis advisor")
NEW_ADDRESS = "ada@elsewhere.example.edu"


def sent_to(story: Story) -> list[tuple[str, str]]:
    """Deliver everything; return to whom it went, with the subject."""
    box = Postbox()
    deliver_to(story.house, box)
    return [(message.to, message.subject) for message in box.messages]


def new_facts(story: Story, application_id: UUID, before: int) -> list[Fact]:
    return scenes.facts(story, application_id)[before:]


# --- correcting an address --------------------------------------------------------------------


def test_the_request_goes_to_the_corrected_address_and_the_old_link_ends(story: Story) -> None:
    application_id = scenes.requested(story)
    sent_to(story)
    scenes.change_request(story, application_id, bounced_at=story.house.works.tools.clock.now())
    former = story.upload_token(application_id)
    acts.correct_for(story, application_id, f" {NEW_ADDRESS} ")
    request = request_of(story, application_id)
    assert (request.referee_email, request.former_email) == (NEW_ADDRESS, ADA.email)
    assert (request.bounced_at, request.corrected_at is None) == (None, False)
    assert [to for to, _ in sent_to(story)] == [NEW_ADDRESS]
    with pytest.raises(LettersError) as refused:
        scenes.send_by(story.house, former)
    assert type(refused.value).__name__ == "LinkReplaced"
    scenes.send_letter(story, application_id)
    assert breaches(story.house) == []


def test_the_notice_goes_to_the_corrected_address_once(story: Story) -> None:
    application_id = alerted(story)
    acts.correct_for(story, application_id, NEW_ADDRESS)
    assert [to for to, _ in sent_to(story)] == [NEW_ADDRESS]
    with story.house.works.look(SYSTEM) as work:
        application = finding.application(work, application_id)
        assert noticing.to_be_alerted(work, application) == []


def alerted(story: Story) -> UUID:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    sent_to(story)
    return application_id


def test_nobody_is_mailed_who_has_not_heard_of_it_before(story: Story) -> None:
    application_id = story.apply()
    sent_to(story)
    acts.correct_for(story, application_id, NEW_ADDRESS)
    assert (sent_to(story), breaches(story.house)) == ([], [])


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("Mira@Example.com", "This is your own address."),
        (BRAM.email.upper(), "One of your referees is reached there already."),
        (ADA.email.upper(), "That is the address we have on file already."),
        ("nobody", "This is not a complete e-mail address"),
        ("", "Fill this in, please."),
    ],
)
def test_an_address_that_helps_nobody_changes_nothing(
    story: Story, email: str, sentence: str
) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
        acts.correct_for(story, application_id, email)
    assert str(refused.value).startswith(f"email: {sentence}")


# --- naming somebody else ---------------------------------------------------------------------


def test_who_has_not_answered_is_replaced_and_both_are_told(story: Story) -> None:
    application_id = scenes.requested(story)
    sent_to(story)
    before, former = len(scenes.facts(story, application_id)), story.upload_token(application_id)
    acts.replace_referee(story, application_id, CHIYO)
    assert statuses(story, application_id) == ["selected", "cancelled", "requested", "requested"]
    assert new_facts(story, application_id, before) == [
        Fact.REQUEST_CANCELLED,
        Fact.REFEREE_REPLACED,
        Fact.REFEREE_ADDED,
        Fact.LETTER_REQUESTED,
    ]
    assert sent_to(story) == [
        (ADA.email, "Nothing more is needed for Mira Lindqvist"),
        (CHIYO.email, "Letter for Mira Lindqvist, due 1 April 2027"),
    ]
    with pytest.raises(RequestCancelled):
        scenes.send_by(story.house, former)
    named = request_of(story, application_id, 3)
    assert (named.referee_name, named.affiliation, named.relation, named.waived) == (
        CHIYO.name,
        CHIYO.affiliation,
        CHIYO.relationship,
        True,
    )
    assert breaches(story.house) == []


def test_who_declined_is_replaced_and_cannot_come_back(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id)
    sent_to(story)
    former = story.upload_token(application_id)
    acts.replace_referee(story, application_id, CHIYO)
    assert statuses(story, application_id)[1:] == ["declined", "requested", "requested"]
    assert [to for to, _ in sent_to(story)] == [CHIYO.email]
    for token in (former, story.upload_token(application_id)):
        with nothing_changed(story.house), pytest.raises(RequestCancelled):
            scenes.send_by(story.house, token)
    with nothing_changed(story.house), pytest.raises(RequestCancelled):
        scenes.take_back(story, application_id)
    assert slots_of(story, application_id) == (Slot.CANCELLED, Notice.CANCELLED)


def slots_of(story: Story, application_id: UUID) -> tuple[Slot, Notice]:
    with story.house.works.look(SYSTEM) as work:
        found = finding.application(work, application_id)
        request = found.requests[0]
        return finding.slot_of(work, found, request), finding.notice_of(work, found, request)


def test_who_declined_the_notice_is_replaced_and_hears_nothing_more(story: Story) -> None:
    application_id = alerted(story)
    acts.decline_early(story, application_id)
    former = acts.notice_token(story, application_id)
    acts.replace_referee(story, application_id, CHIYO)
    assert statuses(story, application_id) == ["submitted", "declined", "named", "named"]
    assert sent_to(story) == []
    with pytest.raises(RequestCancelled), story.house.works.look(SYSTEM) as work:
        finding.request_behind(work, Purpose.NOTICE, former)
    assert slots_of(story, application_id) == (Slot.CANCELLED, Notice.CANCELLED)
    scenes.select_for_letters(story, application_id)
    assert statuses(story, application_id)[1:] == ["declined", "requested", "requested"]
    assert breaches(story.house) == []


def test_who_never_heard_of_it_hears_nothing_when_replaced(story: Story) -> None:
    application_id = story.apply()
    sent_to(story)
    acts.replace_referee(story, application_id, CHIYO)
    assert statuses(story, application_id) == ["submitted", "cancelled", "named", "named"]
    assert sent_to(story) == []


def test_a_letter_that_is_in_stays(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    with nothing_changed(story.house), pytest.raises(ReplacementNotPossible):
        acts.replace_referee(story, application_id, CHIYO)


def test_a_referee_is_replaced_once(story: Story) -> None:
    application_id = scenes.requested(story)
    acts.replace_referee(story, application_id, CHIYO)
    other = NewReferee("Dr. Dana Ode", "dana@example.net")
    with nothing_changed(story.house), pytest.raises(ReplacementNotPossible):
        acts.replace_referee(story, application_id, other)


def test_two_replacements_at_once_are_one(story: Story) -> None:
    application_id = scenes.requested(story)
    token, request_id = story.status_token(application_id), request_of(story, application_id).id

    def press() -> None:
        with story.house.works.change(scenes.APPLICANT) as work:
            replacing.replace(work, token, request_id, CHIYO)

    outcomes = scenes.at_once(press, press)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "ReplacementNotPossible"]
    assert statuses(story, application_id)[1:] == ["cancelled", "requested", "requested"]


def test_somebody_is_named_only_once(story: Story) -> None:
    application_id = scenes.requested(story)
    for email in (ADA.email, BRAM.email.upper(), "mira@example.com", ""):
        with nothing_changed(story.house), pytest.raises(InvalidInput):
            acts.replace_referee(story, application_id, NewReferee("Somebody", email))
    acts.replace_referee(story, application_id, CHIYO)
    acts.replace_referee(story, application_id, ADA, position=3)
    assert statuses(story, application_id)[1:] == [
        "cancelled",
        "requested",
        "cancelled",
        "requested",
    ]


def test_a_referee_of_somebody_else_is_not_found(story: Story) -> None:
    mine, other = scenes.requested(story), scenes.requested(story, scenes.NOOR)
    token, request_id = story.status_token(mine), request_of(story, other).id
    for act in (
        lambda work: nudging.nudge(work, token, request_id),
        lambda work: replacing.replace(work, token, request_id, CHIYO),
    ):
        with (
            nothing_changed(story.house),
            pytest.raises(UnknownRequest),
            story.house.works.change(scenes.APPLICANT) as work,
        ):
            act(work)


# --- one more ---------------------------------------------------------------------------------


def test_one_more_is_asked_at_once_where_the_others_are(story: Story) -> None:
    application_id = scenes.requested(story)
    sent_to(story)
    acts.add_referee(story, application_id, CHIYO)
    assert statuses(story, application_id)[1:] == ["requested", "requested", "requested"]
    assert [to for to, _ in sent_to(story)] == [CHIYO.email]
    waiting = story.apply()
    acts.add_referee(story, waiting, CHIYO)
    assert statuses(story, waiting) == ["submitted", "named", "named", "named"]


def test_there_are_limits_to_how_many_are_named(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    for number in range(2):
        acts.add_referee(story, application_id, NewReferee("More", f"more{number}@example.net"))
    with nothing_changed(story.house), pytest.raises(EnoughReferees):
        acts.add_referee(story, application_id, CHIYO)
    for number in range(8):
        instead = NewReferee("Instead", f"instead{number}@example.net")
        position = 4 + number
        acts.replace_referee(story, application_id, instead, position)
    with nothing_changed(story.house), pytest.raises(TooManyChanges):
        acts.replace_referee(story, application_id, CHIYO)
    assert breaches(story.house) == []
    clock.set(CLOSES + BLINK + timedelta(days=1))
    with nothing_changed(story.house), pytest.raises(ProgramClosed):
        acts.add_referee(story, application_id, CHIYO)


# --- afterwards -------------------------------------------------------------------------------


def test_withdrawing_mails_nobody_who_was_replaced_before(story: Story) -> None:
    application_id = scenes.requested(story)
    acts.replace_referee(story, application_id, CHIYO)
    sent_to(story)
    acts.withdraw(story, application_id)
    told = [to for to, _ in sent_to(story)]
    assert sorted(told) == sorted(["mira@example.com", BRAM.email, CHIYO.email])
