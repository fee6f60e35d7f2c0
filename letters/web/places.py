"""From where somebody acts, so that two places can be compared and neither be read."""

import hashlib
import hmac
import ipaddress

from flask import current_app, request

_CONNECTION_V6 = 64
"""Of an IPv6 address so many bits belong to a connection, and the others to a device."""
_HEX_DIGITS = 32


def here() -> str:
    """Return a keyed hash of the caller's network; empty where the address says nothing.

    An address of a private network is that of a proxy, or of a house that everybody is in.
    """
    network = _network(request.remote_addr or "")
    if not network:
        return ""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, b"place:" + network.encode(), hashlib.sha256).hexdigest()[:_HEX_DIGITS]


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if not found.is_global:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(ipaddress.ip_network((found, _CONNECTION_V6), strict=False))
