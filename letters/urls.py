"""Checking the URLs among the settings. Each finding is a sentence that names the variable."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///[^?]+")
_POSTGRESQL = re.compile(
    r"postgres(?:ql)?(?:\+psycopg)?://(?:[^:/@]*(?::[^@]*)?@)?"
    r"(?:\[[^/?\]]+\]|[^/:?@\[\]]*)(?::\d{0,5})?(?:/[^?]*)?(?:\?.*)?"
)
"""User, password, host, port, database and options, each of which may be left out."""

_HOST = re.compile(r"\w(?:[\w.-]*\w)?", re.ASCII)


def split_url(name: str, value: str, problems: list[str]) -> SplitResult | None:
    """Return the parts of a URL; None when it is none, which is added to `problems`."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        problems.append(f"{name}: not a URL.")
        return None
    return parts


def check_database(name: str, value: str, problems: list[str]) -> None:
    """Add to `problems` when a database cannot be reached by the URL `value`."""
    if not _SQLITE.fullmatch(value) and not _POSTGRESQL.fullmatch(value):
        problems.append(f"{name}: use sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME.")


def check_host(name: str, host: str, problems: list[str]) -> None:
    """Add to `problems` when browsers would not write `host` as it stands."""
    if not _HOST.fullmatch(host) and ":" not in host:
        problems.append(
            f"{name}: write the host in letters, digits, dots and hyphens; one in another script "
            "begins with xn-- then."
        )


def check_encrypted(name: str, parts: SplitResult, problems: list[str]) -> None:
    """Add to `problems` when plain http goes to another machine than this one."""
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        problems.append(f"{name}: plain http is for this machine alone; use https://.")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, by its name or its address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
