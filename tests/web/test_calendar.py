"""The due date for the referee's own calendar."""

from datetime import timedelta
from uuid import UUID

from icalendar import Calendar, Event
from werkzeug.test import TestResponse

from letters.services import requesting
from tests.support.clock import TestClock
from tests.support.people import API, DUE, GRACE_HOURS, INTERNSHIP, Story
from tests.web import scenes
from tests.web.visiting import Visitor, heading, links_of, on_sqlite, replace_upload_links

pytestmark = on_sqlite

LINK = "Add the due date to your calendar"


def _event(answer: TestResponse) -> Event:
    [event] = Calendar.from_ical(answer.data).events
    return event


def test_the_link_on_the_page_gives_a_file(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    path = links_of(client.get(f"/letter/{token}"))[LINK]
    assert path == f"/letter/{token}/due.ics"
    answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (
        200,
        "text/calendar; charset=utf-8; method=PUBLISH",
    )
    assert answer.headers["Content-Disposition"] == "attachment; filename=letter-due.ics"
    assert answer.headers["Cache-Control"] == "no-store"
    event = _event(answer)
    assert event.DTSTART == DUE
    assert str(event["SUMMARY"]) == "Letter due for Mira Lindqvist"
    assert INTERNSHIP.title in str(event["DESCRIPTION"])
    assert INTERNSHIP.contact_email in str(event["DESCRIPTION"])


def test_no_upload_link_gets_into_a_shared_calendar(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    answer = client.get(f"/letter/{token}/due.ics")
    unfolded = answer.data.replace(b"\r\n ", b"").decode()
    assert token not in unfolded
    assert "/letter/" not in unfolded
    assert "the link in the mail that asked you for it" in unfolded.replace("\\,", ",")
    assert client.get(str(_event(answer)["URL"])).status_code == 200


def test_a_date_that_moves_to_either_side_moves_in_the_calendar(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    token = story.upload_token(asked)
    seen: list[tuple[str, int, object]] = []
    for due_at in (DUE, DUE + timedelta(days=7), DUE + timedelta(days=2)):
        scenes.extend(story, asked, 1, due_at)
        event = _event(client.get(f"/letter/{token}/due.ics"))
        seen.append((str(event["UID"]), event.sequence, event.DTSTART))
        clock.advance(timedelta(minutes=1))
    uids, sequences, dates = zip(*seen, strict=True)
    assert len(set(uids)) == 1
    assert list(sequences) == sorted(set(sequences))
    assert list(dates) == [DUE, DUE + timedelta(days=7), DUE + timedelta(days=2)]
    other = client.get(f"/letter/{story.upload_token(asked, 2)}/due.ics")
    assert str(_event(other)["UID"]) != uids[0]


def test_where_no_letter_is_awaited_there_is_only_the_page(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    scenes.letter_in(story, asked, 1)
    scenes.decline(story, asked, 2)
    for position in (1, 2):
        _only_the_page(client, story.upload_token(asked, position))
    clock.set(DUE + timedelta(hours=GRACE_HOURS, seconds=1))
    _only_the_page(client, story.upload_token(asked, 1))


def _only_the_page(client: Visitor, token: str) -> None:
    answer = client.get(f"/letter/{token}/due.ics")
    assert (answer.status_code, answer.location) == (303, f"/letter/{token}")
    assert LINK not in links_of(client.get(f"/letter/{token}"))


def test_a_link_that_does_not_work_gives_no_date(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    assert client.get("/letter/made-up/due.ics").status_code == 404
    replace_upload_links(story.house)
    answer = client.get(f"/letter/{token}/due.ics")
    assert (answer.status_code, heading(answer)) == (410, "This link was replaced")
    assert INTERNSHIP.title not in answer.text


# --- of an advance notice ---------------------------------------------------------------------


def test_a_notice_gives_the_date_on_which_a_letter_would_be_due(
    client: Visitor, story: Story
) -> None:
    alerted = scenes.alerted(story)
    token = story.notice_token(alerted)
    path = links_of(client.get(f"/notice/{token}"))["Add the date to your calendar"]
    assert path == f"/notice/{token}/due.ics"
    answer = client.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
    event = _event(answer)
    assert (str(event["SUMMARY"]), event.DTSTART) == (
        "Letter due, if requested, for Mira Lindqvist",
        DUE,
    )
    assert "Nothing is needed until a request for the letter comes by mail." in str(
        event["DESCRIPTION"]
    )
    unfolded = answer.data.replace(b"\r\n ", b"").decode()
    for link in (token, "/notice/", "/letter/"):
        assert link not in unfolded


def test_the_date_of_a_request_takes_the_place_of_the_notice_s(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    asked = scenes.alerted(story)
    before = _event(client.get(f"/notice/{story.notice_token(asked)}/due.ics"))
    clock.advance(timedelta(minutes=1))
    with story.house.works.change(API) as work:
        requesting.select(work, asked)
    after = _event(client.get(f"/letter/{story.upload_token(asked)}/due.ics"))
    assert str(after["UID"]) == str(before["UID"])
    assert after.sequence > before.sequence
    answer = client.get(f"/notice/{story.notice_token(asked)}/due.ics")
    assert (answer.status_code, answer.location) == (303, f"/notice/{story.notice_token(asked)}")


def test_a_notice_that_is_over_gives_no_date(client: Visitor, story: Story) -> None:
    alerted = scenes.alerted(story)
    token = story.notice_token(alerted)
    scenes.withdraw(story, alerted)
    answer = client.get(f"/notice/{token}/due.ics")
    assert (answer.status_code, answer.location) == (303, f"/notice/{token}")
