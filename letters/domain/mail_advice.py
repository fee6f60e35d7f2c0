"""What an operator can do about a mail that was not handed over, told by what the server said."""

import re

from letters.domain.errors import AddressRefused, DeliveryDeferred, DeliveryRefused

NO_FOLDER = (
    "mails cannot be written to the folder of LETTERS_MAIL_URL: it must be a folder with room in "
    "it, in which this user may write"
)
UNKNOWN_NAME = "the server's name is not known: check the host in LETTERS_MAIL_URL, and DNS here"
NOBODY_LISTENS = (
    "nobody listens there: check host and port in LETTERS_MAIL_URL, and the firewalls between"
)
SILENT = (
    "the server is silent: a firewall may drop the connection (many providers block port 25; 587 "
    "and 465 are for submission), or it speaks TLS from the first byte (smtps://)"
)
NO_STARTTLS = (
    "the server offers no STARTTLS: use smtps:// if it speaks TLS from the first byte, or its "
    "submission port"
)
WANTS_STARTTLS = (
    "the server takes mails over TLS only: add ?tls=starttls to LETTERS_MAIL_URL, in the place of "
    "any ?tls=none"
)
NOT_TRUSTED = (
    "its certificate is not trusted: the host in LETTERS_MAIL_URL must be the name that the "
    "certificate is for; an authority of your own goes into ?ca=FILE"
)
NO_TLS = (
    "TLS could not be agreed on: smtps:// is for TLS from the first byte (port 465), smtp:// for "
    "STARTTLS (port 587)"
)
NOT_SIGNED_IN = (
    "signing in was refused: check user and password in LETTERS_MAIL_URL, percent-encoded, and "
    "whether the account may send from a program"
)
NOT_FROM_US = (
    "the server takes no mail from this sender for that address: it must know this machine or its "
    "account, and that it may send for the domain of LETTERS_MAIL_FROM"
)
LATER = (
    "the server asks to come again later, as with greylisting or a limit: the worker does so by "
    "itself, so try once more in some minutes"
)
HUNG_UP = "the server hung up in the middle: its own log says why"
NOBODY = "nobody is reached at that address, says the server"
ASK_THE_SERVER = "the server's own log says more"

ADVICE = (
    (r"^\[errno \d+\] (.+: ['\"]|no space left|disk quota)", NO_FOLDER),
    (r"getaddrinfo|name or service not known|no address|name resolution", UNKNOWN_NAME),
    (r"connection refused|unreachable|no route", NOBODY_LISTENS),
    (r"timed out|not done after", SILENT),
    (r"starttls.*not supported", NO_STARTTLS),
    (r"^530\b.*(starttls|tls required|encryption required)|^538\b", WANTS_STARTTLS),
    (r"certificate", NOT_TRUSTED),
    (r"ssl|wrong version number", NO_TLS),
    (r"^(530|534|535)\b|auth extension not supported|no suitable auth", NOT_SIGNED_IN),
    (r"relay|^5\d\d 5\.7\.", NOT_FROM_US),
    (r"^4\d\d\b", LATER),
    (r"unexpectedly closed|connection reset|broken pipe", HUNG_UP),
)
"""What to do about a reason, the first that fits; reasons are compared in lower case."""


def advice(error: DeliveryDeferred | DeliveryRefused) -> str:
    """Return what can be done about it."""
    if isinstance(error, AddressRefused):
        return NOBODY
    said = str(error.values.get("reason", "")).lower()
    return next((do for pattern, do in ADVICE if re.search(pattern, said)), ASK_THE_SERVER)
