"""A program's logo: shown on the pages behind its links, and changed by who manages it."""

from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from letters.domain.documents import MEGABYTE
from letters.domain.errors import NoPicture, PictureRefused, PictureTooLarge
from letters.domain.pictures import LARGEST_LOGO
from letters.domain.roles import Right
from letters.records import Program
from letters.services import dashboard, logos
from letters.services import program_settings as settings
from letters.web.assets import A_YEAR, VERSION_DIGITS
from letters.web.csrf import checks_csrf_itself, csrf
from letters.web.errors import face_of, say
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import SYSTEM, house

bp = Blueprint("logos", __name__)

FORM_ROOM = 64 * 1024
"""What the form may hold around the file."""

LARGEST_SENT = 4 * LARGEST_LOGO
"""What is read at all, so that it is we who say of a larger picture that it is too large."""


def install(app: Flask) -> None:
    """Let templates name the logo of a program that has one."""
    app.jinja_env.filters["logo_of"] = address_of


def address_of(program: Program) -> str:
    """Return where a program's logo is; another one has a new address."""
    return url_for("logos.picture", slug=program.slug, v=_version(program))


def _version(program: Program) -> str:
    return (program.logo_sha256 or "")[:VERSION_DIGITS]


@bp.get("/programs/<slug>/logo.png")
@guarded(Guard.PUBLIC)
def picture(slug: str) -> ResponseReturnValue:
    """Give the logo of a program, if it has one. Raises UnknownProgram."""
    with house().works.look(SYSTEM) as work:
        program, content = logos.shown(work, slug)
    if content is None:
        abort(HTTPStatus.NOT_FOUND)
    answer = Response(content, mimetype="image/png")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if request.args.get("v") == _version(program):
        answer.cache_control.public = True
        answer.cache_control.max_age = A_YEAR
        answer.cache_control.immutable = True
    return answer


@bp.get("/coordinate/programs/<slug>/logo")
@guarded(Guard.COORDINATOR)
def page(slug: str) -> ResponseReturnValue:
    """Show the logo, to be replaced or removed."""
    return _page(slug)


@bp.post("/coordinate/programs/<slug>/logo")
@guarded(Guard.COORDINATOR)
@checks_csrf_itself
def send(slug: str) -> ResponseReturnValue:
    """Take a picture. The form's token is checked here, after the size limit is known."""
    request.max_content_length = LARGEST_LOGO + FORM_ROOM
    try:
        csrf.protect()
        with house().works.look(acting()) as work:
            dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        drawn = logos.drawn_anew(house().redrawer, _content())
    except RequestEntityTooLarge:
        return _refused(slug, PictureTooLarge(limit=LARGEST_LOGO // MEGABYTE))
    except PictureRefused as refusal:
        return _refused(slug, refusal)
    with house().works.change(acting()) as work:
        logos.put_up(work, settings.locked(work, signed_in(), slug), drawn)
    return redirect(url_for(".page", slug=slug), HTTPStatus.SEE_OTHER)


@bp.post("/coordinate/programs/<slug>/logo/remove")
@guarded(Guard.COORDINATOR)
def remove(slug: str) -> ResponseReturnValue:
    """Take the logo down."""
    with house().works.change(acting()) as work:
        logos.take_down(work, settings.locked(work, signed_in(), slug))
    return redirect(url_for(".page", slug=slug), HTTPStatus.SEE_OTHER)


def _content() -> bytes:
    file = request.files.get("logo")
    if file is None or not file.filename:
        raise NoPicture
    content = file.stream.read(LARGEST_LOGO + 1)
    if len(content) > LARGEST_LOGO:
        raise PictureTooLarge(limit=LARGEST_LOGO // MEGABYTE)
    return content


def _refused(slug: str, refusal: PictureRefused) -> ResponseReturnValue:
    return _page(slug, say(refusal)), face_of(refusal).status


def _page(slug: str, problem: str | None = None) -> str:
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    return render_template(
        "coordinator/logo.html",
        program=program,
        problem=problem,
        largest=LARGEST_LOGO,
    )
