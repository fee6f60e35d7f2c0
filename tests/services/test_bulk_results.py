"""What a job's page and its table say of each application."""

import csv
from uuid import UUID

import pytest

from letters.domain.bulk import BulkAct
from letters.domain.errors import NotSubmitted
from letters.domain.journal import Fact
from letters.records import ItemStatus
from letters.services import bulk_results
from tests.services import bulk, scenes
from tests.services.bulk import ORDERS, after
from tests.support.people import SYSTEM, Story

REQUEST = ORDERS[BulkAct.REQUEST]


def test_the_table_says_of_each_application_what_became_of_it(
    story: Story, cora: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_results, "BATCH", 2)
    draft, *waiting = story.apply(submit=False), *scenes.apply_many(story, 3)
    scenes.change_application(story, waiting[0], applicant_name="=1+1", external_id="@X")
    job_id = bulk.start(story, cora, REQUEST)
    bulk.run(story, job_id, after(2))
    bulk.stop(story, job_id)
    job = bulk.result_of(story, job_id).job
    table = "".join(
        bulk_results.table(story.house.works, SYSTEM, job, lambda refusal: refusal.sentence[:9])
    )
    assert list(csv.reader(table.removeprefix("\ufeff").splitlines())) == [
        list(bulk_results.HEAD),
        [str(draft), "", "Mira Lindqvist", "refused", NotSubmitted.sentence[:9], "0", "0"],
        [str(waiting[0]), "'@X", "'=1+1", "done", "", "2", "1"],
        [str(waiting[1]), "", "Mira Lindqvist", "stopped", "", "0", "0"],
        [str(waiting[2]), "", "Mira Lindqvist", "stopped", "", "0", "0"],
    ]


def test_of_each_outcome_the_first_are_named(
    story: Story, cora: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_results, "SHOWN", 2)
    story.apply(submit=False)
    ids = scenes.apply_many(story, 3)
    job_id = bulk.start(story, cora, REQUEST)
    bulk.run(story, job_id)
    found = bulk.result_of(story, job_id)
    [done], [refused] = found.of(ItemStatus.DONE), found.of(ItemStatus.REFUSED)
    assert [one.application_id for one in done.named] == ids[:2]
    assert (done.count, done.unnamed, refused.count, refused.unnamed) == (3, 1, 1, 0)
    assert Fact.APPLICATION_SELECTED in scenes.facts(story, ids[2])
