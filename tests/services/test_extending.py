"""A referee asks for more time, a coordinator answers, and the answer is mailed."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from letters.domain.errors import (
    ExtensionNotPossible,
    InvalidInput,
    LettersError,
    MoreTimeNotPossible,
    NotRequestedYet,
    RequestCancelled,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.slots import LONGEST_EXTENSION, Slot
from letters.ports import Purpose
from letters.services import extending, finding
from tests.services import replies, scenes
from tests.services.replies import ask_for_more_time, composed, extend, refuse
from tests.services.scenes import BLINK, CLOSES, COORDINATOR, nothing_changed, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, GRACE_HOURS, REFEREE, REFEREES, START, Story

LATER = DUE + 7 * A_DAY


def extend_by(story: Story, application_id: UUID, days: int) -> None:
    with story.house.works.change(COORDINATOR) as work:
        found = finding.application(work, application_id, lock=True)
        extending.extend_by(work, found, found.requests[0], days)


NO_TIME_TO_GIVE: dict[Slot, type[LettersError]] = {
    Slot.NOT_REQUESTED: NotRequestedYet,
    Slot.RECEIVED: MoreTimeNotPossible,
    Slot.RECEIVED_FINAL: MoreTimeNotPossible,
    Slot.DECLINED: MoreTimeNotPossible,
    Slot.DECLINED_FINAL: MoreTimeNotPossible,
    Slot.CANCELLED: RequestCancelled,
}


# --- asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slot", [Slot.OPEN, Slot.CLOSED])
def test_a_referee_asks_and_the_program_is_told(story: Story, clock: TestClock, slot: Slot) -> None:
    application_id = scenes.reach(story, clock, slot)
    ask_for_more_time(story, application_id, note="  I travel,\r\nsorry. ")
    request = request_of(story, application_id)
    assert request.more_time_asked_at == clock.now()
    assert request.more_time_note == "I travel,\nsorry."
    assert scenes.facts(story, application_id)[-1] is Fact.MORE_TIME_ASKED
    mail = composed(story, scenes.mail(story.house, MessageKind.MORE_TIME_ASKED))
    assert mail is not None
    assert mail.to == "internships@alpine.example.org"
    assert (mail.reply_to, mail.facts["note"]) == (REFEREES[0].email, "I travel,\nsorry.")
    with nothing_changed(story.house):
        ask_for_more_time(story, application_id, note="Another note")
    assert scenes.breaches(story.house) == []


def test_the_note_is_for_the_program_alone(story: Story) -> None:
    application_id = scenes.requested(story)
    ask_for_more_time(story, application_id, note="A private matter")
    refuse(story, application_id)
    written = [entry.details for entry in scenes.journal(story.house)]
    written += [row.details for row in outbox(story.house)]
    mails = [
        composed(story, row)
        for row in outbox(story.house)
        if row.kind is not MessageKind.MORE_TIME_ASKED
    ]
    assert "private" not in str((written, mails))


def test_a_note_need_not_be_given_and_one_that_cannot_be_kept_is_refused(story: Story) -> None:
    application_id = scenes.requested(story)
    for note in ("bell\x07", "nul\x00", "lone\ud800", "x" * 2001):
        with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
            ask_for_more_time(story, application_id, note=note)
        assert [problem.field for problem in refused.value.problems] == ["note"]
    ask_for_more_time(story, application_id, note=" \n ")
    request = request_of(story, application_id)
    assert (request.more_time_asked_at, request.more_time_note) == (START, None)


def test_only_a_genuine_link_asks(story: Story, subtests: pytest.Subtests) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house):
        for token, refusal in replies.wrong_tokens(story, Purpose.UPLOAD, application_id):
            with (
                subtests.test(token=token),
                pytest.raises(LettersError) as refused,
                story.house.works.change(REFEREE) as work,
            ):
                extending.ask_for_more_time(work, token, "")
            assert type(refused.value) is refusal


def test_two_questions_at_once_are_one(story: Story) -> None:
    application_id = scenes.requested(story)
    call = partial(ask_for_more_time, story, application_id)
    assert scenes.at_once(call, call) == [None, None]
    assert scenes.facts(story, application_id).count(Fact.MORE_TIME_ASKED) == 1


def test_the_question_is_over_with_the_letter_or_a_decline(story: Story) -> None:
    for position, act in ((1, scenes.send_letter), (2, scenes.decline)):
        application_id = scenes.requested(story)
        ask_for_more_time(story, application_id, position, "Next week")
        row = outbox(story.house, MessageKind.MORE_TIME_ASKED)[-1]
        assert composed(story, row) is not None
        act(story, application_id, position)
        request = request_of(story, application_id, position)
        assert (request.more_time_asked_at, request.more_time_note) == (None, None)
        assert composed(story, row) is None
        with nothing_changed(story.house), pytest.raises(MoreTimeNotPossible):
            refuse(story, application_id, position)
    assert scenes.breaches(story.house) == []


# --- more time --------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [False, True])
def test_a_coordinator_extends_and_every_link_follows(
    story: Story, clock: TestClock, asked: bool
) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    if asked:
        ask_for_more_time(story, application_id, note="Next week")
    extend(story, application_id, LATER)
    request = request_of(story, application_id)
    assert request.extended_due_at == LATER
    assert (request.more_time_asked_at, request.more_time_note) == (None, None)
    assert request_of(story, application_id, 2).extended_due_at is None
    assert scenes.facts(story, application_id)[-1] is Fact.DATE_EXTENDED
    mail = composed(story, scenes.mail(story.house, MessageKind.MORE_TIME_ANSWERED))
    assert mail is not None
    assert (mail.to, mail.facts["granted"]) == (REFEREES[0].email, True)
    assert mail.facts["due_at"] == LATER
    clock.set(CLOSES + 7 * A_DAY)
    scenes.send_by(story.house, token)
    assert scenes.breaches(story.house) == []


def test_a_date_that_has_passed_is_moved_and_the_letter_can_be_sent_again(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.reach(story, clock, Slot.CLOSED)
    ask_for_more_time(story, application_id)
    extend(story, application_id, clock.now() + A_DAY)
    scenes.send_letter(story, application_id)
    assert scenes.statuses(story, application_id) == ["selected", "received", "requested"]


def test_the_new_date_lies_after_the_present_one_and_within_a_year(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    extend(story, application_id, DUE + BLINK)
    clock.set(DUE - 30 * A_DAY)
    longest = clock.now() + LONGEST_EXTENSION
    refused: tuple[datetime, ...] = (
        DUE + BLINK,
        DUE,
        clock.now(),
        clock.now() - A_DAY,
        longest + BLINK,
    )
    with nothing_changed(story.house):
        for until in refused:
            with pytest.raises(ExtensionNotPossible):
                extend(story, application_id, until)
    extend(story, application_id, longest)
    assert request_of(story, application_id).extended_due_at == longest

    clock.set(CLOSES + A_DAY)
    with nothing_changed(story.house), pytest.raises(ExtensionNotPossible):
        extend(story, application_id, clock.now(), 2)
    extend(story, application_id, clock.now() + BLINK, 2)


@pytest.mark.parametrize(
    ("waited", "days"),
    [(timedelta(), 1), (timedelta(), 7), (CLOSES - START, 7), (CLOSES + A_DAY - START, 1)],
)
def test_more_days_begin_at_the_later_of_the_date_and_today(
    story: Story, clock: TestClock, waited: timedelta, days: int
) -> None:
    application_id = scenes.requested(story)
    clock.advance(waited)
    extend_by(story, application_id, days)
    zurich = ZoneInfo("Europe/Zurich")
    until = request_of(story, application_id).extended_due_at
    assert until is not None
    local = until.astimezone(zurich)
    assert (local.hour, local.minute) == (23, 59)
    begun = max(DUE, clock.now()).astimezone(zurich).date()
    assert local.date() - begun == days * A_DAY


@pytest.mark.parametrize("days", [0, -1, 367])
def test_no_days_and_too_many_are_refused(story: Story, days: int) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(ExtensionNotPossible):
        extend_by(story, application_id, days)


# --- no more time -----------------------------------------------------------------------------


def test_a_coordinator_refuses_and_the_referee_is_told_also_when_it_is_closed(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    ask_for_more_time(story, application_id, note="Next week")
    clock.set(CLOSES + BLINK)
    refuse(story, application_id)
    request = request_of(story, application_id)
    assert (request.more_time_asked_at, request.more_time_note) == (None, None)
    assert request.extended_due_at is None
    mail = composed(story, scenes.mail(story.house, MessageKind.MORE_TIME_ANSWERED))
    assert mail is not None
    assert (mail.to, mail.facts["granted"]) == (REFEREES[0].email, False)
    with nothing_changed(story.house), pytest.raises(MoreTimeNotPossible):
        refuse(story, application_id)
    ask_for_more_time(story, application_id, note="Please")
    assert request_of(story, application_id).more_time_note == "Please"
    assert scenes.breaches(story.house) == []


def test_two_answers_at_once_never_contradict_each_other(story: Story) -> None:
    for _ in range(5):
        application_id = scenes.requested(story)
        ask_for_more_time(story, application_id)
        extended, refused = scenes.at_once(
            partial(extend, story, application_id, LATER),
            partial(refuse, story, application_id),
        )
        assert extended is None
        assert refused is None or isinstance(refused, MoreTimeNotPossible)
        assert request_of(story, application_id).extended_due_at == LATER
    assert scenes.breaches(story.house) == []


# --- where a letter is not awaited ------------------------------------------------------------


@pytest.mark.parametrize("slot", NO_TIME_TO_GIVE)
def test_where_no_letter_is_awaited_there_is_no_time_to_give(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    application_id = scenes.reach(story, clock, slot)
    with nothing_changed(story.house):
        for act in (
            partial(ask_for_more_time, story, application_id),
            partial(extend, story, application_id, clock.now() + 30 * A_DAY),
            partial(refuse, story, application_id),
        ):
            with pytest.raises(NO_TIME_TO_GIVE[slot]):
                act()


def test_a_withdrawn_application_ends_the_question_and_its_answer(story: Story) -> None:
    application_id = scenes.requested(story)
    ask_for_more_time(story, application_id)
    extend(story, application_id, LATER, 2)
    rows = [
        *outbox(story.house, MessageKind.MORE_TIME_ASKED),
        *outbox(story.house, MessageKind.MORE_TIME_ANSWERED),
    ]
    assert None not in [composed(story, row) for row in rows]
    scenes.withdraw(story, application_id)
    assert [composed(story, row) for row in rows] == [None, None]
    with nothing_changed(story.house), pytest.raises(RequestCancelled):
        refuse(story, application_id)


def test_the_grace_time_follows_the_new_date(story: Story) -> None:
    application_id = scenes.requested(story)
    extend(story, application_id, LATER)
    mail = composed(story, scenes.mail(story.house, MessageKind.MORE_TIME_ANSWERED))
    assert mail is not None
    assert mail.facts["closes_at"] == LATER + GRACE_HOURS * A_DAY / 24
