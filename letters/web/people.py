"""For who manages a program: its people. And for administrators: everybody who can sign in."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.domain.roles import Right, Role, may
from letters.services import dashboard, people
from letters.services.people import Invitee
from letters.web import limits
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("people", __name__, url_prefix="/coordinate")

NOBODY = Invitee("", "", Role.VIEWER.value)


@bp.get("/people")
@guarded(Guard.COORDINATOR)
def everybody() -> ResponseReturnValue:
    """List everybody who can sign in, and where they work."""
    with house().works.look(acting()) as work:
        found = people.everybody(work, signed_in())
    return render_template("coordinator/everybody.html", people=found)


# --- the people of a program ------------------------------------------------------------------


@bp.get("/programs/<slug>/people")
@guarded(Guard.COORDINATOR)
def members(slug: str) -> ResponseReturnValue:
    """List who works on a program, with a form to invite somebody."""
    return _members(slug, NOBODY, {})


@bp.post("/programs/<slug>/people")
@guarded(Guard.COORDINATOR)
@limiter.limit(limits.INVITATIONS)
def invite(slug: str) -> ResponseReturnValue:
    """Invite somebody by mail."""
    typed = Invitee(*(showable(request.form.get(name, "")) for name in ("name", "email", "role")))
    try:
        with house().works.change(acting()) as work:
            people.invite(work, people.locked(work, signed_in(), slug), typed)
    except InvalidInput as invalid:
        said = {problem.field: say_problem(problem) for problem in invalid.problems}
        return _members(slug, typed, said), face_of(invalid).status
    return _to_members(slug)


def _members(slug: str, typed: Invitee, said: Mapping[str, str]) -> str:
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        found = people.members(work, program)
        now = work.now
    return render_template(
        "coordinator/people.html", program=program, members=found, now=now, typed=typed, said=said
    )


def _to_members(slug: str) -> ResponseReturnValue:
    return redirect(url_for(".members", slug=slug), HTTPStatus.SEE_OTHER)


# --- one of them ------------------------------------------------------------------------------


@bp.get("/programs/<slug>/people/<uuid:coordinator_id>")
@guarded(Guard.COORDINATOR)
def member(slug: str, coordinator_id: UUID) -> ResponseReturnValue:
    """Show one person, and what can be changed about them."""
    return _about("coordinator/person.html", slug, coordinator_id)


@bp.post("/programs/<slug>/people/<uuid:coordinator_id>/invitation")
@guarded(Guard.COORDINATOR)
@limiter.limit(limits.INVITATIONS)
def invite_again(slug: str, coordinator_id: UUID) -> ResponseReturnValue:
    """Mail the invitation again."""
    with house().works.change(acting()) as work:
        people.invite_again(work, people.locked(work, signed_in(), slug), coordinator_id)
    return _to_members(slug)


@bp.post("/programs/<slug>/people/<uuid:coordinator_id>/role")
@guarded(Guard.COORDINATOR)
def change_role(slug: str, coordinator_id: UUID) -> ResponseReturnValue:
    """Give another role; who would lock themselves out is asked first."""
    role = people.role_named(request.form.get("role", ""))
    if _locks_out(coordinator_id, role) and "sure" not in request.form:
        return _about("coordinator/less_for_me.html", slug, coordinator_id, new_role=role)
    with house().works.change(acting()) as work:
        program = people.locked(work, signed_in(), slug)
        people.change_role(work, program, signed_in(), coordinator_id, role)
    if _locks_out(coordinator_id, role):
        return redirect(url_for("coordinator.applications", slug=slug), HTTPStatus.SEE_OTHER)
    return _to_members(slug)


def _locks_out(coordinator_id: UUID, role: Role) -> bool:
    """Say whether the reader gives away their own right to manage."""
    me = signed_in()
    return coordinator_id == me.id and not may(
        role, Right.MANAGE, administrator=me.is_administrator
    )


@bp.get("/programs/<slug>/people/<uuid:coordinator_id>/remove")
@guarded(Guard.COORDINATOR)
def removal(slug: str, coordinator_id: UUID) -> ResponseReturnValue:
    """Say what removing somebody causes, before it is done."""
    return _about("coordinator/remove_person.html", slug, coordinator_id)


@bp.post("/programs/<slug>/people/<uuid:coordinator_id>/remove")
@guarded(Guard.COORDINATOR)
def remove(slug: str, coordinator_id: UUID) -> ResponseReturnValue:
    """End somebody's work on the program, or withdraw an invitation."""
    with house().works.change(acting()) as work:
        program = people.locked(work, signed_in(), slug)
        people.remove(work, program, signed_in(), coordinator_id)
    me = signed_in()
    if coordinator_id == me.id and not me.is_administrator:
        return redirect(url_for("coordinator.programs"), HTTPStatus.SEE_OTHER)
    return _to_members(slug)


def _about(template: str, slug: str, coordinator_id: UUID, new_role: Role | None = None) -> str:
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        found = people.member(work, program, coordinator_id)
        lost = people.lost_mail(work, found.coordinator)
        now = work.now
    mine = coordinator_id == signed_in().id
    return render_template(
        template,
        program=program,
        member=found,
        lost=lost,
        now=now,
        mine=mine,
        new_role=new_role,
    )
