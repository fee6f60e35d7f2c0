"""Opening the demo's data: the tables brought up to date, and the addresses to begin with."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from alembic.util import CommandError
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError, OperationalError

from letters.demo import cast
from letters.demo.home import Unusable
from letters.demo.instance import Instance
from letters.demo.programs import INTERNSHIP
from letters.domain.errors import UnknownCoordinator
from letters.domain.journal import ActorKind
from letters.house import House, assemble
from letters.migrating import upgrade
from letters.ports import Purpose
from letters.records import Application, Program
from letters.services import signing_in
from letters.services.work import Actor

OPERATOR = Actor(ActorKind.OPERATOR, "cli")


def bring_up_to_date(instance: Instance) -> None:
    """Run the migrations that came since the data was made. Raises Unusable."""
    with _readable(instance):
        upgrade(instance.settings.database_url)


def addresses(instance: Instance) -> Mapping[str, str]:
    """Return the pages to begin with, by what they are. Raises Unusable."""
    house = assemble(instance.settings)
    with closing(house.database), _readable(instance):
        status_url = _status_url(house)
        sign_in_url = _sign_in_url(house)
    if status_url is None:
        raise _lacking("application to show", instance)
    if sign_in_url is None:
        raise _lacking("coordinator to sign in", instance)
    return {
        "Program page": f"{instance.base_url}/programs/{INTERNSHIP}",
        "Applicant's status view": status_url,
        "Mailbox": f"{instance.base_url}/demo/mail",
        "Coordinator's sign-in link": sign_in_url,
    }


def _status_url(house: House) -> str | None:
    """Return the status view of the followed application, or else of the likeliest other one."""
    likeliest = (
        select(Application)
        .join(Application.program)
        .where(Application.submitted_at.is_not(None), Application.erased_at.is_(None))
        .order_by(
            (Application.applicant_email == cast.FOLLOWED).desc(),
            (Program.slug == INTERNSHIP).desc(),
            Application.created_at,
        )
        .limit(1)
    )
    with house.works.look(OPERATOR) as work:
        shown = work.session.scalar(likeliest)
    if shown is None:
        return None
    return house.works.tools.links.url(Purpose.STATUS, shown.id, shown.link_generation)


def _sign_in_url(house: House) -> str | None:
    try:
        with house.works.change(OPERATOR) as work:
            return signing_in.make_link(work, cast.COORDINATOR_EMAIL)
    except UnknownCoordinator:
        return None


@contextmanager
def _readable(instance: Instance) -> Iterator[None]:
    """Raises Unusable for data that is damaged or too new, in place of what the tools raise."""
    try:
        yield
    except OperationalError:
        raise  # Somebody else has locked it, or a disk fails: the data may be good.
    except (CommandError, DatabaseError) as error:
        message = "cannot be read by this version: it is damaged, or a newer version made it."
        raise _unusable(message, instance) from error


def _lacking(what: str, instance: Instance) -> Unusable:
    return _unusable(f"has no {what}.", instance)


def _unusable(because: str, instance: Instance) -> Unusable:
    return Unusable(
        f"The demo's data {because} Remove the folder {instance.folder} to begin with new data."
    )
