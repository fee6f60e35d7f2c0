"""For the coordinator: a program's season in pictures, drawn here, with a table under each."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from letters.services import season_pictures
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house

bp = Blueprint("season_pictures", __name__, url_prefix="/coordinate")


@bp.get("/programs/<slug>/pictures")
@guarded(Guard.COORDINATOR)
def page(slug: str) -> ResponseReturnValue:
    """Draw letters by day, how long referees take, and where applications are stuck."""
    with house().works.look(acting()) as work:
        season = season_pictures.pictures_of(work, signed_in(), slug)
    return render_template(
        "coordinator/season_pictures.html", season=season, program=season.program
    )
