"""Stylesheets, scripts and icons: named by their content, kept for a year, sent compressed.

Nothing else is compressed. A page holds tokens beside words that came with the request, and the
length of the two compressed together would give the tokens away, letter by letter (BREACH).
"""

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, g, request
from flask_compress import Compress
from flask_compress.flask_compress import DictCache
from werkzeug.security import safe_join

FILES = ("static", "bootstrap.static")
"""The endpoints that serve files: ours, and Bootstrap's out of its wheel."""

COMPRESSIBLE = ("text/css", "text/javascript", "image/svg+xml")
A_YEAR = 31_536_000
VERSION_DIGITS = 12


def install(app: Flask) -> None:
    """Compress the files, once for each encoding, and let browsers keep what they have.

    `url_for` adds `v`, a hash of the file's content, so that a changed file has a new address.
    """
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=("br", "gzip"),
        COMPRESS_MIMETYPES=COMPRESSIBLE,
        # Made once and kept: better compression costs nothing afterwards.
        COMPRESS_BR_LEVEL=10,
        COMPRESS_LEVEL=9,
        COMPRESS_CACHE_BACKEND=DictCache,
        COMPRESS_CACHE_KEY=lambda _request: g.asset,
    )
    compress = Compress(app)

    @app.url_defaults
    def name_by_content(endpoint: str, values: dict[str, object]) -> None:
        if endpoint in FILES and (version := _version(app, endpoint, values.get("filename"))):
            values.setdefault("v", version)

    @app.after_request
    def keep_and_compress(response: Response) -> Response:
        if request.endpoint not in FILES:
            return response
        _let_browsers_keep(app, response)
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:
            response.vary.add("Accept-Encoding")
            return response
        if response.status_code == HTTPStatus.OK and response.mimetype in COMPRESSIBLE:
            g.asset = f"{request.path} {response.get_etag()[0]}"
            # A file is streamed, and what is streamed would be compressed anew each time.
            response.direct_passthrough = False
            response.make_sequence()
        return compress.after_request(response)


def _let_browsers_keep(app: Flask, response: Response) -> None:
    """For ever, if the address names this very content; otherwise they ask each time."""
    asked = request.args.get("v")
    filename = (request.view_args or {}).get("filename")
    if asked is None or asked != _version(app, str(request.endpoint), filename):
        return
    kept = response.cache_control
    kept.no_cache = None
    kept.public = True
    kept.max_age = A_YEAR
    kept.immutable = True


def _version(app: Flask, endpoint: str, filename: object) -> str | None:
    """Return the hash that stands in a file's address; None if there is no such file."""
    blueprint = endpoint.rpartition(".")[0]
    folder = app.blueprints[blueprint].static_folder if blueprint else app.static_folder
    path = safe_join(folder or "", str(filename))
    if path is None or not Path(path).is_file():
        return None
    return _hash(path, Path(path).stat().st_mtime_ns)


@cache
def _hash(path: str, _changed_at: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:VERSION_DIGITS]
