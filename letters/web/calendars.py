"""For the referee: the due date as a calendar file.

Calendars are shared with assistants and colleagues: no link of the referee's own is in it.
"""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters.domain.notices import ANSWERABLE
from letters.domain.slots import Slot
from letters.services import viewing
from letters.web.guards import Guard, guarded
from letters.web.state import REFEREE, house

bp = Blueprint("calendars", __name__)


@bp.get("/letter/<token>/due.ics")
@guarded(Guard.LINK)
def of_request(token: str) -> ResponseReturnValue:
    """Give the due date while the letter is awaited."""
    with house().works.look(REFEREE) as work:
        shown = viewing.upload_page(work, token)
    if shown.slot is not Slot.OPEN:
        return redirect(url_for("referee.page", token=token), HTTPStatus.SEE_OTHER)
    return _file(
        shown,
        gettext("Letter due for %(name)s", name=shown.application.applicant_name),
        gettext(
            "Send the letter through the link in the mail that asked you for it; "
            "the link is for you alone, so it is not written here."
        ),
    )


@bp.get("/notice/<token>/due.ics")
@guarded(Guard.LINK)
def of_notice(token: str) -> ResponseReturnValue:
    """Give the date on which the letter would be due, while it may still be asked for."""
    with house().works.look(REFEREE) as work:
        shown = viewing.notice_page(work, token)
    if shown.notice not in ANSWERABLE:
        return redirect(url_for("notice.page", token=token), HTTPStatus.SEE_OTHER)
    return _file(
        shown,
        gettext("Letter due, if requested, for %(name)s", name=shown.application.applicant_name),
        gettext("Nothing is needed until a request for the letter comes by mail."),
    )


def _file(
    shown: viewing.UploadPage | viewing.NoticePage, summary: str, advice: str
) -> ResponseReturnValue:
    program = shown.application.program
    description = gettext(
        "For %(program)s, %(organization)s. %(advice)s Questions: %(contact)s",
        program=program.title,
        organization=program.organization,
        advice=advice,
        contact=program.contact_email,
    )
    url = house().settings.base_url + url_for("public.program", slug=program.slug)
    with house().works.look(REFEREE) as work:
        event = viewing.due_date(work, shown, summary, description, url)
    written = house().works.tools.calendars.due_date(event)
    answer = Response(written, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    answer.headers.set("Content-Disposition", "attachment", filename="letter-due.ics")
    return answer
