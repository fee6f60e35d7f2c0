"""The mails around what referees reply: what they say, and when they are not sent any more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from letters.domain.journal import MessageKind
from letters.domain.keeping import Quarantine
from letters.domain.schedule import NUDGE_SPACING
from letters.records import OutboxMessage, Program
from letters.services.composing import Composed, compose
from letters.services.overview import LINK_LIFETIME
from letters.services.work import Works
from tests.services import acts, scenes
from tests.services.scenes import BLINK, CLOSES, Postbox, deliver_to, mail_all, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, START, SYSTEM, Story

NEW_ADDRESS = "ada@new.example.edu"


def composed(story: Story, kind: MessageKind) -> list[Composed]:
    """Compose all mails of a kind as they are true now, oldest first; leave out what is dropped."""
    with story.house.works.look(SYSTEM) as work:
        rows = [work.session.get_one(OutboxMessage, row.id) for row in outbox(story.house, kind)]
        return [made for made in (compose(work, row) for row in rows) if made is not None]


def facts(story: Story, kind: MessageKind, name: str) -> list[object]:
    """Return one fact of each mail of a kind, oldest first."""
    return [one.facts[name] for one in composed(story, kind)]


# --- the advance notice -----------------------------------------------------------------------


def test_a_notice_after_a_correction_goes_to_the_new_address_and_says_why(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    mail_all(story.house)
    acts.correct_address(story, application_id, NEW_ADDRESS)
    acts.ask_for_notice_again(story, application_id)
    *_, corrected, again = composed(story, MessageKind.ADVANCE_NOTICE)
    assert [(one.to, one.facts["corrected"]) for one in (corrected, again)] == [
        (NEW_ADDRESS, True),
        (NEW_ADDRESS, False),
    ]
    assert str(corrected.facts["url"]).endswith(acts.notice_token(story, application_id))


def test_a_notice_says_how_long_a_letter_the_program_wishes(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    wished = story.application(application_id).program.wished_pages
    assert facts(story, MessageKind.ADVANCE_NOTICE, "wished_pages") == [wished, wished]


def test_a_notice_is_dropped_once_it_is_declined(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    acts.decline_early(story, application_id)
    told = [one.to for one in composed(story, MessageKind.ADVANCE_NOTICE)]
    assert told == ["b.dewit@example.org"]
    acts.welcome(story, application_id)
    assert len(composed(story, MessageKind.ADVANCE_NOTICE)) == 2


# --- what is asked for ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "converted", "taken"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_word_files_are_spoken_of_where_they_are_taken(
    story: Story, wanted: bool, converted: bool, taken: bool
) -> None:
    asked = scenes.requested(story)
    scenes.change_request(story, asked, requested_at=START - NUDGE_SPACING)
    acts.nudge(story, asked)
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(Program).values(takes_word=wanted))
    tools = replace(story.house.works.tools, converts_word=converted)
    here = replace(story, house=replace(story.house, works=Works(story.house.database, tools)))
    for kind in (MessageKind.LETTER_REQUEST, MessageKind.REMINDER):
        assert set(facts(here, kind, "takes_word")) == {taken}


# --- an early decline -------------------------------------------------------------------------


def test_the_applicant_is_never_told_why_somebody_declined(story: Story) -> None:
    acts.decline_early(story, story.apply(), reason="We have quarrelled.")
    (found,) = composed(story, MessageKind.REFEREE_DECLINED)
    assert (found.to, found.facts["referee_name"]) == ("mira@example.com", "Prof. Ada Ferreira")
    words = story.house.renderer.render(MessageKind.REFEREE_DECLINED, found.facts, "en")
    assert "quarrelled" not in f"{found.facts} {words}"


def test_nobody_else_has_to_be_named_once_that_is_of_no_use(
    story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    reconsidered, withdrawn, closed = (story.apply() for _ in range(3))
    for application_id in (reconsidered, withdrawn, closed):
        acts.decline_early(story, application_id)
    moves: list[tuple[str, Callable[[], object]]] = [
        ("reconsidered", lambda: acts.welcome(story, reconsidered)),
        ("withdrawn", lambda: scenes.withdraw(story, withdrawn)),
        ("closed", lambda: clock.set(CLOSES + BLINK)),
    ]
    for left, (name, act) in zip((2, 1, 0), moves, strict=True):
        with subtests.test(name):
            act()
            assert len(composed(story, MessageKind.REFEREE_DECLINED)) == left


# --- the request, and all that is asked -------------------------------------------------------


def test_a_request_says_until_when_the_letter_is_kept_by_its_own_date(story: Story) -> None:
    application_id = scenes.requested(story)
    days = timedelta(days=story.application(application_id).program.kept_days)
    acts.extend(story, application_id, DUE + A_DAY)
    kept = [CLOSES + A_DAY + days, CLOSES + days]
    assert facts(story, MessageKind.LETTER_REQUEST, "kept_until") == kept


@pytest.mark.parametrize(
    ("later", "mailed"), [(LINK_LIFETIME, 1), (LINK_LIFETIME + BLINK, 0)], ids=["last", "over"]
)
def test_the_link_to_all_letters_is_mailed_while_it_works(
    story: Story, clock: TestClock, later: timedelta, mailed: int
) -> None:
    acts.ask_for_overview(story, scenes.requested(story))
    clock.advance(later)
    told = [START + LINK_LIFETIME] * mailed
    assert facts(story, MessageKind.OVERVIEW, "until") == told


# --- a letter that may be the wrong one -------------------------------------------------------


def test_the_referee_is_asked_a_day_later_whether_the_letter_is_right(
    story: Story, clock: TestClock
) -> None:
    acts.send_wrong_letter(story, scenes.requested(story))
    clock.advance(A_DAY - BLINK)
    mail_all(story.house)
    assert scenes.mail(story.house, MessageKind.CONFIRM_LETTER).status == "queued"
    clock.advance(BLINK)
    box = Postbox()
    deliver_to(story.house, box)
    assert [message.to for message in box.messages] == ["ada.ferreira@example.edu"]
    assert "The name Mira Lindqvist was not found in it." in box.messages[0].text


def test_a_question_about_a_letter_is_dropped_once_it_is_answered_or_useless(
    story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    confirmed, replaced, closed = (scenes.requested(story) for _ in range(3))
    for application_id in (confirmed, replaced, closed):
        acts.send_wrong_letter(story, application_id)
    with subtests.test("all three wait for an answer"):
        assert facts(story, MessageKind.CONFIRM_LETTER, "marks") == [["applicant_missing"]] * 3
    with subtests.test("the referee says that it is the right one"):
        acts.confirm_letter(story, confirmed)
        assert len(composed(story, MessageKind.CONFIRM_LETTER)) == 2
    with subtests.test("a better one took its place"):
        scenes.send_letter(story, replaced)
        assert len(composed(story, MessageKind.CONFIRM_LETTER)) == 1
    with subtests.test("nothing can be changed any more"):
        clock.set(CLOSES + BLINK)
        assert composed(story, MessageKind.CONFIRM_LETTER) == []


def test_a_receipt_leads_to_the_receipt_page_while_a_look_is_asked_for(story: Story) -> None:
    application_id = scenes.requested(story)
    upload = f"http://127.0.0.1:8000/letter/{story.upload_token(application_id)}"
    acts.send_wrong_letter(story, application_id)
    assert look_asked_for(story) == [(True, f"{upload}/receipt")]
    acts.confirm_letter(story, application_id)
    assert look_asked_for(story) == [(False, upload)]
    acts.send_wrong_letter(story, application_id)
    assert look_asked_for(story) == [(False, upload), (True, f"{upload}/receipt")]
    scenes.send_letter(story, application_id)
    assert look_asked_for(story) == [(False, upload)] * 3


def look_asked_for(story: Story) -> list[tuple[object, object]]:
    receipts = composed(story, MessageKind.RECEIPT)
    return [(one.facts["marked"], one.facts["url"]) for one in receipts]


def test_a_receipt_says_whether_the_letter_is_held_back(story: Story) -> None:
    application_id = scenes.requested(story)
    acts.send_wrong_letter(story, application_id, quarantine=Quarantine.NOT_SCANNED)
    assert facts(story, MessageKind.RECEIPT, "held_back") == [True]
    acts.release_letter(story, application_id)
    assert facts(story, MessageKind.RECEIPT, "held_back") == [False]


# --- more time --------------------------------------------------------------------------------


def test_a_question_for_more_time_carries_the_note_and_the_date_now(story: Story) -> None:
    application_id = scenes.requested(story)
    acts.extend(story, application_id, DUE + A_DAY)
    acts.ask_for_more_time(story, application_id, note="A week would do.")
    (found,) = composed(story, MessageKind.MORE_TIME_ASKED)
    assert (found.facts["note"], found.facts["due_at"]) == ("A week would do.", DUE + A_DAY)
    assert (found.to, found.reply_to) == (
        "internships@alpine.example.org",
        "ada.ferreira@example.edu",
    )


def test_a_question_without_a_note_is_handed_on_too(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    clock.set(CLOSES + BLINK)
    acts.ask_for_more_time(story, application_id)
    assert facts(story, MessageKind.MORE_TIME_ASKED, "note") == [""]


def test_a_question_for_more_time_is_dropped_once_it_needs_no_answer(
    story: Story, subtests: pytest.Subtests
) -> None:
    granted, refused, arrived, declined, withdrawn = (scenes.requested(story) for _ in range(5))
    for application_id in (granted, refused, arrived, declined, withdrawn):
        acts.ask_for_more_time(story, application_id)
    moves: list[tuple[str, Callable[[], object]]] = [
        ("granted", lambda: acts.extend(story, granted, DUE + A_DAY)),
        ("refused", lambda: acts.refuse_more_time(story, refused)),
        ("arrived", lambda: scenes.send_letter(story, arrived)),
        ("declined", lambda: scenes.decline(story, declined)),
        ("withdrawn", lambda: scenes.withdraw(story, withdrawn)),
    ]
    for left, (name, act) in zip(range(4, -1, -1), moves, strict=True):
        with subtests.test(name):
            act()
            assert len(composed(story, MessageKind.MORE_TIME_ASKED)) == left


def test_the_answer_says_whether_there_is_more_time(story: Story) -> None:
    application_id = scenes.requested(story)
    acts.ask_for_more_time(story, application_id, 1)
    acts.ask_for_more_time(story, application_id, 2)
    acts.extend(story, application_id, DUE + A_DAY, 1)
    acts.refuse_more_time(story, application_id, 2)
    told = [
        (one.to, one.facts["granted"], one.facts["due_at"])
        for one in composed(story, MessageKind.MORE_TIME_ANSWERED)
    ]
    assert told == [
        ("ada.ferreira@example.edu", True, DUE + A_DAY),
        ("b.dewit@example.org", False, DUE),
    ]


def test_the_answer_is_dropped_once_no_letter_is_awaited(story: Story) -> None:
    arrived, declined, withdrawn = (scenes.requested(story) for _ in range(3))
    for application_id in (arrived, declined, withdrawn):
        acts.extend(story, application_id, DUE + A_DAY)
    assert len(composed(story, MessageKind.MORE_TIME_ANSWERED)) == 3
    scenes.send_letter(story, arrived)
    scenes.decline(story, declined)
    scenes.withdraw(story, withdrawn)
    assert composed(story, MessageKind.MORE_TIME_ANSWERED) == []
