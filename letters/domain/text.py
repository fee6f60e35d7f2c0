"""What is allowed in a line of text, and when two addresses are the same mailbox."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from letters.domain.errors import Problem
from letters.domain.titles import HONORIFICS
from letters.domain.words import N_

LONGEST_NAME = 120
LONGEST_LINE = 200
LONGEST_TEXT = 4000

JOINERS = "\u200c\u200d"
"""Zero-width joiners: written in Persian and in many Indian names."""

LINE_BREAKS = "\n\r\t"

_ADDRESS = re.compile(r"://|\bwww\.|\bmailto:|\S@\w|\w{2,}\.\w{2,}/", re.IGNORECASE)
_DOTTED = re.compile(r"(\w+)\.(?=([^\W\d_]{2,}))")
_DOMAINS = frozenset({"biz", "com", "edu", "gov", "info", "net", "org"})
"""Ends of domains, which are known for such in capitals too."""


def _forbidden(character: str) -> bool:
    """Control, formatting, surrogate, private and unassigned characters."""
    return unicodedata.category(character).startswith("C") and character not in JOINERS


def clean_line(field: str, value: str, problems: list[Problem], longest: int = LONGEST_NAME) -> str:
    """Return `value` as one tidy line, or append to `problems` what is wrong with it.

    Spaces at the ends are dropped and runs of spaces become one; composed form (Unicode NFC).
    A line of nothing but joiners shows nothing and is as good as empty.
    """
    if any(_forbidden(c) or c in "\u2028\u2029" for c in value):
        problems.append(
            Problem(field, N_("Remove the line breaks or invisible characters, please."))
        )
        return ""
    line = " ".join(unicodedata.normalize("NFC", value).split())
    if not line.strip(f"{JOINERS} "):
        return ""
    if len(line) > longest:
        problems.append(
            Problem(field, N_("Use at most %(longest)s characters."), {"longest": longest})
        )
        return ""
    return line


def required_line(
    field: str, value: str, problems: list[Problem], longest: int = LONGEST_NAME
) -> str:
    """Like clean_line, and an empty line is a problem too."""
    before = len(problems)
    return _filled_in(field, clean_line(field, value, problems, longest), problems, before)


def clean_name(field: str, value: str, problems: list[Problem], longest: int = LONGEST_NAME) -> str:
    """Like clean_line, for what a person is called or a part of it, which holds no address.

    Names stand at the head of mails, and mail programs make links of what looks like an address.
    """
    name = clean_line(field, value, problems, longest)
    if not _holds_address(name):
        return name
    sentence = N_("Leave addresses out of the name. If it has none, put a space after full stops.")
    problems.append(Problem(field, sentence))
    return ""


def required_name(field: str, value: str, problems: list[Problem]) -> str:
    """Like clean_name, and an empty name is a problem too."""
    before = len(problems)
    return _filled_in(field, clean_name(field, value, problems), problems, before)


def _filled_in(field: str, line: str, problems: list[Problem], before: int) -> str:
    if not line and len(problems) == before:
        problems.append(Problem(field, N_("Fill this in, please.")))
    return line


def _holds_address(name: str) -> bool:
    """Say whether mail programs may take something in a name for an address.

    After a full stop names go on with a capital, as in “J.R. Smith” and “St.John”, and domains
    with a small letter; “Prof.dr. Smith” is told by its title.
    """
    if _ADDRESS.search(name):
        return True
    return any(
        (after[0].islower() and before.casefold() not in HONORIFICS) or after.casefold() in _DOMAINS
        for before, after in _DOTTED.findall(name)
    )


def clean_text(field: str, value: str, problems: list[Problem], longest: int = LONGEST_TEXT) -> str:
    """Return text of several lines, tidied, or append to `problems` what is wrong with it."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(_forbidden(c) and c not in LINE_BREAKS for c in text):
        problems.append(Problem(field, N_("Remove the invisible characters, please.")))
        return ""
    if len(text) > longest:
        problems.append(
            Problem(field, N_("Use at most %(longest)s characters."), {"longest": longest})
        )
        return ""
    return text


# --- one mailbox, several spellings -----------------------------------------------------------

_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
_PLUS_TAGS = frozenset(
    {
        *_GOOGLE,
        "outlook.com",
        "hotmail.com",
        "live.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "fastmail.com",
        "proton.me",
        "protonmail.com",
    }
)
_SAME_PROVIDER: Mapping[str, str] = MappingProxyType(
    {
        "googlemail.com": "gmail.com",
        "protonmail.com": "proton.me",
        "me.com": "icloud.com",
        "mac.com": "icloud.com",
    }
)


def mailbox_key(address: str) -> str:
    """Return a key that is equal for two addresses that reach the same mailbox.

    The rule: upper and lower case never matter. What follows a plus sign is dropped only for
    providers that document plus-addressing (Gmail, Outlook, iCloud, Fastmail, Proton), and dots
    only for Gmail, whose help pages say that they do not matter. Everywhere else `a.b@x`,
    `ab@x` and `ab+c@x` are three mailboxes. The key is for comparing, never for sending.
    """
    local, _, domain = address.strip().casefold().rpartition("@")
    if domain in _PLUS_TAGS:
        local = local.partition("+")[0]
    if domain in _GOOGLE:
        local = local.replace(".", "")
    return f"{local}@{_SAME_PROVIDER.get(domain, domain)}"
