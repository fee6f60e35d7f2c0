"""For the coordinator: a program's letters in one archive, and its states in one table."""

from http import HTTPStatus

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from letters.domain.roles import Right, may
from letters.services import dashboard, exporting
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("exports", __name__, url_prefix="/coordinate/programs/<slug>/export")


@bp.get("")
@guarded(Guard.COORDINATOR)
def page(slug: str) -> ResponseReturnValue:
    """Say what there is to take away, and how much it is."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug)
        role = dashboard.role_on(work, signed_in(), program.id)
        extent = exporting.extent(work, program.id)
    reads = may(role, Right.READ_LETTERS, administrator=signed_in().is_administrator)
    return render_template("coordinator/export.html", program=program, extent=extent, reads=reads)


@bp.get("/states.csv")
@guarded(Guard.COORDINATOR)
def states(slug: str) -> ResponseReturnValue:
    """Hand over where every application stands, for a spreadsheet."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug)
    rows = exporting.states(house().works, acting(), program.id)
    return attachment(Response(rows, mimetype="text/csv"), f"{slug}-states.csv")


@bp.post("/letters.zip")
@guarded(Guard.COORDINATOR)
def letters(slug: str) -> ResponseReturnValue:
    """Hand all letters over. It is a POST because every look at a letter is written down."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.READ_LETTERS)
    pieces = exporting.archive(house().works, acting(), program.id)
    return attachment(Response(pieces, mimetype="application/zip"), f"{slug}-letters.zip")


def attachment(answer: Response, name: str) -> Response:
    """Hand a file over to be saved; `name` holds nothing that a file name could not."""
    answer.status_code = HTTPStatus.OK
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
