"""The setting of where mails go, and what the URL of a mail server says."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from letters.urls import check_folder, is_loopback

MAIL_URL = "LETTERS_MAIL_URL"
DEFAULT_MAIL_URL = "file:instance/mail"

SUBMISSION_PORT = 587  # RFC 6409
IMPLICIT_TLS_PORT = 465  # RFC 8314
LOOPBACK_PORT = 25

_ENCODE = "percent-encode / : @ ? # in user and password"
_HOST = re.compile(r"[A-Za-z0-9.:_-]{1,253}")


class Protection(Enum):
    """How a connection is protected."""

    NONE = auto()
    STARTTLS = auto()
    IMPLICIT = auto()


@dataclass(frozen=True)
class Server:
    """A mail server. `user` and `password` are empty where it asks for none."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    protection: Protection
    trust: ssl.SSLContext

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read a URL as SmtpMailer describes it.

        Raises ValueError with a sentence that holds neither user nor password.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not _HOST.fullmatch(host):
            raise _unusable("name the host of the server")
        if parts.path not in {"", "/"} or parts.fragment:
            raise _unusable(f"nothing but ?tls= and ?ca= may follow host and port; {_ENCODE}")
        options = _options(parts.query)
        protection = _protection(parts.scheme, host, options)
        user, password = _login(parts)
        if user and protection is Protection.NONE and not is_loopback(host):
            raise _unusable("a password is not sent in the clear; leave out tls=none")
        port = _port(parts) or _usual_port(protection, host)
        return cls(host, port, user, password, protection, _trust(options.get("ca")))


def read_mail_url(given: Mapping[str, str], problems: list[str]) -> str:
    """Read where mails go; what is wrong with it is added to `problems`."""
    url = given.get(MAIL_URL) or DEFAULT_MAIL_URL
    match url.partition(":")[0].lower():
        case "smtp" | "smtps":
            _check_server(url, problems)
        case "file":
            check_folder(MAIL_URL, url, problems, hosts=("", "localhost"))
        case _:
            problems.append(f"{MAIL_URL}: use file:FOLDER, smtp://HOST:PORT or smtps://HOST:PORT.")
    return url


def _check_server(url: str, problems: list[str]) -> None:
    try:
        Server.from_url(url)
    except ValueError as error:
        problems.append(f"{MAIL_URL}: {error}")


def _options(query: str) -> Mapping[str, str]:
    try:
        options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    except ValueError:
        raise _unusable("the part after ? cannot be read") from None
    if not set(options) <= {"tls", "ca"}:
        raise _unusable("the only parameters are tls and ca")
    return options


def _protection(scheme: str, host: str, options: Mapping[str, str]) -> Protection:
    match scheme, options.get("tls"):
        case "smtps", None:
            return Protection.IMPLICIT
        case "smtp", "starttls":
            return Protection.STARTTLS
        case "smtp", "none":
            return Protection.NONE
        case "smtp", None:
            in_the_clear = is_loopback(host) and "ca" not in options
            return Protection.NONE if in_the_clear else Protection.STARTTLS
    raise _unusable(
        "use smtp://, where tls may be starttls or none, or smtps://, where it is not given"
    )


def _login(parts: SplitResult) -> tuple[str, str]:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _unusable("give both a user and a password, or neither")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise _unusable("user and password may hold printable ASCII only")
    return user, password


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        # What is no port may be a part of a password that was not percent-encoded.
        raise _unusable(f"the port is no number; {_ENCODE}") from None


def _usual_port(protection: Protection, host: str) -> int:
    if protection is Protection.IMPLICIT:
        return IMPLICIT_TLS_PORT
    return LOOPBACK_PORT if is_loopback(host) else SUBMISSION_PORT


def _trust(authorities: str | None) -> ssl.SSLContext:
    if authorities is None:
        return _trust_of_the_system()
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as error:
        raise _unusable(f"the authorities in {authorities!r} cannot be read: {error}") from error


@cache
def _trust_of_the_system() -> ssl.SSLContext:
    """Return what trusts the system's authorities, who are many: they are read once."""
    return ssl.create_default_context()


def _unusable(what_to_do: str) -> ValueError:
    return ValueError(f"{what_to_do}.")
