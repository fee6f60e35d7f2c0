"""The head of a request: what the application is told of it, and what is wrong with it.

It comes as a scope of ASGI (https://asgi.readthedocs.io/en/latest/specs/www.html), and is told in
the variables of WSGI (PEP 3333).
"""

import sys
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes

from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestHeaderFieldsTooLarge,
    RequestURITooLarge,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_HEAD = 64 * 1024
"""Bytes of the first line and the header fields of a request."""

Scope = Mapping[str, Any]


def in_origin_form(scope: Scope) -> Scope:
    """Take the host out of an address that came with it: it counts (RFC 9112, section 3.2.2)."""
    before, found, rest = scope["raw_path"].partition(b"://")
    if not found or b"/" in before:
        return scope
    host, _, path = rest.partition(b"/")
    others = [field for field in scope["headers"] if field[0] != b"host"]
    return {
        **scope,
        "raw_path": b"/" + path,
        "path": unquote(f"/{path.decode('ascii')}"),
        "headers": [(b"host", host), *others],
    }


def error_of_head(address: int, fields: int) -> HTTPException | None:
    """Return what is wrong with the bytes of a head: its first line's, and all others together."""
    if address > LARGEST_HEAD:
        return RequestURITooLarge()
    return RequestHeaderFieldsTooLarge() if address + fields > LARGEST_HEAD else None


def error_in(scope: Scope) -> HTTPException | None:
    """Return what is wrong with a head that could be read.

    What a proxy in front may have read otherwise is refused: where such a request ends is
    uncertain (RFC 9112, section 6.1), and so is what comes after it.
    """
    names = {name for name, _ in scope["headers"]}
    if {b"content-length", b"transfer-encoding"} <= names or not scope["method"].isupper():
        return BadRequest()
    fields = sum(len(name) + len(value) for name, value in scope["headers"])
    return error_of_head(len(scope["raw_path"]) + len(scope["query_string"]), fields)


def announced(scope: Scope) -> int:
    """Return how long the body is said to be; the server has checked that it is a number."""
    return int(dict(scope["headers"]).get(b"content-length", 0))


def environ_of(scope: Scope, body: IO[bytes]) -> "WSGIEnvironment":
    """Return the variables of a request with this body."""
    host, port = scope["server"] or ("", 0)
    address, _ = scope["client"] or ("", 0)
    return _variables(scope) | {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": address,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


NOTHING_KNOWN = {
    "method": "GET",
    "query_string": b"",
    "headers": (),
    "scheme": "http",
    "http_version": "1.1",
    "server": None,
    "client": None,
}
"""A request of which nothing could be read."""


def _variables(scope: Scope) -> dict[str, str]:
    """Return the headers. One with an underscore would pass for another, so it is left out."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue
        key = _NAMES.get(name, "HTTP_" + name.upper().replace("-", "_"))
        between = "; " if name == "cookie" else ","
        found[key] = f"{found[key]}{between}{value}" if key in found else value
    return found


_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
