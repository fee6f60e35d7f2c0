"""For who manages a program: what applicants and referees would read, before it is saved."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters.domain.errors import InvalidInput
from letters.domain.journal import MessageKind
from letters.domain.roles import Right
from letters.domain.waiver import WAIVER
from letters.records import Program
from letters.services import dashboard, previewing
from letters.services import program_settings as settings
from letters.services.delivering import LOCALE
from letters.services.previewing import MASKED, Preview, Somebody
from letters.web import program_form, program_settings
from letters.web.errors import face_of
from letters.web.guards import Guard, guarded
from letters.web.public import program_page
from letters.web.referee import upload_page
from letters.web.settings_page import Use, doors_of, fields, typed_version
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("previews", __name__, url_prefix="/coordinate/programs/<slug>")


@dataclass(frozen=True)
class Page:
    """One thing that somebody would read, as a whole document for a frame."""

    name: str
    title: str
    html: str


@bp.post("/preview")
@guarded(Guard.COORDINATOR)
def show(slug: str) -> ResponseReturnValue:
    """Show what would be read, or the form again for who wants to change it. Saves nothing."""
    copying = "copying" in request.args
    if "change" in request.form:
        return program_settings.typed_form(slug, copying=copying)
    try:
        with house().works.look(acting()) as work:
            program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
            if copying:
                typed = program_form.typed(fields())
                shown = previewing.preview_of_new(work, typed, somebody(), like=program)
            else:
                before = settings.settings_of(program)
                typed = program_form.typed(fields(slug), before)
                shown = previewing.preview(work, program, typed, somebody())
    except InvalidInput as invalid:
        page = program_settings.typed_form(slug, copying=copying, wrong=invalid)
        return page, face_of(invalid).status
    return page_of(Use.COPY if copying else Use.CHANGE, program, shown)


def somebody() -> Somebody:
    """Return the names of people who do not exist."""
    return Somebody(gettext("Mina Okafor"), gettext("Professor Ada Ferreira"))


def page_of(use: Use, program: Program | None, shown: Preview) -> str:
    """Return a page with everything that would be read, and the form in hidden fields."""
    return render_template(
        "coordinator/preview.html",
        use=use,
        doors=doors_of(use, program),
        program=program,
        pages=_pages(shown),
        fields=fields(),
        version=typed_version(),
    )


def _pages(shown: Preview) -> list[Page]:
    return [
        Page("program", gettext("The program's page"), _program(shown)),
        Page("upload", gettext("The page on which a referee sends the letter"), _upload(shown)),
        Page("request", gettext("The mail that asks for a letter"), _mail(shown)),
        Page("waiver", gettext("The waiver that an applicant signs"), _waiver(shown)),
    ]


def _program(shown: Preview) -> str:
    return program_page("preview/program.html", shown.program, closed=shown.closed, late=shown.late)


def _upload(shown: Preview) -> str:
    return upload_page("preview/upload.html", shown.upload_page, MASKED)


def _mail(shown: Preview) -> str:
    words = house().renderer.render(MessageKind.LETTER_REQUEST, shown.mail.facts, LOCALE)
    return render_template("preview/mail.html", mail=shown.mail, words=words)


def _waiver(shown: Preview) -> str:
    return render_template(
        "preview/waiver.html",
        application=shown.application,
        token=MASKED,
        text=shown.program.waiver_wording or gettext(WAIVER),
        words="",
        chosen="",
        signature="",
        said={},
    )
