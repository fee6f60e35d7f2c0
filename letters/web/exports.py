"""For the coordinator: what is taken away in files.

A program's letters in one archive, its states in one table, one application's letters in one PDF.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, render_template, send_file
from flask.typing import ResponseReturnValue

from letters.domain.exports import safe_part
from letters.domain.roles import Right, may
from letters.records import Application
from letters.services import dashboard, exporting, packets
from letters.services.work import Work
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("exports", __name__, url_prefix="/coordinate")

SANDBOX = "sandbox; default-src 'none'"


@bp.get("/programs/<slug>/export")
@guarded(Guard.COORDINATOR)
def page(slug: str) -> ResponseReturnValue:
    """Say what there is to take away, and how much it is."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug)
        role = dashboard.role_on(work, signed_in(), program.id)
        extent = exporting.extent(work, program.id)
    reads = may(role, Right.READ_LETTERS, administrator=signed_in().is_administrator)
    return render_template("coordinator/export.html", program=program, extent=extent, reads=reads)


@bp.get("/programs/<slug>/export/states.csv")
@guarded(Guard.COORDINATOR)
def states(slug: str) -> ResponseReturnValue:
    """Hand over where every application stands, for a spreadsheet."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug)
    rows = exporting.states(house().works, acting(), program.id)
    return attachment(Response(rows, mimetype="text/csv"), f"{slug}-states.csv")


@bp.post("/programs/<slug>/export/letters.zip")
@guarded(Guard.COORDINATOR)
def letters(slug: str) -> ResponseReturnValue:
    """Hand all letters over. It is a POST because every look at a letter is written down."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.READ_LETTERS)
    pieces = exporting.archive(house().works, acting(), program.id)
    return attachment(Response(pieces, mimetype="application/zip"), f"{slug}-letters.zip")


@bp.post("/applications/<uuid:application_id>/packet.pdf")
@guarded(Guard.COORDINATOR)
def packet(application_id: UUID) -> ResponseReturnValue:
    """Hand an application's letters over in one PDF. A POST, as every look at a letter."""

    def find(work: Work) -> Application:
        reads = Right.READ_LETTERS
        return dashboard.application_run_by(work, signed_in(), application_id, reads, lock=True)

    made = packets.make(house().works, acting(), house().binder, find, signed_in().name)
    answer: Response = send_file(
        made.file,
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{safe_part(made.applicant_name)}.pdf",
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def attachment(answer: Response, name: str) -> Response:
    """Hand a file over to be saved; `name` holds nothing that a file name could not."""
    answer.status_code = HTTPStatus.OK
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer
