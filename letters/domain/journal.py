"""What is written down, what each fact owes by mail, and how entries are chained."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class Fact(StrEnum):
    """What a journal entry says happened."""

    PROGRAM_CREATED = "program.created"
    PROGRAM_CHANGED = "program.changed"
    PROGRAM_CLOSED = "program.closed"
    PROGRAM_REOPENED = "program.reopened"
    PROGRAM_ARCHIVED = "program.archived"
    PROGRAM_UNARCHIVED = "program.unarchived"
    PROGRAM_HELD = "program.held"
    PROGRAM_HOLD_LIFTED = "program.hold_lifted"
    ERASURE_LISTED = "program.erasure_listed"
    COORDINATOR_ADDED = "coordinator.added"
    COORDINATOR_INVITED = "coordinator.invited"
    COORDINATOR_REMOVED = "coordinator.removed"
    ROLE_CHANGED = "coordinator.role_changed"
    TOLD_OF_ERASURE = "coordinator.told_of_erasure"
    APPLICATION_CREATED = "application.created"
    APPLICATION_AMENDED = "application.amended"
    FIELDS_CHANGED = "application.fields_changed"
    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_SELECTED = "application.selected"
    APPLICATION_COMPLETED = "application.completed"
    APPLICATION_WITHDRAWN = "application.withdrawn"
    APPLICATION_HELD = "application.held"
    APPLICATION_HOLD_LIFTED = "application.hold_lifted"
    APPLICANT_ERASED = "application.erased"
    REFEREE_ERASED = "referee.erased"
    LETTERS_REQUESTED = "application.letters_requested"
    LETTERS_COMPLETE = "application.letters_complete"
    WEEK_LEFT = "application.week_left"
    DAY_LEFT = "application.day_left"
    CLOSED_INCOMPLETE = "application.closed_incomplete"
    DUE_MOVED = "application.due_moved"
    REFEREE_LOST = "application.referee_lost"
    DRAFT_LINK_ASKED = "application.draft_link_asked"
    MAIL_CHOICE_CHANGED = "application.mail_choice_changed"
    WAIVER_CHANGED = "waiver.changed"
    NOTICE_GIVEN = "notice.given"
    NOTICE_SENT_AGAIN = "notice.sent_again"
    NOTICE_WELCOMED = "notice.welcomed"
    NOTICE_DECLINED = "notice.declined"
    NOTICE_RECONSIDERED = "notice.reconsidered"
    ADDRESS_CORRECTED = "referee.address_corrected"
    ADDRESS_BOUNCED = "referee.bounced"
    ADDRESS_CHANGED = "referee.address_changed"
    REFEREE_REPLACED = "referee.replaced"
    REFEREE_ADDED = "referee.added"
    LETTER_REQUESTED = "letter.requested"
    LETTER_RECEIVED = "letter.received"
    LETTER_REPLACED = "letter.replaced"
    LETTER_ENTERED = "letter.entered"
    LETTER_MARKED = "letter.marked"
    LETTER_CONFIRMED = "letter.confirmed"
    LETTER_RELEASED = "letter.released"
    LETTER_RETURNED = "letter.returned"
    LETTER_KEPT = "letter.kept"
    LETTER_READ = "letter.read"
    LETTER_PURGED = "letter.purged"
    LETTERS_EXPORTED = "program.letters_exported"
    REQUEST_DECLINED = "request.declined"
    REQUEST_CANCELLED = "request.cancelled"
    REQUEST_RELEASED = "request.released"
    REQUEST_RESTORED = "request.restored"
    REFEREE_NUDGED = "request.nudged"
    REFEREE_REMINDED = "request.reminded"
    REMINDER_SKIPPED = "request.reminder_skipped"
    REMINDERS_CHOSEN = "request.reminders_chosen"
    SIGNAL_FOUND = "signal.found"
    SIGNAL_CHECKED = "signal.checked"
    SIGNAL_UNCHECKED = "signal.unchecked"
    NOTE_LEFT = "note.left"
    NOTE_REMOVED = "note.removed"
    DECLINE_TAKEN_BACK = "request.decline_taken_back"
    MORE_TIME_ASKED = "request.more_time_asked"
    MORE_TIME_REFUSED = "request.more_time_refused"
    DATE_EXTENDED = "request.date_extended"
    REQUEST_DUE_MOVED = "request.due_moved"
    LINK_SENT_AGAIN = "link.sent_again"
    OVERVIEW_ASKED = "link.overview_asked"
    STATUS_LINK_SENT_AGAIN = "link.status_sent_again"
    STATUS_LINKS_ASKED = "link.status_links_asked"
    MAIL_GIVEN_UP = "mail.given_up"
    MAIL_QUEUED_AGAIN = "mail.queued_again"


class MessageKind(StrEnum):
    """The mails this service writes; each has a folder of templates by this name."""

    ADVANCE_NOTICE = "advance_notice"
    REFEREE_DECLINED = "referee_declined"
    LETTER_REQUEST = "letter_request"
    REMINDER = "reminder"
    OVERVIEW = "overview"
    RECEIPT = "receipt"
    CONFIRM_LETTER = "confirm_letter"
    LETTER_ENTERED = "letter_entered"
    MORE_TIME_ASKED = "more_time_asked"
    MORE_TIME_ANSWERED = "more_time_answered"
    REFEREE_DUE_MOVED = "referee_due_moved"
    REQUESTS_SENT = "requests_sent"
    LETTER_ARRIVED = "letter_arrived"
    ALL_IN = "all_in"
    ADDRESS_BOUNCED = "address_bounced"
    TIME_LEFT = "time_left"
    CLOSED_INCOMPLETE = "closed_incomplete"
    DUE_MOVED = "due_moved"
    APPLICATION_SUBMITTED = "application_submitted"
    REQUEST_CANCELLED = "request_cancelled"
    REQUEST_RELEASED = "request_released"
    LETTER_RETURNED = "letter_returned"
    LETTER_KEPT = "letter_kept"
    WITHDRAWN = "withdrawn"
    STATUS_LINKS = "status_links"
    DRAFT_LINK = "draft_link"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    ERASURE_LIST = "erasure_list"
    DIGEST = "digest"


class ActorKind(StrEnum):
    """Who did it."""

    SYSTEM = "system"
    OPERATOR = "operator"
    API = "api"
    COORDINATOR = "coordinator"
    APPLICANT = "applicant"
    REFEREE = "referee"


OWED: Mapping[Fact, tuple[MessageKind, ...]] = MappingProxyType(
    {
        Fact.COORDINATOR_INVITED: (MessageKind.INVITATION,),
        Fact.TOLD_OF_ERASURE: (MessageKind.ERASURE_LIST,),
        Fact.DRAFT_LINK_ASKED: (MessageKind.DRAFT_LINK,),
        Fact.APPLICATION_SUBMITTED: (MessageKind.APPLICATION_SUBMITTED,),
        Fact.APPLICATION_WITHDRAWN: (MessageKind.WITHDRAWN,),
        Fact.LETTERS_REQUESTED: (MessageKind.REQUESTS_SENT,),
        Fact.LETTERS_COMPLETE: (MessageKind.ALL_IN,),
        Fact.WEEK_LEFT: (MessageKind.TIME_LEFT,),
        Fact.DAY_LEFT: (MessageKind.TIME_LEFT,),
        Fact.CLOSED_INCOMPLETE: (MessageKind.CLOSED_INCOMPLETE,),
        Fact.DUE_MOVED: (MessageKind.DUE_MOVED,),
        Fact.REQUEST_DUE_MOVED: (MessageKind.REFEREE_DUE_MOVED,),
        Fact.REFEREE_LOST: (MessageKind.REFEREE_DECLINED,),
        Fact.NOTICE_GIVEN: (MessageKind.ADVANCE_NOTICE,),
        Fact.NOTICE_SENT_AGAIN: (MessageKind.ADVANCE_NOTICE,),
        Fact.NOTICE_DECLINED: (MessageKind.REFEREE_DECLINED,),
        Fact.ADDRESS_CORRECTED: (MessageKind.ADVANCE_NOTICE,),
        Fact.ADDRESS_BOUNCED: (MessageKind.ADDRESS_BOUNCED,),
        Fact.LETTER_REQUESTED: (MessageKind.LETTER_REQUEST,),
        Fact.LETTER_RECEIVED: (MessageKind.RECEIPT, MessageKind.LETTER_ARRIVED),
        Fact.LETTER_REPLACED: (MessageKind.RECEIPT,),
        Fact.LETTER_ENTERED: (MessageKind.LETTER_ENTERED, MessageKind.LETTER_ARRIVED),
        Fact.LETTER_MARKED: (MessageKind.CONFIRM_LETTER,),
        Fact.REQUEST_CANCELLED: (MessageKind.REQUEST_CANCELLED,),
        Fact.REQUEST_RELEASED: (MessageKind.REQUEST_RELEASED,),
        Fact.LETTER_RETURNED: (MessageKind.LETTER_RETURNED,),
        Fact.LETTER_KEPT: (MessageKind.LETTER_KEPT,),
        Fact.MORE_TIME_ASKED: (MessageKind.MORE_TIME_ASKED,),
        Fact.MORE_TIME_REFUSED: (MessageKind.MORE_TIME_ANSWERED,),
        Fact.DATE_EXTENDED: (MessageKind.MORE_TIME_ANSWERED,),
        Fact.OVERVIEW_ASKED: (MessageKind.OVERVIEW,),
        Fact.DECLINE_TAKEN_BACK: (MessageKind.LETTER_REQUEST,),
        Fact.LINK_SENT_AGAIN: (MessageKind.LETTER_REQUEST,),
        Fact.STATUS_LINK_SENT_AGAIN: (MessageKind.APPLICATION_SUBMITTED,),
        Fact.STATUS_LINKS_ASKED: (MessageKind.STATUS_LINKS,),
    }
)
"""The mails that a fact promises. The one who writes the fact down queues them with it."""

SAID_TOGETHER = frozenset({Fact.REFEREE_NUDGED, Fact.REFEREE_REMINDED})
"""Facts of which a mail speaks that may speak of others too; their entries name its outbox row."""

ASKED_FOR = frozenset(
    {
        Fact.DRAFT_LINK_ASKED,
        Fact.LINK_SENT_AGAIN,
        Fact.OVERVIEW_ASKED,
        Fact.STATUS_LINK_SENT_AGAIN,
        Fact.STATUS_LINKS_ASKED,
    }
)
"""Facts whose mail somebody has just asked for, and waits for: it goes before all others."""

WAITS: Mapping[MessageKind, timedelta] = MappingProxyType(
    {MessageKind.CONFIRM_LETTER: timedelta(hours=24)}
)
"""Mails that leave the reader time to act without them."""

CHAIN_START = "0" * 64


def owed_key(kind: MessageKind, chain: str, position: int) -> str:
    """Name the one outbox row that the entry at `position` of `chain` owes for `kind`."""
    return f"{kind}:{chain}:{position}"


def entry_hash(previous: str, entry: Mapping[str, object]) -> str:
    """Return the SHA-256 (64 hex digits) of an entry and of the hash before it in its chain.

    `entry` holds ids, instants as ISO 8601 text, numbers and enum values only: no names and no
    addresses, so that erasing a person leaves the chain whole.
    """
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{canonical}".encode("ascii")).hexdigest()
