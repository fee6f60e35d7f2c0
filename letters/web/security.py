"""Headers that every answer carries, and what is written of a request into the log."""

import time
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, request

from letters.domain.errors import WrongAddress
from letters.web.incoming import HEAD_ERROR

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Bootstrap's stylesheet draws its arrows and ticks with data: pictures; nothing is inline."""

PERSONAL = ("/letter/", "/notice/", "/application", "/coordinate", "/api/", "/demo/")
ALSO_PERSONAL = "/apply"
USUAL_PORTS = {"http": ":80", "https": ":443"}
"""What browsers leave out of the address."""

A_YEAR = 31_536_000

log = structlog.get_logger("letters.web")


def install(app: Flask, base_url: str) -> None:
    """Answer under `base_url` only, send the headers with every answer, log every request."""
    address = urlsplit(base_url)
    usual_port = USUAL_PORTS[address.scheme]
    own_host = address.netloc.lower().removesuffix(usual_port)

    @app.before_request
    def start() -> None:
        g.started = time.monotonic()

    @app.before_request
    def refuse_unreadable_head() -> None:
        error = request.environ.get(HEAD_ERROR)
        if error is not None:
            raise error

    @app.before_request
    def refuse_foreign_host() -> None:
        """Health checks come by whatever name the machine has, and their answers hold no links."""
        asked_for = request.host.lower().removesuffix(usual_port)
        if request.blueprint != "health" and asked_for != own_host:
            raise WrongAddress(base_url=base_url)

    @app.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        headers["Referrer-Policy"] = "same-origin"
        if address.scheme == "https":
            headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
        if request.path.startswith(PERSONAL) or request.path.endswith(ALSO_PERSONAL):
            headers["Cache-Control"] = "no-store"
            headers["Referrer-Policy"] = "no-referrer"
            headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    @app.after_request
    def write_down(response: Response) -> Response:
        """The rule and not the path: a path can hold a link's token."""
        log.info(
            "request",
            method=request.method,
            rule=str(request.url_rule) if request.url_rule else None,
            status=response.status_code,
            ms=round(1000 * (time.monotonic() - g.get("started", time.monotonic()))),
        )
        return response
