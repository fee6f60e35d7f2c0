"""Who comes while somebody else is at the same thing waits, and goes by what was done.

On PostgreSQL, where two can be at work at once; SQLite lets nobody else begin.
"""

from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import update

from letters.domain.bulk import BulkAct
from letters.domain.errors import AlreadyHeld, MailNotGivenUp
from letters.domain.journal import Fact
from letters.records import Coordinator, OutboxMessage, OutboxStatus
from letters.services import (
    bulk_jobs,
    exporting,
    finding,
    holding,
    mail_page,
    retaining,
    signing_in,
)
from letters.services.bulk_jobs import Form
from letters.services.happening import happened
from letters.services.retaining import Purged
from letters.services.returning import Effect
from letters.services.work import Work
from tests.services import bulk, rules, scenes
from tests.services.failing import REFUSED
from tests.services.keeping import listed_by
from tests.services.returns import come_back, row_of, sent_to, settings
from tests.services.scenes import Postbox
from tests.services.waiting import amid
from tests.support.bounces import ADA
from tests.support.clock import TestClock
from tests.support.people import A_DAY, OPERATOR, SYSTEM, Story

__all__ = ["settings"]

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def set_hold(work: Work, story: Story) -> None:
    program = finding.program_by_slug(work, story.slug)
    holding.lock_program(work, program)
    holding.set_hold(work, program, "A lawsuit.")


def hold(story: Story) -> None:
    with story.house.works.change(OPERATOR) as work:
        set_hold(work, story)


def test_nothing_is_erased_of_a_program_that_is_being_held(story: Story, clock: TestClock) -> None:
    scenes.send_letter(story, scenes.requested(story))
    listed_by(story.house, clock, scenes.CLOSES + 365 * A_DAY + scenes.BLINK)
    purge = partial(retaining.purge, story.house.works, SYSTEM)
    assert amid(story.house, OPERATOR, lambda work: set_hold(work, story), purge) == Purged()
    assert len(scenes.contents(story.house)) == 1


def test_of_two_who_hold_a_program_at_once_the_second_is_told_that_it_is_held(story: Story) -> None:
    with pytest.raises(AlreadyHeld):
        amid(story.house, OPERATOR, lambda work: set_hold(work, story), lambda: hold(story))
    assert scenes.breaches(story.house) == []


def test_a_mail_that_is_reported_twice_at_once_is_lost_once(
    story: Story, clock: TestClock, cora: UUID
) -> None:
    with story.house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, work.session.get_one(Coordinator, cora).email, "secret")
    scenes.mail_all(story.house)
    row = sent_to(story, "cora@alpine.example.org")
    first = update(OutboxMessage).where(OutboxMessage.id == row.id).values(bounced_at=clock.now())
    clock.advance(A_DAY)
    report = partial(come_back, story, row)
    assert amid(story.house, SYSTEM, lambda w: w.session.execute(first), report) is Effect.KNOWN
    assert row_of(story, row.id).bounced_at == clock.now() - A_DAY


def test_a_mail_that_two_send_again_at_once_is_queued_once(story: Story, cora: UUID) -> None:
    scenes.requested(story)
    scenes.deliver_to(story.house, Postbox([REFUSED]))
    (lost,) = (row for row in scenes.outbox(story.house) if row.status is OutboxStatus.DEAD)

    def send_again(work: Work) -> None:
        mail_page.send_again(work, work.session.get_one(Coordinator, cora), lost.id)

    def send_again_too() -> None:
        with story.house.works.change(scenes.COORDINATOR) as work:
            send_again(work)

    with pytest.raises(MailNotGivenUp):
        amid(story.house, scenes.COORDINATOR, send_again, send_again_too)
    facts = [entry.fact for entry in scenes.journal(story.house)]
    assert facts.count(Fact.MAIL_QUEUED_AGAIN) == 1


def test_a_bounce_is_told_another_applicant_to_whom_something_happens_just_then(
    story: Story,
) -> None:
    scenes.requested(story)
    other = scenes.requested(story, scenes.NOOR)
    scenes.mail_all(story.house)

    def happens(work: Work) -> None:
        happened(work, Fact.NOTE_LEFT, finding.application(work, other, lock=True))

    row = next(one for one in scenes.outbox(story.house) if one.sent_to == ADA)
    effect = amid(story.house, SYSTEM, happens, partial(come_back, story, row))
    assert effect is Effect.UNREACHABLE
    assert scenes.facts(story, other)[-2:] == [Fact.NOTE_LEFT, Fact.ADDRESS_BOUNCED]
    assert scenes.breaches(story.house) == []


def test_two_who_take_the_letters_away_at_once_are_both_written_down(story: Story) -> None:
    scenes.send_letter(story, scenes.requested(story))
    program_id = rules.program_of(story).id
    archive = partial(exporting.archive, story.house.works, SYSTEM, program_id)
    scenes.at_once(*[lambda: list(archive())] * 4)
    facts = [entry.fact for entry in scenes.journal(story.house)]
    assert facts.count(Fact.LETTERS_EXPORTED) == 4
    assert scenes.breaches(story.house) == []


def test_a_form_that_is_sent_twice_at_once_starts_one_job(story: Story, cora: UUID) -> None:
    story.apply()
    order = bulk.ORDERS[BulkAct.REQUEST]
    form = Form(bulk_jobs.new_form_id(), order, bulk.EVERYTHING, "Because.", 1000)

    def start(work: Work) -> None:
        coordinator = work.session.get_one(Coordinator, cora)
        program = bulk_jobs.program_for(work, coordinator, story.slug)
        bulk_jobs.start(work, coordinator, program, form)

    again = partial(bulk.start, story, cora, order, form_id=form.id)
    assert amid(story.house, scenes.COORDINATOR, start, again) == form.id
    assert bulk.job_ids(story) == [form.id]
