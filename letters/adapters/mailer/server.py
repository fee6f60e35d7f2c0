"""What the URL of a mail server says."""

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

SUBMISSION_PORT = 587  # RFC 6409
IMPLICIT_TLS_PORT = 465  # RFC 8314
LOOPBACK_PORT = 25

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
            raise _unusable("nothing but ?tls= and ?ca= may follow host and port")
        options = _options(parts.query)
        protection = _protection(parts.scheme, host, options)
        user, password = _login(parts)
        if user and protection is Protection.NONE and not _is_loopback(host):
            raise _unusable("a password is not sent in the clear; leave out tls=none")
        port = _port(parts) or _usual_port(protection, host)
        return cls(host, port, user, password, protection, _trust(options.get("ca")))


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
            in_the_clear = _is_loopback(host) and "ca" not in options
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
        raise _unusable(
            "the port is no number; percent-encode / : @ ? # in user and password"
        ) from None


def _usual_port(protection: Protection, host: str) -> int:
    if protection is Protection.IMPLICIT:
        return IMPLICIT_TLS_PORT
    return LOOPBACK_PORT if _is_loopback(host) else SUBMISSION_PORT


def _trust(authorities: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as error:
        raise _unusable(f"the authorities in {authorities!r} cannot be read: {error}") from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(what_to_do: str) -> ValueError:
    return ValueError(f"the mail server's URL: {what_to_do}")
