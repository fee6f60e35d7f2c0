"""The form with a program's settings: what was typed into it, and where it leads.

The same form changes a program, copies one for the next season, and creates one from nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import render_template, request, url_for

from letters.domain.errors import AlreadyExists, InvalidInput
from letters.records import Program
from letters.web import program_form
from letters.web.errors import say, say_problem
from letters.web.typed import showable

Wrong = InvalidInput | AlreadyExists
"""What can be wrong with what was typed."""


class Use(StrEnum):
    """What the form is for."""

    CHANGE = "change"
    COPY = "copy"
    CREATE = "create"


@dataclass(frozen=True)
class Doors:
    """Where the form leads: what saves it, what shows its preview, and the page to go back to."""

    save: str
    preview: str
    back: str


def doors_of(use: Use, program: Program | None) -> Doors:
    """Return where a form leads; only one that creates a program is about none yet."""
    if program is None:
        return Doors(
            save=url_for("new_program.create"),
            preview=url_for("new_program.preview"),
            back=url_for("coordinator.programs"),
        )
    copying = use is Use.COPY
    return Doors(
        save=url_for(f"program_settings.{'copy' if copying else 'save'}", slug=program.slug),
        preview=url_for("previews.show", slug=program.slug, copying="yes" if copying else None),
        back=url_for("coordinator.applications", slug=program.slug),
    )


def form_page(
    use: Use,
    program: Program | None,
    shown: Mapping[str, str],
    *,
    version: int = 0,
    closed: bool = False,
    wrong: Wrong | None = None,
    elsewhere: bool = False,
) -> str:
    """Return the form, and at its fields what is `wrong` with them.

    `elsewhere` says that the settings were changed meanwhile by somebody else.
    """
    return render_template(
        "coordinator/settings.html",
        use=use,
        doors=doors_of(use, program),
        program=program,
        fields=shown,
        version=version,
        closed=closed,
        said=_said(wrong) if wrong else {},
        elsewhere=elsewhere,
    )


def fields(slug: str | None = None) -> dict[str, str]:
    """Return what was typed; the short name is the program's own once it has one."""
    found = {name: showable(request.form.get(name, "")) for name in program_form.FIELDS}
    return found if slug is None else {**found, "slug": slug}


def typed_version() -> int:
    """Return which version of the settings the form was shown from; -1 if it does not say."""
    return request.form.get("version", default=-1, type=int)


def _said(wrong: Wrong) -> dict[str, str]:
    """Return the sentences by field; the form has megabytes where the rules have bytes."""
    if isinstance(wrong, AlreadyExists):
        return {"slug": say(wrong)}
    names = {"largest_file": program_form.MEGABYTES}
    return {names.get(p.field, p.field): say_problem(p) for p in wrong.problems}
