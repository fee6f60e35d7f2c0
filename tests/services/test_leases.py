"""A mail belongs to one worker at a time, and to another when that one does not come back."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from letters.domain.backoff import GIVE_UP_AFTER
from letters.domain.journal import Fact, MessageKind
from letters.domain.pacing import UNLIMITED, Rates
from letters.house import House
from letters.ports import Message, MessageRenderer, Rendered
from letters.records import OutboxStatus
from letters.services import mail_endings
from letters.services.claiming import LEASE, Claim, claim_next
from tests.services import scenes
from tests.services.failing import BUSY, REFUSED, Died, away
from tests.services.scenes import BLINK, Postbox, outbox
from tests.support.clock import TestClock
from tests.support.people import START, SYSTEM, Story


def claim(house: House) -> Claim | None:
    with house.works.change(SYSTEM) as work:
        return claim_next(work)


def test_a_mail_that_is_taken_is_nobody_elses_while_the_lease_lasts(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    taken = claim(story.house)
    row = scenes.only_mail(story.house)
    assert taken == Claim(row.id, 1, MessageKind.APPLICATION_SUBMITTED, 1)
    assert (row.status, row.lease_until, row.attempts) == ("sending", START + LEASE, 1)
    clock.set(START + LEASE - BLINK)
    assert claim(story.house) is None
    clock.set(START + LEASE)
    assert claim(story.house) == Claim(row.id, 2, MessageKind.APPLICATION_SUBMITTED, 2)


def test_a_worker_that_dies_between_sending_and_recording_is_followed_by_another(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    box = Postbox()
    dying = Postbox([Died()], while_sending=box.messages.append)
    with pytest.raises(Died):
        scenes.deliver_to(story.house, dying)
    assert scenes.mail_statuses(story.house) == [OutboxStatus.SENDING]
    assert scenes.deliver_to(story.house, box) == 0

    clock.advance(LEASE)
    assert scenes.deliver_to(story.house, box) == 1
    first, second = box.messages
    assert (first.message_id, first.date, first.to) == (second.message_id, second.date, second.to)
    assert scenes.mail_statuses(story.house) == [OutboxStatus.SENT]
    assert scenes.breaches(story.house) == []


LATE_OUTCOMES = [None, REFUSED, BUSY, ZeroDivisionError()]


@pytest.mark.parametrize("late", LATE_OUTCOMES, ids=lambda late: type(late).__name__)
def test_a_worker_that_comes_back_late_records_nothing(
    story: Story, clock: TestClock, late: Exception | None
) -> None:
    story.apply()
    quick = Postbox()

    def overtake(_: Message) -> None:
        clock.advance(LEASE)
        assert scenes.deliver_to(story.house, quick) == 1
        clock.advance(BLINK)

    scenes.deliver_to(story.house, Postbox([late], while_sending=overtake))
    row = scenes.only_mail(story.house)
    assert (row.status, row.sent_at, row.claim) == ("sent", START + LEASE, 2)
    assert len(quick.messages) == 1
    assert scenes.breaches(story.house) == []


@pytest.mark.parametrize("late", LATE_OUTCOMES, ids=lambda late: type(late).__name__)
def test_a_late_worker_does_not_answer_for_one_that_is_still_at_it(
    story: Story, clock: TestClock, late: Exception | None
) -> None:
    story.apply()

    def overtake(_: Message) -> None:
        clock.advance(LEASE)
        assert claim(story.house) is not None

    scenes.deliver_to(story.house, Postbox([late], while_sending=overtake))
    row = scenes.only_mail(story.house)
    assert (row.status, row.claim, row.lease_until) == ("sending", 2, START + 2 * LEASE)
    assert (row.sent_at, row.last_error) == (None, None)


@pytest.mark.parametrize("late", [BUSY, REFUSED])
def test_a_worker_that_is_late_by_days_does_not_give_up_what_another_sent(
    story: Story, clock: TestClock, late: Exception
) -> None:
    application_id = story.apply()

    def overtake(_: Message) -> None:
        clock.advance(GIVE_UP_AFTER)
        scenes.mail_all(story.house)

    scenes.deliver_to(story.house, Postbox([late], while_sending=overtake))
    assert scenes.mail_statuses(story.house) == [OutboxStatus.SENT]
    assert Fact.MAIL_GIVEN_UP not in scenes.facts(story, application_id)


@dataclass
class SlowRenderer:
    """A MessageRenderer in whose middle something happens."""

    inner: MessageRenderer
    meanwhile: Callable[[], object]

    def render(self, kind: MessageKind, facts: Mapping[str, object], locale: str) -> Rendered:
        """Let it happen, and write the mail."""
        self.meanwhile()
        return self.inner.render(kind, facts, locale)

    def sentence(self, message: str, values: Mapping[str, object], locale: str) -> str:
        """Nothing happens for what no template holds."""
        return self.inner.sentence(message, values, locale)


def _slowly(story: Story, box: Postbox, meanwhile: Callable[[], object]) -> None:
    """Take on one mail, and let something happen while it is written."""
    slow = SlowRenderer(story.house.renderer, meanwhile)
    assert replace(scenes.postman_with(story.house, box), renderer=slow).deliver_some() == 1


def test_a_worker_that_was_held_up_and_overtaken_sends_nothing(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    quick, late = Postbox(), Postbox()

    def overtake() -> None:
        clock.advance(LEASE)
        assert scenes.deliver_to(story.house, quick) == 1

    _slowly(story, late, overtake)
    assert (len(quick.messages), late.messages) == (1, [])
    row = scenes.only_mail(story.house)
    assert (row.status, row.claim, row.attempts) == ("sent", 2, 2)


def test_a_worker_that_was_held_up_and_not_overtaken_gives_the_mail_back(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    late, next_one = Postbox(), Postbox()
    _slowly(story, late, lambda: clock.advance(LEASE))
    row = scenes.only_mail(story.house)
    assert (late.messages, row.status, row.attempts) == ([], "queued", 0)
    assert scenes.deliver_to(story.house, next_one) == 1
    assert len(next_one.messages) == 1


def test_a_late_worker_finds_no_reason_to_send_and_records_nothing(
    story: Story, clock: TestClock
) -> None:
    scenes.requested(story)
    claims = [claim(story.house) for _ in range(4)]
    clock.advance(LEASE)
    assert scenes.mail_all(story.house) == 4
    for held in claims:
        assert held is not None
        with story.house.works.change(SYSTEM) as work:
            assert mail_endings.record_cancelled(work, held) is None
    assert scenes.mail_statuses(story.house) == ["sent"] * 4


# --- a database that is away ------------------------------------------------------------------


@pytest.mark.parametrize("outcome", LATE_OUTCOMES, ids=lambda outcome: type(outcome).__name__)
def test_what_became_of_a_mail_is_recorded_once_the_database_is_back(
    story: Story, clock: TestClock, outcome: Exception | None
) -> None:
    scenes.apply_many(story, 2)
    outages = [away(story.house)]
    with ExitStack() as underway:

        def begin_the_outage(_: Message) -> None:
            if outages:
                underway.enter_context(outages.pop())

        going = Postbox([outcome], while_sending=begin_the_outage)
        postman = scenes.postman_with(story.house, going)
        for _ in range(3):
            with pytest.raises(OperationalError):
                postman.deliver_all_due()
    assert scenes.mail_statuses(story.house) == ["sending", "sending"], "both are in hand"

    clock.advance(BLINK)
    assert postman.deliver_all_due() == 1, "the other one"
    first, second = outbox(story.house)
    gone = "dead" if outcome is REFUSED else "queued"
    ended_as = "sent" if outcome is None else gone
    assert (first.status, first.claim, second.status) == (ended_as, 1, "sent")
    assert len({message.message_id for message in going.messages}) == len(going.messages)
    assert scenes.breaches(story.house) == []


def test_what_was_recorded_although_nobody_was_told_is_not_recorded_twice(story: Story) -> None:
    story.apply()
    box = Postbox()
    postman = scenes.postman_with(story.house, box)

    def lose_the_answer(_: Session) -> None:
        if box.messages and not postman.unrecorded:
            raise OperationalError("COMMIT", None, ConnectionError("the answer was lost"))

    event.listen(Session, "after_commit", lose_the_answer)
    try:
        with pytest.raises(OperationalError):
            postman.deliver_all_due()
    finally:
        event.remove(Session, "after_commit", lose_the_answer)
    assert (scenes.mail_statuses(story.house), len(postman.unrecorded)) == (["sent"], 1)
    assert (postman.deliver_all_due(), postman.unrecorded) == (0, [])
    assert (scenes.mail_statuses(story.house), len(box.messages)) == (["sent"], 1)


def test_what_can_never_be_recorded_is_not_tried_for_ever(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.apply()
    monkeypatch.setattr(mail_endings, "keep_copy", lambda *_: 1 / 0)
    postman = scenes.postman_with(story.house, Postbox())
    with pytest.raises(ZeroDivisionError):
        postman.deliver_all_due()
    assert postman.unrecorded == []


# --- several workers --------------------------------------------------------------------------


def test_two_workers_never_send_one_mail_twice(story: Story) -> None:
    applied = scenes.apply_many(story, 30)
    boxes = [Postbox(), Postbox()]
    taken = scenes.at_once(*[partial(scenes.deliver_to, story.house, box) for box in boxes])
    sent = [message.message_id for box in boxes for message in box.messages]
    assert len(sent) == len(set(sent)) == len(applied) == 30
    assert sum(count for count in taken if isinstance(count, int)) == 30
    assert {(row.status, row.attempts) for row in outbox(story.house)} == {("sent", 1)}


def test_several_claims_at_once_are_for_several_mails(story: Story) -> None:
    scenes.apply_many(story, 4)
    held = scenes.at_once(*[partial(claim, story.house)] * 6)
    taken = [one.id for one in held if isinstance(one, Claim)]
    assert sorted(taken) == sorted(row.id for row in outbox(story.house))
    assert held.count(None) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rates", [UNLIMITED, Rates(overall=60)])
def test_a_claim_looks_at_no_mail_but_the_first(story: Story, rates: Rates) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    engine = story.house.database.engine
    event.listen(engine, "before_cursor_execute", lambda _connection, *rest: note(*rest))
    with story.house.works.change(SYSTEM) as work:
        claim_next(work, rates)
        ((statement, parameters),) = [each for each in asked if each[0].startswith("UPDATE")]
        plan = work.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", parameters
        )
        steps = [step[3] for step in plan]
    assert [step for step in steps if "SCAN outbox" in step or "TEMP B-TREE" in step] == []
    for index in ("ix_outbox_urgent", "ix_outbox_leased", "ix_outbox_due"):
        assert sum(index in step for step in steps) == 1
