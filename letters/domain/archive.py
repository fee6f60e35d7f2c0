"""What still happens in a program that was put away."""

from letters.domain.errors import LettersError, ProgramArchived, ProgramClosed
from letters.domain.journal import ActorKind, Fact

IN_ARCHIVE = frozenset(
    {
        Fact.PROGRAM_ARCHIVED,
        Fact.PROGRAM_HELD,
        Fact.PROGRAM_HOLD_LIFTED,
        Fact.APPLICATION_HELD,
        Fact.APPLICATION_HOLD_LIFTED,
        Fact.ERASURE_LISTED,
        Fact.TOLD_OF_ERASURE,
        Fact.COORDINATOR_ADDED,
        Fact.COORDINATOR_INVITED,
        Fact.COORDINATOR_REMOVED,
        Fact.ROLE_CHANGED,
        Fact.LETTER_READ,
        Fact.LETTERS_EXPORTED,
        Fact.LETTER_PURGED,
        Fact.APPLICANT_ERASED,
        Fact.REFEREE_ERASED,
        Fact.ADDRESS_BOUNCED,
        Fact.MAIL_GIVEN_UP,
        Fact.CLOSED_INCOMPLETE,
        Fact.LINK_SENT_AGAIN,
        Fact.OVERVIEW_ASKED,
        Fact.STATUS_LINK_SENT_AGAIN,
        Fact.STATUS_LINKS_ASKED,
        Fact.DRAFT_LINK_ASKED,
    }
)
"""Reading, and who may; deleting letters in time, or keeping them by a legal hold; what became of
mails, and links once more."""

_OUTSIDE = frozenset({ActorKind.APPLICANT, ActorKind.REFEREE})
"""Those who cannot take it out of the archive, and have somebody to write to."""


def check_in_archive(fact: Fact, by: ActorKind, contact: str) -> None:
    """Say whether `fact` may happen in an archived program.

    Raises ProgramArchived, or ProgramClosed with `contact` for applicants and referees.
    """
    if fact not in IN_ARCHIVE:
        raise _refusal(by, contact)


def _refusal(by: ActorKind, contact: str) -> LettersError:
    return ProgramClosed(contact=contact) if by in _OUTSIDE else ProgramArchived()
