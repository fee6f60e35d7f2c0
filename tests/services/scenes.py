"""What people do in these tests, each act in a transaction of its own, and a look at what it left.

A function takes the story it happens in first. Positions of referees count from 1.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from letters.domain.errors import LettersError
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.domain.slots import Slot
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from letters.ports import LetterStore, Mailer, Message
from letters.records import (
    Application,
    JournalEntry,
    Letter,
    LetterRequest,
    OutboxMessage,
    OutboxStatus,
)
from letters.services import (
    answering,
    applying,
    finding,
    noticing,
    receiving,
    requesting,
    verifying,
)
from letters.services.applying import NewApplication
from letters.services.delivering import Postman
from letters.services.inspecting import Upload, look_at
from letters.services.receiving import decrypted
from letters.services.verifying import Breach
from letters.services.work import Actor, Works
from tests.support.clock import TestClock
from tests.support.once import played_once
from tests.support.pdfs import letter_pdf
from tests.support.people import (
    API,
    DUE,
    FELLOWSHIP,
    GRACE_HOURS,
    MIRA,
    REFEREE,
    REFEREES,
    START,
    SYSTEM,
    Story,
    tell,
)
from tests.support.rows import all_rows
from tests.support.wanted import any_letter

COORDINATOR = Actor(ActorKind.COORDINATOR, "web")
APPLICANT = Actor(ActorKind.APPLICANT, "web")
CLOSES = DUE + timedelta(hours=GRACE_HOURS)
BLINK = timedelta(microseconds=1)
NOOR = NewApplication("Noor Haddad", "noor@example.com", REFEREES, waived=False)

# --- what people do ---------------------------------------------------------------------------


def upload_of(house: House, words: str = "I recommend her.", name: str = "letter.pdf") -> Upload:
    """Return a letter that was looked at and may be taken."""
    return look_at(BytesIO(letter_pdf((words,))), name, any_letter(), house.examiners)


@played_once
def requested(story: Story, new: NewApplication = MIRA) -> UUID:
    """Take in an application whose letters are asked for."""
    application_id = story.apply(new)
    select_for_letters(story, application_id)
    return application_id


def automatic(house: House, min_letters: int = 3) -> Story:
    """Begin a story about a program that asks for letters on submission: three of them."""
    return tell(house, replace(FELLOWSHIP, min_letters=min_letters))


@played_once
def apply_many(story: Story, count: int, new: NewApplication = MIRA) -> list[UUID]:
    """Take in and submit several applications in one go."""
    with story.house.works.change(API) as work:
        program = finding.program_by_slug(work, story.slug)
        made = [applying.create(work, program, new) for _ in range(count)]
        for application in made:
            applying.submit_draft(work, application)
        return [application.id for application in made]


@played_once
def select_for_letters(story: Story, application_id: UUID) -> None:
    """Let a coordinator select an application."""
    with story.house.works.change(COORDINATOR) as work:
        requesting.select(work, application_id)


@played_once
def submit(story: Story, application_id: UUID) -> None:
    """Let the applicant submit a draft."""
    with story.house.works.change(APPLICANT) as work:
        applying.submit(work, application_id)


@played_once
def give_notices(story: Story, application_id: UUID) -> None:
    """Let the applicant alert the referees."""
    with story.house.works.change(APPLICANT) as work:
        noticing.give_notices(work, application_id)


@played_once
def send_letter(
    story: Story, application_id: UUID, position: int = 1, words: str = "I recommend her."
) -> UUID:
    """Send a letter through the upload link; return its id."""
    return send_by(story.house, story.upload_token(application_id, position), words)


def send_by(house: House, token: str, words: str = "I recommend her.") -> UUID:
    """Send a letter through a link; return its id."""
    return send_upload(house, token, upload_of(house, words))


def send_upload(house: House, token: str, upload: Upload) -> UUID:
    """Send a letter that was looked at through a link; return its id."""
    with house.works.change(REFEREE) as work:
        return receiving.receive(work, token, upload).id


@played_once
def decline(story: Story, application_id: UUID, position: int = 1, reason: str = "") -> None:
    """Let a referee decline."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        answering.decline(work, token, reason)


@played_once
def take_back(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let a referee take a decline back."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        answering.take_back_decline(work, token)


@played_once
def change_application(story: Story, /, application_id: UUID, **values: object) -> None:
    """Write into an application by hand what no use case does yet."""
    with story.house.works.change(SYSTEM) as work:
        query = update(Application).where(Application.id == application_id)
        work.session.execute(query.values(**values))


@played_once
def change_request(
    story: Story, /, application_id: UUID, position: int = 1, **values: object
) -> None:
    """Write into a request by hand what no use case does yet."""
    with story.house.works.change(SYSTEM) as work:
        query = update(LetterRequest).where(
            LetterRequest.application_id == application_id, LetterRequest.position == position
        )
        work.session.execute(query.values(**values))


@played_once
def withdraw(story: Story, application_id: UUID) -> None:
    """Withdraw an application."""
    change_application(
        story, application_id, status=ApplicationStatus.WITHDRAWN, withdrawn_at=START
    )


def reach(story: Story, clock: TestClock, slot: Slot) -> UUID:
    """Bring the first request of an application into a slot; return the application's id."""
    if slot is Slot.NOT_REQUESTED:
        return story.apply()
    application_id = requested(story)
    if slot in {Slot.RECEIVED, Slot.RECEIVED_FINAL}:
        send_letter(story, application_id)
    if slot in {Slot.DECLINED, Slot.DECLINED_FINAL}:
        decline(story, application_id)
    if slot is Slot.CANCELLED:
        change_request(story, application_id, status=RequestStatus.CANCELLED, cancelled_at=START)
    if slot in {Slot.RECEIVED_FINAL, Slot.DECLINED_FINAL, Slot.CLOSED}:
        clock.set(CLOSES + BLINK)
    return application_id


# --- what is there ----------------------------------------------------------------------------


def request_of(story: Story, application_id: UUID, position: int = 1) -> LetterRequest:
    """Read one request as it is stored now."""
    return story.application(application_id).requests[position - 1]


def statuses(story: Story, application_id: UUID) -> list[str]:
    """Return the status of the application, then those of its requests."""
    return statuses_of(story.application(application_id))


def statuses_of(found: Application) -> list[str]:
    """Return the status of an application, then those of its requests."""
    return [found.status.value, *(request.status.value for request in found.requests)]


def applications(house: House) -> dict[UUID, Application]:
    """Read every application with its requests as it is stored now, by id."""
    query = select(Application).options(selectinload(Application.requests))
    with house.works.look(SYSTEM) as work:
        return {found.id: found for found in work.session.scalars(query)}


def journal(house: House, application_id: UUID | None = None) -> Sequence[JournalEntry]:
    """Return the entries about one application, or all of them, oldest first."""
    query = select(JournalEntry).order_by(JournalEntry.seq)
    if application_id is not None:
        query = query.where(JournalEntry.application_id == application_id)
    with house.works.look(SYSTEM) as work:
        return work.session.scalars(query).all()


def facts(story: Story, application_id: UUID) -> list[Fact]:
    """Return what happened to an application, oldest first."""
    return [entry.fact for entry in journal(story.house, application_id)]


def outbox(house: House, kind: MessageKind | None = None) -> Sequence[OutboxMessage]:
    """Return the mails that were promised, oldest first."""
    query = select(OutboxMessage).order_by(OutboxMessage.id)
    if kind is not None:
        query = query.where(OutboxMessage.kind == kind)
    with house.works.look(SYSTEM) as work:
        return work.session.scalars(query).all()


def mail(house: House, kind: MessageKind) -> OutboxMessage:
    """Return the only mail of a kind."""
    (row,) = outbox(house, kind)
    return row


def only_mail(house: House) -> OutboxMessage:
    """Return the only mail there is."""
    (row,) = outbox(house)
    return row


def mail_statuses(house: House) -> list[OutboxStatus]:
    """Return the status of every mail, oldest first."""
    return [row.status for row in outbox(house)]


def letters(house: House) -> Sequence[Letter]:
    """Return every version of every letter, oldest first."""
    with house.works.look(SYSTEM) as work:
        return work.session.scalars(select(Letter).order_by(Letter.id)).all()


def contents(house: House) -> list[bytes]:
    """Return every stored version in clear, oldest first."""
    with house.works.look(SYSTEM) as work:
        return [decrypted(work, letter) for letter in letters(house)]


def current_letter(story: Story, application_id: UUID, position: int = 1) -> Letter:
    """Return the version that counts."""
    request = request_of(story, application_id, position)
    (letter,) = [
        letter
        for letter in letters(story.house)
        if (letter.request_id, letter.version) == (request.id, request.current_version)
    ]
    return letter


def store_folder(house: House) -> Path:
    """Return where the house keeps its letters."""
    return Path(house.settings.store_url.removeprefix("file:"))


def files(house: House) -> dict[str, bytes]:
    """Return what lies in the store, temporary files included, by name."""
    folder = store_folder(house)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def breaches(house: House) -> list[Breach]:
    """Return the invariants that do not hold."""
    with house.works.look(SYSTEM) as work:
        return verifying.verify(work)


@contextmanager
def nothing_changed(house: House) -> Iterator[None]:
    """Check that the block changes no row and no file."""
    before = all_rows(house.database), files(house)
    yield
    assert (all_rows(house.database), files(house)) == before


# --- several at once --------------------------------------------------------------------------


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Make the calls in threads that begin together; return what each returned or was refused."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        ready.wait()
        try:
            return call()
        except LettersError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


# --- a world that fails -----------------------------------------------------------------------


def with_store(house: House, store: LetterStore) -> House:
    """Return the same house with another store."""
    tools = replace(house.works.tools, store=store)
    return replace(house, works=Works(house.database, tools))


@dataclass
class Postbox:
    """A Mailer that keeps what it is sent, and fails as it is told: one fault for each mail.

    `while_sending` is called in the middle of it.
    """

    faults: list[BaseException | None] = field(default_factory=list)
    while_sending: Callable[[Message], None] = lambda _: None
    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Take the message, or fail."""
        fault = self.faults.pop(0) if self.faults else None
        self.while_sending(message)
        if fault is not None:
            raise fault
        self.messages.append(message)

    def check(self) -> None:
        """All is well."""

    def rest(self) -> None:
        """There is nothing to let go of."""

    def close(self) -> None:
        """There is nothing to let go of."""


def postman_with(house: House, mailer: Mailer, jitter: float = 0.0) -> Postman:
    """Return a postman who hands his mails to `mailer`."""
    return Postman(house.works, house.renderer, mailer, SYSTEM, jitter=lambda: jitter)


def deliver_to(house: House, mailer: Mailer) -> int:
    """Deliver all that is due to `mailer`; return how many mails were taken on."""
    return postman_with(house, mailer).deliver_all_due()


@played_once
def mail_all(house: House) -> int:
    """Deliver all that is due, with nobody who looks at it; return how many mails were taken on."""
    return deliver_to(house, Postbox())
