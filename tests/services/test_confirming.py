"""A letter that looks wrong is confirmed or replaced; one nobody could check is held back."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest

from letters.domain.errors import (
    InvalidInput,
    LetterNotCurrent,
    LetterQuarantined,
    LettersError,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.keeping import Quarantine
from letters.domain.wrong_letter import Mark
from letters.ports import Purpose
from letters.records import Coordinator
from letters.services import confirming, dashboard
from tests.services import replies, scenes
from tests.services.replies import composed, confirm, marked, release, send, unchecked
from tests.services.scenes import BLINK, CLOSES, COORDINATOR, nothing_changed, outbox, upload_of
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREE, REFEREES, START, Story


def questions(story: Story) -> list[bool]:
    """Return for each question about a letter whether it would still be mailed."""
    rows = outbox(story.house, MessageKind.CONFIRM_LETTER)
    return [composed(story, row) is not None for row in rows]


def open_letter(story: Story, cora: UUID, application_id: UUID) -> bytes:
    request_id = scenes.request_of(story, application_id).id
    with story.house.works.change(COORDINATOR) as work:
        coordinator = work.session.get_one(Coordinator, cora)
        return dashboard.open_letter(work, coordinator, request_id).content


# --- a letter that looks wrong ----------------------------------------------------------------


def test_a_letter_that_looks_wrong_is_taken_and_asked_about_a_day_later(story: Story) -> None:
    application_id = scenes.requested(story)
    upload = replace(upload_of(story.house), marks=(Mark.OTHER_APPLICANT, Mark.OLD_DATE))
    send(story, application_id, upload)
    letter = scenes.current_letter(story, application_id)
    assert letter.marks == ["other_applicant", "old_date"]
    assert (letter.confirmed_at, letter.quarantine) == (None, None)
    received, marked_ = scenes.facts(story, application_id)[-2:]
    assert (received, marked_) == (Fact.LETTER_RECEIVED, Fact.LETTER_MARKED)
    row = scenes.mail(story.house, MessageKind.CONFIRM_LETTER)
    assert (row.letter_id, row.not_before) == (letter.id, START + A_DAY)
    mail = composed(story, row)
    assert mail is not None
    assert (mail.to, mail.facts["marks"]) == (REFEREES[0].email, letter.marks)
    arrived = composed(story, scenes.mail(story.house, MessageKind.LETTER_ARRIVED))
    assert arrived is not None
    assert "marks" not in arrived.facts
    assert scenes.breaches(story.house) == []


def test_a_letter_that_looks_right_is_not_asked_about(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    assert scenes.current_letter(story, application_id).marks == []
    assert questions(story) == []


def test_a_referee_confirms_and_is_not_asked(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    send(story, application_id, marked(story.house))
    assert questions(story) == [True]
    clock.advance(A_DAY)
    confirm(story, application_id)
    letter = scenes.current_letter(story, application_id)
    assert (letter.confirmed_at, letter.marks) == (START + A_DAY, ["applicant_missing"])
    entry = scenes.journal(story.house, application_id)[-1]
    assert (entry.fact, entry.letter_id) == (Fact.LETTER_CONFIRMED, letter.id)
    assert questions(story) == [False]
    clock.advance(A_DAY)
    with nothing_changed(story.house):
        confirm(story, application_id)
    assert scenes.breaches(story.house) == []


def test_a_replacement_answers_the_question_and_may_ask_another(story: Story) -> None:
    application_id = scenes.requested(story)
    send(story, application_id, marked(story.house))
    scenes.send_letter(story, application_id)
    assert questions(story) == [False]
    send(story, application_id, marked(story.house))
    assert questions(story) == [False, True]
    confirm(story, application_id, 3)
    send(story, application_id, marked(story.house))
    assert questions(story) == [False, False, True]
    assert scenes.current_letter(story, application_id).confirmed_at is None


def test_a_question_is_dropped_once_an_answer_changes_nothing(
    story: Story, clock: TestClock
) -> None:
    withdrawn, late = scenes.requested(story), scenes.requested(story)
    for application_id in (withdrawn, late):
        send(story, application_id, marked(story.house))
    scenes.withdraw(story, withdrawn)
    assert questions(story) == [False, True]
    clock.set(CLOSES + BLINK)
    assert questions(story) == [False, False]


def test_only_the_version_that_was_looked_at_is_confirmed(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(LetterNotCurrent):
        confirm(story, application_id)
    send(story, application_id, marked(story.house))
    scenes.send_letter(story, application_id)
    with nothing_changed(story.house):
        for version in (1, 3, 0, -1, 10**30):
            with pytest.raises(LetterNotCurrent):
                confirm(story, application_id, version)
    confirm(story, application_id, 2)
    assert [letter.confirmed_at for letter in scenes.letters(story.house)] == [None, START]


def test_only_a_genuine_link_confirms(story: Story, subtests: pytest.Subtests) -> None:
    application_id = scenes.requested(story)
    send(story, application_id, marked(story.house))
    with nothing_changed(story.house):
        for token, refusal in replies.wrong_tokens(story, Purpose.UPLOAD, application_id):
            with (
                subtests.test(token=token),
                pytest.raises(LettersError) as refused,
                story.house.works.change(REFEREE) as work,
            ):
                confirming.confirm(work, token, 1)
            assert type(refused.value) is refusal


def test_a_confirmation_that_meets_a_replacement_never_confirms_the_new_one(story: Story) -> None:
    for _ in range(5):
        application_id = scenes.requested(story)
        send(story, application_id, marked(story.house))
        confirmed, replaced = scenes.at_once(
            partial(confirm, story, application_id),
            partial(send, story, application_id, marked(story.house)),
        )
        assert confirmed is None or isinstance(confirmed, LetterNotCurrent)
        assert isinstance(replaced, UUID)
        assert scenes.current_letter(story, application_id).confirmed_at is None
    assert scenes.breaches(story.house) == []


def test_two_confirmations_at_once_are_one(story: Story) -> None:
    application_id = scenes.requested(story)
    send(story, application_id, marked(story.house))
    call = partial(confirm, story, application_id)
    assert scenes.at_once(call, call) == [None, None]
    assert scenes.facts(story, application_id).count(Fact.LETTER_CONFIRMED) == 1


# --- a letter that is held back ---------------------------------------------------------------


def test_a_letter_nobody_could_check_is_held_back_until_it_is_released(
    story: Story, cora: UUID
) -> None:
    application_id = scenes.requested(story)
    upload = unchecked(story.house)
    send(story, application_id, upload)
    letter = scenes.current_letter(story, application_id)
    assert (letter.quarantine, letter.released_at) == (Quarantine.UNCHECKED, None)
    with nothing_changed(story.house), pytest.raises(LetterQuarantined):
        open_letter(story, cora, application_id)
    release(story, application_id)
    entry = scenes.journal(story.house, application_id)[-1]
    assert (entry.fact, entry.letter_id) == (Fact.LETTER_RELEASED, letter.id)
    assert scenes.current_letter(story, application_id).released_at == START
    with nothing_changed(story.house):
        release(story, application_id)
    assert open_letter(story, cora, application_id) == upload.content
    assert scenes.breaches(story.house) == []


def test_a_release_is_for_one_version_alone(story: Story, cora: UUID) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(LetterNotCurrent):
        release(story, application_id)
    send(story, application_id, unchecked(story.house))
    release(story, application_id)
    send(story, application_id, unchecked(story.house))
    with nothing_changed(story.house):
        with pytest.raises(LetterNotCurrent):
            release(story, application_id, 1)
        with pytest.raises(LetterQuarantined):
            open_letter(story, cora, application_id)
    scenes.send_letter(story, application_id)
    open_letter(story, cora, application_id)


def test_there_is_nothing_to_release_of_a_letter_that_was_checked(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    with nothing_changed(story.house):
        release(story, application_id)


def test_a_held_back_letter_counts(story: Story) -> None:
    application_id = scenes.requested(story)
    for position in (1, 2):
        send(story, application_id, unchecked(story.house), position)
    assert story.application(application_id).completed_at == START


# --- who sent it ------------------------------------------------------------------------------


def test_who_sends_a_letter_for_the_referee_is_written_down(story: Story) -> None:
    application_id = scenes.requested(story)
    send(story, application_id, upload_of(story.house), sent_by="  Jo   Berg ")
    assert scenes.current_letter(story, application_id).sent_by == "Jo Berg"
    send(story, application_id, upload_of(story.house), sent_by=" ")
    assert scenes.current_letter(story, application_id).sent_by == ""
    assert "Berg" not in str([entry.details for entry in scenes.journal(story.house)])


def test_a_sender_that_cannot_be_kept_is_refused_and_no_letter_taken(story: Story) -> None:
    application_id = scenes.requested(story)
    for sent_by in ("Jo\nBerg", "Jo\x00", "Jo\u202e", "lone\ud800", "x" * 121):
        with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
            send(story, application_id, upload_of(story.house), sent_by=sent_by)
        assert [problem.field for problem in refused.value.problems] == ["sent_by"]
    send(story, application_id, upload_of(story.house), sent_by="x" * 120)
