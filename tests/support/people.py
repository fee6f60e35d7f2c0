"""Programs and applications to begin a test with. Names are invented, domains are example.*."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from letters.domain.journal import ActorKind
from letters.domain.policy import RequestPolicy
from letters.house import House
from letters.ports import Purpose
from letters.records import Application, LetterRequest
from letters.services import administering, applying, finding
from letters.services.applying import NewApplication, NewReferee
from letters.services.delivering import Postman
from letters.services.program_cleaning import NewProgram
from letters.services.work import Actor
from tests.support.once import played_once

START = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
DUE = datetime(2027, 4, 1, 21, 59, tzinfo=UTC)  # 23:59 in Zurich
GRACE_HOURS = 48
SYSTEM = Actor(ActorKind.SYSTEM, "worker")
OPERATOR = Actor(ActorKind.OPERATOR, "cli")
API = Actor(ActorKind.API, "api")
REFEREE = Actor(ActorKind.REFEREE, "web")

INTERNSHIP = NewProgram(
    slug="alpine-summer",
    title="Alpine Summer Research Internship",
    organization="Institute for Alpine Studies",
    contact_email="internships@alpine.example.org",
    due_at=DUE,
    timezone="Europe/Zurich",
    grace_hours=GRACE_HOURS,
    min_letters=2,
    max_letters=4,
    request_policy=RequestPolicy.SELECTED,
)
FELLOWSHIP = replace(
    INTERNSHIP,
    slug="lakeside-fellowship",
    title="Lakeside Graduate Fellowship",
    organization="Lakeside University",
    contact_email="fellowship@lakeside.example.edu",
    timezone="America/Chicago",
    min_letters=3,
    max_letters=5,
    request_policy=RequestPolicy.AUTOMATIC,
)
REFEREES = (
    NewReferee("Prof. Ada Ferreira", "ada.ferreira@example.edu", "Example University"),
    NewReferee("Dr. Bram de Wit", "b.dewit@example.org", "Example Institute"),
    NewReferee("Prof. Chiyo Tanaka", "tanaka@example.net", "Example College"),
)
MIRA = NewApplication("Mira Lindqvist", "mira@example.com", REFEREES[:2], waived=True)


@dataclass(frozen=True)
class Story:
    """A house with one program in it, and short words for what tests do all the time."""

    house: House
    slug: str

    @played_once
    def apply(
        self, new: NewApplication = MIRA, *, submit: bool = True, slug: str | None = None
    ) -> UUID:
        """Take an application in; return its id."""
        with self.house.works.change(API) as work:
            program = finding.program_by_slug(work, slug or self.slug)
            application = applying.create(work, program, new)
            if submit:
                applying.submit_draft(work, application)
            return application.id

    def application(self, application_id: UUID) -> Application:
        """Read an application, with its program and requests, as it is stored now."""
        with self.house.works.look(SYSTEM) as work:
            return finding.application(work, application_id)

    def upload_token(self, application_id: UUID, position: int = 1) -> str:
        """Mint the upload link's token of the referee at `position` (from 1)."""
        return self._request_token(Purpose.UPLOAD, application_id, position)

    def notice_token(self, application_id: UUID, position: int = 1) -> str:
        """Mint the token of the advance notice's link for the referee at `position` (from 1)."""
        return self._request_token(Purpose.NOTICE, application_id, position)

    def _request_token(self, purpose: Purpose, application_id: UUID, position: int) -> str:
        """Mint a token, with no more read than stands in it."""
        in_token = select(LetterRequest.id, LetterRequest.link_generation).where(
            LetterRequest.application_id == application_id, LetterRequest.position == position
        )
        with self.house.works.look(SYSTEM) as work:
            request_id, generation = work.session.execute(in_token).one()
        return self.house.works.tools.links.mint(purpose, request_id, generation)

    def status_token(self, application_id: UUID) -> str:
        """Mint the status link's token of an application."""
        in_token = select(Application.link_generation).where(Application.id == application_id)
        with self.house.works.look(SYSTEM) as work:
            generation = work.session.scalars(in_token).one()
        return self.house.works.tools.links.mint(Purpose.STATUS, application_id, generation)

    def deliver(self) -> int:
        """Deliver every mail that is due; return how many were taken on."""
        return postman(self.house).deliver_all_due()

    @played_once
    def add_coordinator(self, email: str = "cora@alpine.example.org", name: str = "Cora") -> UUID:
        """Let somebody run the program; return the coordinator's id."""
        with self.house.works.change(OPERATOR) as work:
            return administering.add_coordinator(work, email, name, [self.slug]).id


def postman(house: House) -> Postman:
    """A postman whose retries come without jitter."""
    return Postman(house.works, house.renderer, house.mailer, SYSTEM, jitter=lambda: 0.0)


def tell(house: House, program: NewProgram = INTERNSHIP) -> Story:
    """Create `program` in `house` and begin a story about it."""
    _create(house, program)
    return Story(house, program.slug)


@played_once
def _create(house: House, program: NewProgram) -> None:
    with house.works.change(OPERATOR) as work:
        administering.create_program(work, program)


A_DAY = timedelta(days=1)
