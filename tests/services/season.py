"""What we believe about a season: the rules once more, written for reading and not for use."""

from dataclasses import dataclass, field
from uuid import UUID

from letters.domain.errors import (
    AlreadyRequested,
    DeclineNotPossible,
    LettersError,
    NotADraft,
    NoticeNotPossible,
    NotRequestedYet,
    NotSubmitted,
    ProgramClosed,
    RequestDeclined,
    RequestedAutomatically,
    TooFewReferees,
    TooManyReferees,
    UploadClosed,
)

MIN, MAX = 2, 4

Refusal = type[LettersError] | None


@dataclass
class ModelRequest:
    """One request, and what its referee may do."""

    status: str = "named"
    noticed: bool = False
    versions: int = 0

    def refuses_letter(self, closed: bool) -> Refusal:
        """Say why no letter is taken."""
        if self.status == "named":
            return NotRequestedYet
        if closed:
            return UploadClosed
        return RequestDeclined if self.status == "declined" else None

    def refuses_decline(self, closed: bool) -> Refusal:
        """Say why it cannot be declined; to do so twice is fine while it can be taken back."""
        if self.status == "named":
            return NotRequestedYet
        if self.status == "received" or (self.status == "declined" and closed):
            return DeclineNotPossible
        return UploadClosed if closed else None

    def refuses_taking_back(self, closed: bool) -> Refusal:
        """Say why a decline cannot be taken back; where none was made there is nothing to do."""
        if self.status == "named":
            return NotRequestedYet
        if self.status == "received":
            return DeclineNotPossible
        return UploadClosed if closed else None

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
            request.status = "requested"

    @property
    def statuses(self) -> list[str]:
        """The status of the application, then those of its requests."""
        return [self.status, *(request.status for request in self.requests)]

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
