"""Living the example season: every step by the services themselves, at moments in the past.

Nothing is written into the tables from here, so what the demo shows could have happened.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from uuid import UUID

from letters.demo import cast
from letters.demo.cast import Act, Candidate, Deed
from letters.demo.pdf import letter
from letters.demo.programs import programs
from letters.domain.digest import DEFAULT_HOUR, last_slot
from letters.domain.journal import ActorKind
from letters.house import House
from letters.ports import Purpose
from letters.records import Application, LetterRequest
from letters.services import (
    administering,
    answering,
    applying,
    extending,
    finding,
    noticing,
    receiving,
    replying,
    requesting,
)
from letters.services.counting_down import tell_of_time_left
from letters.services.delivering import Postman
from letters.services.digesting import plan_digests
from letters.services.inspecting import look_at
from letters.services.work import Actor, Work

OPERATOR = Actor(ActorKind.OPERATOR, "cli")
PORTAL = Actor(ActorKind.API, "api")
REFEREE = Actor(ActorKind.REFEREE, "web")
WORKER = Actor(ActorKind.SYSTEM, "worker")


class PastClock:
    """A Clock that shows the moment which is being lived."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return that moment."""
        return self.at


@dataclass(frozen=True)
class Moment:
    """Something that happens, and when."""

    at: datetime
    happens: Callable[[], object]


class Season:
    """The example season up to `now`, in a house that runs on `clock`.

    Every one of the `moments` is to be lived, in their order. `extras` apply beside those whose
    story is told one by one.
    """

    def __init__(
        self, house: House, clock: PastClock, now: datetime, extras: Sequence[Candidate] = ()
    ) -> None:
        self._candidates = (*cast.CANDIDATES, *extras)
        self._house = house
        self._clock = clock
        self._now = now
        self._ids: dict[tuple[str, str], UUID] = {}
        self._postman = Postman(
            house.works, house.renderer, house.mailer, WORKER, jitter=lambda: 0.0
        )
        self.moments: Sequence[Moment] = sorted(
            [self._beginning(), *self._mornings(), *self._acts()], key=lambda moment: moment.at
        )

    def live(self, moment: Moment) -> None:
        """Let it happen, and deliver the mails that it owes."""
        self._clock.at = moment.at
        moment.happens()
        self._postman.deliver_all_due()

    # --- the calendar -------------------------------------------------------------------------

    def _beginning(self) -> Moment:
        return Moment(self._ago(cast.DAYS_PLAYED), self._set_up)

    def _mornings(self) -> list[Moment]:
        """The hour of each day at which coordinators are told what is new, and applicants too."""
        zone = programs(self._now)[0].timezone
        days = (self._ago(days) for days in range(cast.DAYS_PLAYED))
        return [Moment(last_slot(day, zone, DEFAULT_HOUR), self._tell_people) for day in days]

    def _acts(self) -> list[Moment]:
        return [
            Moment(self._ago(act.days), partial(self._play, candidate, act))
            for candidate in self._candidates
            for act in candidate.acts
        ]

    def _ago(self, days: float) -> datetime:
        return self._now - timedelta(days=days)

    # --- what happens -------------------------------------------------------------------------

    def _set_up(self) -> None:
        with self._house.works.change(OPERATOR) as work:
            for program in programs(self._now):
                administering.create_program(work, program)
            slugs = [program.slug for program in programs(self._now)]
            administering.add_coordinator(
                work, cast.COORDINATOR_EMAIL, cast.COORDINATOR_NAME, slugs
            )

    def _tell_people(self) -> None:
        plan_digests(self._house.works, WORKER)
        tell_of_time_left(self._house.works, WORKER)

    def _play(self, candidate: Candidate, act: Act) -> None:
        match act.deed:
            case Deed.APPLY:
                self._apply(candidate)
            case Deed.SEND:
                self._send_letter(candidate, act)
            case Deed.DECLINE:
                self._decline(candidate, act)
            case Deed.WELCOME:
                self._welcome(candidate, act)
            case Deed.DECLINE_EARLY:
                self._decline_early(candidate, act)
            case Deed.ASK_MORE_TIME:
                self._ask_for_more_time(candidate, act)
            case Deed.ALERT:
                self._by_portal(candidate, noticing.give_notices)
            case Deed.SUBMIT:
                self._by_portal(candidate, applying.submit)
            case Deed.SELECT:
                self._by_coordinator(candidate)

    def _apply(self, candidate: Candidate) -> None:
        with self._house.works.change(PORTAL) as work:
            program = finding.program_by_slug(work, candidate.program)
            application = applying.create(work, program, candidate.new)
        self._ids[_key(candidate)] = application.id

    def _by_portal(
        self, candidate: Candidate, service: Callable[[Work, UUID], Application]
    ) -> None:
        with self._house.works.change(PORTAL) as work:
            service(work, self._id(candidate))

    def _by_coordinator(self, candidate: Candidate) -> None:
        with self._house.works.look(WORKER) as work:
            coordinator = finding.coordinator_by_email(work, cast.COORDINATOR_EMAIL)
        actor = Actor(ActorKind.COORDINATOR, "web", coordinator.id)
        with self._house.works.change(actor) as work:
            requesting.select(work, self._id(candidate))

    def _send_letter(self, candidate: Candidate, act: Act) -> None:
        application, request = self._request(candidate, act)
        name = f"{application.applicant_name.split()[-1]}_reference.pdf"
        with self._house.works.look(REFEREE) as work:
            wanted, _ = receiving.may_send(work, self._token(request))
        written = BytesIO(self._written(application, request, act.about))
        upload = look_at(written, name, wanted, self._house.examiners)
        with self._house.works.change(REFEREE) as work:
            receiving.receive(work, self._token(request), upload)

    def _decline(self, candidate: Candidate, act: Act) -> None:
        _, request = self._request(candidate, act)
        with self._house.works.change(REFEREE) as work:
            answering.decline(work, self._token(request), act.reason)

    def _welcome(self, candidate: Candidate, act: Act) -> None:
        _, request = self._request(candidate, act)
        with self._house.works.change(REFEREE) as work:
            replying.welcome(work, self._token(request, Purpose.NOTICE))

    def _decline_early(self, candidate: Candidate, act: Act) -> None:
        _, request = self._request(candidate, act)
        with self._house.works.change(REFEREE) as work:
            replying.decline_early(work, self._token(request, Purpose.NOTICE), act.reason)

    def _ask_for_more_time(self, candidate: Candidate, act: Act) -> None:
        _, request = self._request(candidate, act)
        with self._house.works.change(REFEREE) as work:
            extending.ask_for_more_time(work, self._token(request), act.reason)

    # --- what they work with ------------------------------------------------------------------

    def _id(self, candidate: Candidate) -> UUID:
        return self._ids[_key(candidate)]

    def _request(self, candidate: Candidate, act: Act) -> tuple[Application, LetterRequest]:
        with self._house.works.look(WORKER) as work:
            application = finding.application(work, self._id(candidate))
        return application, application.requests[act.referee]

    def _token(self, request: LetterRequest, purpose: Purpose = Purpose.UPLOAD) -> str:
        links = self._house.works.tools.links
        return links.mint(purpose, request.id, request.link_generation)

    def _written(self, application: Application, request: LetterRequest, about: str) -> bytes:
        program = application.program
        return letter(
            request.referee_name,
            request.affiliation,
            self._clock.at.date(),
            cast.words_of_letter(
                about or application.applicant_name, program.title, program.organization
            ),
        )


def _key(candidate: Candidate) -> tuple[str, str]:
    """Who applies, and where: the same person may apply to several programs."""
    return candidate.program, candidate.new.applicant_email


def load(house: House, clock: PastClock, now: datetime, extras: Sequence[Candidate] = ()) -> None:
    """Live the whole season."""
    season = Season(house, clock, now, extras)
    for moment in season.moments:
        season.live(moment)
