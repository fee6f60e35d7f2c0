"""Stylesheets, scripts and icons: compressed once, kept by browsers, and nothing else is."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask import Flask, url_for
from werkzeug.test import TestResponse

from letters.house import House
from tests.support.apps import app_on
from tests.support.markup import elements, parse
from tests.support.people import Story
from tests.web import scenes
from tests.web.visiting import Visitor, on_sqlite, visitor_of

pytestmark = on_sqlite

OURS = "/static/letters.css"
BOOTSTRAP = "/bootstrap/static/css/bootstrap.min.css"
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
AS_BROWSERS_ASK = {"Accept-Encoding": "gzip, deflate, br, zstd"}


def _get(client: Visitor, path: str, **headers: str) -> TestResponse:
    return client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})


@pytest.mark.parametrize("path", [OURS, BOOTSTRAP])
def test_a_file_is_the_same_in_every_encoding(client: Visitor, path: str) -> None:
    plain = _get(client, path)
    tags = {plain.headers["ETag"]}
    assert "Content-Encoding" not in plain.headers
    for encoding, unpack in ENCODINGS.items():
        packed = _get(client, path, Accept_Encoding=encoding)
        assert packed.headers["Content-Encoding"] == encoding
        assert (unpack(packed.data), packed.mimetype) == (plain.data, plain.mimetype)
        assert len(packed.data) == packed.content_length < len(plain.data) / 3
        tags.add(packed.headers["ETag"])
        again = _get(client, path, Accept_Encoding=encoding, If_None_Match=packed.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
        head = client.head(path, headers={"Accept-Encoding": encoding})
        assert head.data == b""
        for name in ("Content-Length", "Content-Encoding", "ETag"):
            assert head.headers[name] == packed.headers[name]
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Accept-Encoding" in again.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert len(tags) == 3


def test_a_file_is_compressed_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visitor_of(app_on(house))
    compress, compressed = brotli.compress, []

    def counted(data: bytes, **how: int) -> bytes:
        compressed.append(len(data))
        return bytes(compress(data, **how))

    monkeypatch.setattr(brotli, "compress", counted)
    bodies = {_get(client, f"{OURS}?x={n}", Accept_Encoding="br").data for n in range(3)}
    assert (len(bodies), len(compressed)) == (1, 1)


def test_a_part_of_a_file_is_the_part_that_was_asked_for(client: Visitor) -> None:
    whole = _get(client, OURS).data
    part = _get(client, OURS, Range="bytes=10-19", Accept_Encoding="br")
    assert (part.status_code, part.data) == (206, whole[10:20])
    assert "Content-Encoding" not in part.headers


def test_browsers_keep_what_is_named_by_its_content(app: Flask, client: Visitor) -> None:
    with app.test_request_context():
        named = url_for("static", filename="letters.css")
        missing = url_for("static", filename="missing.css")
        outside = url_for("static", filename="../referee.py")
    assert named.startswith(f"{OURS}?v=")
    assert "?" not in missing + outside
    for_ever = {"public", "max-age=31536000", "immutable"}
    assert _kept(_get(client, named)) == for_ever
    for unnamed in (OURS, f"{OURS}?v=older"):
        assert _kept(_get(client, unnamed)) == {"no-cache"}
    tag = _get(client, named, Accept_Encoding="br").headers["ETag"]
    again = _get(client, named, Accept_Encoding="br", If_None_Match=tag)
    assert (again.status_code, _kept(again)) == (304, for_ever)
    assert _get(client, missing).status_code == 404


def _kept(answer: TestResponse) -> set[str]:
    return set(answer.headers["Cache-Control"].split(", "))


def test_every_file_of_a_page_is_named_by_its_content(client: Visitor) -> None:
    root, _ = parse(client.get("/").text)
    named = [e.attrib["href"] for e in elements(root, "link")]
    assert len(named) == 3
    assert [one for one in named if "?v=" not in one] == []


def test_pages_are_never_compressed(client: Visitor, story: Story) -> None:
    story.add_coordinator()
    asked = scenes.requested(story)
    for path in (
        "/",
        f"/letter/{story.upload_token(asked)}",
        f"/application/{story.status_token(asked)}",
        "/coordinate/sign-in",
        "/api/openapi.json",
        "/nothing",
    ):
        answer = client.get(path, headers=AS_BROWSERS_ASK)
        assert "Content-Encoding" not in answer.headers, path
