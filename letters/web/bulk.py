"""For who manages a program: one act on many applications, seen before it is done, and its result.

A preview changes nothing. What it showed is started by its button, and has a page of its own then.
"""

from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters import wording
from letters.domain.bulk import NEEDS_A_REASON, BulkAct, Order, Refusal
from letters.domain.errors import InvalidInput, MoreMatchNow
from letters.domain.roles import Right
from letters.records import ItemStatus, Program
from letters.services import (
    bulk_choosing,
    bulk_jobs,
    bulk_results,
    bulk_running,
    dashboard,
    extending,
)
from letters.services.bulk_choosing import Choice
from letters.services.bulk_jobs import Form
from letters.services.bulk_results import Counts
from letters.services.work import Work
from letters.web.errors import face_of, say, say_problem
from letters.web.exports import attachment
from letters.web.guards import Guard, guarded
from letters.web.list_address import asked_list
from letters.web.signin import acting, signed_in
from letters.web.state import SYSTEM, house
from letters.web.typed import showable

bp = Blueprint("bulk", __name__, url_prefix="/coordinate/programs/<slug>/bulk")

ACTS = f"/<any({', '.join(BulkAct)}):bulk_act>"


@bp.get("")
@guarded(Guard.COORDINATOR)
def jobs(slug: str) -> ResponseReturnValue:
    """List what was done to several applications lately."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        found = bulk_jobs.jobs_of(work, program)
    return render_template("coordinator/bulk_jobs.html", program=program, jobs=found)


# --- before it is done ------------------------------------------------------------------------


@bp.post(ACTS)
@guarded(Guard.COORDINATOR)
def preview(slug: str, bulk_act: str) -> ResponseReturnValue:
    """Say how many mails would go to whom, and what would not be done. Nothing is changed."""
    return _preview(slug, BulkAct(bulk_act))


@bp.post(f"{ACTS}/start")
@guarded(Guard.COORDINATOR)
def start(slug: str, bulk_act: str) -> ResponseReturnValue:
    """Do what was previewed: a few applications at once, many in the background."""
    act = BulkAct(bulk_act)
    form = _form(act)
    if form is None:
        return _preview(slug, act)
    try:
        with house().works.change(acting()) as work:
            program = bulk_jobs.program_for(work, signed_in(), slug)
            job = bulk_jobs.start(work, signed_in(), program, form)
    except InvalidInput as invalid:
        return _preview(slug, act, invalid)
    except MoreMatchNow as grown:
        return _preview(slug, act, note=say(grown))
    if job.total <= bulk_running.AT_ONCE:
        bulk_running.run(house().works, SYSTEM, job.id)
    return _to_job(slug, job.id)


def _form(act: BulkAct) -> Form | None:
    """Return what was seen and is to be done; None where another day was typed since."""
    form_id = request.form.get("form", type=UUID)
    if form_id is None or request.form.get("day") != request.form.get("day_foreseen"):
        return None
    return Form(
        id=form_id,
        order=Order(act, _typed_day()),
        choice=_choice(),
        reason=request.form.get("reason", ""),
        foreseen=request.form.get("foreseen", default=0, type=int),
    )


def _preview(
    slug: str, act: BulkAct, invalid: InvalidInput | None = None, note: str = ""
) -> ResponseReturnValue:
    """Return the page that is looked at before; `invalid` or `note` is why it was not started."""
    day = None
    with house().works.look(acting()) as work:
        program = bulk_jobs.program_for(work, signed_in(), slug)
        try:
            day = _day(work, program, act)
        except InvalidInput as wrong_day:
            invalid = invalid or wrong_day
    choice = _choice()
    order = Order(act, day)
    foreseen = bulk_choosing.preview(house().works, acting(), program, choice, order)
    problems = invalid.problems if invalid else ()
    page = render_template(
        "coordinator/bulk_preview.html",
        program=program,
        act=act,
        asked=asked_list(),
        choice=choice,
        foreseen=foreseen,
        refused=[(_say(refusal), count) for refusal, count in foreseen.refused.items()],
        form_id=bulk_jobs.new_form_id(),
        day=day,
        until=_until(program, day),
        reason=showable(request.form.get("reason", "")),
        needed=act in NEEDS_A_REASON,
        at_once=bulk_running.AT_ONCE,
        said={problem.field: say_problem(problem) for problem in problems},
        note=note,
    )
    return page, face_of(invalid).status if invalid else _status_of(note)


def _status_of(note: str) -> HTTPStatus:
    return HTTPStatus.CONFLICT if note else HTTPStatus.OK


def _day(work: Work, program: Program, act: BulkAct) -> date | None:
    """Return the day that is to be looked at, a likely one at first. Raises InvalidInput."""
    if act is BulkAct.EXTEND and "day" not in request.form:
        return bulk_jobs.likely_day(work, program)
    return bulk_jobs.checked_day(work, program, act, _typed_day())


def _typed_day() -> date | None:
    return request.form.get("day", type=date.fromisoformat)


def _until(program: Program, day: date | None) -> datetime | None:
    return None if day is None else extending.due_on(program, day)


def _choice() -> Choice:
    """Return what is chosen: all that the list's address matches, or what was ticked in it."""
    filters = asked_list().filters
    if "all" in request.form:
        return Choice(filters)
    return Choice(filters, frozenset(request.form.getlist("application", type=UUID)))


# --- while it is done, and after --------------------------------------------------------------


@bp.get("/jobs/<uuid:job_id>")
@guarded(Guard.COORDINATOR)
def job(slug: str, job_id: UUID) -> ResponseReturnValue:
    """Show how far it is, or what came of it."""
    with house().works.look(acting()) as work:
        result = bulk_results.result(work, bulk_jobs.job_run_by(work, signed_in(), slug, job_id))
    return render_template(
        "coordinator/bulk_job.html",
        program=result.job.program,
        result=result,
        until=_until(result.job.program, result.job.day),
        so_far=_so_far(result.counts),
        done=result.of(ItemStatus.DONE),
        refused=[
            (_say(group.refusal), group) for group in result.of(ItemStatus.REFUSED) if group.refusal
        ],
        stopped=result.of(ItemStatus.STOPPED),
    )


@bp.get("/jobs/<uuid:job_id>/progress")
@guarded(Guard.COORDINATOR)
def progress(slug: str, job_id: UUID) -> ResponseReturnValue:
    """Say how far it is, for the page that asks again and again."""
    with house().works.look(acting()) as work:
        found = bulk_jobs.job_run_by(work, signed_in(), slug, job_id)
        counts = bulk_results.counts(work, found)
    ended = found.status in bulk_jobs.ENDED
    return jsonify(looked_at=counts.looked_at, said=_so_far(counts), ended=ended)


@bp.post("/jobs/<uuid:job_id>/stop")
@guarded(Guard.COORDINATOR)
def stop(slug: str, job_id: UUID) -> ResponseReturnValue:
    """Leave what still waits as it is."""
    with house().works.change(acting()) as work:
        bulk_jobs.stop(work, bulk_jobs.job_run_by(work, signed_in(), slug, job_id))
    return _to_job(slug, job_id)


@bp.get("/jobs/<uuid:job_id>/outcome.csv")
@guarded(Guard.COORDINATOR)
def outcome(slug: str, job_id: UUID) -> ResponseReturnValue:
    """Hand over what became of each application, for a spreadsheet."""
    with house().works.look(acting()) as work:
        found = bulk_jobs.job_run_by(work, signed_in(), slug, job_id)
    lines = stream_with_context(bulk_results.table(house().works, acting(), found, _say))
    return attachment(Response(lines, mimetype="text/csv"), f"{slug}-{found.act}.csv")


def _so_far(counts: Counts) -> str:
    said: str = gettext(
        "%(looked_at)s of %(total)s had their turn: %(done)s done, %(refused)s not.",
        looked_at=counts.looked_at,
        total=counts.total,
        done=counts.done,
        refused=counts.refused,
    )
    return said


def _say(refusal: Refusal) -> str:
    return wording.sentence(refusal.sentence, dict(refusal.values), gettext)


def _to_job(slug: str, job_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".job", slug=slug, job_id=job_id), HTTPStatus.SEE_OTHER)
