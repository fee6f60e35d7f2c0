"""For administrators: a program from nothing."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import AccessDenied, AlreadyExists, InvalidInput
from letters.services import previewing, program_settings
from letters.web import previews, program_form
from letters.web.errors import face_of
from letters.web.guards import Guard, guarded
from letters.web.settings_page import Use, Wrong, fields, form_page
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("new_program", __name__, url_prefix="/coordinate/new-program")


@bp.get("")
@guarded(Guard.COORDINATOR)
def form() -> ResponseReturnValue:
    """Show the form with the usual settings, in the administrator's own time zone."""
    _check_administrator()
    return form_page(Use.CREATE, None, program_form.usual(signed_in().timezone))


@bp.post("")
@guarded(Guard.COORDINATOR)
def create() -> ResponseReturnValue:
    """Create the program; next somebody is invited to run it."""
    _check_administrator()
    try:
        with house().works.change(acting()) as work:
            made = program_settings.create(work, signed_in(), program_form.typed(fields()))
            slug = made.slug
    except (InvalidInput, AlreadyExists) as wrong:
        return _typed(wrong)
    return redirect(url_for("people.members", slug=slug), HTTPStatus.SEE_OTHER)


@bp.post("/preview")
@guarded(Guard.COORDINATOR)
def preview() -> ResponseReturnValue:
    """Show what would be read, or the form again for who wants to change it. Saves nothing."""
    _check_administrator()
    if "change" in request.form:
        return form_page(Use.CREATE, None, fields())
    try:
        with house().works.look(acting()) as work:
            typed = program_form.typed(fields())
            shown = previewing.preview_of_new(work, typed, previews.somebody())
    except InvalidInput as wrong:
        return _typed(wrong)
    return previews.page_of(Use.CREATE, None, shown)


def _typed(wrong: Wrong) -> ResponseReturnValue:
    return form_page(Use.CREATE, None, fields(), wrong=wrong), face_of(wrong).status


def _check_administrator() -> None:
    if not signed_in().is_administrator:
        raise AccessDenied
