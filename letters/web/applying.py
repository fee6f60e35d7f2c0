"""For everybody: beginning an application here, with a name and an address."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.domain.slips import meant
from letters.services import drafting
from letters.web import limits
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import SYSTEM, house
from letters.web.typed import showable

bp = Blueprint("applying", __name__)


@bp.get("/programs/<slug>/apply")
@guarded(Guard.PUBLIC)
def form(slug: str) -> ResponseReturnValue:
    """Ask for a name and an address. Raises UnknownProgram or ProgramClosed."""
    return _form(slug)


@bp.post("/programs/<slug>/apply")
@guarded(Guard.PUBLIC)
@limiter.limit(limits.LOST_LINKS_PER_CALLER)
@limiter.limit(
    limits.LOST_LINKS_PER_MAILBOX,
    key_func=limits.by_typed_mailbox,
    deduct_when=limits.was_done,
)
def begin(slug: str) -> ResponseReturnValue:
    """Mail the link to go on; the answer is the same whatever this mailbox has here already."""
    name, email = request.form.get("name", ""), request.form.get("email", "")
    try:
        with house().works.change(SYSTEM) as work:
            address = drafting.begin(work, slug, name, email)
            program = drafting.program_open_to_apply(work, slug)
    except InvalidInput as invalid:
        said = {problem.field: say_problem(problem) for problem in invalid.problems}
        return _form(slug, name, email, said), face_of(invalid).status
    return render_template(
        "applicant/apply_sent.html",
        program=program,
        name=name,
        address=address,
        better=meant(address),
    )


def _form(slug: str, name: str = "", email: str = "", said: dict[str, str] | None = None) -> str:
    with house().works.look(SYSTEM) as work:
        program = drafting.program_open_to_apply(work, slug)
    return render_template(
        "applicant/apply.html",
        program=program,
        name=showable(name),
        email=showable(email),
        said=said or {},
    )
