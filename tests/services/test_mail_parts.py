"""What comes with a mail beside its words: a thread that holds it, and a date for the calendar."""

import re
from datetime import timedelta

from icalendar import Calendar, Event

from letters.domain.journal import MessageKind
from letters.domain.schedule import NUDGE_SPACING
from letters.domain.telling import NEWS
from letters.ports import Message
from letters.records import OutboxMessage
from tests.services import acts, scenes
from tests.services.scenes import Postbox, deliver_to, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, Story

A_THREAD = re.compile(r"<thread-[0-9a-f]{32}@letters\.example\.org>")
ALONE = {
    MessageKind.OVERVIEW,
    MessageKind.STATUS_LINKS,
    MessageKind.SIGN_IN,
    MessageKind.INVITATION,
    MessageKind.ERASURE_LIST,
    MessageKind.DIGEST,
}


def sent(story: Story) -> dict[OutboxMessage, Message]:
    """Deliver all that is due; return each row with what was sent for it."""
    box = Postbox()
    deliver_to(story.house, box)
    by_id = {message.message_id: message for message in box.messages}
    return {row: by_id[row.message_id] for row in outbox(story.house) if row.message_id in by_id}


def thread_of(message: Message) -> str:
    assert message.headers.get("In-Reply-To") == message.headers.get("References")
    return message.headers.get("References", "")


# --- threads ----------------------------------------------------------------------------------


def test_all_mails_to_a_referee_about_one_letter_are_one_thread(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    other = scenes.requested(story, scenes.NOOR)
    mails = sent(story)
    clock.advance(NUDGE_SPACING)
    acts.nudge(story, asked)
    acts.ask_for_more_time(story, asked)
    acts.extend(story, asked, DUE + A_DAY)
    mails |= sent(story)
    scenes.send_letter(story, asked)
    mails |= sent(story)
    first = scenes.request_of(story, asked, 1).id
    threads: dict[tuple[str, object], set[str]] = {}
    for row, message in mails.items():
        reader = "referee" if row.request_id else "applicant"
        if row.kind is MessageKind.MORE_TIME_ASKED:
            reader = "program"
        if row.kind in NEWS:
            reader = "applicant"
        about = row.request_id if reader != "applicant" else row.application_id
        threads.setdefault((reader, about), set()).add(thread_of(message))
    assert all(len(found) == 1 for found in threads.values())
    every = [thread for found in threads.values() for thread in found]
    assert len(set(every)) == len(every)
    assert all(map(A_THREAD.fullmatch, every))
    assert ("applicant", other) in threads
    of_the_first = [row.kind for row in mails if row.request_id == first and row.kind not in NEWS]
    assert of_the_first[0] is MessageKind.LETTER_REQUEST
    assert of_the_first[-1] is MessageKind.RECEIPT


def test_a_thread_names_nobody_and_no_row(story: Story) -> None:
    asked = scenes.requested(story)
    for message in sent(story).values():
        assert str(asked) not in thread_of(message)
        assert asked.hex not in thread_of(message)
        assert thread_of(message) != message.message_id


def test_what_is_about_no_one_application_stands_alone(story: Story) -> None:
    asked = scenes.requested(story)
    acts.ask_for_overview(story, asked)
    acts.lose_status_link(story)
    alone = {row.kind: thread_of(message) for row, message in sent(story).items()}
    assert {kind for kind, thread in alone.items() if not thread} == {
        MessageKind.OVERVIEW,
        MessageKind.STATUS_LINKS,
    }
    assert set(alone) & ALONE == {MessageKind.OVERVIEW, MessageKind.STATUS_LINKS}


# --- the due date for the calendar --------------------------------------------------------------


def event_in(message: Message) -> Event:
    [file] = message.attachments
    assert (file.file_name, file.media_type) == ("letter-due.ics", "text/calendar")
    calendar = Calendar.from_ical(file.content)
    assert str(calendar["METHOD"]) == file.parameters["method"] == "PUBLISH"
    [event] = calendar.events
    return event


def test_a_date_that_moves_moves_in_the_calendar(story: Story, clock: TestClock) -> None:
    alerted = story.apply()
    scenes.give_notices(story, alerted)
    events = [event_in(only(sent(story), MessageKind.ADVANCE_NOTICE))]
    clock.advance(timedelta(minutes=1))
    scenes.select_for_letters(story, alerted)
    asked = only(sent(story), MessageKind.LETTER_REQUEST)
    events.append(event_in(asked))
    clock.advance(timedelta(minutes=1))
    acts.extend(story, alerted, DUE + A_DAY)
    events.append(event_in(only(sent(story), MessageKind.MORE_TIME_ANSWERED)))
    clock.advance(timedelta(minutes=1))
    acts.move_due(story, DUE - A_DAY)
    later = [
        event_in(message)
        for row, message in sent(story).items()
        if row.kind is MessageKind.REFEREE_DUE_MOVED
    ]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [event.DTSTART for event in events] == [DUE, DUE, DUE + A_DAY]
    sequences = [event.sequence for event in events]
    assert sequences == sorted(set(sequences))
    assert {event.DTSTART for event in later} == {DUE - A_DAY}
    assert "if requested" in str(events[0]["SUMMARY"])
    assert str(events[1]["SUMMARY"]) == "Letter due for Mira Lindqvist"
    unfolded = asked.attachments[0].content.replace(b"\r\n ", b"").decode()
    assert "/letter/" not in unfolded
    assert "for you alone" in unfolded


def test_no_date_comes_with_a_mail_that_sets_none(story: Story, clock: TestClock) -> None:
    asked = scenes.requested(story)
    sent(story)
    clock.advance(NUDGE_SPACING)
    acts.nudge(story, asked)
    acts.ask_for_more_time(story, asked)
    scenes.send_letter(story, asked, 2)
    assert not [message for message in sent(story).values() if message.attachments]


def test_a_date_that_has_passed_is_for_no_calendar(story: Story, clock: TestClock) -> None:
    scenes.requested(story)
    clock.set(DUE + timedelta(minutes=1))
    assert not [message for message in sent(story).values() if message.attachments]


def only(mails: dict[OutboxMessage, Message], kind: MessageKind) -> Message:
    """Return the first mail of a kind, the one to the first referee."""
    return next(message for row, message in mails.items() if row.kind is kind)
