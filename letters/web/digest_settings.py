"""For the coordinator: how often digests come, and the one click that ends them (RFC 8058)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.digest import Frequency
from letters.domain.errors import InvalidInput
from letters.services import digest_settings
from letters.services.digest_settings import Choices, SettingsPage
from letters.services.work import Work
from letters.web import limits
from letters.web.csrf import needs_no_csrf_token
from letters.web.errors import say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.signin import acting, signed_in
from letters.web.state import SYSTEM, house
from letters.web.typed import showable

bp = Blueprint("digest", __name__, url_prefix="/coordinate/digest")

HOURS = range(24)
WEEKDAYS = range(7)
LONGEST_NUMBER = 3


@bp.get("")
@guarded(Guard.COORDINATOR)
def own() -> ResponseReturnValue:
    """Show the choices of whoever is signed in."""
    with house().works.look(acting()) as work:
        page = digest_settings.settings_page(work, signed_in().id)
    return _form(page)


@bp.post("")
@guarded(Guard.COORDINATOR)
def save_own() -> ResponseReturnValue:
    """Keep the choices of whoever is signed in."""
    try:
        with house().works.change(acting()) as work:
            digest_settings.save(work, signed_in().id, _choices(work, signed_in().id))
    except InvalidInput as invalid:
        with house().works.look(acting()) as work:
            page = digest_settings.settings_page(work, signed_in().id)
        return _form(page, invalid=invalid), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".own", saved=1), HTTPStatus.SEE_OTHER)


@bp.get("/<token>")
@guarded(Guard.LINK)
def behind_link(token: str) -> ResponseReturnValue:
    """Show the choices of the reader of a digest."""
    with house().works.look(SYSTEM) as work:
        page = _page_behind(work, token)
    return _form(page, token)


@bp.post("/<token>")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_digest_link)
def save_behind_link(token: str) -> ResponseReturnValue:
    """Keep the choices of the reader of a digest."""
    try:
        with house().works.change(SYSTEM) as work:
            reader = digest_settings.reader_behind(work, token)
            digest_settings.save(work, reader, _choices(work, reader))
    except InvalidInput as invalid:
        with house().works.look(SYSTEM) as work:
            page = _page_behind(work, token)
        return _form(page, token, invalid), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".behind_link", token=token, saved=1), HTTPStatus.SEE_OTHER)


@bp.get("/<token>/unsubscribe")
@guarded(Guard.LINK)
def unsubscribe_page(token: str) -> ResponseReturnValue:
    """Show the button that ends the digests."""
    with house().works.look(SYSTEM) as work:
        page = _page_behind(work, token)
    return render_template("coordinator/unsubscribe.html", page=page, token=token, done=False)


@bp.post("/<token>/unsubscribe")
@needs_no_csrf_token
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_digest_link)
def unsubscribe(token: str) -> ResponseReturnValue:
    """End the digests. Mail programs do this for their reader, without a form of ours."""
    with house().works.change(SYSTEM) as work:
        digest_settings.turn_off(work, digest_settings.reader_behind(work, token))
        page = _page_behind(work, token)
    return render_template("coordinator/unsubscribe.html", page=page, token=token, done=True)


def _page_behind(work: Work, token: str) -> SettingsPage:
    return digest_settings.settings_page(work, digest_settings.reader_behind(work, token))


def _choices(work: Work, reader: UUID) -> Choices:
    """Read the form; what is missing or no choice at all stays as it is."""
    page = digest_settings.settings_page(work, reader)
    before = page.coordinator
    return Choices(
        hour=_one_of(HOURS, "hour", before.digest_hour),
        timezone=showable(request.form.get("timezone", before.timezone)).strip(),
        weekday=_one_of(WEEKDAYS, "weekday", before.digest_weekday),
        when_empty="when_empty" in request.form,
        risk_days=_number("risk_days"),
        frequencies={
            program.id: _frequency(f"frequency-{program.id}", frequency)
            for program, frequency in page.programs
        },
    )


def _frequency(name: str, before: Frequency) -> Frequency:
    try:
        return Frequency(request.form.get(name, before))
    except ValueError:
        return before


def _one_of(allowed: range, name: str, before: int) -> int:
    number = _number(name)
    return number if number in allowed else before


def _number(name: str) -> int:
    """Return the whole number that was typed; -1 where none was."""
    said = request.form.get(name, "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST_NUMBER else -1


def _form(page: SettingsPage, token: str | None = None, invalid: InvalidInput | None = None) -> str:
    problems = invalid.problems if invalid else ()
    return render_template(
        "coordinator/digest.html",
        page=page,
        token=token,
        said={problem.field: say_problem(problem) for problem in problems},
        typed=request.form if invalid else {},
        saved="saved" in request.args and not invalid,
        Frequency=Frequency,
    )
