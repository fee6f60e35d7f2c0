"""For the referee: when they are reminded of one letter, or that they are not."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput, ReminderDateNotPossible
from letters.services import choosing_reminders
from letters.web import limits
from letters.web.errors import face_of, say, say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import REFEREE, house
from letters.web.typed import showable

bp = Blueprint("reminders", __name__)


@bp.get("/letter/<token>/reminders")
@guarded(Guard.LINK)
def page(token: str) -> ResponseReturnValue:
    """Show when the next reminder comes, and what can be chosen instead."""
    return _page(token)


@bp.post("/letter/<token>/reminders")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def remind_on(token: str) -> ResponseReturnValue:
    """Remind on a day of the referee's choice."""
    day = request.form.get("day", "")
    try:
        with house().works.change(REFEREE) as work:
            choosing_reminders.remind_on(work, token, day, request.form.get("zone", ""))
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        return _page(token, problem, showable(day)), face_of(invalid).status
    except ReminderDateNotPossible as error:
        return _page(token, say(error), showable(day)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(token)


@bp.post("/letter/<token>/reminders/off")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def remind_no_more(token: str) -> ResponseReturnValue:
    """Remind no more of this letter."""
    with house().works.change(REFEREE) as work:
        choosing_reminders.remind_no_more(work, token)
    return _back(token)


@bp.post("/letter/<token>/reminders/on")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_upload_link)
def remind_again(token: str) -> ResponseReturnValue:
    """Remind as the program does."""
    with house().works.change(REFEREE) as work:
        choosing_reminders.remind_again(work, token)
    return _back(token)


def _back(token: str) -> ResponseReturnValue:
    return redirect(url_for(".page", token=token), HTTPStatus.SEE_OTHER)


def _page(token: str, problem: str = "", day: str = "") -> str:
    with house().works.look(REFEREE) as work:
        shown = choosing_reminders.page(work, token)
    return render_template(
        "referee/reminders.html", shown=shown, token=token, problem=problem, day=day
    )
