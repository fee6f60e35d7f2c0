"""Checking the URLs among the settings. Each finding is a sentence that names the variable."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///(?!:memory:$)[^?]+")
_POSTGRESQL = re.compile(
    r"postgres(?:ql)?(?:\+psycopg)?://(?:[^:/@]*(?::[^@]*)?@)?"
    r"(?:\[[^/?\]]+\]|[^/:?@\[\]]*)(?::\d{0,5})?(?:/[^?]*)?(?:\?.*)?"
)
"""User, password, host, port, database and options, each of which may be left out."""

_LABEL = r"\w(?:[\w-]*\w)?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)


def split_url(name: str, value: str, problems: list[str]) -> SplitResult | None:
    """Return the parts of a URL; None when it is none, which is added to `problems`."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        problems.append(f"{name}: not a URL.")
        return None
    return parts


def read_base_url(name: str, value: str, problems: list[str]) -> str:
    """Return `value` as browsers write an origin (RFC 6454): in small letters.

    What else it holds would get into every link, and is added to `problems`.
    """
    url = value.rstrip("/")
    parts = split_url(name, url, problems)
    if parts is None:
        return url
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problems.append(f"{name}: use https://HOST, the address under which people reach this.")
        return url
    origin = _origin(parts.scheme, parts.hostname, parts.port)
    if url.lower() != origin:
        problems.append(f"{name}: give scheme, host and port only.")
    _check_host(name, parts.hostname, problems)
    check_encrypted(name, parts, problems)
    return origin


def _origin(scheme: str, host: str, port: int | None) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return f"{scheme}://{bracketed}:{port}" if port else f"{scheme}://{bracketed}"


def _check_host(name: str, host: str, problems: list[str]) -> None:
    """Add to `problems` when browsers would not write `host` as it stands."""
    if not _HOST.fullmatch(host) and ":" not in host:
        problems.append(
            f"{name}: write the host in letters, digits, dots and hyphens; one in another script "
            "begins with xn-- then."
        )


def check_folder(
    name: str, value: str, problems: list[str], hosts: Collection[str] = ("",)
) -> None:
    """Add to `problems` when the `file:` URL `value` names no folder, or a host but `hosts`."""
    parts = split_url(name, value, problems)
    if parts is not None and (parts.netloc not in hosts or not parts.path.strip("/")):
        problems.append(f"{name}: use file:FOLDER, or file:///FOLDER from the root.")


def check_database(name: str, value: str, problems: list[str]) -> None:
    """Add to `problems` when a database cannot be reached by the URL `value`."""
    if not _SQLITE.fullmatch(value) and not _POSTGRESQL.fullmatch(value):
        problems.append(f"{name}: use sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME.")


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
