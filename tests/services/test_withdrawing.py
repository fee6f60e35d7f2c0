"""Withdrawing: nothing more is asked of anybody, what is in stays, and who must know is told."""

import pytest

from letters.domain.errors import LinkInvalid, UnknownApplication
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.domain.status import RequestStatus
from letters.records import new_id
from letters.services import withdrawing
from tests.services import acts, scenes
from tests.services.scenes import APPLICANT, mail_all, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, MIRA, START, Story

ADA, BRAM, CHIYO = "ada.ferreira@example.edu", "b.dewit@example.org", "tanaka@example.net"


def told(story: Story, kind: MessageKind) -> list[str | None]:
    """Deliver everything; return who got a mail of one kind."""
    mail_all(story.house)
    return [row.sent_to for row in outbox(story.house, kind) if row.sent_to]


def test_what_is_open_is_cancelled_and_a_letter_that_is_in_stays(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story, scenes.NOOR)
    scenes.send_letter(story, application_id, 1)
    scenes.decline(story, application_id, 2)
    acts.ask_for_more_time(story, application_id, 3, note="I am on fieldwork.")
    clock.advance(A_DAY)
    acts.withdraw(story, application_id)
    found = story.application(application_id)
    assert scenes.statuses(story, application_id) == [
        *("withdrawn", "received", "declined", "cancelled"),
    ]
    assert (found.withdrawn_at, found.submitted_at) == (START + A_DAY, START)
    third = found.requests[2]
    assert (third.cancelled_at, third.requested_at) == (START + A_DAY, START)
    assert (third.more_time_asked_at, third.more_time_note) == (None, None)
    assert len(scenes.contents(story.house)) == 1
    assert scenes.breaches(story.house) == []


def test_it_is_written_down_for_the_application_and_for_each_request(story: Story) -> None:
    application_id = scenes.requested(story)
    acts.withdraw(story, application_id)
    *_, withdrawn, first, second = scenes.journal(story.house, application_id)
    assert [x.fact for x in (withdrawn, first, second)] == [
        Fact.APPLICATION_WITHDRAWN,
        Fact.REQUEST_CANCELLED,
        Fact.REQUEST_CANCELLED,
    ]
    requests = story.application(application_id).requests
    assert [first.request_id, second.request_id] == [r.id for r in requests]
    assert withdrawn.actor_kind is ActorKind.APPLICANT


def test_who_was_asked_is_told_and_who_declined_or_sent_is_not(story: Story) -> None:
    application_id = scenes.requested(story, scenes.NOOR)
    scenes.send_letter(story, application_id, 1)
    scenes.decline(story, application_id, 2)
    acts.withdraw(story, application_id)
    assert told(story, MessageKind.REQUEST_CANCELLED) == [CHIYO]
    assert told(story, MessageKind.WITHDRAWN) == ["noor@example.com"]


def test_who_was_alerted_is_told_and_who_never_heard_of_it_hears_nothing(story: Story) -> None:
    alerted, unheard = story.apply(submit=False), story.apply(submit=False)
    scenes.give_notices(story, alerted)
    acts.welcome(story, alerted, 2)
    acts.withdraw(story, alerted)
    acts.withdraw(story, unheard)
    assert scenes.statuses(story, alerted) == ["withdrawn", "cancelled", "cancelled"]
    assert told(story, MessageKind.REQUEST_CANCELLED) == [ADA, BRAM]
    assert told(story, MessageKind.WITHDRAWN) == [MIRA.applicant_email] * 2
    assert scenes.breaches(story.house) == []


def test_a_mail_that_is_no_longer_true_is_not_sent_after_it(story: Story) -> None:
    acts.withdraw(story, scenes.requested(story))
    assert told(story, MessageKind.LETTER_REQUEST) == []


def test_twice_is_as_good_as_once(story: Story) -> None:
    application_id = scenes.requested(story)
    acts.withdraw(story, application_id)
    with scenes.nothing_changed(story.house):
        acts.withdraw(story, application_id)


def test_two_at_once_withdraw_once(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.at_once(*[lambda: acts.withdraw(story, application_id)] * 2)
    assert scenes.facts(story, application_id).count(Fact.APPLICATION_WITHDRAWN) == 1
    assert len(outbox(story.house, MessageKind.REQUEST_CANCELLED)) == 2


def test_nothing_can_be_sent_or_selected_afterwards(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    acts.withdraw(story, application_id)
    refused = scenes.at_once(lambda: scenes.send_by(story.house, token))
    assert [type(x).__name__ for x in refused] == ["RequestCancelled"]
    request = scenes.request_of(story, application_id)
    assert request.status is RequestStatus.CANCELLED


def test_only_a_status_link_withdraws(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    with scenes.nothing_changed(story.house), story.house.works.change(APPLICANT) as work:
        with pytest.raises(LinkInvalid):
            withdrawing.withdraw_behind(work, token)
        with pytest.raises(UnknownApplication):
            withdrawing.withdraw(work, new_id())
