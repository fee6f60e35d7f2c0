"""How the tests go through the pages of an act on many applications."""

from uuid import UUID

from werkzeug.test import TestResponse

from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from letters.records import BulkJob, JobStatus
from tests.support.people import (
    INTERNSHIP,
    SYSTEM,
    Story,
)
from tests.web.visiting import (
    Visitor,
    csrf_token,
    follow,
    press,
)

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"
JOBS = f"{LIST}/bulk"
SELECT = "Select and request letters"
ASKED = (ApplicationStatus.SELECTED.value, [RequestStatus.REQUESTED.value] * 2)


def look(
    visitor: Visitor, act: str, chosen: list[UUID] | None = None, query: str = "", **typed: str
) -> TestResponse:
    """Look at an act on applications, whether or not the list offers them; on all without any."""
    token = csrf_token(visitor.get(LIST))
    what: dict[str, object] = {"all": "yes"} if chosen is None else {"application": chosen}
    return visitor.post(f"{JOBS}/{act}{query}", data={"csrf_token": token, **what, **typed})


def go(visitor: Visitor, seen: TestResponse, count: int, **typed: str) -> TestResponse:
    """Press the button that does what was seen; return the page that it leads to."""
    label = "Do it for one application" if count == 1 else f"Do it for {count} applications"
    return follow(visitor, press(visitor, seen, label, typed))


def statuses(story: Story, application_id: UUID) -> tuple[str, list[str]]:
    """Return the status of an application, and those of its requests."""
    found = story.application(application_id)
    return found.status.value, [request.status.value for request in found.requests]


def jobs_in(house: House) -> list[JobStatus]:
    """Return the status of every job, oldest first."""
    with house.works.look(SYSTEM) as work:
        return [job.status for job in work.session.query(BulkJob).order_by(BulkJob.id)]
