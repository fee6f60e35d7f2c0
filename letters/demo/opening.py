"""Opening the demo's data: the tables brought up to date, and the addresses to begin with."""

from collections.abc import Mapping
from contextlib import closing

from sqlalchemy import select

from letters.demo import cast
from letters.demo.instance import Instance
from letters.demo.programs import INTERNSHIP
from letters.domain.journal import ActorKind
from letters.house import House, assemble
from letters.migrating import upgrade
from letters.ports import Purpose
from letters.records import Application
from letters.services import signing_in
from letters.services.work import Actor

OPERATOR = Actor(ActorKind.OPERATOR, "cli")


def bring_up_to_date(instance: Instance) -> None:
    """Run the migrations that came since the data was made."""
    upgrade(instance.settings.database_url)


def addresses(instance: Instance) -> Mapping[str, str]:
    """Return the pages to begin with, by what they are."""
    house = assemble(instance.settings)
    with closing(house.database):
        return {
            "Program page": f"{instance.base_url}/programs/{INTERNSHIP}",
            "Applicant's status view": _status_url(house),
            "Mailbox": f"{instance.base_url}/demo/mail",
            "Coordinator's sign-in link": _sign_in_url(house),
        }


def _status_url(house: House) -> str:
    with house.works.look(OPERATOR) as work:
        followed = work.session.scalars(
            select(Application).where(Application.applicant_email == cast.FOLLOWED)
        ).one()
    links = house.works.tools.links
    return links.url(Purpose.STATUS, followed.id, followed.link_generation)


def _sign_in_url(house: House) -> str:
    with house.works.change(OPERATOR) as work:
        return signing_in.make_link(work, cast.COORDINATOR_EMAIL)
