"""Floor 1: the tables. SQLAlchemy only, nouns only; what to do with them is upstairs."""

from letters.records.applications import Application
from letters.records.base import Base, new_id
from letters.records.bulk import BulkItem, BulkJob, ItemStatus, JobStatus
from letters.records.coordinators import ApiKey, Coordinator, IdempotentAnswer
from letters.records.database import Database
from letters.records.holds import Hold
from letters.records.identity_signals import IdentitySignal
from letters.records.journal import JournalEntry
from letters.records.letters import Letter
from letters.records.logos import Logo
from letters.records.mail_copies import MailCopy
from letters.records.mail_turns import MailTurn
from letters.records.outbox import OutboxMessage, OutboxStatus, in_status
from letters.records.programs import Program, program_coordinators
from letters.records.remarks import Remark, RemarkKind
from letters.records.requests import LetterRequest
from letters.records.sign_ins import HowSignedIn, SignIn

__all__ = [
    "ApiKey",
    "Application",
    "Base",
    "BulkItem",
    "BulkJob",
    "Coordinator",
    "Database",
    "Hold",
    "HowSignedIn",
    "IdempotentAnswer",
    "IdentitySignal",
    "ItemStatus",
    "JobStatus",
    "JournalEntry",
    "Letter",
    "LetterRequest",
    "Logo",
    "MailCopy",
    "MailTurn",
    "OutboxMessage",
    "OutboxStatus",
    "Program",
    "Remark",
    "RemarkKind",
    "SignIn",
    "in_status",
    "new_id",
    "program_coordinators",
]
