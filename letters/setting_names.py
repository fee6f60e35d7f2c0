"""The names of the settings, and what is said about a name that is none of them."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from letters import mail_limits, mail_server, openid

PREFIX = "LETTERS_"

SECRET_KEYS = "LETTERS_SECRET_KEYS"  # noqa: S105 -- the name of a variable
DATABASE_URL = "LETTERS_DATABASE_URL"
STORE_URL = "LETTERS_STORE_URL"
STORE_KEYS = "LETTERS_STORE_KEYS"
MAIL_FROM = "LETTERS_MAIL_FROM"
BASE_URL = "LETTERS_BASE_URL"
PROXIES = "LETTERS_PROXIES"
CLAMD_URL = "LETTERS_CLAMD_URL"
BOUNCE_ADDRESS = "LETTERS_BOUNCE_ADDRESS"

NAMES = (
    SECRET_KEYS,
    DATABASE_URL,
    STORE_URL,
    STORE_KEYS,
    mail_server.MAIL_URL,
    MAIL_FROM,
    BOUNCE_ADDRESS,
    mail_limits.RATE,
    mail_limits.RATE_PER_DOMAIN,
    mail_limits.LATE_MINUTES,
    mail_limits.METRICS_TOKEN,
    BASE_URL,
    CLAMD_URL,
    openid.ISSUER,
    openid.CLIENT_ID,
    openid.CLIENT_SECRET,
    openid.NAME,
    openid.MAILED_LINKS,
    PROXIES,
)

_OF_A_CLUSTER = re.compile(
    r"LETTERS_(?:\w+_)?(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)"
    r"(?:_(?:PROTO|PORT|ADDR))?)?)"
)
"""What Kubernetes tells every container about a service called "letters", or "letters-…"."""


def check_names(given: Mapping[str, str], problems: list[str]) -> None:
    """Add to `problems` each variable that begins as the settings do and is none of them.

    A misspelt setting would be as good as not given, and the default would be taken in silence.
    """
    for name in sorted(given):
        is_ours = name.startswith(PREFIX) and not _OF_A_CLUSTER.fullmatch(name)
        if is_ours and name not in NAMES:
            problems.append(f"{name} is not a setting. {_what_to_do(name)}")


def _what_to_do(name: str) -> str:
    ends = [known.removeprefix(PREFIX) for known in NAMES]
    nearest = get_close_matches(name.removeprefix(PREFIX).upper(), ends, n=1)
    if nearest:
        return f"Did you mean {PREFIX}{nearest[0]}?"
    return "Remove it, or give it a name that does not begin with LETTERS_."
