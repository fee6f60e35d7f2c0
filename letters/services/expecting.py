"""What a letter is compared with: whom it should be about, and whom it might be about instead."""

from sqlalchemy import select

from letters.domain.status import RequestStatus
from letters.domain.text import mailbox_key
from letters.domain.wrong_letter import Expected
from letters.records import Application, LetterRequest, Program
from letters.services.inspecting import Wanted
from letters.services.work import Work

MOST_OTHERS = 300
"""So many other names are looked for; a referee with more has other worries."""

ALSO_ASKED = (RequestStatus.NAMED, RequestStatus.REQUESTED, RequestStatus.RECEIVED)


def wanted(work: Work, application: Application, request: LetterRequest) -> Wanted:
    """Return what would be taken for one request, and what it is compared with."""
    program = application.program
    return Wanted(
        largest=program.largest_file,
        takes_word=program.takes_word,
        expected=Expected(
            applicant_name=application.applicant_name,
            other_applicants=_other_applicants(work, application, request),
            organization=program.organization,
            other_organizations=_other_organizations(work, program),
            wished_pages=program.wished_pages,
            today=work.now.date(),
        ),
    )


def _other_applicants(
    work: Work, application: Application, request: LetterRequest
) -> tuple[str, ...]:
    """Name the other people for whom the same mailbox is named, alerted or asked."""
    others = work.session.execute(
        select(Application.applicant_name, Application.applicant_email)
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .where(
            LetterRequest.referee_key == request.referee_key,
            LetterRequest.status.in_(ALSO_ASKED),
            Application.id != application.id,
        )
        .order_by(Application.id.desc())
        .limit(MOST_OTHERS)
    )
    own = mailbox_key(application.applicant_email)
    return tuple(dict.fromkeys(name for name, email in others if mailbox_key(email) != own))


def _other_organizations(work: Work, program: Program) -> tuple[str, ...]:
    others = (
        select(Program.organization)
        .where(Program.organization != program.organization)
        .distinct()
        .order_by(Program.organization)
        .limit(MOST_OTHERS)
    )
    return tuple(work.session.scalars(others))
