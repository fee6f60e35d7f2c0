"""Who may be asked, may send, may change and may see what, and when.

Every rule is a pure function. `now` and all other instants are aware datetimes in UTC.
A rule that can forbid something is called `check_…` and raises; a rule that answers a question
returns the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from letters.domain.errors import (
    AlreadyRequested,
    LetterIsIn,
    LettersNotRequested,
    NotADraft,
    NoticeNotPossible,
    NotSubmitted,
    Problem,
    ProgramClosed,
    RequestedAutomatically,
    RequestEnded,
    TooFewReferees,
    TooManyReferees,
    Withdrawn,
)
from letters.domain.status import ApplicationStatus, Event, RequestStatus, can
from letters.domain.text import mailbox_key
from letters.domain.words import N_

DEFAULT_MIN_LETTERS = 2
MOST_LETTERS = 10
LONGEST_GRACE_HOURS = 24 * 90


class RequestPolicy(StrEnum):
    """Whether submitting is enough for letters to be requested."""

    AUTOMATIC = "automatic"
    SELECTED = "selected"


@dataclass(frozen=True)
class Terms:
    """What a program asks: how many letters, under which policy, by when.

    `contact` is the address a person can write to when something is no longer possible.
    `closed_by_hand` says that a manager closed the program before its time, or archived it.
    """

    min_letters: int
    max_letters: int
    request_policy: RequestPolicy
    due_at: datetime
    grace: timedelta
    contact: str
    closed_by_hand: bool = False

    @property
    def closes_at(self) -> datetime:
        """The instant after which nothing is taken any more: the due date plus the grace time."""
        return self.due_at + self.grace

    def for_request(self, extended_due_at: datetime | None) -> "Terms":
        """Return the terms of one request whose due date may have been extended.

        A program whose own date is later by now gives everybody that time.
        """
        if extended_due_at is None or extended_due_at <= self.due_at:
            return self
        return replace(self, due_at=extended_due_at)


def is_closed(terms: Terms, now: datetime) -> bool:
    """Say whether the grace time is over, or the program was closed by hand before.

    The closing instant itself is still open.
    """
    return terms.closed_by_hand or now > terms.closes_at


def is_overdue(terms: Terms, status: RequestStatus, now: datetime) -> bool:
    """Say whether a letter that was asked for is late. The due instant itself is in time."""
    return status is RequestStatus.REQUESTED and now > terms.due_at


# --- a program --------------------------------------------------------------------------------


def terms_problems(terms: Terms, now: datetime) -> list[Problem]:
    """Say what is wrong with the terms of a new program."""
    problems = []
    if terms.min_letters < 1:
        problems.append(Problem("min_letters", N_("Ask for at least one letter.")))
    if terms.max_letters < terms.min_letters:
        problems.append(
            Problem("max_letters", N_("The most letters cannot be fewer than the least."))
        )
    if terms.max_letters > MOST_LETTERS:
        problems.append(
            Problem(
                "max_letters",
                N_("Ask for at most %(most)s letters."),
                {"most": MOST_LETTERS},
            )
        )
    if not timedelta(0) <= terms.grace <= timedelta(hours=LONGEST_GRACE_HOURS):
        problems.append(
            Problem(
                "grace_hours",
                N_("Choose a grace time from 0 to %(longest)s hours."),
                {"longest": LONGEST_GRACE_HOURS},
            )
        )
    if terms.due_at <= now:
        problems.append(Problem("due_at", N_("Choose a due date in the future.")))
    return problems


# --- an application ---------------------------------------------------------------------------


def referee_problems(applicant_email: str, referee_emails: Sequence[str]) -> list[Problem]:
    """Say which referees are named twice or are the applicant; see mailbox_key for the rule.

    Empty addresses are passed over: another rule speaks of them.
    """
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    own = mailbox_key(applicant_email) if applicant_email else None
    for index, email in enumerate(referee_emails):
        if not email:
            continue
        field, key = f"referees.{index}.email", mailbox_key(email)
        if key == own:
            problems.append(
                Problem(
                    field,
                    N_("This is your own address. Give the address of the referee."),
                )
            )
        elif key in seen:
            problems.append(
                Problem(
                    field,
                    N_("This is the same mailbox as that of referee %(number)s. Name each once."),
                    {"number": seen[key] + 1},
                )
            )
        else:
            seen[key] = index
    return problems


def check_referee_count(terms: Terms, count: int) -> None:
    """A draft may have fewer referees than the minimum, never more than the maximum.

    Raises TooManyReferees.
    """
    if count > terms.max_letters:
        raise TooManyReferees(max_letters=terms.max_letters, count=count)


def check_open(terms: Terms, now: datetime) -> None:
    """Raises ProgramClosed once the grace time is over."""
    if is_closed(terms, now):
        raise ProgramClosed(contact=terms.contact)


def check_submit(
    terms: Terms, status: ApplicationStatus, referee_count: int, now: datetime
) -> None:
    """Say whether an application may be submitted.

    Raises Withdrawn, NotADraft, ProgramClosed, TooFewReferees or TooManyReferees.
    """
    if status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if not can(status, Event.SUBMIT):
        raise NotADraft
    check_open(terms, now)
    if referee_count < terms.min_letters:
        raise TooFewReferees(min_letters=terms.min_letters, count=referee_count)
    check_referee_count(terms, referee_count)


def requested_on_submission(terms: Terms) -> bool:
    """Say whether submitting an application by itself requests its letters."""
    return terms.request_policy is RequestPolicy.AUTOMATIC


def check_select(terms: Terms, status: ApplicationStatus, now: datetime) -> None:
    """Say whether a coordinator may select an application, so that its letters are requested.

    Raises RequestedAutomatically, Withdrawn, NotSubmitted, AlreadyRequested or ProgramClosed.
    """
    if status is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if status is ApplicationStatus.DRAFT:
        raise NotSubmitted
    if requested_on_submission(terms):
        raise RequestedAutomatically
    if status is ApplicationStatus.SELECTED:
        raise AlreadyRequested
    check_open(terms, now)


def may_request(terms: Terms, status: ApplicationStatus) -> bool:
    """Say whether a letter request may exist for an application in this status."""
    if requested_on_submission(terms):
        return status is ApplicationStatus.SUBMITTED
    return status is ApplicationStatus.SELECTED


def check_requested(terms: Terms, application: ApplicationStatus) -> None:
    """Raises Withdrawn, NotSubmitted or LettersNotRequested where no letters may be requested."""
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if application is ApplicationStatus.DRAFT:
        raise NotSubmitted
    if not may_request(terms, application):
        raise LettersNotRequested


def check_enter(
    terms: Terms, application: ApplicationStatus, request: RequestStatus, *, replaced: bool
) -> None:
    """Say whether a coordinator may enter a letter that came in another way, by post or mail.

    Only where letters may be requested of the application, whether or not this referee was asked or
    has declined; and also after closing, for it is then that such letters come. A letter that is in
    is returned first, and an end is taken back first.

    Raises Withdrawn, NotSubmitted, LettersNotRequested, LetterIsIn or RequestEnded.
    """
    check_requested(terms, application)
    if request is RequestStatus.RECEIVED:
        raise LetterIsIn
    if replaced or request is RequestStatus.CANCELLED:
        raise RequestEnded


def may_notice(
    terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    noticed_at: datetime | None,
    now: datetime,
) -> bool:
    """Say whether a referee may get the advance notice: once, before the request itself.

    `noticed_at` is what last_notice says.
    """
    return (
        application is not ApplicationStatus.WITHDRAWN
        and request is RequestStatus.NAMED
        and noticed_at is None
        and not is_closed(terms, now)
    )


def last_notice(noticed_at: datetime | None, corrected_at: datetime | None) -> datetime | None:
    """Return when the notice last went to the address on file, None if it never did.

    What went to an address that was corrected since has reached nobody, and may go out once more.
    """
    if noticed_at is None or corrected_at is None or noticed_at >= corrected_at:
        return noticed_at
    return None


def check_notices(
    terms: Terms, application: ApplicationStatus, possible: int, now: datetime
) -> None:
    """Say whether advance notices may go out; `possible` counts the referees who may get one.

    Raises Withdrawn, ProgramClosed or NoticeNotPossible.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    check_open(terms, now)
    if possible == 0:
        raise NoticeNotPossible
