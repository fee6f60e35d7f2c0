"""Starting an act on many applications: what is chosen, what is needed, and once per form."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest

from letters.domain.bulk import BulkAct, Order
from letters.domain.errors import (
    AccessDenied,
    InvalidInput,
    LettersError,
    MoreMatchNow,
    NothingChosen,
    ProgramArchived,
    TooManyChosen,
    UnknownBulkJob,
)
from letters.domain.lists import Filters
from letters.domain.progress import Standing
from letters.records import BulkJob, Coordinator, JobStatus, new_id
from letters.services import bulk_choosing, bulk_jobs, finding
from letters.services.bulk_acts import Preview
from letters.services.bulk_choosing import Choice
from tests.services import acts, bulk, scenes
from tests.services.bulk import ORDERS, chosen
from tests.services.scenes import nothing_changed
from tests.support.clock import TestClock
from tests.support.people import FELLOWSHIP, INTERNSHIP, SYSTEM, Story, tell
from tests.support.statements import counted

REQUEST, REMIND = ORDERS[BulkAct.REQUEST], ORDERS[BulkAct.REMIND]


def preview(story: Story, choice: Choice, order: Order = REQUEST) -> Preview:
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
    return bulk_choosing.preview(story.house.works, SYSTEM, program, choice, order)


def jobs(story: Story) -> list[UUID]:
    with story.house.works.look(SYSTEM) as work:
        found = bulk_jobs.jobs_of(work, finding.program_by_slug(work, story.slug))
        return [job.id for job in found]


def refused(story: Story, cora: UUID, why: type[LettersError], **how: object) -> None:
    with nothing_changed(story.house), pytest.raises(why):
        bulk.start(story, cora, **{"order": REQUEST, **how})  # type: ignore[arg-type]  # whatever start takes


# --- what is chosen ---------------------------------------------------------------------------


def test_all_that_match_when_it_is_started_are_chosen(story: Story, cora: UUID) -> None:
    story.apply(submit=False)
    waiting = story.apply()
    choice = Choice(Filters(state=Standing.WAITING))
    assert preview(story, choice).looked_at == 1
    elsewhere = tell(story.house, replace(INTERNSHIP, slug="other"))
    elsewhere.apply(scenes.NOOR)
    acts.begin_draft(story)
    after = story.apply(scenes.NOOR)
    job_id = bulk.start(story, cora, REQUEST, choice)
    late = story.apply()
    assert bulk.run(story, job_id) == 2
    states = [scenes.statuses(story, one)[0] for one in (waiting, after, late)]
    assert states == ["selected", "selected", "submitted"]


def test_who_was_ticked_is_chosen_and_nobody_from_elsewhere(story: Story, cora: UUID) -> None:
    elsewhere = tell(story.house, replace(INTERNSHIP, slug="other"))
    foreign, ticked, other = elsewhere.apply(), story.apply(), story.apply()
    choice = chosen(ticked, foreign, new_id())
    assert preview(story, choice) == bulk.preview(story, REQUEST, [ticked])
    job_id = bulk.start(story, cora, REQUEST, choice)
    assert bulk.run(story, job_id) == 1
    assert scenes.statuses(story, ticked)[0] == "selected"
    assert scenes.statuses(story, other)[0] == "submitted"


def test_choosing_nobody_starts_nothing(story: Story, cora: UUID) -> None:
    story.apply()
    for choice in (chosen(), chosen(new_id()), Choice(Filters(search="nobody"))):
        with pytest.raises(NothingChosen):
            preview(story, choice)
        refused(story, cora, NothingChosen, choice=choice)


def test_choosing_too_many_starts_nothing(
    story: Story, cora: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_choosing, "MOST_AT_ONCE", 2)
    scenes.apply_many(story, 2)
    assert preview(story, bulk.EVERYTHING).applications == 2
    scenes.apply_many(story, 1)
    with pytest.raises(TooManyChosen):
        preview(story, bulk.EVERYTHING)
    refused(story, cora, TooManyChosen)


def test_a_preview_reads_pages_and_holds_none_of_them(
    story: Story, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_choosing, "PAGE", 2)
    mixed = bulk.mixed(story, clock)
    for order in ORDERS.values():
        with counted(story.house.database.engine) as statements:
            assert preview(story, bulk.EVERYTHING, order) == bulk.preview(story, order, mixed.all)
        # Two for each of three pages, and how many there are; then those of the other way.
        assert len([one for one in statements if "LIMIT" in one]) == 4


def test_nobody_is_mailed_whom_the_preview_did_not_count(story: Story, cora: UUID) -> None:
    story.apply()
    foreseen = preview(story, bulk.EVERYTHING).looked_at
    story.apply()
    refused(story, cora, MoreMatchNow, foreseen=foreseen)
    bulk.start(story, cora, REQUEST, foreseen=2)


# --- what is needed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "reason", "field"),
    [
        (ORDERS[BulkAct.WITHDRAW], " ", "reason"),
        (REQUEST, "x" * 1001, "reason"),
        (Order(BulkAct.EXTEND), "", "day"),
        (Order(BulkAct.EXTEND, date(2027, 1, 31)), "", "day"),
        (Order(BulkAct.EXTEND, date(2028, 3, 1)), "", "day"),
    ],
    ids=["no reason", "long reason", "no day", "a past day", "a day too far"],
)
def test_what_an_act_needs_is_asked_for(
    story: Story, cora: UUID, order: Order, reason: str, field: str
) -> None:
    story.apply()
    with nothing_changed(story.house), pytest.raises(InvalidInput) as invalid:
        bulk.start(story, cora, order, reason=reason)
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_a_reason_may_be_left_empty_where_nothing_ends(story: Story, cora: UUID) -> None:
    one = story.apply()
    bulk.run(story, bulk.start(story, cora, REQUEST, reason=""))
    assert scenes.journal(story.house, one)[-1].details == {}


def test_only_who_manages_a_program_that_is_not_archived_starts_something(
    story: Story, cora: UUID
) -> None:
    story.apply()
    elsewhere = tell(story.house, FELLOWSHIP)
    stranger = elsewhere.add_coordinator("noor@lakeside.example.edu", "Noor")
    refused(story, stranger, AccessDenied)
    with story.house.works.change(SYSTEM) as work:
        finding.program_by_slug(work, story.slug).archived_at = work.now
    refused(story, cora, ProgramArchived)


# --- once per form ----------------------------------------------------------------------------


def test_the_same_form_sent_twice_starts_one_job(story: Story, cora: UUID) -> None:
    one = story.apply()
    form_id = new_id()
    start = partial(bulk.start, story, cora, REQUEST, form_id=form_id)
    assert scenes.at_once(start, start) == [form_id] * 2
    assert bulk.run(story, form_id) == 1
    with nothing_changed(story.house):
        assert start() == form_id
    assert jobs(story) == [form_id]
    assert scenes.statuses(story, one)[0] == "selected"


def test_a_form_of_somebody_else_starts_nothing(story: Story, cora: UUID) -> None:
    story.apply()
    form_id = bulk.start(story, cora, REQUEST)
    other = story.add_coordinator("noor@alpine.example.org", "Noor")
    refused(story, other, UnknownBulkJob, form_id=form_id)


def test_a_job_is_found_in_its_program_alone(story: Story, cora: UUID, clock: TestClock) -> None:
    story.apply()
    job_id = bulk.start(story, cora, REQUEST)
    clock.advance(timedelta(hours=1))
    newer = bulk.start(story, cora, REMIND)
    assert jobs(story) == [newer, job_id]
    elsewhere = tell(story.house, FELLOWSHIP)
    elsewhere.add_coordinator("noor@lakeside.example.edu", "Noor")
    with story.house.works.look(SYSTEM) as work:
        noor = finding.coordinator_by_email(work, "noor@lakeside.example.edu")
        reader = work.session.get_one(Coordinator, cora)
        assert bulk_jobs.job_run_by(work, reader, story.slug, job_id).status is JobStatus.QUEUED
        for who, slug, why in (
            (noor, story.slug, AccessDenied),
            (noor, elsewhere.slug, UnknownBulkJob),
        ):
            with pytest.raises(why):
                bulk_jobs.job_run_by(work, who, slug, job_id)
        assert work.session.get_one(BulkJob, job_id).reason == "Because."
