"""What we believe about a season: the rules once more, written for reading and not for use."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from letters.domain.errors import (
    AlreadyRequested,
    AnswerTooLate,
    CorrectionNotPossible,
    DeclineNotPossible,
    EnoughReferees,
    ExtensionNotPossible,
    LetterNotCurrent,
    LettersError,
    MoreTimeNotPossible,
    NotADraft,
    NoticeNotPossible,
    NotRequestedYet,
    NotSubmitted,
    ProgramClosed,
    ReplacementNotPossible,
    RequestCancelled,
    RequestDeclined,
    RequestedAutomatically,
    RequestedSince,
    StillADraft,
    TooFewReferees,
    TooManyChanges,
    TooManyReferees,
    UploadClosed,
)
from tests.support.people import DUE, GRACE_HOURS

MIN, MAX = 2, 4
MOST_CORRECTIONS = 5

Refusal = type[LettersError] | None


@dataclass
class ModelRequest:
    """One request, and what its referee may do."""

    status: str = "named"
    asked: bool = False
    noticed: bool = False
    welcomed: bool = False
    waits_for_time: bool = False
    replaced: bool = False
    due_at: datetime = DUE
    versions: int = 0
    corrections: int = 0

    def is_closed(self, now: datetime) -> bool:
        """Say whether the grace time after its own due date is over."""
        return now > self.due_at + timedelta(hours=GRACE_HOURS)

    def refuses_letter(self, closed: bool) -> Refusal:
        """Say why no letter is taken."""
        if self.replaced:
            return RequestCancelled
        if not self.asked:
            return NotRequestedYet
        if closed:
            return UploadClosed
        return RequestDeclined if self.status == "declined" else None

    def refuses_letter_after_the_end(self) -> Refusal:
        """Say why no letter is taken once the application was withdrawn."""
        if self.replaced:
            return RequestCancelled
        if not self.asked and self.status == "declined":
            return NotRequestedYet
        return UploadClosed if self.status == "received" else RequestCancelled

    def refuses_decline(self, closed: bool) -> Refusal:
        """Say why it cannot be declined; to do so twice is fine while it can be taken back."""
        if self.replaced:
            return RequestCancelled
        if not self.asked:
            return NotRequestedYet
        if self.status == "received" or (self.status == "declined" and closed):
            return DeclineNotPossible
        return AnswerTooLate if closed else None

    def refuses_taking_back(self, closed: bool) -> Refusal:
        """Say why a decline cannot be taken back; where none was made there is nothing to do."""
        if self.replaced:
            return RequestCancelled
        if not self.asked:
            return NotRequestedYet
        if self.status == "received":
            return DeclineNotPossible
        return AnswerTooLate if closed else None

    def refuses_reply(self, closed: bool) -> Refusal:
        """Say why the advance notice cannot be replied to."""
        if self.replaced:
            return RequestCancelled
        if self.asked:
            return RequestedSince
        return UploadClosed if closed else None

    def refuses_question(self) -> Refusal:
        """Say why more time cannot be asked for."""
        if self.replaced:
            return RequestCancelled
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

    def refuses_correction(self, closed: bool) -> Refusal:
        """Say why the applicant cannot correct the address."""
        if self.status not in {"named", "requested"}:
            return CorrectionNotPossible
        if closed:
            return ProgramClosed
        return TooManyChanges if self.corrections >= MOST_CORRECTIONS else None

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
        named = sum(request.status == "named" for request in self.requests)
        return refuses_application(named, submit=True, closed=closed)

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

    def refuses_replacing(self, request: ModelRequest, closed: bool) -> Refusal:
        """Say why nobody can be named in place of a referee."""
        if request.replaced or request.status == "received":
            return ReplacementNotPossible
        return ProgramClosed if closed else self._refuses_rows()

    def refuses_adding(self, closed: bool) -> Refusal:
        """Say why no referee more can be named."""
        if self.status == "draft":
            return StillADraft
        if closed:
            return ProgramClosed
        counting = [r for r in self.requests if r.status in {"named", "requested", "received"}]
        return EnoughReferees if len(counting) >= MAX else self._refuses_rows()

    def _refuses_rows(self) -> Refusal:
        return TooManyChanges if len(self.requests) >= 3 * MAX else None

    def replace(self, request: ModelRequest) -> None:
        """Name somebody else in place of a referee."""
        request.replaced, request.waits_for_time = True, False
        if request.status != "declined":
            request.status = "cancelled"
        self.add()

    def add(self) -> None:
        """Name one referee more, who is asked if the others were."""
        self.requests.append(ModelRequest())
        self.reconsider(self.requests[-1])

    def reconsider(self, request: ModelRequest) -> None:
        """Let a referee come back from an early decline, to be asked if the others were."""
        request.status = "named"
        if self.status == ("submitted" if self.automatic else "selected"):
            request.ask()

    def withdraw(self) -> None:
        """Withdraw it; whoever was named or asked is not any more."""
        self.status = "withdrawn"
        for request in self.requests:
            if request.status in {"named", "requested"}:
                request.status, request.waits_for_time = "cancelled", False

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
