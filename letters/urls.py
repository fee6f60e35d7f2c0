"""Checking the URLs among the settings. Each finding is a sentence that names the variable."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def split_url(name: str, value: str, problems: list[str]) -> SplitResult | None:
    """Return the parts of a URL; None when it is none, which is added to `problems`."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        problems.append(f"{name}: not a URL.")
        return None
    return parts


def check_encrypted(name: str, parts: SplitResult, problems: list[str]) -> None:
    """Add to `problems` when plain http goes to another machine than this one."""
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        problems.append(f"{name}: plain http is for this machine alone; use https://.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
