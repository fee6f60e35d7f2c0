"""What the services need from the outside world, as protocols. Adapters fulfil them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from letters.domain.bounces import Report
from letters.domain.documents import Findings, Verdict
from letters.domain.journal import MessageKind
from letters.domain.packet import Missing, Packet
from letters.domain.pictures import PictureFault


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Purpose(StrEnum):
    """What a link is for. The value is the salt of its signature."""

    UPLOAD = "referee-upload"
    OVERVIEW = "referee-overview"
    NOTICE = "advance-notice"
    STATUS = "application-status"
    APPLICATIONS = "applicant-applications"
    SIGN_IN = "sign-in"
    INVITATION = "invitation"
    DIGEST = "digest-settings"


@dataclass(frozen=True)
class LinkPayload:
    """What a genuine link says: a row and the generation its link had when it was minted."""

    row_id: UUID
    generation: int


class LinkSigner(Protocol):
    """Mints and reads signed links."""

    def mint(self, purpose: Purpose, row_id: UUID, generation: int) -> str:
        """Return a URL-safe token for `purpose`."""
        ...

    def url(self, purpose: Purpose, row_id: UUID, generation: int) -> str:
        """Return the whole address of a page, under the configured base URL."""
        ...

    def read(self, purpose: Purpose, token: str) -> LinkPayload:
        """Return what `token` says.

        Raises LinkInvalid when it was not minted for `purpose` with one of the present keys.
        """
        ...

    def masked(self, text: str) -> str:
        """Return `text` with every token of a link in it left out, so that no link opens."""
        ...


@dataclass(frozen=True)
class ReturnTag:
    """Which mail an address belongs to that mails come back to, and which time of sending it."""

    mail_id: UUID
    claim: int


class ReturnAddresses(Protocol):
    """Gives each mail an address of its own to come back to (VERP)."""

    def mint(self, mail_id: UUID, claim: int) -> str:
        """Return the address for a mail that is sent for the `claim`-th time; empty for none."""
        ...

    def read(self, address: str) -> ReturnTag | None:
        """Return what an address says; None when it was not minted with one of the keys."""
        ...


class ReportReader(Protocol):
    """Reads what comes to an address for bounces."""

    def read(self, content: bytes) -> Report:
        """Return what a mail (RFC 5322) reports; what cannot be read reports nothing."""
        ...


@dataclass(frozen=True)
class Sealed:
    """An encrypted letter: the ciphertext, and its data key wrapped by the master key."""

    ciphertext: bytes
    wrapped_key: bytes


class Envelope(Protocol):
    """Encrypts letters, each with a data key of its own."""

    def seal(self, plain: bytes, associated: bytes) -> Sealed:
        """Encrypt `plain`, bound to `associated`."""
        ...

    def open(self, sealed: Sealed, associated: bytes) -> bytes:
        """Return the plain bytes.

        Raises LetterUnreadable when the key, the bytes or `associated` do not fit.
        """
        ...

    def is_newest(self, wrapped_key: bytes) -> bool:
        """Say whether the newest master key opens it, so that there is nothing to rewrap."""
        ...

    def rewrap(self, wrapped_key: bytes) -> bytes:
        """Return the same data key wrapped by the newest master key.

        Raises LetterUnreadable when no present master key opens it.
        """
        ...


class LetterStore(Protocol):
    """Keeps encrypted letters under names that the service chose."""

    def put(self, name: str, content: bytes) -> None:
        """Store `content` durably under `name`, which must not exist.

        Raises StoreUnavailable or StoreFull; nothing is left under `name` then, unless the answer
        of a remote store was lost. The caller deletes it, or sweeping does.
        """
        ...

    def get(self, name: str) -> bytes:
        """Return the content. Raises LetterUnreadable if it is missing, StoreUnavailable."""
        ...

    def delete(self, name: str) -> None:
        """Remove `name`; a missing one is fine."""
        ...

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Yield each stored name and the instant (UTC) it was stored."""
        ...

    def sweep(self, older_than: datetime) -> int:
        """Remove temporary leftovers from before `older_than`; return how many."""
        ...

    def check(self) -> None:
        """Write, read and delete a probe. Raises StoreUnavailable with the reason."""
        ...


class DocumentInspector(Protocol):
    """Looks into an uploaded file, in a process with limits of its own."""

    def inspect(self, content: bytes) -> Findings:
        """Return what was found; limits that were exceeded are a finding, not an error."""
        ...

    def picture(self, content: bytes) -> bytes | None:
        """Return the first page of an inspected file as PNG, about 800 dots wide.

        None if it cannot be drawn within the limits.
        """
        ...


class DocumentConverter(Protocol):
    """Turns a word processor's file into a PDF, in a process with limits of its own."""

    @property
    def available(self) -> bool:
        """Whether there is a program on this machine that can."""
        ...

    def to_pdf(self, content: bytes) -> bytes | None:
        """Return a Word file as PDF, which is yet to be inspected like any other.

        None if it is no Word file or cannot be converted within the limits.
        """
        ...


class PictureRedrawer(Protocol):
    """Draws pictures anew, in a process with limits of its own."""

    def redraw(self, content: bytes) -> bytes | PictureFault:
        """Return a picture as a small PNG without anything but its dots, or what is wrong."""
        ...


class PacketBinder(Protocol):
    """Binds the letters of one application into one PDF."""

    def bind(
        self, packet: Packet, letters: Sequence[Path | Missing | None], into: Path, locale: str
    ) -> None:
        """Write a PDF to `into`: the cover sheet, then the letters in order, with bookmarks.

        `letters` are in the order of the referees: a file, why there is none, or None where none
        was received. Raises PacketNotMade.
        """
        ...


class VirusScanner(Protocol):
    """Looks for known viruses in an uploaded file."""

    def scan(self, content: bytes) -> Verdict:
        """Return the verdict, within seconds; a file that was not scanned is UNREACHABLE."""
        ...

    def check(self) -> None:
        """Scan a few harmless bytes. Raises ScannerUnavailable with the reason."""
        ...


@dataclass(frozen=True)
class Attachment:
    """A file of text in UTF-8 that comes with a mail, such as `due.ics`, `text/calendar`.

    `parameters` are those of its media type, beside the charset.
    """

    file_name: str
    media_type: str
    content: bytes
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Message:
    """A mail ready to be handed over. `date` is aware; `message_id` includes the brackets.

    `envelope_from` is the address it comes back to; empty for that of the sender.
    """

    to: str
    from_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    headers: Mapping[str, str]
    envelope_from: str = ""
    attachments: tuple[Attachment, ...] = ()


class TimeIsUp(BaseException):
    """Raised by a signal handler in the middle of anything: what is under way has to end now.

    `nothing_left` is set where it is certain that nothing of a mail has left; without it, the
    server may have taken one.
    """

    nothing_left = False


class Outcome(StrEnum):
    """What became of a mail that a worker took on."""

    SENT = "sent"
    RETRIED = "retried"
    DEAD = "dead"
    CANCELLED = "cancelled"
    HELD_BACK = "held_back"
    """Other news for the same mailbox come first."""
    WAITS = "waits"
    """As many as may went out, in all or to its domain; it waits for its turn."""
    GIVEN_BACK = "given_back"
    """The worker was asked to stop before anything was sent."""
    LATE = "late"
    """Another worker had taken it on by the time it ended; nothing was recorded."""


@dataclass(frozen=True)
class MailQueue:
    """How the queue stands at `at`.

    `counts` has the states `queued`, `due`, `sending` and `dead`, by kind; nought is left out.
    `oldest_due_at` is since when the oldest mail that could go is due, if there is any.
    """

    at: datetime
    counts: Mapping[str, Mapping[MessageKind, int]]
    oldest_due_at: datetime | None


class Metrics(Protocol):
    """Puts figures into words for a program that keeps watch."""

    @property
    def content_type(self) -> str:
        """What the words are, as an HTTP header says it."""
        ...

    def of_queue(self, queue: MailQueue) -> bytes:
        """Return how the queue stands."""
        ...


class Mailer(Protocol):
    """Hands mails to the outside world, one after the other."""

    def send(self, message: Message) -> None:
        """Return once the server has taken the mail.

        Raises DeliveryRefused when it never will, DeliveryDeferred when it may later.
        """
        ...

    def check(self) -> None:
        """Connect and sign in without sending. Raises DeliveryDeferred or DeliveryRefused."""
        ...

    def rest(self) -> None:
        """Let go of what was not used for some seconds; nothing is to be sent for now."""
        ...

    def close(self) -> None:
        """Let go of everything; what is sent after that begins anew."""
        ...


@dataclass(frozen=True)
class Rendered:
    """The words of a mail."""

    subject: str
    text: str
    html: str


class MessageRenderer(Protocol):
    """Turns facts into the words of a mail."""

    def render(self, kind: MessageKind, facts: Mapping[str, object], locale: str) -> Rendered:
        """Return subject, text and HTML of the mail `kind`."""
        ...

    def sentence(self, message: str, values: Mapping[str, object], locale: str) -> str:
        """Return a sentence that no template holds: a gettext message id, filled with `values`."""
        ...


@dataclass(frozen=True)
class DueDate:
    """What a calendar is to say of a letter's due date. Instants are aware.

    A `sequence` that is higher than before makes calendars take the event for a newer one.
    """

    request_id: UUID
    sequence: int
    stamped_at: datetime
    due_at: datetime
    timezone: str
    summary: str
    description: str
    url: str


class CalendarWriter(Protocol):
    """Writes calendar files."""

    def due_date(self, event: DueDate) -> bytes:
        """Return an .ics file (RFC 5545); the same request always has the same UID in it."""
        ...
