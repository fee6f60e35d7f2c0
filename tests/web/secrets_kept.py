"""A story in two forms: alike in all that an applicant may know, different in all the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from uuid import UUID

from sqlalchemy import select, update

from letters.domain.keeping import Quarantine
from letters.domain.schedule import NUDGE_SPACING
from letters.domain.wrong_letter import Mark
from letters.records import Letter, LetterRequest
from letters.services import noticing, receiving
from letters.services.inspecting import look_at
from tests.services import acts
from tests.support.clock import TestClock
from tests.support.pdfs import letter_pdf
from tests.support.people import API, MIRA, REFEREE, REFEREES, SYSTEM, Story
from tests.support.wanted import any_letter
from tests.web import scenes

CANARY = "canary"
FOUR = (*REFEREES, replace(REFEREES[0], name="Dr. Dara Oyelaran", email="dara@example.com"))
ASKED, ALERTED, DRAFT, BEGUN = range(4)


@dataclass(frozen=True)
class Secrets:
    """What is between the referees and the program."""

    file_name: str
    words: str
    versions: int = 1
    pages: int = 1
    sent_by: str = ""
    marks: tuple[Mark, ...] = ()
    quarantine: Quarantine | None = None
    decline_reason: str = ""
    note: str = ""
    former_email: str = "ada@example.org"


PLAIN = Secrets("letter.pdf", "I recommend her.")
MARKED = Secrets(
    "canary-file-name.pdf",
    "The canary in the letter sings of her.",
    versions=3,
    pages=7,
    sent_by="Canary Uploader",
    marks=tuple(Mark),
    quarantine=Quarantine.NOT_SCANNED,
    decline_reason="The canary is my reason.",
    note="The canary needs more time.",
    former_email="canary.former@example.org",
)


@dataclass(frozen=True)
class Alike:
    """One form of the story: the applicant's three applications, and the words nobody may see."""

    story: Story
    applications: Sequence[UUID]
    canaries: frozenset[bytes]

    def requests(self, number: int) -> list[LetterRequest]:
        """Return the requests of an application."""
        return list(self.story.application(self.applications[number]).requests)


def told_with(story: Story, clock: TestClock, secrets: Secrets) -> Alike:
    """Let Mira have an application in each state that has pages of its own."""
    begun = acts.begin_draft(story, MIRA.applicant_email, MIRA.applicant_name)
    asked = scenes.requested(story, replace(MIRA, referees=FOUR))
    _letters(story, asked, secrets)
    scenes.decline(story, asked, 2, secrets.decline_reason)
    acts.ask_for_more_time(story, asked, 3, secrets.note)
    alerted = scenes.alerted(story, replace(MIRA, referees=FOUR))
    acts.decline_early(story, alerted, 2, secrets.decline_reason)
    acts.welcome(story, alerted, 4)
    acts.correct_address(story, alerted, "ada.now@example.org", 1)
    _remember(story, alerted, secrets.former_email)
    draft = story.apply(replace(MIRA, referees=FOUR), submit=False)
    with story.house.works.change(API) as work:
        noticing.give_notices(work, draft, [story.application(draft).requests[1].id])
    acts.decline_early(story, draft, 2, secrets.decline_reason)
    clock.advance(NUDGE_SPACING)
    return Alike(story, (asked, alerted, draft, begun), frozenset(_canaries(story)))


def _letters(story: Story, application_id: UUID, secrets: Secrets) -> None:
    for version in range(secrets.versions):
        content = letter_pdf((secrets.words, f"Version {version}"), secrets.pages)
        upload = look_at(BytesIO(content), secrets.file_name, any_letter(), story.house.examiners)
        sent = replace(upload, marks=secrets.marks, quarantine=secrets.quarantine)
        with story.house.works.change(REFEREE) as work:
            token = story.upload_token(application_id)
            receiving.receive(work, token, sent, secrets.sent_by)


def _remember(story: Story, application_id: UUID, former_email: str) -> None:
    """Let the address that was corrected have been another one."""
    request = story.application(application_id).requests[0]
    with story.house.works.change(SYSTEM) as work:
        changed = update(LetterRequest).where(LetterRequest.id == request.id)
        work.session.execute(changed.values(former_email=former_email))


def _canaries(story: Story) -> Iterator[bytes]:
    yield CANARY.encode()
    with story.house.works.look(SYSTEM) as work:
        for letter in work.session.scalars(select(Letter)):
            yield letter.sha256.encode()
            yield letter.stored_as.encode()
