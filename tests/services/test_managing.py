"""What coordinators do about one referee: each act, its mails, and when it is refused."""

from datetime import timedelta
from uuid import UUID

import pytest

from letters.domain.errors import (
    InvalidInput,
    NoLetterToReturn,
    NothingToCancel,
    NothingToResend,
    NothingToRestore,
    ProgramClosed,
    ReminderNotPossible,
    RemindersUsedUp,
    ReminderTooSoon,
    UnknownRemark,
    Withdrawn,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.managing import ApplicationAct, RequestAct
from letters.domain.schedule import NUDGE_SPACING
from letters.records import OutboxStatus, Remark, new_id
from letters.services import finding, managing, remarks
from letters.services.work import Work
from tests.services import acts, letter_acts, scenes
from tests.services.letter_acts import mailed, manage, offered, refused, sound
from tests.services.scenes import (
    BLINK,
    CLOSES,
    COORDINATOR,
    Postbox,
    deliver_to,
    mail_all,
    nothing_changed,
    outbox,
)
from tests.support.clock import TestClock
from tests.support.people import START, SYSTEM, Story

# --- reminding --------------------------------------------------------------------------------


def test_a_referee_is_reminded_in_the_name_of_the_program(story: Story, clock: TestClock) -> None:
    asked = scenes.requested(story)
    clock.advance(NUDGE_SPACING)
    assert offered(story, asked, 1) == (RequestAct.REMIND, RequestAct.RESEND, RequestAct.CANCEL)
    manage(story, asked, 1, RequestAct.REMIND)
    assert mailed(story, MessageKind.REMINDER) == ["ada.ferreira@example.edu"]
    request = story.application(asked).requests[0]
    assert (request.reminders, request.reminded_at) == (1, clock.now())
    assert (request.nudged_at, scenes.facts(story, asked)[-1]) == (None, Fact.REFEREE_REMINDED)
    sound(story)


def test_two_days_lie_between_two_reminders_whoever_sent_the_last(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    clock.advance(NUDGE_SPACING - BLINK)
    refused(story, asked, 1, RequestAct.REMIND, ReminderTooSoon)
    clock.advance(BLINK)
    acts.nudge(story, asked)
    clock.advance(NUDGE_SPACING - BLINK)
    refused(story, asked, 1, RequestAct.REMIND, ReminderTooSoon)
    clock.advance(BLINK)
    manage(story, asked, 1, RequestAct.REMIND)
    refused(story, asked, 1, RequestAct.REMIND, ReminderTooSoon)


def test_the_budget_of_reminders_holds_for_coordinators_too(story: Story, clock: TestClock) -> None:
    asked = scenes.requested(story)
    scenes.change_request(story, asked, reminders=5)
    clock.advance(NUDGE_SPACING)
    refused(story, asked, 1, RequestAct.REMIND, RemindersUsedUp)


def test_who_is_not_awaited_is_not_reminded(story: Story, clock: TestClock) -> None:
    named, asked = story.apply(), scenes.requested(story)
    scenes.send_letter(story, asked, 1)
    scenes.change_request(story, asked, 2, bounced_at=START)
    late = scenes.requested(story)
    clock.advance(NUDGE_SPACING)
    for application_id, position in ((named, 1), (asked, 1), (asked, 2)):
        refused(story, application_id, position, RequestAct.REMIND, ReminderNotPossible)
    clock.set(CLOSES + BLINK)
    refused(story, late, 1, RequestAct.REMIND, ReminderNotPossible)


# --- mailing again ----------------------------------------------------------------------------


def test_the_request_goes_out_again(story: Story) -> None:
    asked = scenes.requested(story)
    assert len(mailed(story, MessageKind.LETTER_REQUEST)) == 2
    manage(story, asked, 1, RequestAct.RESEND)
    assert mailed(story, MessageKind.LETTER_REQUEST).count("ada.ferreira@example.edu") == 2


def test_before_the_request_the_notice_goes_out_again(story: Story) -> None:
    alerted = story.apply()
    scenes.give_notices(story, alerted)
    manage(story, alerted, 1, RequestAct.RESEND)
    assert mailed(story, MessageKind.ADVANCE_NOTICE).count("ada.ferreira@example.edu") == 2


def test_who_was_never_mailed_is_not_mailed_again(story: Story) -> None:
    refused(story, story.apply(), 1, RequestAct.RESEND, NothingToResend)


# --- cancelling, and taking it back -----------------------------------------------------------


def test_who_is_cancelled_is_told_and_their_link_takes_nothing(story: Story) -> None:
    asked = scenes.requested(story)
    manage(story, asked, 1, RequestAct.CANCEL)
    assert mailed(story, MessageKind.REQUEST_CANCELLED) == ["ada.ferreira@example.edu"]
    assert scenes.statuses_of(story.application(asked))[1:] == ["cancelled", "requested"]
    refused(story, asked, 1, RequestAct.CANCEL, NothingToCancel)
    assert offered(story, asked, 1) == (RequestAct.RESTORE,)
    sound(story)


def test_a_letter_that_is_in_is_not_cancelled(story: Story) -> None:
    asked = scenes.requested(story)
    scenes.send_letter(story, asked, 1)
    refused(story, asked, 1, RequestAct.CANCEL, NothingToCancel)


def test_taken_back_the_request_goes_on_and_is_mailed_again(story: Story) -> None:
    asked = scenes.requested(story)
    mail_all(story.house)
    manage(story, asked, 1, RequestAct.CANCEL)
    mail_all(story.house)
    manage(story, asked, 1, RequestAct.RESTORE)
    assert mailed(story, MessageKind.LETTER_REQUEST).count("ada.ferreira@example.edu") == 2
    scenes.send_letter(story, asked, 1)
    assert scenes.statuses_of(story.application(asked))[1:] == ["received", "requested"]
    sound(story)


def test_taken_back_at_once_nobody_is_told_that_it_was_over(story: Story) -> None:
    asked = scenes.requested(story)
    manage(story, asked, 1, RequestAct.CANCEL)
    manage(story, asked, 1, RequestAct.RESTORE)
    assert mailed(story, MessageKind.REQUEST_CANCELLED) == []
    [row] = outbox(story.house, MessageKind.REQUEST_CANCELLED)
    assert row.status is OutboxStatus.CANCELLED


def test_who_was_only_named_is_only_named_again(story: Story) -> None:
    named = story.apply()
    manage(story, named, 1, RequestAct.CANCEL)
    manage(story, named, 1, RequestAct.RESTORE)
    assert scenes.statuses_of(story.application(named))[1:] == ["named", "named"]
    assert mailed(story, MessageKind.LETTER_REQUEST) == []
    sound(story)


def test_a_release_is_taken_back_for_one(story: Story) -> None:
    application_id = letter_acts.enough(story)
    letter_acts.release(story, application_id)
    manage(story, application_id, 3, RequestAct.RESTORE)
    assert mailed(story, MessageKind.REQUEST_RELEASED) == []
    assert scenes.statuses_of(story.application(application_id))[-1] == "requested"


def test_what_was_not_cancelled_or_is_over_cannot_be_taken_back(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    refused(story, asked, 1, RequestAct.RESTORE, NothingToRestore)
    manage(story, asked, 1, RequestAct.CANCEL)
    scenes.change_request(story, asked, 1, replaced_at=START)
    refused(story, asked, 1, RequestAct.RESTORE, NothingToRestore)
    manage(story, asked, 2, RequestAct.CANCEL)
    gone = scenes.requested(story)
    scenes.withdraw(story, gone)
    refused(story, gone, 1, RequestAct.RESTORE, Withdrawn)
    clock.set(CLOSES + BLINK)
    refused(story, asked, 2, RequestAct.RESTORE, ProgramClosed)


# --- returning a letter -----------------------------------------------------------------------


def test_a_returned_letter_counts_no_more_and_another_can_come(story: Story) -> None:
    application_id = letter_acts.enough(story)
    assert story.application(application_id).completed_at is not None
    manage(story, application_id, 1, RequestAct.RETURN, "It is about somebody else.")
    found = story.application(application_id)
    assert found.completed_at is None
    assert scenes.statuses_of(found)[1:] == ["requested", "received", "requested"]
    assert (found.requests[0].current_version, found.requests[0].received_at) == (None, None)
    postbox = Postbox()
    deliver_to(story.house, postbox)
    subject = "Please send your letter for Mira Lindqvist once more"
    [told] = [mail for mail in postbox.messages if mail.subject == subject]
    assert told.to == "ada.ferreira@example.edu"
    assert "It is about somebody else." in told.text
    assert [file.file_name for file in told.attachments] == ["letter-due.ics"]
    scenes.send_letter(story, application_id, 1)
    again = story.application(application_id)
    assert (again.requests[0].current_version, again.completed_at) == (2, START)
    sound(story)


def test_the_applicant_is_not_told_of_a_return(story: Story) -> None:
    application_id = letter_acts.enough(story)
    mail_all(story.house)
    before = len(scenes.outbox(story.house))
    manage(story, application_id, 1, RequestAct.RETURN)
    new = scenes.outbox(story.house)[before:]
    assert [row.kind for row in new] == [MessageKind.LETTER_RETURNED]


def test_sent_again_before_the_mail_went_out_nobody_is_asked_for_it(story: Story) -> None:
    application_id = letter_acts.enough(story)
    manage(story, application_id, 1, RequestAct.RETURN)
    scenes.send_letter(story, application_id, 1)
    assert mailed(story, MessageKind.LETTER_RETURNED) == []


def test_a_letter_is_returned_while_another_can_be_sent(story: Story, clock: TestClock) -> None:
    asked = scenes.requested(story)
    refused(story, asked, 1, RequestAct.RETURN, NoLetterToReturn)
    scenes.send_letter(story, asked, 1)
    gone = scenes.requested(story)
    scenes.send_letter(story, gone, 1)
    scenes.withdraw(story, gone)
    refused(story, gone, 1, RequestAct.RETURN, NoLetterToReturn)
    clock.set(CLOSES + BLINK)
    refused(story, asked, 1, RequestAct.RETURN, ProgramClosed)


# --- reasons and notes ------------------------------------------------------------------------


def _remarks(story: Story) -> list[Remark]:
    with story.house.works.look(SYSTEM) as work:
        return list(work.session.query(Remark).order_by(Remark.created_at, Remark.id))


def test_every_entry_of_an_act_names_its_reason(story: Story) -> None:
    asked = scenes.requested(story)
    before = len(scenes.journal(story.house, asked))
    manage(story, asked, 1, RequestAct.CANCEL, "She wrote to us.\nOn leave.")
    [remark] = _remarks(story)
    assert (remark.text, remark.removed_at) == ("She wrote to us.\nOn leave.", None)
    assert remark.request_id == story.application(asked).requests[0].id
    new = scenes.journal(story.house, asked)[before:]
    assert [entry.details for entry in new] == [{"remark": str(remark.id)}] * len(new)
    assert "She wrote" not in str([entry.details for entry in new])
    sound(story)


def test_without_a_reason_nothing_is_kept(story: Story) -> None:
    asked = scenes.requested(story)
    manage(story, asked, 1, RequestAct.RESEND, "  ")
    assert _remarks(story) == []
    assert scenes.journal(story.house, asked)[-1].details == {}


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 1001, "a\x00b"])
def test_a_reason_that_is_needed_has_to_be_one(story: Story, reason: str) -> None:
    asked = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(InvalidInput):
        _give_a_reason(story, asked, reason)


def _give_a_reason(story: Story, application_id: UUID, reason: str) -> None:
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        remarks.because(work, application, reason, needed=True)


def _application(work: Work, application_id: UUID) -> None:
    application = finding.application(work, application_id, lock=True)
    remarks.leave_note(work, application, "Ask the committee.")


def test_a_note_is_left_and_removed_with_its_words(story: Story) -> None:
    asked = scenes.requested(story)
    with story.house.works.change(COORDINATOR) as work:
        _application(work, asked)
    [note] = _remarks(story)
    for _ in range(2):
        with story.house.works.change(COORDINATOR) as work:
            remarks.remove_note(work, finding.application(work, asked, lock=True), note.id)
    [gone] = _remarks(story)
    assert (gone.text, gone.removed_at) == ("", START)
    assert scenes.facts(story, asked)[-2:] == [Fact.NOTE_LEFT, Fact.NOTE_REMOVED]
    sound(story)


def test_a_reason_or_a_note_elsewhere_is_no_note_here(story: Story) -> None:
    here, elsewhere = scenes.requested(story), scenes.requested(story)
    manage(story, here, 1, RequestAct.CANCEL)
    with story.house.works.change(COORDINATOR) as work:
        _application(work, elsewhere)
    for remark_id in (*(remark.id for remark in _remarks(story)), new_id()):
        with (
            nothing_changed(story.house),
            pytest.raises(UnknownRemark),
            story.house.works.change(COORDINATOR) as work,
        ):
            remarks.remove_note(work, finding.application(work, here, lock=True), remark_id)


# --- a whole application ----------------------------------------------------------------------


def _withdraw(story: Story, application_id: UUID) -> None:
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        managing.do_to_application(work, ApplicationAct.WITHDRAW, application)


def test_a_withdrawn_application_is_not_withdrawn_again(story: Story) -> None:
    asked = scenes.requested(story)
    _withdraw(story, asked)
    with nothing_changed(story.house), pytest.raises(Withdrawn):
        _withdraw(story, asked)


def test_buttons_for_the_whole_are_those_that_work(story: Story) -> None:
    for application_id, expected in (
        (scenes.requested(story), (ApplicationAct.WITHDRAW,)),
        (letter_acts.enough(story), tuple(ApplicationAct)),
    ):
        with story.house.works.look(SYSTEM) as work:
            application = finding.application(work, application_id)
            assert managing.possible_to_application(application) == expected
    assert timedelta(hours=48) == NUDGE_SPACING
