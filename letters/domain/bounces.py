"""What a report about a mail says of the mail, and of the address it went to.

The tag in the address that the report came to says which mail it is about, and so which address.
Whatever other address the report names is one that mail is passed on to from there.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_AFTER = timedelta(days=30)
"""Servers try for five days or a week; what comes much later says nothing of today."""

MOST_DELAYS = 20
"""So many reports of delay are counted for one mail; more say nothing new."""

LARGEST = 256 * 1024
"""Bytes of a report that are read: the mail that it gives back stands at its end."""

LONGEST_REASON = 300


class ReportKind(StrEnum):
    """What it is that came to an address for bounces."""

    FAILED = "failed"
    """A server gave the mail up."""
    DELAYED = "delayed"
    """A server is still trying."""
    AUTOMATIC = "automatic"
    """A mailbox answers by itself: out of office, a receipt (RFC 3834)."""
    CHALLENGE = "challenge"
    """Somebody's filter wants the sender to prove something."""
    OTHER = "other"
    """Anything else, such as what a person wrote."""


@dataclass(frozen=True)
class Report:
    """What was read in a mail that came to an address for bounces.

    `name` tells one report from another, and stays the same when one comes twice. `status` is like
    5.1.1 (RFC 3463), or empty. `reason` is one line without addresses and links. `reached_others`
    says that the mail was delivered to somebody else behind the same address.
    """

    kind: ReportKind
    name: str
    status: str = ""
    reason: str = ""
    reached_others: bool = False


class Verdict(StrEnum):
    """What a report means."""

    UNREACHABLE = "unreachable"
    """The mail is lost, and nobody is reached at the address."""
    LOST = "lost"
    """The mail is lost; the address may work."""
    DELAYED = "delayed"
    """The mail may still arrive."""
    NOTHING = "nothing"


def verdict(report: Report) -> Verdict:
    """Say what a report means.

    A mail that failed for something temporary (4.x.x), or for what it is or who sent it, says
    nothing against the address. A failure without a status does.
    """
    match report.kind:
        case ReportKind.FAILED if not report.reached_others:
            return Verdict.UNREACHABLE if _is_about_the_address(report.status) else Verdict.LOST
        case ReportKind.FAILED | ReportKind.DELAYED:
            return Verdict.DELAYED
        case _:
            return Verdict.NOTHING


_ABOUT_THE_ADDRESS = re.compile(r"5\.[0124]\.\d{1,3}|")
_ABOUT_THE_MAIL = frozenset({"5.1.7", "5.1.8", "5.2.3"})
"""The sender's address is refused, or the mail is too large for this mailbox (RFC 3463)."""


def _is_about_the_address(status: str) -> bool:
    return bool(_ABOUT_THE_ADDRESS.fullmatch(status)) and status not in _ABOUT_THE_MAIL


def is_too_late(sent_at: datetime, now: datetime) -> bool:
    """Say whether a report comes too long after the mail to mean anything."""
    return now > sent_at + LONGEST_AFTER


_LINK = re.compile(r"\S*(?:://|www\.)\S*|\S*/[\w.~-]{20,}\S*")
_ADDRESS = re.compile(r"\S*@\S*")


def reason_line(text: str) -> str:
    """Return what a server said as one line that may be kept and shown.

    Links are left out, and so are addresses: one may be where somebody has mail passed on to.
    """
    line = "".join(character if character.isprintable() else " " for character in text)
    for pattern, instead in ((_LINK, "[link]"), (_ADDRESS, "[address]")):
        line = pattern.sub(instead, line)
    return " ".join(line.split())[:LONGEST_REASON]
