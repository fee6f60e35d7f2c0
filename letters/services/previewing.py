"""What applicants and referees would read of a program's settings before they are saved.

Nothing of it is ever in the database: an application by somebody who does not exist, to a program
as it was typed.
"""

from dataclasses import dataclass, replace

from letters.domain.policy import is_closed
from letters.domain.slots import Slot
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Application, LetterRequest, Program
from letters.services import finding, program_settings
from letters.services.composing import Composed
from letters.services.composing.base import takes_word
from letters.services.composing.referees import request_to
from letters.services.program_cleaning import NewProgram, cleaned
from letters.services.viewing import UploadPage
from letters.services.work import Work

MASKED = "…"
"""Stands for the token of a link that does not exist."""
ANY_SLUG = "program"
"""Stands for the short name of a program that has none yet."""


@dataclass(frozen=True)
class Somebody:
    """The names of an applicant and a referee, in the reader's language."""

    applicant: str
    referee: str


@dataclass(frozen=True)
class Preview:
    """A program as it would be, and what would be shown of it."""

    program: Program
    closed: bool
    late: bool
    application: Application
    upload_page: UploadPage
    mail: Composed


def preview(work: Work, program: Program, typed: NewProgram, somebody: Somebody) -> Preview:
    """Return what would be read if `typed` were saved. Raises what saving raises."""
    change = program_settings.change(work, program, typed)
    values = {name: getattr(program, name) for name in program_settings.COLUMNS}
    values.update(change.columns)
    made = Program(
        slug=program.slug,
        logo_sha256=program.logo_sha256,
        mail_words=program.mail_words,
        closed_at=program.closed_at,
        **values,
    )
    return _of(work, made, somebody)


def preview_of_new(
    work: Work, typed: NewProgram, somebody: Somebody, like: Program | None = None
) -> Preview:
    """Return what would be read of a program that is yet to be, made from nothing or `like` one.

    Its short name may still be missing. Raises InvalidInput.
    """
    values = cleaned(replace(typed, slug=ANY_SLUG), work.now)
    made = Program(
        slug=like.slug if like else ANY_SLUG,
        logo_sha256=like.logo_sha256 if like else None,
        mail_words=like.mail_words if like else {},
        **values,
    )
    return _of(work, made, somebody)


def _of(work: Work, program: Program, somebody: Somebody) -> Preview:
    application = Application(
        program=program,
        applicant_name=somebody.applicant,
        waived=True,
        status=ApplicationStatus.SUBMITTED,
    )
    request = LetterRequest(
        application=application,
        referee_name=somebody.referee,
        referee_email="",
        status=RequestStatus.REQUESTED,
        waived=True,
    )
    late = work.now > program.due_at
    return Preview(
        program=program,
        closed=is_closed(program.terms, work.now),
        late=late,
        application=application,
        upload_page=UploadPage(
            application=application,
            request=request,
            terms=finding.terms_of(application, request),
            slot=Slot.OPEN,
            late=late,
            letter=None,
        ),
        mail=request_to(
            application,
            request,
            url=f"{work.tools.base_url}/letter/{MASKED}",
            takes_word=takes_word(work, program),
        ),
    )
