"""Letters are asked for when the policy says so, once, and links are sent again."""

from functools import partial
from uuid import UUID

import pytest

from letters.domain.errors import (
    AlreadyRequested,
    LettersError,
    NotSubmitted,
    ProgramClosed,
    RequestedAutomatically,
    UnknownApplication,
    Withdrawn,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.slots import TAKES_A_LETTER, Slot
from letters.house import House
from letters.records import new_id
from letters.services import finding, requesting
from tests.services import scenes
from tests.services.scenes import BLINK, CLOSES, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import REFEREE, START, Story


def select(story: Story, application_id: UUID) -> UUID:
    with story.house.works.change(scenes.COORDINATOR) as work:
        return requesting.select(work, application_id).id


def send_link_again(story: Story, application_id: UUID) -> bool:
    with story.house.works.change(REFEREE) as work:
        application = finding.application(work, application_id, lock=True)
        return requesting.send_link_again(work, application, application.requests[0])


def send_status_link_again(story: Story, application_id: UUID) -> None:
    with story.house.works.change(scenes.APPLICANT) as work:
        application = finding.application(work, application_id, lock=True)
        requesting.send_status_link_again(work, application)


# --- selecting --------------------------------------------------------------------------------


def test_selecting_asks_for_every_letter(story: Story) -> None:
    application_id = select(story, story.apply())
    found = story.application(application_id)
    assert scenes.statuses(story, application_id) == ["selected", "requested", "requested"]
    assert (found.selected_at, {r.requested_at for r in found.requests}) == (START, {START})
    assert scenes.facts(story, application_id)[2:] == [
        Fact.APPLICATION_SELECTED,
        Fact.LETTER_REQUESTED,
        Fact.LETTER_REQUESTED,
        Fact.LETTERS_REQUESTED,
    ]
    mails = scenes.outbox(story.house, MessageKind.LETTER_REQUEST)
    assert [mail.request_id for mail in mails] == [request.id for request in found.requests]


def test_who_selected_is_written_down(story: Story) -> None:
    application_id = select(story, story.apply())
    entry = scenes.journal(story.house, application_id)[2]
    assert (entry.actor_kind, entry.origin, entry.at) == ("coordinator", "web", START)


def test_a_draft_is_not_selected(story: Story) -> None:
    application_id = story.apply(submit=False)
    with nothing_changed(story.house), pytest.raises(NotSubmitted):
        select(story, application_id)


def test_nobody_is_asked_twice(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(AlreadyRequested):
        select(story, application_id)


def test_of_two_selections_at_once_one_counts(story: Story) -> None:
    application_id = story.apply()
    call = partial(select, story, application_id)
    outcomes = scenes.at_once(call, call)
    refused = [type(outcome) for outcome in outcomes if isinstance(outcome, LettersError)]
    assert refused == [AlreadyRequested]
    assert len(scenes.outbox(story.house, MessageKind.LETTER_REQUEST)) == 2


def test_a_closed_program_selects_nobody(story: Story, clock: TestClock) -> None:
    application_id = story.apply()
    clock.set(CLOSES + BLINK)
    with nothing_changed(story.house), pytest.raises(ProgramClosed):
        select(story, application_id)


def test_a_withdrawn_application_is_not_selected(story: Story) -> None:
    application_id = story.apply()
    scenes.withdraw(story, application_id)
    with nothing_changed(story.house), pytest.raises(Withdrawn):
        select(story, application_id)


def test_where_letters_are_asked_for_on_submission_nothing_is_selected(house: House) -> None:
    story = scenes.automatic(house)
    application_id = story.apply(scenes.NOOR)
    with nothing_changed(house), pytest.raises(RequestedAutomatically):
        select(story, application_id)


def test_an_unknown_application_is_not_selected(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(UnknownApplication):
        select(story, new_id())


def test_no_letter_is_asked_for_before_the_policy_allows_it(story: Story) -> None:
    application_id = story.apply()
    with (
        nothing_changed(story.house),
        pytest.raises(NotSubmitted),
        story.house.works.change(scenes.COORDINATOR) as work,
    ):
        requesting.request_letters(work, finding.application(work, application_id, lock=True))


def test_with_nobody_left_to_ask_nothing_is_asked(story: Story) -> None:
    application_id = scenes.requested(story)
    with (
        nothing_changed(story.house),
        story.house.works.change(scenes.COORDINATOR) as work,
    ):
        requesting.request_letters(work, finding.application(work, application_id, lock=True))


# --- the link again ---------------------------------------------------------------------------


@pytest.mark.parametrize("slot", Slot)
def test_the_upload_link_is_mailed_again_where_a_letter_is_taken(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    application_id = scenes.reach(story, clock, slot)
    before = len(scenes.outbox(story.house))
    mailed = send_link_again(story, application_id)
    rows = scenes.outbox(story.house)[before:]
    assert mailed is (slot in TAKES_A_LETTER)
    assert [(row.kind, row.details) for row in rows] == (
        [(MessageKind.LETTER_REQUEST, {"fact": Fact.LINK_SENT_AGAIN})] if mailed else []
    )


def test_where_no_letter_is_taken_asking_for_the_link_changes_nothing(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.reach(story, clock, Slot.CLOSED)
    with nothing_changed(story.house):
        assert send_link_again(story, application_id) is False


def test_each_time_the_link_is_asked_for_it_is_mailed(story: Story) -> None:
    application_id = scenes.requested(story)
    for _ in range(3):
        send_link_again(story, application_id)
    keys = [row.dedupe_key for row in scenes.outbox(story.house, MessageKind.LETTER_REQUEST)]
    assert len(set(keys)) == 2 + 3
    assert scenes.breaches(story.house) == []


def test_the_status_link_is_mailed_again(story: Story) -> None:
    application_id = story.apply()
    send_status_link_again(story, application_id)
    first, again = scenes.outbox(story.house, MessageKind.APPLICATION_SUBMITTED)
    assert (first.details, again.details) == (
        {"fact": Fact.APPLICATION_SUBMITTED},
        {"fact": Fact.STATUS_LINK_SENT_AGAIN},
    )


def test_the_mail_about_a_submission_is_not_sent_for_a_draft(story: Story) -> None:
    application_id = story.apply(submit=False)
    with nothing_changed(story.house):
        send_status_link_again(story, application_id)
