"""For administrators: what is kept about one person, handed to them or erased on request.

The address is sent in the body of a POST, so that it stands in no browser's history and in no log.
"""

from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from letters.domain.errors import AccessDenied, InvalidInput, UnknownPerson
from letters.services import person_erasing, person_exporting, person_parts, persons
from letters.services.person_parts import Outcome
from letters.web.errors import face_of, say, say_problem
from letters.web.exports import attachment
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("persons", __name__, url_prefix="/coordinate/person")


@bp.get("")
@guarded(Guard.COORDINATOR)
def form() -> ResponseReturnValue:
    """Ask for an address."""
    _check_administrator()
    return _page(None)


@bp.post("")
@guarded(Guard.COORDINATOR)
def found() -> ResponseReturnValue:
    """Say what is kept about who has an address, and what of it would be erased."""
    _check_administrator()
    return _preview({})


@bp.post("/export")
@guarded(Guard.COORDINATOR)
def export() -> ResponseReturnValue:
    """Hand over all that is kept, for the person to have."""
    _check_administrator()
    try:
        pieces = person_exporting.archive(house().works, acting(), _address())
    except (InvalidInput, UnknownPerson):
        return _preview({})
    return attachment(Response(pieces, mimetype="application/zip"), "person.zip")


@bp.post("/erase")
@guarded(Guard.COORDINATOR)
def erase() -> ResponseReturnValue:
    """Erase what is kept, and say what was erased and what remains."""
    _check_administrator()
    reason, withdraw = request.form.get("reason", ""), "withdraw" in request.form
    try:
        outcome = person_erasing.erase(
            house().works, acting(), _address(), reason, withdraw=withdraw
        )
    except InvalidInput as invalid:
        return _preview({problem.field: say_problem(problem) for problem in invalid.problems})
    except UnknownPerson:
        return _preview({})
    return _page(outcome, done=True)


def _check_administrator() -> None:
    if not signed_in().is_administrator:
        raise AccessDenied


def _preview(said: dict[str, str]) -> ResponseReturnValue:
    """Show what would be erased now; where there is nobody, the form for another address."""
    try:
        with house().works.look(acting()) as work:
            outcome = person_parts.foresee(work, persons.find(work, _address()))
    except InvalidInput as invalid:
        said = {problem.field: say_problem(problem) for problem in invalid.problems}
        return _page(None, said), face_of(invalid).status
    except UnknownPerson as unknown:
        return _page(None, {"email": say(unknown)}), face_of(unknown).status
    status = HTTPStatus.UNPROCESSABLE_ENTITY if said else HTTPStatus.OK
    return _page(outcome, said), status


def _page(
    outcome: Outcome | None, said: dict[str, str] | None = None, *, done: bool = False
) -> str:
    return render_template(
        "coordinator/one_person.html",
        outcome=outcome,
        done=done,
        said=said or {},
        email=_address(),
        reason=showable(request.form.get("reason", "")),
        withdraw="withdraw" in request.form,
    )


def _address() -> str:
    return showable(request.form.get("email", "")).strip()
