"""The stylesheet of an accent colour: inline styles are forbidden, so it is one of its own."""

import hashlib
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.colours import Shades, clean_accent, palette_of
from letters.domain.errors import Problem
from letters.web.assets import A_YEAR, VERSION_DIGITS
from letters.web.guards import Guard, guarded

bp = Blueprint("colours", __name__)


@bp.get("/colours/<colour>.css")
@guarded(Guard.PUBLIC)
def stylesheet(colour: str) -> ResponseReturnValue:
    """Give the shades of a colour to the page; there is nothing for what nobody could read."""
    problems: list[Problem] = []
    accent = clean_accent("", colour, problems)
    if not accent or accent != f"#{colour}":
        abort(HTTPStatus.NOT_FOUND)
    css = _css(accent)
    answer = Response(css, content_type="text/css; charset=utf-8")
    if request.args.get("v") == _version(css):
        answer.cache_control.public = True
        answer.cache_control.max_age = A_YEAR
        answer.cache_control.immutable = True
    return answer


def install(app: Flask) -> None:
    """Let templates name the stylesheet of an accent colour."""
    app.jinja_env.filters["stylesheet_of"] = address_of


def address_of(accent: str) -> str:
    """Return where the stylesheet of a program's accent is; a change of it has a new address."""
    colour = accent.removeprefix("#")
    return url_for("colours.stylesheet", colour=colour, v=_version(_css(accent)))


def _version(css: str) -> str:
    return hashlib.sha256(css.encode()).hexdigest()[:VERSION_DIGITS]


def _css(accent: str) -> str:
    palette = palette_of(accent)
    light, dark = _properties(palette.light), _properties(palette.dark)
    return f":root {{{light}}}\n@media (prefers-color-scheme: dark) {{:root {{{dark}}}}}\n"


def _properties(shades: Shades) -> str:
    return (
        f"--accent:{shades.accent};--accent-strong:{shades.strong};--on-accent:{shades.on};"
        "--bs-link-color:var(--accent);--bs-link-hover-color:var(--accent-strong)"
    )
