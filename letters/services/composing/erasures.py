"""The mail to who manages a program about the letters that are erased soon."""

from uuid import UUID

from letters.records import OutboxMessage, Program
from letters.services import erasures
from letters.services.composing.base import Composed, coordinator, from_name, incomplete
from letters.services.work import Work


def erasure_list(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a manager what is erased in a week, unless it is held or kept longer by now."""
    if "program" not in row.details:
        raise incomplete(row)
    reader = coordinator(work, row)
    program = work.session.get_one(Program, UUID(row.details["program"]))
    found = erasures.on_list(work, program, row.created_at)
    if not found.shown:
        return None
    base = f"{work.tools.base_url}/coordinate"
    return Composed(
        to=reader.email,
        from_name=from_name(program),
        reply_to=program.contact_email,
        facts={
            "coordinator_name": reader.name,
            "program_title": program.title,
            "organization": program.organization,
            "contact_email": program.contact_email,
            "zone": program.timezone,
            "letters": found.letters,
            "first_at": found.shown[0].at,
            "applications": [
                {
                    "applicant_name": one.applicant_name,
                    "letters": one.letters,
                    "at": one.at,
                    "url": f"{base}/applications/{one.application_id}",
                }
                for one in found.shown
            ],
            "more": found.applications - len({one.application_id for one in found.shown}),
            "url": f"{base}/programs/{program.slug}/erasures",
        },
    )
