"""A mail that comes back is written down once, and told to who can do something about it."""

from uuid import UUID

import pytest

from letters.domain.bounces import MOST_DELAYS
from letters.domain.journal import Fact, MessageKind
from letters.domain.needs import Need
from letters.records import Coordinator, OutboxStatus, Program
from letters.services import mail_page, signing_in
from letters.services.mail_fates import Fate, fate_of
from letters.services.needs import need_counts
from letters.services.returning import Effect
from tests.services import acts, news, scenes
from tests.services.returns import asked, back_to, come_back, returns_of, row_of, sent_to, settings
from tests.services.scenes import nothing_changed
from tests.support import bounces
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

MIRA = "mira@example.com"

__all__ = ["asked", "settings"]


def needs(story: Story) -> dict[Need, int]:
    with story.house.works.look(SYSTEM) as work:
        program_id = work.session.query(Program.id).scalar()
        assert program_id is not None
        return dict(need_counts(work, [program_id]).get(program_id, {}))


# --- for good ---------------------------------------------------------------------------------


@pytest.mark.parametrize("report", [bounces.postfix(), bounces.gmail(), bounces.qmail()])
def test_what_came_back_for_good_marks_mail_and_address_and_is_told(
    story: Story, clock: TestClock, asked: UUID, report: bytes
) -> None:
    row = sent_to(story)
    clock.advance(A_DAY)
    assert come_back(story, row, report) is Effect.UNREACHABLE
    request = scenes.request_of(story, asked)
    assert request.bounced_at == START + A_DAY
    row = row_of(story, row.id)
    assert (row.status, row.bounced_at) == (OutboxStatus.SENT, START + A_DAY)
    assert row.last_error
    assert fate_of(row, clock.now()) is Fate.BOUNCED
    assert scenes.facts(story, asked)[-2:] == [Fact.MAIL_GIVEN_UP, Fact.ADDRESS_BOUNCED]
    (told,) = news.of_kind(story, MessageKind.ADDRESS_BOUNCED)
    assert told is not None
    assert told.to == MIRA
    assert needs(story) == {Need.BOUNCED: 1}
    assert scenes.breaches(story.house) == []


def test_the_same_report_again_changes_nothing(story: Story, asked: UUID) -> None:
    row = sent_to(story)
    come_back(story, row)
    with nothing_changed(story.house):
        assert come_back(story, row) is Effect.KNOWN
        assert come_back(story, row, bounces.exim()) is Effect.KNOWN
        assert come_back(story, row, bounces.delayed()) is Effect.KNOWN
    assert scenes.facts(story, asked).count(Fact.ADDRESS_BOUNCED) == 1


@pytest.mark.parametrize(
    "report",
    [
        bounces.postfix("4.2.2", said="452 4.2.2 mailbox full"),
        bounces.exchange("5.7.1"),
        bounces.exim("552 5.3.4 message too big"),
    ],
)
def test_what_is_lost_for_another_reason_says_nothing_of_the_address(
    story: Story, asked: UUID, report: bytes
) -> None:
    row = sent_to(story)
    assert come_back(story, row, report) is Effect.LOST
    assert row_of(story, row.id).bounced_at == START
    assert scenes.request_of(story, asked).bounced_at is None
    assert scenes.facts(story, asked)[-1] is Fact.MAIL_GIVEN_UP
    assert news.of_kind(story, MessageKind.ADDRESS_BOUNCED) == []
    assert needs(story) == {Need.GIVEN_UP: 1}
    assert scenes.breaches(story.house) == []


def test_what_was_lost_for_now_and_then_for_good_marks_the_address_once(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    row = sent_to(story)
    assert come_back(story, row, bounces.postfix("4.4.7", said="timed out")) is Effect.LOST
    with nothing_changed(story.house):
        assert come_back(story, row, bounces.exchange("5.7.1")) is Effect.KNOWN
    clock.advance(A_DAY)
    assert come_back(story, row) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at == START + A_DAY
    later = row_of(story, row.id)
    assert (later.bounced_at, "5.1.1" in (later.last_error or "")) == (START, True)
    facts = scenes.facts(story, asked)
    assert facts[-2:] == [Fact.MAIL_GIVEN_UP, Fact.ADDRESS_BOUNCED]
    assert len(news.of_kind(story, MessageKind.ADDRESS_BOUNCED)) == 1
    assert needs(story) == {Need.BOUNCED: 1}
    with nothing_changed(story.house):
        assert come_back(story, row) is Effect.KNOWN
    assert scenes.breaches(story.house) == []


def test_a_mail_to_the_applicant_is_shown_to_the_coordinators(story: Story, asked: UUID) -> None:
    assert come_back(story, sent_to(story, MIRA)) is Effect.UNREACHABLE
    assert scenes.facts(story, asked)[-1] is Fact.MAIL_GIVEN_UP
    requests = story.application(asked).requests
    assert [request.bounced_at for request in requests] == [None, None]
    assert needs(story) == {Need.GIVEN_UP: 1}


def test_a_mail_to_a_coordinator_is_marked_in_no_ones_chain(story: Story) -> None:
    story.add_coordinator()
    with story.house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, "cora@alpine.example.org", "secret")
    scenes.mail_all(story.house)
    row = sent_to(story, "cora@alpine.example.org")
    before = scenes.journal(story.house)
    assert come_back(story, row) is Effect.UNREACHABLE
    assert row_of(story, row.id).bounced_at == START
    assert len(scenes.journal(story.house)) == len(before)
    assert scenes.breaches(story.house) == []


def test_all_who_are_asked_at_the_address_are_told_of_it(story: Story, asked: UUID) -> None:
    other = scenes.requested(story, news.somebody(1))
    elsewhere = scenes.requested(story, news.somebody(2))
    scenes.change_request(story, elsewhere, referee_email="ada@example.org", referee_key="ada")
    assert come_back(story, sent_to(story)) is Effect.UNREACHABLE
    bounced = [scenes.request_of(story, one).bounced_at for one in (asked, other, elsewhere)]
    assert bounced == [START, START, None]
    assert [one.to for one in news.of_kind(story, MessageKind.ADDRESS_BOUNCED) if one] == [
        MIRA,
        news.somebody(1).applicant_email,
    ]
    assert needs(story) == {Need.BOUNCED: 2}
    assert scenes.breaches(story.house) == []


def test_an_address_that_was_corrected_meanwhile_has_not_bounced(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    before = sent_to(story)
    clock.advance(A_DAY)
    acts.correct_for(story, asked, "ada@new.example.edu")
    scenes.mail_all(story.house)
    assert come_back(story, before) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at is None
    assert news.of_kind(story, MessageKind.ADDRESS_BOUNCED) == []
    assert needs(story) == {}


def test_once_the_letter_is_in_the_address_does_not_matter(story: Story, asked: UUID) -> None:
    scenes.send_letter(story, asked)
    assert come_back(story, sent_to(story)) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at is None
    assert scenes.breaches(story.house) == []


# --- for now ----------------------------------------------------------------------------------


def test_reports_of_delay_are_counted_each_once_and_not_without_end(
    story: Story, asked: UUID
) -> None:
    row = sent_to(story)
    assert come_back(story, row, bounces.delayed(1)) is Effect.DELAYED
    assert come_back(story, row, bounces.delayed(1)) is Effect.KNOWN
    effects = [come_back(story, row, bounces.delayed(n)) for n in range(2, MOST_DELAYS + 3)]
    assert effects.count(Effect.DELAYED) == MOST_DELAYS - 1
    row = row_of(story, row.id)
    assert (row.bounced_at, fate_of(row, START)) == (None, Fate.SENT)
    assert len(row.details["delays"]) == MOST_DELAYS
    assert needs(story) == {}
    assert come_back(story, row) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at == START


def test_what_reached_others_behind_the_address_is_not_lost(story: Story, asked: UUID) -> None:
    assert come_back(story, sent_to(story), bounces.partly_expanded()) is Effect.DELAYED
    assert scenes.request_of(story, asked).bounced_at is None


def test_what_is_no_report_of_a_failure_changes_nothing(story: Story, asked: UUID) -> None:
    row = sent_to(story)
    mails = (bounces.out_of_office(), bounces.challenge(), bounces.reply(), bounces.delivered())
    with nothing_changed(story.house):
        assert {come_back(story, row, mail) for mail in mails} == {Effect.NOTHING}
    assert scenes.request_of(story, asked).bounced_at is None


# --- sending again ----------------------------------------------------------------------------


def test_what_came_back_is_sent_again_and_may_come_back_again(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    cora = story.add_coordinator()
    row = sent_to(story, MIRA)
    come_back(story, row, bounces.delayed())
    come_back(story, row)
    clock.advance(A_DAY)
    with story.house.works.change(scenes.COORDINATOR) as work:
        mail_page.send_again(work, work.session.get_one(Coordinator, cora), row.id)
    again = row_of(story, row.id)
    assert (again.status, again.bounced_at, again.sent_at) == (OutboxStatus.QUEUED, None, None)
    assert again.last_error is None
    assert "delays" not in again.details
    scenes.mail_all(story.house)
    assert fate_of(row_of(story, row.id), clock.now()) is Fate.SENT
    assert needs(story) == {}
    with nothing_changed(story.house):
        assert returns_of(story).take([back_to(story, row)], bounces.postfix()) is Effect.STALE
    assert come_back(story, row_of(story, row.id)) is Effect.UNREACHABLE
    assert scenes.breaches(story.house) == []
    assert scenes.facts(story, asked).count(Fact.MAIL_GIVEN_UP) == 2


def test_a_referee_who_is_written_to_again_counts_as_reached_until_it_comes_back_once_more(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    cora = story.add_coordinator()
    row = sent_to(story)
    come_back(story, row)
    told = scenes.outbox(story.house, MessageKind.ADDRESS_BOUNCED)
    clock.advance(A_DAY)
    with story.house.works.change(scenes.COORDINATOR) as work:
        mail_page.send_again(work, work.session.get_one(Coordinator, cora), row.id)
    assert scenes.request_of(story, asked).bounced_at is None
    assert needs(story) == {}
    scenes.mail_all(story.house)
    assert fate_of(row_of(story, row.id), clock.now()) is Fate.SENT

    assert come_back(story, row_of(story, row.id)) is Effect.UNREACHABLE
    assert scenes.request_of(story, asked).bounced_at == clock.now()
    assert len(scenes.outbox(story.house, MessageKind.ADDRESS_BOUNCED)) == len(told) + 1
    assert scenes.facts(story, asked).count(Fact.ADDRESS_BOUNCED) == 2
    assert scenes.breaches(story.house) == []
