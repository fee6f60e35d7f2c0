"""What the services need from the outside world, as protocols. Adapters fulfil them."""

from letters.ports.calendars import CalendarWriter, DueDate
from letters.ports.clock import Clock
from letters.ports.files import (
    DocumentConverter,
    DocumentInspector,
    PacketBinder,
    PictureRedrawer,
    VirusScanner,
)
from letters.ports.letters import Envelope, LetterStore, Sealed
from letters.ports.links import LinkPayload, LinkSigner, Purpose
from letters.ports.mails import Attachment, Mailer, Message, MessageRenderer, Rendered
from letters.ports.returns import ReportReader, ReturnAddresses, ReturnTag
from letters.ports.sending import MailQueue, Metrics, Outcome, TimeIsUp

__all__ = [
    "Attachment",
    "CalendarWriter",
    "Clock",
    "DocumentConverter",
    "DocumentInspector",
    "DueDate",
    "Envelope",
    "LetterStore",
    "LinkPayload",
    "LinkSigner",
    "MailQueue",
    "Mailer",
    "Message",
    "MessageRenderer",
    "Metrics",
    "Outcome",
    "PacketBinder",
    "PictureRedrawer",
    "Purpose",
    "Rendered",
    "ReportReader",
    "ReturnAddresses",
    "ReturnTag",
    "Sealed",
    "TimeIsUp",
    "VirusScanner",
]
