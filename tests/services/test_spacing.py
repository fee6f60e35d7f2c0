"""News for an applicant come an hour apart; what they caused, and the requests, come at once."""

from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from letters.domain.backoff import GIVE_UP_AFTER
from letters.domain.journal import MessageKind
from letters.domain.telling import BETWEEN_NEWS, NEWS
from letters.house import House
from letters.ports import Message
from letters.records import OutboxStatus
from letters.services.claiming import LEASE, claim_next, put_back
from letters.services.spacing import LOOK_AGAIN
from tests.services import acts, scenes
from tests.services.failing import BUSY
from tests.services.scenes import BLINK, NOOR, Postbox, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

AN_HOUR = timedelta(hours=1)


def statuses(story: Story, kind: MessageKind) -> list[OutboxStatus]:
    return [row.status for row in outbox(story.house, kind)]


def deliver(story: Story) -> list[str]:
    """Deliver all that is due; return who got something, in the order of the mails."""
    box = Postbox()
    scenes.deliver_to(story.house, box)
    return [message.to for message in box.messages]


def quiet(story: Story, clock: TestClock) -> None:
    """Deliver all that there is, and let an hour pass."""
    deliver(story)
    clock.advance(BETWEEN_NEWS)


def test_the_second_news_within_an_hour_wait_for_it_to_pass(story: Story, clock: TestClock) -> None:
    first, second = scenes.requested(story, NOOR), scenes.requested(story, NOOR)
    quiet(story, clock)
    begun = clock.now()
    scenes.send_letter(story, first)
    scenes.decline(story, second)
    deliver(story)
    assert statuses(story, MessageKind.LETTER_ARRIVED) == [OutboxStatus.SENT]
    held = scenes.mail(story.house, MessageKind.REFEREE_DECLINED)
    assert (held.status, held.not_before) == (OutboxStatus.QUEUED, begun + AN_HOUR)
    assert (held.attempts, held.lease_until, held.last_error) == (0, None, None)
    clock.set(begun + AN_HOUR - BLINK)
    assert deliver(story) == []
    clock.set(begun + AN_HOUR)
    assert deliver(story) == ["noor@example.com"]
    assert scenes.breaches(story.house) == []


def test_that_letters_were_requested_is_told_at_once_and_other_news_wait_for_it(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    deliver(story)
    scenes.requested(story)
    deliver(story)
    assert statuses(story, MessageKind.REQUESTS_SENT) == [OutboxStatus.SENT] * 2
    assert statuses(story, MessageKind.LETTER_ARRIVED) == [OutboxStatus.QUEUED]
    clock.advance(BETWEEN_NEWS)
    deliver(story)
    assert statuses(story, MessageKind.LETTER_ARRIVED) == [OutboxStatus.SENT]


def test_what_the_applicant_causes_neither_waits_nor_makes_others_wait(story: Story) -> None:
    submitted = story.apply()
    acts.lose_status_link(story)
    acts.withdraw(story, story.apply())
    deliver(story)
    acts.decline_early(story, submitted)
    deliver(story)
    assert scenes.mail_statuses(story.house).count(OutboxStatus.QUEUED) == 0
    assert statuses(story, MessageKind.REFEREE_DECLINED) == [OutboxStatus.SENT]


def test_mails_to_others_do_not_wait(story: Story, clock: TestClock) -> None:
    mira, noor = scenes.requested(story), scenes.requested(story, NOOR)
    quiet(story, clock)
    for application_id in (mira, noor):
        scenes.send_letter(story, application_id)
    assert sorted(deliver(story)) == [
        "ada.ferreira@example.edu",
        "ada.ferreira@example.edu",
        "mira@example.com",
        "noor@example.com",
    ]


def test_a_mailbox_is_one_however_its_address_is_written(story: Story, clock: TestClock) -> None:
    first, second = scenes.requested(story), scenes.requested(story)
    scenes.change_application(story, second, applicant_email="MIRA@example.com")
    quiet(story, clock)
    for application_id in (first, second):
        scenes.send_letter(story, application_id)
    assert deliver(story).count("mira@example.com") == 1
    assert sorted(statuses(story, MessageKind.LETTER_ARRIVED)) == ["queued", "sent"]


def test_of_what_waited_only_what_is_still_true_is_sent(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story, NOOR)
    scenes.decline(story, application_id, 3)
    scenes.send_letter(story, application_id, 1)
    deliver(story)
    scenes.send_letter(story, application_id, 2)
    for _ in range(3):
        clock.advance(BETWEEN_NEWS)
        deliver(story)
    assert statuses(story, MessageKind.REFEREE_DECLINED) == [OutboxStatus.CANCELLED]
    assert statuses(story, MessageKind.LETTER_ARRIVED) == [OutboxStatus.CANCELLED] * 2
    assert statuses(story, MessageKind.ALL_IN) == [OutboxStatus.SENT]
    assert scenes.breaches(story.house) == []


def test_news_that_could_not_be_sent_make_nothing_wait(story: Story, clock: TestClock) -> None:
    first, second = scenes.requested(story, NOOR), scenes.requested(story, NOOR)
    quiet(story, clock)
    scenes.decline(story, first)
    scenes.decline(story, second)
    scenes.deliver_to(story.house, Postbox([BUSY]))
    assert statuses(story, MessageKind.REFEREE_DECLINED) == ["queued", "sent"]


def test_waiting_does_not_use_up_the_days_of_trying(story: Story, clock: TestClock) -> None:
    first, second = scenes.requested(story, NOOR), scenes.requested(story, NOOR)
    deliver(story)
    clock.advance(GIVE_UP_AFTER - A_DAY)
    scenes.decline(story, first)
    deliver(story)
    scenes.decline(story, second)
    deliver(story)
    clock.advance(BETWEEN_NEWS)
    held_since = clock.now()
    while statuses(story, MessageKind.REFEREE_DECLINED)[1] is OutboxStatus.QUEUED:
        clock.set(outbox(story.house, MessageKind.REFEREE_DECLINED)[1].not_before)
        scenes.deliver_to(story.house, Postbox([BUSY]))
    assert clock.now() - held_since >= GIVE_UP_AFTER


# --- several workers --------------------------------------------------------------------------


def taken(house: House) -> bool | None:
    """Take on the next mail; say whether it was put back, None when there was none."""
    with house.works.change(SYSTEM) as work:
        claim = claim_next(work)
        return None if claim is None else put_back(work, claim)


def two_news(story: Story, clock: TestClock) -> None:
    """Let a mailbox have two news that are both still true, and nothing else to be mailed."""
    first, second = scenes.requested(story, NOOR), scenes.requested(story, NOOR)
    quiet(story, clock)
    for application_id in (first, second):
        scenes.decline(story, application_id)


def test_while_one_worker_sends_news_another_puts_its_own_back_for_a_moment(
    story: Story, clock: TestClock
) -> None:
    two_news(story, clock)
    assert [taken(story.house), taken(story.house)] == [False, True]
    sending, held = outbox(story.house, MessageKind.REFEREE_DECLINED)
    assert (sending.status, held.status) == (OutboxStatus.SENDING, OutboxStatus.QUEUED)
    assert held.not_before == clock.now() + LOOK_AGAIN
    clock.advance(LEASE)
    assert taken(story.house) is False


def test_a_worker_that_was_overtaken_while_it_sent_leaves_the_hour_whole(
    story: Story, clock: TestClock
) -> None:
    two_news(story, clock)
    other = Postbox()

    def meanwhile(_: Message) -> None:
        scenes.deliver_to(story.house, other)

    box = Postbox(while_sending=meanwhile)
    scenes.deliver_to(story.house, box)
    assert (len(box.messages), len(other.messages)) == (1, 0)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_at_the_same_moment_never_send_two_news_within_the_hour(
    story: Story, clock: TestClock, workers: int
) -> None:
    asked = [scenes.requested(story, NOOR) for _ in range(4)]
    quiet(story, clock)
    for application_id in asked:
        scenes.decline(story, application_id)
    boxes = [Postbox() for _ in range(workers)]
    scenes.at_once(*[partial(scenes.deliver_to, story.house, box) for box in boxes])
    clock.advance(LOOK_AGAIN)
    scenes.at_once(*[partial(scenes.deliver_to, story.house, box) for box in boxes])
    assert sum(len(box.messages) for box in boxes) == 1
    clock.advance(BETWEEN_NEWS)
    for _ in asked:
        quiet(story, clock)
    sent = sorted(
        row.sent_at
        for kind in NEWS - {MessageKind.REQUESTS_SENT}
        for row in outbox(story.house, kind)
        if row.sent_at is not None
    )
    assert len(sent) == len(asked)
    assert min(later - earlier for earlier, later in pairwise(sent)) >= BETWEEN_NEWS
    assert sent[0] > START
    assert scenes.breaches(story.house) == []
