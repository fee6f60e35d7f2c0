"""What the story speaks HTTP with: a browser of one person, and a portal with an API key."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from letters.demo.pages import Form, Page, Unexpected

SECONDS_PER_ANSWER = 15.0


@dataclass(frozen=True)
class File:
    """A file to send with a form."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Answer:
    """What came back, after redirects."""

    url: str
    status: int
    headers: Message
    body: bytes

    @cached_property
    def page(self) -> Page:
        """The body, read as a page."""
        return Page(self.url, self.body.decode("utf-8"))

    @property
    def data(self) -> Any:  # noqa: ANN401 -- JSON
        """The body, read as JSON."""
        return json.loads(self.body)

    def expect(self, status: int) -> "Answer":
        """Return this answer. Raises Unexpected when it has another status."""
        if self.status != status:
            said = self.body.decode("utf-8", "replace") if self.is_json else self.page.words
            message = f"{self.url} answered {self.status} instead of {status}: {said[:300]}"
            raise Unexpected(message)
        return self

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        return self.headers.get_content_type().endswith("json")


class Browser:
    """One person's browser: it keeps cookies, follows redirects and runs no scripts."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, url: str) -> Answer:
        """Open a page."""
        return self._open(urllib.request.Request(url))  # noqa: S310 -- our own loopback server

    def head(self, url: str) -> Answer:
        """Ask for a page's headers alone."""
        return self._open(urllib.request.Request(url, method="HEAD"))  # noqa: S310 -- our own loopback server

    def submit(
        self, form: Form, values: Mapping[str, str] | None = None, file: File | None = None
    ) -> Answer:
        """Send a form with `values` entered, and with `file` in its only file field."""
        fields = form.filled(values or {})
        if form.multipart:
            kind, body = _multipart(fields, form.files, file)
        else:
            kind, body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        return self._open(
            urllib.request.Request(  # noqa: S310 -- our own loopback server
                form.action, data=body, method="POST", headers={"Content-Type": kind}
            )
        )

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=SECONDS_PER_ANSWER) as found:
                return Answer(found.url, found.status, found.headers, found.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.url, error.code, error.headers, error.read())


class Portal(Browser):
    """A program with a key of the API."""

    def __init__(self, base_url: str, key: str) -> None:
        super().__init__()
        self._base_url = f"{base_url}/api/v1"
        self._headers = {"Authorization": f"Bearer {key}"}

    def read(self, path: str) -> Answer:
        """Call a GET."""
        url = self._base_url + path
        return self._open(urllib.request.Request(url, headers=self._headers))  # noqa: S310 -- our own loopback server

    def call(self, path: str, body: Mapping[str, object] | None = None) -> Answer:
        """Call a POST, which is done once however often it is sent."""
        headers = {
            **self._headers,
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_urlsafe(16),
        }
        request = urllib.request.Request(  # noqa: S310 -- our own loopback server
            self._base_url + path, data=json.dumps(body or {}).encode(), headers=headers
        )
        return self._open(request)


def _multipart(
    fields: Mapping[str, str], file_fields: list[str], file: File | None
) -> tuple[str, bytes]:
    """Return the type and the body of a form with a file (RFC 7578)."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if file is not None:
        if len(file_fields) != 1:
            message = f"the form has {len(file_fields)} file fields instead of one"
            raise Unexpected(message)
        head = (
            f"--{boundary}\r\nContent-Disposition: form-data; "
            f'name="{file_fields[0]}"; filename="{file.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + file.content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)
