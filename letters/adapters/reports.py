"""Reading reports about mails: those in fields (RFC 3464), and those in words by flufl.bounce.

Strangers write them. What is read is cut to lines of mail's own length first: on longer ones the
patterns of the library would take quadratic time.
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr

import structlog

from letters.domain.bounces import LARGEST, Report, ReportKind, reason_line

LONGEST_LINE = 998  # RFC 5322, section 2.1.1
LONGEST_TEXT = 64 * 1024
NAME_DIGITS = 16

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?:^|[\s:>(])([45])\d\d[ -]", re.MULTILINE)
_UNDEFINED = re.compile(r"[45]\.0\.0|")
_DIAGNOSTIC_TYPE = re.compile(r"\s*[\w-]+\s*;")

_GAVE_UP = ("fail", "error")  # OpenSMTPD says “error”
_TRIES = ("delay",)
_DELIVERED = ("delivered", "relayed", "expanded")

_SERVERS = frozenset({"mailer-daemon", "mail-daemon", "maildaemon", "postmaster"})
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Vacation")
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk"})
_AUTOMATIC_SUBJECT = re.compile(
    r"(auto(matic|matische)? ?-?(reply|antwort|response)|out of (the )?office|abwesen"
    r"|r.ponse automatique|respuesta autom)",
    re.IGNORECASE,
)
_CHALLENGE_SUBJECT = re.compile(
    r"\b(confirm|verify|verification|challenge|authenticat)", re.IGNORECASE
)

log = structlog.get_logger("letters.reports")

# The library logs what it does, and with an error what it was given.
logging.getLogger("flufl.bounce").disabled = True


class BounceReports:
    """A ReportReader that knows the reports of mail servers, and what is none."""

    def read(self, content: bytes) -> Report:
        """Return what a mail says; whatever cannot be read is OTHER."""
        name = hashlib.sha256(content).hexdigest()[:NAME_DIGITS]
        try:
            return _read(message_from_bytes(_in_short_lines(content[:LARGEST])), name)
        except Exception:
            # Nobody mends a stranger's mail, and the server must not bring it again.
            log.exception("report.unreadable")
            return Report(ReportKind.OTHER, name)


def _read(message: Message, name: str) -> Report:
    own = str(message.get("Message-ID", ""))
    if own:
        name = hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()[:NAME_DIGITS]
    blocks = list(_status_blocks(message))
    if blocks:
        return _by_fields(blocks, name)
    if not _is_from_a_server(message):
        return Report(_kind_of_answer(message), name)
    return _by_words(message, name)


# --- reports by fields (RFC 3464) ------------------------------------------------------------


def _status_blocks(message: Message) -> Iterator[Message]:
    """Yield the fields about each recipient; those about the whole mail have no action."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in part.get_payload() if _action(block))  # type: ignore[misc, arg-type]  # -- each block is a Message


def _action(block: Message) -> str:
    return str(block.get("Action", "")).strip().lower()


def _by_fields(blocks: list[Message], name: str) -> Report:
    failed = [block for block in blocks if _action(block).startswith(_GAVE_UP)]
    delayed = [block for block in blocks if _action(block).startswith(_TRIES)]
    if not failed and not delayed:
        return Report(ReportKind.OTHER, name)
    said = (failed or delayed)[0]
    return Report(
        ReportKind.FAILED if failed else ReportKind.DELAYED,
        name,
        status=_status_of(said),
        reason=reason_line(_diagnostic_of(said) or str(said.get("Status", ""))),
        reached_others=any(_action(block).startswith(_DELIVERED) for block in blocks),
    )


def _status_of(block: Message) -> str:
    """Return the status; where it says nothing in particular, that in the server's own words."""
    status = _first_status(str(block.get("Status", "")))
    if _UNDEFINED.fullmatch(status):
        return _first_status(_diagnostic_of(block)) or status
    return status


def _diagnostic_of(block: Message) -> str:
    return _DIAGNOSTIC_TYPE.sub("", str(block.get("Diagnostic-Code", "")), count=1).strip()


# --- reports in words ------------------------------------------------------------------------


def _by_words(message: Message, name: str) -> Report:
    from flufl.bounce import all_failures  # noqa: PLC0415 -- the web never reads a report

    temporary, permanent = all_failures(_in_plain_text(message))
    if not temporary and not permanent:
        return Report(ReportKind.OTHER, name)
    line, status = _telling_line(message)
    kind = ReportKind.FAILED if permanent else ReportKind.DELAYED
    return Report(kind, name, status=status, reason=reason_line(line))


def _telling_line(message: Message) -> tuple[str, str]:
    """Return the first line with a code in it, and the status that it means; both may be empty."""
    for line in _first_text(message).splitlines():
        status = _first_status(line)
        if status:
            return line, status
        reply = _REPLY.search(line)
        if reply:
            return line, f"{reply[1]}.0.0"
    return "", ""


def _first_status(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _first_text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            return str(part.get_payload())
    return ""


def _is_from_a_server(message: Message) -> bool:
    if "X-Failed-Recipients" in message:
        return True
    sender = parseaddr(str(message.get("From", "")))[1]
    return sender.partition("@")[0].lower() in _SERVERS


def _kind_of_answer(message: Message) -> ReportKind:
    """Tell what answers by itself from what a person wrote; neither changes anything."""
    subject = str(message.get("Subject", ""))
    agent = str(message.get("X-Delivery-Agent", ""))
    if agent.lower().startswith("tmda") or _CHALLENGE_SUBJECT.search(subject):
        return ReportKind.CHALLENGE
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    is_automatic = (
        not submitted.startswith("no")
        or precedence in _AUTOMATIC_PRECEDENCE
        or any(header in message for header in _AUTOMATIC_HEADERS)
        or message.get_param("report-type") == "disposition-notification"
        or _AUTOMATIC_SUBJECT.search(subject)
    )
    return ReportKind.AUTOMATIC if is_automatic else ReportKind.OTHER


# --- what strangers write --------------------------------------------------------------------


def _in_short_lines(content: bytes) -> bytes:
    return b"\n".join(line[:LONGEST_LINE] for line in content.splitlines())


def _in_plain_text(message: Message) -> Message:
    """Decode all texts, for a library that looks at them as they are on the wire."""
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.is_multipart():
            payload = part.get_payload(decode=True)
            text = _in_short_lines(payload) if isinstance(payload, bytes) else b""
            del part["Content-Transfer-Encoding"]
            part.set_payload(text.decode("latin-1")[:LONGEST_TEXT])
    return message
