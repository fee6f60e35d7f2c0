"""Doing what was asked for many: each by itself, by one worker or several, to the end or not."""

from collections.abc import Callable
from functools import partial
from itertools import repeat
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from letters.domain.bulk import BulkAct, Estimate, Order, Refusal
from letters.domain.errors import (
    AccessDenied,
    ActFailed,
    AlreadyRequested,
    ProgramArchived,
    ProgramClosed,
    UnknownApplication,
    Withdrawn,
)
from letters.domain.journal import ActorKind, MessageKind
from letters.records import Application, ItemStatus, JobStatus, Remark
from letters.services import bulk_acts, bulk_running, finding
from letters.services.work import Work
from tests.services import acts, bulk, scenes
from tests.services.bulk import ORDERS, after, chosen
from tests.services.failing import Died
from tests.services.scenes import nothing_changed, outbox
from tests.support.clock import TestClock
from tests.support.people import SYSTEM, Story
from tests.support.statements import counted

REQUEST = ORDERS[BulkAct.REQUEST]
WAITING, DONE, REFUSED, STOPPED = (status.value for status in ItemStatus)


def requests_mailed(story: Story) -> int:
    return len(outbox(story.house, MessageKind.LETTER_REQUEST))


def fail_at(monkeypatch: pytest.MonkeyPatch, count: int, error: BaseException) -> list[UUID]:
    """Let the act go wrong once it was done so often, in the middle of its transaction."""
    seen: list[UUID] = []
    really = bulk_acts.do

    def do(work: Work, order: Order, application: Application) -> None:
        really(work, order, application)
        seen.append(application.id)
        if len(seen) == count:
            raise error

    monkeypatch.setattr(bulk_acts, "do", do)
    return seen


# --- to the end -------------------------------------------------------------------------------


@pytest.mark.parametrize("act", BulkAct)
def test_what_was_foreseen_is_done_and_what_was_refused_says_why(
    story: Story, cora: UUID, clock: TestClock, act: BulkAct
) -> None:
    mixed = bulk.mixed(story, clock)
    foreseen = bulk.preview(story, ORDERS[act], mixed.all)
    before = bulk.mails_of(story, act)
    job_id = bulk.start(story, cora, ORDERS[act])
    assert bulk.run(story, job_id) == 5
    sent = bulk.mails_of(story, act)
    found = bulk.result_of(story, job_id)
    assert (found.job.status, found.job.ended_at) == (JobStatus.DONE, clock.now())
    assert (found.counts.done, found.counts.looked_at) == (foreseen.applications, 5)
    assert found.counts.mails == foreseen.mails
    assert Estimate(sent[0] - before[0], sent[1] - before[1]) == foreseen.mails
    refused = {group.refusal: group.count for group in found.of(ItemStatus.REFUSED)}
    assert refused == foreseen.refused
    assert scenes.breaches(story.house) == []
    with nothing_changed(story.house):
        assert bulk.run(story, job_id) == 0


def test_the_journal_names_the_coordinator_and_the_reason(story: Story, cora: UUID) -> None:
    one = story.apply()
    before = len(scenes.journal(story.house, one))
    job_id = bulk.start(story, cora, REQUEST, reason=" They were all invited. ")
    bulk_running.run_all(story.house.works, SYSTEM)
    new = scenes.journal(story.house, one)[before:]
    assert {(x.actor_kind, x.actor_id, x.origin) for x in new} == {
        (ActorKind.COORDINATOR, cora, "web")
    }
    with story.house.works.look(SYSTEM) as work:
        remark = work.session.query(Remark).one()
    assert (remark.text, remark.author_id) == ("They were all invited.", cora)
    assert [x.details for x in new] == [{"remark": str(remark.id)}] * len(new)
    assert bulk.outcomes(story, job_id) == [DONE]


def test_what_changed_since_the_start_is_looked_at_anew(story: Story, cora: UUID) -> None:
    asked, gone, left = (story.apply() for _ in range(3))
    job_id = bulk.start(story, cora, REQUEST)
    scenes.select_for_letters(story, asked)
    acts.withdraw(story, gone)
    scenes.change_application(story, left, unproved=True)
    bulk.run(story, job_id)
    refusals = [group.refusal for group in bulk.result_of(story, job_id).groups]
    errors = (AlreadyRequested(), Withdrawn(), UnknownApplication())
    assert refusals == [Refusal.of(error) for error in errors]


def _close(story: Story) -> Refusal:
    with story.house.works.change(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        program.closed_at = work.now
        return Refusal.of(ProgramClosed(contact=program.contact_email))


def _archive(story: Story) -> Refusal:
    with story.house.works.change(SYSTEM) as work:
        finding.program_by_slug(work, story.slug).archived_at = work.now
    return Refusal.of(ProgramArchived())


def _take_the_right_away(story: Story) -> Refusal:
    with story.house.works.change(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        program.coordinators.clear()
    return Refusal.of(AccessDenied())


@pytest.mark.parametrize("meanwhile", [_close, _archive, _take_the_right_away])
def test_what_is_not_allowed_any_more_is_refused_one_by_one(
    story: Story, cora: UUID, meanwhile: Callable[[Story], Refusal]
) -> None:
    scenes.apply_many(story, 3)
    job_id = bulk.start(story, cora, REQUEST)
    assert bulk.run(story, job_id, after(1)) == 1
    refusal = meanwhile(story)
    mailed = requests_mailed(story)
    assert bulk.run(story, job_id) == 2
    found = bulk.result_of(story, job_id)
    assert [(group.refusal, group.count) for group in found.of(ItemStatus.REFUSED)] == [
        (refusal, 2)
    ]
    assert (found.counts.done, requests_mailed(story)) == (1, mailed)


# --- a worker that dies, and several ----------------------------------------------------------


def test_whoever_comes_after_a_worker_that_died_does_nothing_twice(
    story: Story, cora: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = scenes.apply_many(story, 4)
    job_id = bulk.start(story, cora, REQUEST)
    seen = fail_at(monkeypatch, 2, Died())
    with pytest.raises(Died):
        bulk.run(story, job_id)
    assert bulk.outcomes(story, job_id) == [DONE, WAITING, WAITING, WAITING]
    assert scenes.statuses(story, ids[1])[0] == "submitted"
    assert bulk_running.run_all(story.house.works, SYSTEM) == 3
    assert seen == [ids[0], ids[1], *ids[1:]]
    assert bulk.outcomes(story, job_id) == [DONE] * 4
    assert requests_mailed(story) == 8
    assert bulk.result_of(story, job_id).job.status is JobStatus.DONE
    assert scenes.breaches(story.house) == []


def test_several_workers_share_a_job_and_none_does_anything_twice(story: Story, cora: UUID) -> None:
    scenes.apply_many(story, 12)
    job_id = bulk.start(story, cora, REQUEST)
    looked_at = scenes.at_once(*repeat(partial(bulk.run, story, job_id), 3))
    assert sum(int(str(one)) for one in looked_at) == 12
    found = bulk.result_of(story, job_id)
    assert (found.job.status, found.counts.done) == (JobStatus.DONE, 12)
    assert requests_mailed(story) == 24
    assert scenes.breaches(story.house) == []


def test_a_worker_that_is_asked_to_end_leaves_the_rest_for_later(story: Story, cora: UUID) -> None:
    scenes.apply_many(story, 3)
    job_id = bulk.start(story, cora, REQUEST)
    assert bulk_running.run_all(story.house.works, SYSTEM, after(2)) == 2
    found = bulk.result_of(story, job_id)
    assert (found.job.status, found.counts.looked_at) == (JobStatus.RUNNING, 2)
    assert bulk_running.run_all(story.house.works, SYSTEM) == 1
    assert bulk_running.run_all(story.house.works, SYSTEM) == 0


def test_one_that_goes_wrong_stops_none_of_the_others(
    story: Story, cora: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = scenes.apply_many(story, 3)
    job_id = bulk.start(story, cora, REQUEST)
    fail_at(monkeypatch, 2, ZeroDivisionError())
    assert bulk.run(story, job_id) == 3
    assert bulk.outcomes(story, job_id) == [DONE, REFUSED, DONE]
    [group] = bulk.result_of(story, job_id).of(ItemStatus.REFUSED)
    assert group.refusal == Refusal.of(ActFailed())
    assert scenes.statuses(story, ids[1])[0] == "submitted"
    assert scenes.breaches(story.house) == []


def test_when_the_database_is_away_it_goes_on_later(
    story: Story, cora: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes.apply_many(story, 2)
    job_id = bulk.start(story, cora, REQUEST)
    fail_at(monkeypatch, 1, OperationalError("select", {}, RuntimeError("away")))
    with pytest.raises(OperationalError):
        bulk.run(story, job_id)
    assert bulk.outcomes(story, job_id) == [WAITING, WAITING]
    assert bulk.run(story, job_id) == 2


# --- stopping ---------------------------------------------------------------------------------


def test_what_waits_when_it_is_stopped_stays_as_it_is(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    ids = scenes.apply_many(story, 4)
    job_id = bulk.start(story, cora, REQUEST)
    bulk.run(story, job_id, after(1))
    bulk.stop(story, job_id)
    assert bulk.outcomes(story, job_id) == [DONE, STOPPED, STOPPED, STOPPED]
    with nothing_changed(story.house):
        assert bulk.run(story, job_id) == 0
        bulk.stop(story, job_id)
    found = bulk.result_of(story, job_id)
    assert (found.job.status, found.job.ended_at) == (JobStatus.STOPPED, clock.now())
    assert (found.counts.done, found.counts.stopped) == (1, 3)
    assert [scenes.statuses(story, one)[0] for one in ids[1:]] == ["submitted"] * 3


def test_stopping_while_workers_are_at_it(story: Story, cora: UUID) -> None:
    ids = scenes.apply_many(story, 10)
    job_id = bulk.start(story, cora, REQUEST)
    run = partial(bulk.run, story, job_id)
    scenes.at_once(run, run, partial(bulk.stop, story, job_id))
    outcomes = bulk.outcomes(story, job_id)
    selected = [scenes.statuses(story, one)[0] == "selected" for one in ids]
    assert selected == [one == DONE for one in outcomes]
    assert set(outcomes) <= {DONE, STOPPED}
    ended = JobStatus.STOPPED if STOPPED in outcomes else bulk.result_of(story, job_id).job.status
    assert bulk.result_of(story, job_id).job.status is ended
    assert requests_mailed(story) == 2 * sum(selected)
    assert scenes.breaches(story.house) == []


# --- how much it takes ------------------------------------------------------------------------


def test_each_application_takes_as_many_statements_however_many_there_are(
    story: Story, cora: UUID
) -> None:
    taken = {}
    for size in (2, 6):
        job_id = bulk.start(story, cora, REQUEST, chosen(*scenes.apply_many(story, size)))
        with counted(story.house.database.engine) as statements:
            bulk.run(story, job_id)
        taken[size] = len(statements)
    # SQLite takes the four entries of the journal one by one.
    each = 14 if story.house.database.is_sqlite else 11
    # Beside each application: the job, its begin and its end, and finding that none waits.
    assert {size: (count - 4) / size for size, count in taken.items()} == {2: each, 6: each}
