"""What referees say besides a letter, and what coordinators answer: each act on its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from letters.domain.documents import UNCHECKED
from letters.domain.errors import LettersError, LinkInvalid, LinkReplaced
from letters.domain.keeping import Quarantine
from letters.domain.wrong_letter import Mark
from letters.house import House
from letters.ports import Purpose
from letters.records import Letter, LetterRequest, OutboxMessage, new_id
from letters.services import confirming, extending, finding, noticing, overview, receiving, replying
from letters.services.applying import NewApplication
from letters.services.composing import Composed, compose
from letters.services.finding import generation_of
from letters.services.inspecting import Upload
from letters.services.work import Work
from tests.services import scenes
from tests.services.scenes import COORDINATOR, upload_of
from tests.support.once import played_once
from tests.support.people import MIRA, REFEREE, SYSTEM, Story

NEW = "Ada.F@home.example.net"
Reply = Callable[[Work, str], object]
REPLIES: dict[str, Reply] = {
    "welcome": replying.welcome,
    "decline early": lambda work, token: replying.decline_early(work, token, "No time"),
    "correct the address": lambda work, token: replying.correct_address(work, token, NEW),
}

# --- before the request -----------------------------------------------------------------------


@played_once
def alerted(story: Story, new: NewApplication = MIRA, *, submit: bool = True) -> UUID:
    """Take in an application whose referees were alerted."""
    application_id = story.apply(new, submit=submit)
    scenes.give_notices(story, application_id)
    return application_id


@played_once
def welcome(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let a referee say that they can write."""
    token = story.notice_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        replying.welcome(work, token)


@played_once
def decline_early(story: Story, application_id: UUID, position: int = 1, reason: str = "") -> None:
    """Let a referee say that they cannot write."""
    token = story.notice_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        replying.decline_early(work, token, reason)


@played_once
def correct(story: Story, application_id: UUID, email: str, position: int = 1) -> None:
    """Let a referee put their address right."""
    correct_by(story, story.notice_token(application_id, position), email)


@played_once
def correct_by(story: Story, token: str, email: str) -> None:
    """Put an address right through a link."""
    with story.house.works.change(REFEREE) as work:
        replying.correct_address(work, token, email)


def answer(story: Story, reply: Reply, token: str) -> None:
    """Let a referee reply through a link."""
    with story.house.works.change(REFEREE) as work:
        reply(work, token)


@played_once
def send_notice_again(story: Story, application_id: UUID) -> bool:
    """Mail the notice to the first referee once more; say whether it was."""
    with story.house.works.change(REFEREE) as work:
        found = finding.application(work, application_id, lock=True)
        return noticing.send_notice_again(work, found, found.requests[0])


# --- more time --------------------------------------------------------------------------------


@played_once
def ask_for_more_time(
    story: Story, application_id: UUID, position: int = 1, note: str = ""
) -> None:
    """Let a referee ask for more time."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        extending.ask_for_more_time(work, token, note)


@played_once
def extend(story: Story, application_id: UUID, until: datetime, position: int = 1) -> None:
    """Let a coordinator move one due date."""
    with story.house.works.change(COORDINATOR) as work:
        found = finding.application(work, application_id, lock=True)
        extending.extend(work, found, found.requests[position - 1], until)


@played_once
def refuse(story: Story, application_id: UUID, position: int = 1) -> None:
    """Let a coordinator say that there is no more time."""
    with story.house.works.change(COORDINATOR) as work:
        found = finding.application(work, application_id, lock=True)
        extending.refuse_more_time(work, found, found.requests[position - 1])


# --- letters that look wrong ------------------------------------------------------------------


def marked(house: House, words: str = "A letter.") -> Upload:
    """Return a letter that looks wrong."""
    return replace(upload_of(house, words), marks=(Mark.APPLICANT_MISSING,))


def unchecked(house: House, words: str = "A letter.") -> Upload:
    """Return a letter that nobody could look into."""
    upload = upload_of(house, words)
    return replace(upload, findings=UNCHECKED, quarantine=Quarantine.UNCHECKED)


@played_once
def send(
    story: Story, application_id: UUID, upload: Upload, position: int = 1, sent_by: str = ""
) -> UUID:
    """Send a letter that was looked at; return its id."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        return receiving.receive(work, token, upload, sent_by).id


@played_once
def confirm(story: Story, application_id: UUID, version: int = 1, position: int = 1) -> None:
    """Let a referee say that it is the right letter."""
    token = story.upload_token(application_id, position)
    with story.house.works.change(REFEREE) as work:
        confirming.confirm(work, token, version)


@played_once
def release(story: Story, application_id: UUID, version: int = 1, position: int = 1) -> None:
    """Let a coordinator release a letter that was held back."""
    with story.house.works.change(COORDINATOR) as work:
        found = finding.application(work, application_id, lock=True)
        confirming.release(work, found, found.requests[position - 1], version)


# --- the overview -----------------------------------------------------------------------------


@played_once
def mail_overview(story: Story, application_id: UUID, position: int = 1) -> str:
    """Let a referee ask for the link to everything; return its token."""
    with story.house.works.change(REFEREE) as work:
        overview.mail_overview(work, story.upload_token(application_id, position))
    return overview_token(story, application_id, position)


def shown(story: Story, token: str) -> overview.Overview:
    """Return what the link to everything shows."""
    with story.house.works.look(REFEREE) as work:
        return overview.overview(work, token)


def use(story: Story, token: str, source: UUID, uploads: Mapping[UUID, Upload]) -> Sequence[Letter]:
    """Use a letter for other requests too, each with what its own program asks for."""
    with story.house.works.change(REFEREE) as work:
        return overview.use_again(work, token, source, uploads)


def overview_token(story: Story, application_id: UUID, position: int = 1) -> str:
    """Mint the present token of the link to everything."""
    return mint(story, Purpose.OVERVIEW, scenes.request_of(story, application_id, position))


def mint(story: Story, purpose: Purpose, request: LetterRequest, ahead: int = 0) -> str:
    """Mint a token, of the present generation or of so many later ones."""
    generation = generation_of(purpose, request) + ahead
    return story.house.works.tools.links.mint(purpose, request.id, generation)


# --- what is there ----------------------------------------------------------------------------


def composed(story: Story, row: OutboxMessage) -> Composed | None:
    """Return what would be mailed for a row now."""
    with story.house.works.look(SYSTEM) as work:
        return compose(work, work.session.get_one(OutboxMessage, row.id))


def wrong_tokens(
    story: Story, purpose: Purpose, application_id: UUID
) -> Iterator[tuple[str, type[LettersError]]]:
    """Yield tokens that open nothing of the first request, each with its refusal."""
    request = scenes.request_of(story, application_id)
    for other in set(Purpose) - {purpose}:
        yield mint(story, other, request), LinkInvalid
    good = mint(story, purpose, request)
    yield mint(story, purpose, request, ahead=1), LinkInvalid
    yield mint(story, purpose, request, ahead=-1), LinkReplaced
    links = story.house.works.tools.links
    yield links.mint(purpose, new_id(), generation_of(purpose, request)), LinkInvalid
    middle = len(good) // 2
    yield good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :], LinkInvalid
    yield from ((token, LinkInvalid) for token in ("", "x", good[:-5], good + good, "\x00"))
