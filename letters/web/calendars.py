"""For the referee: the due date as a calendar file."""

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters import wording
from letters.domain.notices import ANSWERABLE
from letters.domain.slots import Slot
from letters.ports import DueDate
from letters.services import due_dates, viewing
from letters.web.guards import Guard, guarded
from letters.web.state import REFEREE, house

bp = Blueprint("calendars", __name__)

_in_words = partial(wording.sentence, gettext=gettext)


@bp.get("/letter/<token>/due.ics")
@guarded(Guard.LINK)
def of_request(token: str) -> ResponseReturnValue:
    """Give the due date while the letter is awaited."""
    with house().works.look(REFEREE) as work:
        shown = viewing.upload_page(work, token)
        if shown.slot is not Slot.OPEN:
            return redirect(url_for("referee.page", token=token), HTTPStatus.SEE_OTHER)
        return _file(due_dates.due_date(work, shown.application, shown.request, _in_words))


@bp.get("/notice/<token>/due.ics")
@guarded(Guard.LINK)
def of_notice(token: str) -> ResponseReturnValue:
    """Give the date on which the letter would be due, while it may still be asked for."""
    with house().works.look(REFEREE) as work:
        shown = viewing.notice_page(work, token)
        if shown.notice not in ANSWERABLE:
            return redirect(url_for("notice.page", token=token), HTTPStatus.SEE_OTHER)
        return _file(due_dates.due_date(work, shown.application, shown.request, _in_words))


def _file(event: DueDate) -> ResponseReturnValue:
    written = house().works.tools.calendars.due_date(event)
    media_type = f"text/calendar; charset=utf-8; method={due_dates.METHOD}"
    answer = Response(written, content_type=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=due_dates.FILE_NAME)
    return answer
