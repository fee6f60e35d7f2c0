"""Releasing: once enough letters are in, whoever is left is told kindly, and nothing is lost."""

import pytest

from letters.domain.errors import (
    LettersError,
    LettersMissing,
    NobodyToRelease,
    NotSubmitted,
    RequestCancelled,
    Withdrawn,
)
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.domain.telling import BETWEEN_NEWS
from letters.records import OutboxStatus, new_id
from letters.services import finding, releasing
from tests.services import acts, letter_acts, scenes
from tests.services.scenes import COORDINATOR, mail_all, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, Story

CHIYO = "tanaka@example.net"


def told(story: Story) -> list[str | None]:
    """Deliver everything; return who was told that nothing more is needed."""
    mail_all(story.house)
    rows = outbox(story.house, MessageKind.REQUEST_RELEASED)
    return [row.sent_to for row in rows if row.sent_to]


def test_what_is_open_ends_and_the_letters_stay(story: Story, clock: TestClock) -> None:
    application_id = letter_acts.enough(story)
    acts.ask_for_more_time(story, application_id, 3, note="I am on fieldwork.")
    clock.advance(A_DAY)
    letter_acts.release(story, application_id)
    found = story.application(application_id)
    assert scenes.statuses_of(found) == ["selected", "received", "received", "cancelled"]
    third = found.requests[2]
    assert (third.cancelled_at, third.requested_at) == (START + A_DAY, START)
    assert (third.more_time_asked_at, third.more_time_note) == (None, None)
    assert found.completed_at == START
    assert len(scenes.contents(story.house)) == 2
    assert scenes.breaches(story.house) == []


def test_it_is_written_down_with_the_remark_that_says_why(story: Story) -> None:
    application_id, remark_id = letter_acts.enough(story), new_id()
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        work.remark_id = remark_id
        [released] = releasing.release_open(work, application)
    entry = scenes.journal(story.house, application_id)[-1]
    assert (entry.fact, entry.request_id) == (Fact.REQUEST_RELEASED, released.id)
    assert entry.actor_kind is ActorKind.COORDINATOR
    assert entry.details == {"remark": str(remark_id)}


def test_who_was_asked_is_told(story: Story) -> None:
    application_id = letter_acts.enough(story)
    mail_all(story.house)
    letter_acts.release(story, application_id)
    assert told(story) == [CHIYO]


def test_who_was_alerted_is_told_and_who_never_heard_of_it_hears_nothing(story: Story) -> None:
    for noticed_at in (START, None):
        application_id = letter_acts.enough(story)
        scenes.change_request(
            story, application_id, 3, status="named", requested_at=None, noticed_at=noticed_at
        )
        letter_acts.release(story, application_id)
    [alerted, unheard] = outbox(story.house, MessageKind.REQUEST_RELEASED)
    assert told(story) == [CHIYO]
    assert alerted.id < unheard.id
    assert [row.status for row in outbox(story.house, MessageKind.REQUEST_RELEASED)] == [
        OutboxStatus.SENT,
        OutboxStatus.CANCELLED,
    ]


def test_nothing_is_asked_of_them_any_more(story: Story, clock: TestClock) -> None:
    application_id = letter_acts.enough(story)
    token = story.upload_token(application_id, 3)
    letter_acts.release(story, application_id)
    clock.advance(BETWEEN_NEWS)
    mail_all(story.house)
    asked = outbox(story.house, MessageKind.LETTER_REQUEST)
    assert CHIYO not in [row.sent_to for row in asked]
    [refused] = scenes.at_once(lambda: scenes.send_by(story.house, token))
    assert type(refused) is RequestCancelled


@pytest.mark.parametrize("state", ["draft", "waiting", "partly", "nobody left", "withdrawn"])
def test_it_is_refused_and_changes_nothing(story: Story, state: str) -> None:
    refusals: dict[str, type[LettersError]] = {
        "draft": NotSubmitted,
        "waiting": LettersMissing,
        "partly": LettersMissing,
        "nobody left": NobodyToRelease,
        "withdrawn": Withdrawn,
    }
    if state in {"draft", "waiting"}:
        application_id = story.apply(submit=state == "waiting")
    elif state == "partly":
        application_id = scenes.requested(story)
        scenes.send_letter(story, application_id)
    else:
        application_id = letter_acts.enough(story)
        letter_acts.release(story, application_id)
    if state == "withdrawn":
        acts.withdraw(story, application_id)
    with scenes.nothing_changed(story.house), pytest.raises(refusals[state]):
        letter_acts.release(story, application_id)


def test_two_at_once_release_once(story: Story) -> None:
    application_id = letter_acts.enough(story)
    answers = scenes.at_once(*[lambda: letter_acts.release(story, application_id)] * 2)
    assert sorted(type(x).__name__ for x in answers) == ["NobodyToRelease", "NoneType"]
    assert scenes.facts(story, application_id).count(Fact.REQUEST_RELEASED) == 1
    assert len(outbox(story.house, MessageKind.REQUEST_RELEASED)) == 1


def test_a_letter_that_comes_at_the_same_moment_is_kept_or_refused(story: Story) -> None:
    application_id = letter_acts.enough(story)
    token = story.upload_token(application_id, 3)
    upload = scenes.upload_of(story.house)
    scenes.at_once(
        lambda: letter_acts.release(story, application_id),
        lambda: scenes.send_upload(story.house, token, upload),
    )
    assert scenes.statuses(story, application_id)[-1] in {"cancelled", "received"}
    assert scenes.breaches(story.house) == []
