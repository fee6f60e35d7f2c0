"""Pages for everybody: what this is, and what a program asks."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from letters.domain.policy import is_closed
from letters.records import Program
from letters.services import administering, finding
from letters.web.guards import Guard, guarded
from letters.web.state import SYSTEM, house

bp = Blueprint("public", __name__)


@bp.get("/")
@guarded(Guard.PUBLIC)
def home() -> ResponseReturnValue:
    """Say what this service is, and list the programs that are open."""
    with house().works.look(SYSTEM) as work:
        programs = [p for p in administering.programs(work) if not is_closed(p.terms, work.now)]
    return render_template("home.html", programs=programs)


@bp.get("/programs/<slug>")
@guarded(Guard.PUBLIC)
def program(slug: str) -> ResponseReturnValue:
    """Say what a program asks of applicants and referees. Raises UnknownProgram."""
    with house().works.look(SYSTEM) as work:
        found = finding.program_by_slug(work, slug)
        closed, late = is_closed(found.terms, work.now), work.now > found.due_at
    return program_page("program.html", found, closed=closed, late=late)


def program_page(template: str, shown: Program, *, closed: bool, late: bool) -> str:
    """Return a program's page, by its own template or by one that extends it."""
    return render_template(
        template,
        program=shown,
        closed=closed,
        late=late,
        takes_word=house().examiners.take_word(shown.takes_word),
    )
