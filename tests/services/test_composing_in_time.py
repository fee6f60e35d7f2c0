"""What a mail says is true when it is delivered, or it is not sent."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from letters.domain.journal import MessageKind
from letters.domain.slots import Slot
from letters.house import House
from letters.records import OutboxMessage, OutboxStatus
from letters.services import finding, requesting, signing_in
from letters.services.digesting import plan_digests
from letters.services.signing_in import LINK_LIFETIME
from tests.services import scenes
from tests.services.acts import ask_for_sign_in
from tests.services.digests import reached, window_of
from tests.services.replies import composed
from tests.services.scenes import BLINK, CLOSES, Postbox, deliver_to, mail_all, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREE, START, SYSTEM, Story
from tests.support.statements import counted
from tests.support.thorough import rounds

CORA = "cora@alpine.example.org"


def left_out(house: House, kind: MessageKind) -> list[OutboxStatus]:
    """Deliver everything; return what became of the mails of one kind."""
    mail_all(house)
    return [row.status for row in outbox(house, kind)]


# --- again, in other words --------------------------------------------------------------------


def again(story: Story) -> list[object]:
    mails = [composed(story, row) for row in outbox(story.house, MessageKind.LETTER_REQUEST)]
    return [one.facts["again"] for one in mails if one]


def test_a_request_says_whether_it_comes_again(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id)
    scenes.take_back(story, application_id)
    send_link_again(story, application_id)
    assert again(story) == [False, False, True, True]


def send_link_again(story: Story, application_id: UUID) -> None:
    with story.house.works.change(REFEREE) as work:
        application = finding.application(work, application_id, lock=True)
        requesting.send_link_again(work, application, application.requests[0])


def test_the_status_link_again_says_so(story: Story) -> None:
    application_id = story.apply()
    with story.house.works.change(scenes.APPLICANT) as work:
        application = finding.application(work, application_id, lock=True)
        requesting.send_status_link_again(work, application)
    mails = [composed(story, row) for row in outbox(story.house)]
    assert [one.facts["again"] for one in mails if one] == [False, True]


# --- what is true by then ---------------------------------------------------------------------


def test_a_corrected_address_counts(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, referee_email="ada@new.example.edu")
    scenes.change_application(story, application_id, applicant_email="mira@new.example.com")
    box = Postbox()
    deliver_to(story.house, box)
    assert sorted(message.to for message in box.messages) == [
        "ada@new.example.edu",
        "b.dewit@example.org",
        "mira@new.example.com",
        "mira@new.example.com",
    ]
    assert sorted(row.sent_to or "" for row in outbox(story.house)) == sorted(
        message.to for message in box.messages
    )


def test_a_replaced_link_is_never_mailed(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, link_generation=2)
    found = composed(story, outbox(story.house, MessageKind.LETTER_REQUEST)[0])
    assert found is not None
    assert str(found.facts["url"]).endswith(story.upload_token(application_id))


def test_a_notice_is_dropped_once_the_letter_was_asked_for(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    scenes.select_for_letters(story, application_id)
    assert left_out(story.house, MessageKind.ADVANCE_NOTICE) == ["cancelled", "cancelled"]


@pytest.mark.parametrize("slot", [s for s in Slot if s not in {Slot.NOT_REQUESTED, Slot.OPEN}])
def test_a_request_is_dropped_once_it_was_answered_or_is_over(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    scenes.reach(story, clock, slot)
    assert left_out(story.house, MessageKind.LETTER_REQUEST)[0] == "cancelled"


def test_a_link_that_was_asked_for_comes_when_the_letter_is_in_too(story: Story) -> None:
    application_id = scenes.requested(story)
    send_link_again(story, application_id)
    scenes.send_letter(story, application_id)
    assert left_out(story.house, MessageKind.LETTER_REQUEST) == ["cancelled", "sent", "sent"]


def test_what_a_receipt_says_stays_true(story: Story, clock: TestClock) -> None:
    scenes.send_letter(story, scenes.requested(story))
    clock.set(CLOSES + A_DAY)
    assert left_out(story.house, MessageKind.RECEIPT) == ["sent"]


@pytest.mark.parametrize(
    ("later", "expected"), [(LINK_LIFETIME, "sent"), (LINK_LIFETIME + BLINK, "cancelled")]
)
def test_a_sign_in_link_is_not_mailed_when_it_has_expired(
    story: Story, clock: TestClock, later: timedelta, expected: str
) -> None:
    ask_for_sign_in(story)
    clock.set(START + later)
    assert left_out(story.house, MessageKind.SIGN_IN) == [expected]


def test_a_sign_in_link_is_not_mailed_when_it_was_used(story: Story) -> None:
    ask_for_sign_in(story)
    with story.house.works.change(SYSTEM) as work:
        url = signing_in.make_link(work, CORA)
    with story.house.works.change(SYSTEM) as work:
        signing_in.use_link(work, url.rpartition("/")[2], None, "")
    assert left_out(story.house, MessageKind.SIGN_IN) == ["cancelled"]


def test_a_digest_without_news_any_more_is_dropped_and_its_window_closed(
    story: Story, clock: TestClock
) -> None:
    coordinator_id = story.add_coordinator()
    application_id = scenes.requested(story)
    mail_all(story.house)
    clock.advance(A_DAY)
    plan_digests(story.house.works, SYSTEM, at_once=True)
    mail_all(story.house)
    scenes.decline(story, application_id)
    clock.advance(A_DAY)
    plan_digests(story.house.works, SYSTEM, at_once=True)
    scenes.take_back(story, application_id)
    newest = window_of(outbox(story.house, MessageKind.DIGEST)[-1]).until_seq
    assert left_out(story.house, MessageKind.DIGEST) == ["sent", "cancelled"]
    assert reached(story, coordinator_id) == (newest, START + 2 * A_DAY)


# --- how much it takes ------------------------------------------------------------------------


COUNTED = (MessageKind.APPLICATION_SUBMITTED, MessageKind.LETTER_REQUEST, MessageKind.DIGEST)


def test_a_mail_takes_as_many_statements_among_many_as_alone(story: Story) -> None:
    story.add_coordinator()
    taken: dict[MessageKind, list[int]] = {kind: [] for kind in COUNTED}
    applications = 0
    for count in (1, 3, rounds(short=40, long=300)):
        (*_, newest) = scenes.apply_many(story, count - applications)
        applications = count
        scenes.select_for_letters(story, newest)
        scenes.send_letter(story, newest)
        plan_digests(story.house.works, SYSTEM, at_once=True)
        for kind in COUNTED:
            taken[kind].append(statements_for_the_newest(story.house, kind))
    assert taken == {kind: [counts[0]] * 3 for kind, counts in taken.items()}


def statements_for_the_newest(house: House, kind: MessageKind) -> int:
    """Put off all mails but the newest of a kind, deliver that, and count what it takes."""
    newest = outbox(house, kind)[-1].id
    with house.works.change(SYSTEM) as work:
        work.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.status == OutboxStatus.QUEUED)
            .values(not_before=START + 1000 * A_DAY)
        )
        work.session.execute(
            update(OutboxMessage).where(OutboxMessage.id == newest).values(not_before=START)
        )
    box = Postbox()
    with counted(house.database.engine) as statements:
        assert scenes.postman_with(house, box).deliver_next() is True
    assert len(box.messages) == 1
    return len(statements)
