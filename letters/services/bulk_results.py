"""What became of a job so far: in numbers, by reason, and of each application in a table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from letters.domain.bulk import Estimate, Refusal
from letters.domain.exports import harmless, lines
from letters.records import Application, BulkItem, BulkJob, ItemStatus, JobStatus
from letters.services.exporting import BYTE_ORDER_MARK
from letters.services.work import Actor, Work, Works

SHOWN = 50
"""So many applications are named for each outcome; the table has all of them."""
BATCH = 500
HEAD = ("application", "external id", "applicant", "outcome", "why", "to referees", "to applicants")


@dataclass(frozen=True)
class Counts:
    """How many applications of a job are done, were refused, wait, and were left when it ended."""

    total: int
    done: int
    refused: int
    stopped: int
    mails: Estimate

    @property
    def looked_at(self) -> int:
        """How many had their turn."""
        return self.done + self.refused


@dataclass(frozen=True)
class Named:
    """One application in an outcome, by name."""

    application_id: UUID
    applicant_name: str
    external_id: str | None
    mails: Estimate


@dataclass(frozen=True)
class Group:
    """Applications of which the same became: done, stopped, or refused for one reason."""

    status: ItemStatus
    refusal: Refusal | None
    count: int
    named: Sequence[Named]

    @property
    def unnamed(self) -> int:
        """How many more there are."""
        return self.count - len(self.named)


@dataclass(frozen=True)
class Result:
    """All that the page of a job shows."""

    job: BulkJob
    counts: Counts
    groups: Sequence[Group]

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.job.status in {JobStatus.DONE, JobStatus.STOPPED}

    def of(self, status: ItemStatus) -> Sequence[Group]:
        """Return the groups with this outcome, the largest first."""
        found = [group for group in self.groups if group.status is status]
        return sorted(found, key=lambda group: -group.count)


def counts(work: Work, job: BulkJob) -> Counts:
    """Count what became of the applications so far."""
    rows = work.session.execute(
        select(
            BulkItem.status,
            func.count(),
            func.sum(BulkItem.to_referees),
            func.sum(BulkItem.to_applicants),
        )
        .where(BulkItem.job_id == job.id)
        .group_by(BulkItem.status)
    ).all()
    number = {row[0]: row[1] for row in rows}
    return Counts(
        total=job.total,
        done=number.get(ItemStatus.DONE, 0),
        refused=number.get(ItemStatus.REFUSED, 0),
        stopped=number.get(ItemStatus.STOPPED, 0),
        mails=Estimate(sum(row[2] for row in rows), sum(row[3] for row in rows)),
    )


def result(work: Work, job: BulkJob) -> Result:
    """Return what became of a job so far."""
    return Result(job, counts(work, job), _groups(work, job))


def _groups(work: Work, job: BulkJob) -> Sequence[Group]:
    groups: dict[tuple[ItemStatus, Refusal | None], tuple[int, list[Named]]] = {}
    for row in work.session.execute(_first_of_each(job)):
        refusal = Refusal.from_text(row.problem, row.problem_values) if row.problem else None
        _, named = groups.setdefault((row.status, refusal), (row.count_, []))
        mails = Estimate(row.to_referees, row.to_applicants)
        named.append(Named(row.id, row.applicant_name, row.external_id, mails))
    return [Group(*key, count, named) for key, (count, named) in groups.items()]


def _first_of_each(job: BulkJob) -> Select[Any]:
    """Select the first applications of each outcome, with how many have the same."""
    same = [BulkItem.status, BulkItem.problem, BulkItem.problem_values]
    place = func.row_number().over(partition_by=same, order_by=BulkItem.application_id)
    numbered = (
        select(
            BulkItem,
            place.label("place"),
            func.count().over(partition_by=same).label("count_"),
        )
        .where(BulkItem.job_id == job.id, BulkItem.status != ItemStatus.WAITING)
        .subquery()
    )
    return (
        select(numbered, Application.id, Application.applicant_name, Application.external_id)
        .join(Application, Application.id == numbered.c.application_id)
        .where(numbered.c.place <= SHOWN)
        .order_by(Application.id)
    )


def table(works: Works, actor: Actor, job: BulkJob, say: Callable[[Refusal], str]) -> Iterator[str]:
    """Yield a CSV with a line for each application of a job, in batches.

    `say` puts a refusal into the reader's language.
    """
    yield BYTE_ORDER_MARK + lines([HEAD])
    after, size = UUID(int=0), BATCH
    while size == BATCH:
        with works.look(actor) as work:
            found = work.session.execute(
                select(BulkItem, Application.external_id, Application.applicant_name)
                .join(Application, Application.id == BulkItem.application_id)
                .where(BulkItem.job_id == job.id, BulkItem.application_id > after)
                .order_by(BulkItem.application_id)
                .limit(BATCH)
            ).all()
        if found:
            yield lines([_row(item, id_, name, say) for item, id_, name in found])
        size, after = len(found), found[-1][0].application_id if found else after


def _row(
    item: BulkItem, external_id: str | None, name: str, say: Callable[[Refusal], str]
) -> Sequence[str | int]:
    return [
        str(item.application_id),
        harmless(external_id or ""),
        harmless(name),
        item.status.value,
        harmless(say(item.refusal)) if item.refusal else "",
        item.to_referees,
        item.to_applicants,
    ]
