"""Every mail is handed over at least once, under one name, and nothing that fails stops it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import QueuePool

from letters.adapters.mailer import read_folder
from letters.domain.backoff import GIVE_UP_AFTER
from letters.domain.errors import DeliveryDeferred
from letters.domain.journal import Fact, MessageKind
from letters.ports import Message, MessageRenderer, Rendered
from letters.records import OutboxStatus
from letters.services import signing_in
from letters.services.happening import post
from tests.services import acts, scenes
from tests.services.failing import BUSY, REFUSED
from tests.services.scenes import BLINK, Postbox, outbox, postman_with
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

# --- handing over -----------------------------------------------------------------------------


def test_what_was_promised_is_handed_over_and_written_down(story: Story, clock: TestClock) -> None:
    story.apply()
    clock.advance(A_DAY)
    assert story.deliver() == 1
    row = scenes.only_mail(story.house)
    assert (row.status, row.sent_at, row.sent_to) == (
        OutboxStatus.SENT,
        START + A_DAY,
        "mira@example.com",
    )
    assert (row.attempts, row.claim, row.lease_until, row.last_error) == (1, 1, None, None)
    (message,) = read_folder(story.house.mail_folder)
    assert (message["To"], message["Message-ID"]) == ("mira@example.com", row.message_id)


def test_the_date_of_a_mail_is_when_it_was_promised(story: Story, clock: TestClock) -> None:
    story.apply()
    clock.advance(A_DAY)
    box = Postbox()
    scenes.deliver_to(story.house, box)
    assert [message.date for message in box.messages] == [START]


def test_with_nothing_due_nothing_is_done(story: Story) -> None:
    box = Postbox()
    assert postman_with(story.house, box).deliver_next() is False
    assert (scenes.deliver_to(story.house, box), box.messages) == (0, [])


def test_what_was_sent_is_not_sent_again(story: Story) -> None:
    story.apply()
    box = Postbox()
    assert [scenes.deliver_to(story.house, box) for _ in range(3)] == [1, 0, 0]
    assert len(box.messages) == 1


def test_mails_go_out_in_the_order_they_fell_due(story: Story, clock: TestClock) -> None:
    first = story.apply()
    clock.advance(A_DAY)
    second = story.apply(scenes.NOOR)
    with story.house.works.change(SYSTEM) as work:
        post(work, MessageKind.SIGN_IN, "later", not_before=clock.now() + BLINK)
    box = Postbox()
    scenes.deliver_to(story.house, box)
    assert [message.to for message in box.messages] == ["mira@example.com", "noor@example.com"]
    assert [row.application_id for row in outbox(story.house) if row.sent_at] == [first, second]


def test_what_somebody_has_just_asked_for_goes_first(story: Story, clock: TestClock) -> None:
    story.add_coordinator()
    asked = scenes.requested(story)
    clock.advance(A_DAY)
    with story.house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, "cora@alpine.example.org", "secret")
    clock.advance(BLINK)
    acts.ask_for_overview(story, asked)
    acts.lose_status_link(story)
    box = Postbox()
    scenes.deliver_to(story.house, box)
    ids = {row.message_id: row.kind for row in outbox(story.house)}
    assert [ids[message.message_id] for message in box.messages][:4] == [
        MessageKind.SIGN_IN,
        MessageKind.OVERVIEW,
        MessageKind.STATUS_LINKS,
        MessageKind.APPLICATION_SUBMITTED,
    ]
    assert scenes.mail_statuses(story.house).count(OutboxStatus.SENT) == len(ids) == 7


def test_a_worker_that_is_asked_to_stop_stops_between_two_mails(story: Story) -> None:
    scenes.apply_many(story, 5)
    box = Postbox()
    taken = postman_with(story.house, box).deliver_all_due(lambda: len(box.messages) < 2)
    assert taken == len(box.messages) == 2
    assert scenes.mail_statuses(story.house).count(OutboxStatus.QUEUED) == 3


def test_no_connection_is_held_while_a_server_is_spoken_to(story: Story) -> None:
    scenes.requested(story)
    pool = cast("QueuePool", story.house.database.engine.pool)
    held: list[int] = []
    box = Postbox(while_sending=lambda _: held.append(pool.checkedout()))
    scenes.deliver_to(story.house, box)
    assert held == [0, 0, 0, 0]


# --- trying again -----------------------------------------------------------------------------

MINUTE = timedelta(minutes=1)
STEPS = [MINUTE / 2, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE]


def test_a_mail_that_cannot_be_taken_now_is_tried_again_later_and_later(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    waits = []
    box = Postbox(faults=[BUSY] * 7)
    for attempt in range(1, 8):
        assert scenes.deliver_to(story.house, box) == 1
        row = scenes.only_mail(story.house)
        assert (row.status, row.attempts, row.lease_until) == (OutboxStatus.QUEUED, attempt, None)
        assert row.last_error == str(BUSY)
        waits.append(row.not_before - clock.now())
        clock.set(row.not_before - BLINK)
        assert scenes.deliver_to(story.house, box) == 0
        clock.set(row.not_before)
    assert waits == STEPS

    assert scenes.deliver_to(story.house, box) == 1
    row = scenes.only_mail(story.house)
    assert (row.status, row.last_error, row.attempts) == (OutboxStatus.SENT, None, 8)


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 30), (0.5, 33.75), (1.0, 37.5)])
def test_they_do_not_all_come_back_at_once(story: Story, jitter: float, seconds: float) -> None:
    story.apply()
    postman_with(story.house, Postbox([BUSY]), jitter).deliver_next()
    assert scenes.only_mail(story.house).not_before == START + timedelta(seconds=seconds)


def test_every_copy_of_a_mail_has_the_same_name_and_date(story: Story, clock: TestClock) -> None:
    story.apply()
    seen: list[Message] = []
    box = Postbox([BUSY, TimeoutError(), None], while_sending=seen.append)
    for _ in range(3):
        scenes.deliver_to(story.house, box)
        clock.advance(A_DAY / 24)
    assert len(seen) == 3
    assert {message.message_id for message in seen} == {scenes.only_mail(story.house).message_id}
    assert {message.date for message in seen} == {START}


def test_an_error_nobody_thought_of_loses_no_mail(story: Story, clock: TestClock) -> None:
    story.apply()
    box = Postbox([ZeroDivisionError("secret words")])
    scenes.deliver_to(story.house, box)
    row = scenes.only_mail(story.house)
    assert (row.status, row.last_error) == ("queued", "could not be sent: ZeroDivisionError")
    clock.set(row.not_before)
    scenes.deliver_to(story.house, box)
    assert scenes.mail_statuses(story.house) == [OutboxStatus.SENT]


def test_a_long_error_is_cut(story: Story) -> None:
    story.apply()
    scenes.deliver_to(story.house, Postbox([DeliveryDeferred(reason="x" * 2000)]))
    assert len(scenes.only_mail(story.house).last_error or "") == 500


# --- giving up --------------------------------------------------------------------------------


def test_a_mail_that_is_refused_for_good_is_given_up_and_written_down(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.deliver_to(story.house, Postbox([None, REFUSED]))
    _, refused, *_ = outbox(story.house)
    assert scenes.mail_statuses(story.house) == ["sent", "dead", "sent", "sent"]
    assert (refused.last_error, refused.sent_at) == (str(REFUSED), None)
    entry = scenes.journal(story.house, application_id)[-1]
    assert (entry.fact, entry.request_id) == (Fact.MAIL_GIVEN_UP, refused.request_id)
    assert entry.details == {"outbox": str(refused.id), "kind": "letter_request"}
    assert scenes.breaches(story.house) == []


def test_a_mail_to_the_applicant_is_given_up_without_naming_a_request(story: Story) -> None:
    application_id = story.apply()
    scenes.deliver_to(story.house, Postbox([REFUSED]))
    entry = scenes.journal(story.house, application_id)[-1]
    assert (entry.fact, entry.request_id) == (Fact.MAIL_GIVEN_UP, None)
    assert scenes.breaches(story.house) == []


def test_what_was_given_up_is_not_tried_again(story: Story, clock: TestClock) -> None:
    story.apply()
    scenes.deliver_to(story.house, Postbox([REFUSED]))
    clock.advance(30 * A_DAY)
    assert scenes.mail_all(story.house) == 0


def test_a_mail_to_a_coordinator_is_given_up_in_no_ones_chain(story: Story) -> None:
    story.add_coordinator()
    with story.house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, "cora@alpine.example.org", "secret")
    before = scenes.journal(story.house)
    scenes.deliver_to(story.house, Postbox([REFUSED]))
    assert scenes.mail_statuses(story.house) == [OutboxStatus.DEAD]
    assert len(scenes.journal(story.house)) == len(before)
    assert scenes.breaches(story.house) == []


def test_after_five_days_of_trying_a_mail_is_given_up(story: Story, clock: TestClock) -> None:
    application_id = story.apply()
    box = Postbox([BUSY] * 100)
    while scenes.only_mail(story.house).status is OutboxStatus.QUEUED:
        clock.set(max(clock.now(), scenes.only_mail(story.house).not_before))
        assert scenes.deliver_to(story.house, box) == 1
    assert GIVE_UP_AFTER <= clock.now() - START < GIVE_UP_AFTER + timedelta(hours=6)
    assert scenes.only_mail(story.house).last_error == str(BUSY)
    assert scenes.facts(story, application_id)[-1] is Fact.MAIL_GIVEN_UP


# --- a mail that cannot be written ------------------------------------------------------------


@dataclass
class BrokenRenderer:
    """A MessageRenderer that cannot write one kind of mail."""

    inner: MessageRenderer
    broken: MessageKind

    def render(self, kind: MessageKind, facts: Mapping[str, object], locale: str) -> Rendered:
        """Fail for the broken kind."""
        if kind is self.broken:
            raise KeyError(kind)
        return self.inner.render(kind, facts, locale)

    def sentence(self, message: str, values: Mapping[str, object], locale: str) -> str:
        """Nothing is wrong with what no template holds."""
        return self.inner.sentence(message, values, locale)


def test_a_mail_that_cannot_be_written_does_not_stop_the_others(
    story: Story, clock: TestClock
) -> None:
    scenes.requested(story)
    broken = BrokenRenderer(story.house.renderer, MessageKind.APPLICATION_SUBMITTED)
    box = Postbox()
    postman = replace(postman_with(story.house, box), renderer=broken)
    assert postman.deliver_all_due() == 4
    assert scenes.mail_statuses(story.house) == ["queued", "sent", "sent", "sent"]
    row = outbox(story.house)[0]
    assert (row.last_error, row.attempts) == ("could not be written: KeyError", 1)

    clock.set(row.not_before)
    scenes.deliver_to(story.house, box)
    assert scenes.mail_statuses(story.house) == ["sent"] * 4


def test_a_mail_about_nothing_does_not_stop_the_others(story: Story) -> None:
    with story.house.works.change(SYSTEM) as work:
        post(work, MessageKind.RECEIPT, "about nothing")
    story.apply()
    assert scenes.mail_all(story.house) == 2
    assert scenes.mail_statuses(story.house) == ["queued", "sent"]
