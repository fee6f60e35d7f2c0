"""What we believe about a season: the rules once more, written for reading and not for use."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from letters.domain.errors import (
    AlreadyRequested,
    DeclineNotPossible,
    ExtensionNotPossible,
    LetterNotCurrent,
    LettersError,
    MoreTimeNotPossible,
    NotADraft,
    NoticeNotPossible,
    NotRequestedYet,
    NotSubmitted,
    ProgramClosed,
    RequestDeclined,
    RequestedAutomatically,
    RequestedSince,
    TooFewReferees,
    TooManyReferees,
    UploadClosed,
)
from tests.support.people import DUE, GRACE_HOURS

MIN, MAX = 2, 4

Refusal = type[LettersError] | None


@dataclass
class ModelRequest:
    """One request, and what its referee may do."""

    status: str = "named"
    asked: bool = False
    noticed: bool = False
    welcomed: bool = False
    waits_for_time: bool = False
    due_at: datetime = DUE
    versions: int = 0

    def is_closed(self, now: datetime) -> bool:
        """Say whether the grace time after its own due date is over."""
        return now > self.due_at + timedelta(hours=GRACE_HOURS)

    def refuses_letter(self, closed: bool) -> Refusal:
        """Say why no letter is taken."""
        if not self.asked:
            return NotRequestedYet
        if closed:
            return UploadClosed
        return RequestDeclined if self.status == "declined" else None

    def refuses_decline(self, closed: bool) -> Refusal:
        """Say why it cannot be declined; to do so twice is fine while it can be taken back."""
        if not self.asked:
            return NotRequestedYet
        if self.status == "received" or (self.status == "declined" and closed):
            return DeclineNotPossible
        return UploadClosed if closed else None

    def refuses_taking_back(self, closed: bool) -> Refusal:
        """Say why a decline cannot be taken back; where none was made there is nothing to do."""
        if not self.asked:
            return NotRequestedYet
        if self.status == "received":
            return DeclineNotPossible
        return UploadClosed if closed else None

    def refuses_reply(self, closed: bool) -> Refusal:
        """Say why the advance notice cannot be replied to."""
        if self.asked:
            return RequestedSince
        return UploadClosed if closed else None

    def refuses_question(self) -> Refusal:
        """Say why more time cannot be asked for."""
        if not self.asked:
            return NotRequestedYet
        return None if self.status == "requested" else MoreTimeNotPossible

    def refuses_extension(self, until: datetime, now: datetime) -> Refusal:
        """Say why the due date cannot be moved."""
        later = until > self.due_at and until > now
        return self.refuses_question() or (None if later else ExtensionNotPossible)

    def refuses_refusal(self) -> Refusal:
        """Say why a coordinator cannot say that there is no more time."""
        return self.refuses_question() or (None if self.waits_for_time else MoreTimeNotPossible)

    def refuses_look(self, version: int) -> Refusal:
        """Say why a version can be neither confirmed nor released."""
        current = self.status == "received" and version == self.versions
        return None if current else LetterNotCurrent

    def decline(self) -> None:
        """Decline, when asked or before; whatever else was said ends."""
        self.status, self.welcomed, self.waits_for_time = "declined", False, False

    def ask(self) -> None:
        """Ask for the letter."""
        self.status, self.asked = "requested", True

    def mails_notice(self, closed: bool) -> bool:
        """Say whether the advance notice is mailed to whoever asks for it."""
        return self.noticed and self.status == "named" and not closed

    def mails_link(self, closed: bool) -> bool:
        """Say whether the upload link is mailed to whoever asks for it."""
        return self.status in {"requested", "received"} and not closed


@dataclass
class ModelApplication:
    """One application, and what may be done with it."""

    id: UUID
    slug: str
    automatic: bool
    requests: list[ModelRequest]
    status: str = field(default="draft")

    def refuses_submission(self, closed: bool) -> Refusal:
        """Say why it cannot be submitted."""
        if self.status != "draft":
            return NotADraft
        return refuses_application(len(self.requests), submit=True, closed=closed)

    def refuses_selection(self, closed: bool) -> Refusal:
        """Say why it cannot be selected."""
        if self.status == "draft":
            return NotSubmitted
        if self.automatic:
            return RequestedAutomatically
        if self.status == "selected":
            return AlreadyRequested
        return ProgramClosed if closed else None

    def refuses_notices(self, closed: bool) -> Refusal:
        """Say why no referee can be alerted."""
        if closed:
            return ProgramClosed
        return None if self.to_be_alerted() else NoticeNotPossible

    def to_be_alerted(self) -> list[ModelRequest]:
        """Return the requests whose referees may get the advance notice."""
        return [r for r in self.requests if r.status == "named" and not r.noticed]

    def submit(self) -> None:
        """Submit it, which may ask for every letter."""
        self.status = "submitted"
        if self.automatic:
            self._ask()

    def select(self) -> None:
        """Select it, which asks for every letter."""
        self.status = "selected"
        self._ask()

    def _ask(self) -> None:
        for request in self.requests:
            if request.status == "named":
                request.ask()

    def reconsider(self, request: ModelRequest) -> None:
        """Let a referee come back from an early decline, to be asked if the others were."""
        request.status = "named"
        if self.status == ("submitted" if self.automatic else "selected"):
            request.ask()

    @property
    def believed(self) -> list[object]:
        """The status of the application; of its requests the status and what they wait for."""
        requests = ((r.status, r.asked, r.welcomed, r.waits_for_time) for r in self.requests)
        return [self.status, *requests]

    @property
    def received(self) -> int:
        """How many letters are in."""
        return sum(request.status == "received" for request in self.requests)


def refuses_application(referees: int, *, submit: bool, closed: bool) -> Refusal:
    """Say why an application with so many referees is not taken in."""
    if closed:
        return ProgramClosed
    if referees > MAX:
        return TooManyReferees
    return TooFewReferees if submit and referees < MIN else None
