"""How a mail read is kept without its links, and what became of it can be told."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from letters.domain.errors import (
    AccessDenied,
    AddressRefused,
    MailNotGivenUp,
    MailNotNeeded,
    UnknownMail,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.roles import Role
from letters.ports import Message
from letters.records import (
    Coordinator,
    MailCopy,
    OutboxMessage,
    OutboxStatus,
    new_id,
    program_coordinators,
)
from letters.services import mail_page, signing_in, verifying
from letters.services.mail_copies import forget_copies
from letters.services.mail_fates import Fate, fate_of
from tests.services import scenes
from tests.services.failing import BUSY
from tests.services.scenes import COORDINATOR, Postbox, deliver_to, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

ADA = "ada.ferreira@example.edu"
NOBODY = AddressRefused(reason="550 no such mailbox")


def _copies(story: Story) -> dict[MessageKind, str]:
    with story.house.works.look(SYSTEM) as work:
        found = work.session.execute(
            select(OutboxMessage.kind, MailCopy.subject, MailCopy.text).join(MailCopy)
        )
        return {kind: f"{subject}\n{text}" for kind, subject, text in found}


def _fates(story: Story) -> set[Fate]:
    now = story.house.works.tools.clock.now()
    return {fate_of(row, now) for row in outbox(story.house)}


def _cora(story: Story) -> Coordinator:
    coordinator_id = story.add_coordinator()
    with story.house.works.look(SYSTEM) as work:
        return work.session.get_one(Coordinator, coordinator_id)


# --- the copy ---------------------------------------------------------------------------------


def test_a_copy_is_the_text_that_went_without_its_tokens(story: Story) -> None:
    asked = scenes.requested(story)
    box = Postbox()
    deliver_to(story.house, box)
    [went] = [one for one in box.messages if one.to == ADA]
    token = story.upload_token(asked)
    base = story.house.settings.base_url
    kept = _copies(story)[MessageKind.LETTER_REQUEST]
    assert f"{base}/letter/{token}/decline" in went.text
    assert f"{base}/letter/…/decline" in kept
    with story.house.works.look(SYSTEM) as work:
        rows = work.session.scalars(select(MailCopy)).all()
        assert went.text.replace(token, "…") in [row.text for row in rows]
        assert went.subject in [row.subject for row in rows]
        raw = work.session.connection().exec_driver_sql("SELECT subject, text FROM mail_copies")
        assert token not in str(raw.all())
    assert scenes.breaches(story.house) == []


def test_words_are_forgotten_and_that_they_went_is_not(story: Story) -> None:
    [first, second] = scenes.apply_many(story, 2)
    scenes.mail_all(story.house)
    with story.house.works.change(SYSTEM) as work:
        forget_copies(work, first)
        left = work.session.scalars(select(OutboxMessage.application_id).join(MailCopy)).all()
    assert left == [second]
    assert _fates(story) == {Fate.SENT}
    assert scenes.breaches(story.house) == []


def test_what_is_not_about_an_application_is_not_kept(story: Story) -> None:
    story.add_coordinator()
    with story.house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, "cora@alpine.example.org", "secret")
    assert story.deliver() == 1
    assert _copies(story) == {}


def test_verify_finds_a_copy_with_a_live_link(story: Story) -> None:
    asked = scenes.requested(story)
    scenes.mail_all(story.house)
    with story.house.works.change(SYSTEM) as work:
        copy = work.session.scalars(select(MailCopy).limit(1)).one()
        copy.text = f"http://old.example.org/letter/{story.upload_token(asked)}"
        outbox_id = copy.outbox_id
    with story.house.works.look(SYSTEM) as work:
        found = verifying.verify(work)
    assert [breach.what for breach in found] == [f"the copy of mail {outbox_id} holds a link"]


# --- its fate ---------------------------------------------------------------------------------


def _refuse_ada(error: Exception) -> Postbox:
    """Return a postbox that takes every mail but those to Ada."""

    def refuse(message: Message) -> None:
        if message.to == ADA:
            raise error

    return Postbox(while_sending=refuse)


def test_each_fate_is_told_from_the_others(story: Story, clock: TestClock) -> None:
    asked = scenes.requested(story)
    assert _fates(story) == {Fate.DUE}
    deliver_to(story.house, _refuse_ada(NOBODY))
    assert _fates(story) == {Fate.CAME_BACK, Fate.SENT, Fate.WAITING}
    scenes.decline(story, asked, 2)
    scenes.take_back(story, asked, 2)
    clock.advance(A_DAY)
    scenes.mail_all(story.house)
    assert Fate.DROPPED in _fates(story)


@pytest.mark.parametrize(
    ("attempts", "later", "fate"),
    [(0, 0, Fate.DUE), (0, 1, Fate.WAITING), (1, 0, Fate.TRIED), (1, 1, Fate.TRIED)],
)
def test_what_is_queued_is_due_or_waits_or_was_tried(attempts: int, later: int, fate: Fate) -> None:
    row = OutboxMessage(
        status=OutboxStatus.QUEUED, attempts=attempts, not_before=START + timedelta(hours=later)
    )
    assert fate_of(row, START) is fate


# --- sending again ----------------------------------------------------------------------------


def _given_up(story: Story) -> OutboxMessage:
    deliver_to(story.house, _refuse_ada(NOBODY))
    [dead] = [row for row in outbox(story.house) if row.status is OutboxStatus.DEAD]
    return dead


def _send_again(story: Story, cora: Coordinator, outbox_id: UUID) -> None:
    with story.house.works.change(COORDINATOR) as work:
        mail_page.send_again(work, cora, outbox_id)


def test_what_was_given_up_is_sent_again_to_the_address_on_file(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    cora, dead = _cora(story), _given_up(story)
    clock.advance(30 * A_DAY)
    _send_again(story, cora, dead.id)
    assert scenes.facts(story, asked)[-1] is Fact.MAIL_QUEUED_AGAIN
    scenes.change_request(story, asked, referee_email="ada@example.org")
    box = Postbox()
    deliver_to(story.house, box)
    again = [one.message_id for one in box.messages if one.to == "ada@example.org"]
    assert again == [dead.message_id]
    assert scenes.breaches(story.house) == []


def test_the_days_of_trying_begin_anew(story: Story, clock: TestClock) -> None:
    scenes.requested(story)
    cora, dead = _cora(story), _given_up(story)
    clock.advance(30 * A_DAY)
    _send_again(story, cora, dead.id)
    deliver_to(story.house, _refuse_ada(BUSY))
    [row] = [row for row in outbox(story.house) if row.id == dead.id]
    assert (row.status, row.attempts) == (OutboxStatus.QUEUED, 1)
    assert fate_of(row, clock.now()) is Fate.TRIED


def test_pressed_twice_it_goes_once(story: Story) -> None:
    scenes.requested(story)
    cora, dead = _cora(story), _given_up(story)
    _send_again(story, cora, dead.id)
    with scenes.nothing_changed(story.house), pytest.raises(MailNotGivenUp):
        _send_again(story, cora, dead.id)


def test_what_is_not_so_any_more_is_not_sent_again(story: Story) -> None:
    asked = scenes.requested(story)
    cora, dead = _cora(story), _given_up(story)
    scenes.send_letter(story, asked, 1)
    with scenes.nothing_changed(story.house), pytest.raises(MailNotNeeded):
        _send_again(story, cora, dead.id)


def test_who_does_not_manage_the_program_sends_nothing_again(story: Story) -> None:
    scenes.requested(story)
    cora, dead = _cora(story), _given_up(story)
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=Role.READER))
    with scenes.nothing_changed(story.house), pytest.raises(AccessDenied):
        _send_again(story, cora, dead.id)
    with scenes.nothing_changed(story.house), pytest.raises(UnknownMail):
        _send_again(story, cora, new_id())
