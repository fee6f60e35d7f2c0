"""Who may be asked, may send, may change and may see what, and when.

Every rule is a pure function. `now` and all other instants are aware datetimes in UTC.
A rule that can forbid something is called `check_…` and raises; a rule that answers a question
returns the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from letters.domain.errors import (
    AlreadyRequested,
    DeclineNotPossible,
    NotADraft,
    NoticeNotPossible,
    NotRequestedYet,
    NotSubmitted,
    Problem,
    ProgramClosed,
    RequestCancelled,
    RequestDeclined,
    RequestedAutomatically,
    TooFewReferees,
    TooManyReferees,
    UploadClosed,
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
    """

    min_letters: int
    max_letters: int
    request_policy: RequestPolicy
    due_at: datetime
    grace: timedelta
    contact: str

    @property
    def closes_at(self) -> datetime:
        """The instant after which nothing is taken any more: the due date plus the grace time."""
        return self.due_at + self.grace

    def for_request(self, extended_due_at: datetime | None) -> "Terms":
        """Return the terms of one request whose due date may have been extended."""
        if extended_due_at is None:
            return self
        return Terms(
            self.min_letters,
            self.max_letters,
            self.request_policy,
            extended_due_at,
            self.grace,
            self.contact,
        )


def is_closed(terms: Terms, now: datetime) -> bool:
    """Say whether the grace time is over. The closing instant itself is still open."""
    return now > terms.closes_at


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


def may_notice(
    terms: Terms,
    application: ApplicationStatus,
    request: RequestStatus,
    noticed_at: datetime | None,
    now: datetime,
) -> bool:
    """Say whether a referee may get the advance notice: once, before the request itself."""
    return (
        application is not ApplicationStatus.WITHDRAWN
        and request is RequestStatus.NAMED
        and noticed_at is None
        and not is_closed(terms, now)
    )


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


# --- one request ------------------------------------------------------------------------------


class Slot(StrEnum):
    """What a referee can do behind the upload link."""

    NOT_REQUESTED = "not_requested"
    OPEN = "open"
    RECEIVED = "received"
    RECEIVED_FINAL = "received_final"
    DECLINED = "declined"
    DECLINED_FINAL = "declined_final"
    CANCELLED = "cancelled"
    CLOSED = "closed"


def slot(
    terms: Terms, application: ApplicationStatus, request: RequestStatus, now: datetime
) -> Slot:
    """Say what is possible for one request; `terms` are the request's own (see for_request)."""
    closed = is_closed(terms, now)
    if request is RequestStatus.RECEIVED:
        final = closed or application is ApplicationStatus.WITHDRAWN
        return Slot.RECEIVED_FINAL if final else Slot.RECEIVED
    if request is RequestStatus.CANCELLED or application is ApplicationStatus.WITHDRAWN:
        return Slot.CANCELLED
    if request is RequestStatus.NAMED:
        return Slot.NOT_REQUESTED
    if request is RequestStatus.DECLINED:
        return Slot.DECLINED_FINAL if closed else Slot.DECLINED
    return Slot.CLOSED if closed else Slot.OPEN


TAKES_A_LETTER = frozenset({Slot.OPEN, Slot.RECEIVED})


def check_upload(at: Slot, terms: Terms) -> None:
    """Say whether a letter is taken now.

    Raises NotRequestedYet, RequestDeclined, RequestCancelled or UploadClosed.
    """
    if at in TAKES_A_LETTER:
        return
    if at is Slot.NOT_REQUESTED:
        raise NotRequestedYet
    if at is Slot.CANCELLED:
        raise RequestCancelled
    if at is Slot.DECLINED:
        raise RequestDeclined
    raise UploadClosed(contact=terms.contact)


def check_decline(at: Slot, terms: Terms) -> None:
    """Say whether the referee may decline now.

    Raises NotRequestedYet, RequestCancelled, UploadClosed or DeclineNotPossible.
    """
    if at is Slot.OPEN:
        return
    if at is Slot.NOT_REQUESTED:
        raise NotRequestedYet
    if at is Slot.CANCELLED:
        raise RequestCancelled
    if at is Slot.CLOSED:
        raise UploadClosed(contact=terms.contact)
    raise DeclineNotPossible


def check_take_back(at: Slot, terms: Terms) -> None:
    """Say whether the referee may take a decline back now.

    Raises NotRequestedYet, RequestCancelled, UploadClosed or DeclineNotPossible.
    """
    if at is Slot.DECLINED:
        return
    if at is Slot.DECLINED_FINAL:
        raise UploadClosed(contact=terms.contact)
    check_decline(at, terms)
    raise DeclineNotPossible


# --- a mail that was promised and not sent yet ------------------------------------------------


def notice_still_helps(request: RequestStatus) -> bool:
    """An advance notice is dropped once there is a request, or none will come."""
    return request is RequestStatus.NAMED


def request_mail_still_helps(at: Slot, *, asked_for_link: bool) -> bool:
    """A letter request is dropped once it has been answered or is over.

    A referee who asked for the link again also gets it when a letter is in, to replace it.
    """
    return at is Slot.OPEN or (asked_for_link and at is Slot.RECEIVED)


# --- who may see what -------------------------------------------------------------------------


class Reader(StrEnum):
    """The three kinds of people a page or mail can be for."""

    REFEREE = "referee"
    APPLICANT = "applicant"
    COORDINATOR = "coordinator"


class Detail(StrEnum):
    """The details of a request that not everybody may know."""

    STATUS = "status"
    MOMENTS = "moments"
    REFEREE_EMAIL = "referee_email"
    DECLINE_REASON = "decline_reason"
    FILE_NAME = "file_name"
    FILE_SIZE = "file_size"
    PAGES = "pages"
    HASH = "hash"
    CONTENT = "content"


SEES: Mapping[Reader, frozenset[Detail]] = MappingProxyType(
    {
        Reader.REFEREE: frozenset(Detail) - {Detail.CONTENT},
        Reader.APPLICANT: frozenset({Detail.STATUS, Detail.MOMENTS, Detail.REFEREE_EMAIL}),
        Reader.COORDINATOR: frozenset(Detail),
    }
)


def may_see(reader: Reader, detail: Detail) -> bool:
    """Say whether `reader` may know `detail`.

    A referee never reads a letter back, not even their own: a link that leaks reads nothing.
    """
    return detail in SEES[reader]
