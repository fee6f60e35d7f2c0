"""Letters in a bucket: what goes wrong with the service is said in time, and nothing is claimed.

What every store must do is in test_stores.py.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from letters.adapters.objectstore import ANSWER_WITHIN, RETRY_WITHIN, ObjectStore
from letters.domain.errors import StoreFull, StoreUnavailable
from tests.adapters.faulty_s3 import SILENT, FaultyS3, answer
from tests.support.s3 import BUCKET, S3Server, access_to, new_prefix
from tests.support.server import free_port

NAME = "ab/0190f1c2.letter"
CONTENT = b"ciphertext of a letter" * 1000
SOON = timedelta(seconds=0.3)
A_DAY = timedelta(days=1)

CALLS: dict[str, Callable[[ObjectStore], object]] = {
    "put": lambda store: store.put(NAME, CONTENT),
    "get": lambda store: store.get(NAME),
    "delete": lambda store: store.delete(NAME),
    "names": lambda store: list(store.names()),
    "sweep": lambda store: store.sweep(datetime.now(UTC)),
    "check": lambda store: store.check(),
}


def store_at(url: str, bucket: str = BUCKET, **more: str) -> ObjectStore:
    """A store that waits for answers only briefly."""
    return ObjectStore(bucket, "letters", {**access_to(url), **more}, SOON)


def reason(call: Callable[[ObjectStore], object], store: ObjectStore) -> str:
    """Say why the store could not do it; it must be for no lack of room."""
    with pytest.raises(StoreUnavailable) as caught:
        call(store)
    assert not isinstance(caught.value, StoreFull)
    return str(caught.value.values["reason"])


class TestPlace:
    def test_letters_lie_under_the_prefix_and_nowhere_else(self, s3: S3Server) -> None:
        prefix = new_prefix()
        s3.store(prefix).put(NAME, CONTENT)
        assert s3.request("GET", f"{BUCKET}/{prefix}/{NAME}") == CONTENT
        assert list(s3.store(f"{prefix}x").names()) == []
        assert list(s3.store(prefix.removesuffix("0")[:-1]).names()) == []

    def test_a_bucket_without_a_prefix(self, s3: S3Server) -> None:
        s3.request("PUT", "letters-alone")
        store = ObjectStore("letters-alone", "", access_to(s3.url))
        store.put(NAME, CONTENT)
        assert s3.request("GET", f"letters-alone/{NAME}") == CONTENT
        assert [name for name, _ in store.names()] == [NAME]

    def test_objects_of_others_are_not_ours(self, s3: S3Server) -> None:
        prefix = new_prefix()
        for key in ("README.TXT", "a/b/c/d", ".hidden"):
            s3.request("PUT", f"{BUCKET}/{prefix}/{key}", b"foreign")
        assert list(s3.store(prefix).names()) == []

    def test_more_letters_than_fit_on_a_page(
        self, s3: S3Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
        prefix = new_prefix()
        names = [f"many/{number}" for number in range(7)]
        for name in names:
            s3.request("PUT", f"{BUCKET}/{prefix}/{name}", b"x")
        assert [name for name, _ in s3.store(prefix).names()] == names


class TestSweeping:
    def test_probes_of_interrupted_checks_go_when_they_are_old(self, s3: S3Server) -> None:
        prefix = new_prefix()
        store = s3.store(prefix)
        store.put(NAME, CONTENT)
        s3.request("PUT", f"{BUCKET}/{prefix}/incoming/probe-1", b"x")
        assert store.sweep(datetime.now(UTC) - A_DAY) == 0
        assert store.sweep(datetime.now(UTC) + A_DAY) == 1
        assert store.sweep(datetime.now(UTC) + A_DAY) == 0
        assert [name for name, _ in store.names()] == [NAME]

    def test_an_upload_is_never_sent_in_parts(self, s3: S3Server) -> None:
        prefix = new_prefix()
        s3.store(prefix).put(NAME, b"x" * 12_000_000)
        assert b"<Upload>" not in s3.request("GET", f"{BUCKET}?uploads")
        (etag,) = [
            line
            for line in s3.request("GET", f"{BUCKET}?list-type=2&prefix={prefix}").split(b"<")
            if line.startswith(b"ETag>")
        ]
        assert b"-" not in etag, "the ETag of an object in parts ends with their number"


class TestFaults:
    @pytest.mark.parametrize("call", CALLS)
    def test_a_server_that_is_down(self, call: str) -> None:
        assert "error sending request" in reason(
            CALLS[call], store_at(f"http://127.0.0.1:{free_port()}")
        )

    @pytest.mark.parametrize("call", ["put", "get", "delete", "names"])
    def test_a_server_that_never_answers(self, call: str) -> None:
        with FaultyS3(SILENT) as server:
            began = time.monotonic()
            reason(CALLS[call], store_at(server.url))
            assert time.monotonic() - began < 3
            assert server.heard

    def test_one_call_ends_within_ten_seconds_and_an_upload_within_twenty(self) -> None:
        assert (ANSWER_WITHIN + RETRY_WITHIN).total_seconds() <= 10, "put, and delete if it failed"

    @pytest.mark.parametrize("call", ["get", "names"])
    def test_a_server_that_answers_byte_by_byte(self, call: str) -> None:
        slowly = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: x\r\n\r\n" + b"x" * 1000
        with FaultyS3(slowly, pause=0.05) as server:
            began = time.monotonic()
            reason(CALLS[call], store_at(server.url))
            assert time.monotonic() - began < 5

    @pytest.mark.parametrize("call", CALLS)
    def test_what_the_service_answers_instead(self, call: str, subtests: pytest.Subtests) -> None:
        for status, code in (
            ("403 Forbidden", "AccessDenied"),
            ("403 Forbidden", "SignatureDoesNotMatch"),
            ("401 Unauthorized", ""),
            ("400 Bad Request", "AuthorizationHeaderMalformed"),
            ("301 Moved Permanently", "PermanentRedirect"),
            ("404 Not Found", "NoSuchBucket"),
            ("404 Not Found", ""),
            ("409 Conflict", "ConditionalRequestConflict"),
            ("500 Internal Server Error", "InternalError"),
            ("503 Slow Down", "SlowDown"),
        ):
            with subtests.test(status, code=code), FaultyS3(answer(status, code)) as server:
                said = reason(CALLS[call], store_at(server.url))
                assert "Debug" not in said
                assert "test-secret" not in said

    @pytest.mark.parametrize("call", CALLS)
    def test_a_bucket_that_is_not_there(self, s3: S3Server, call: str) -> None:
        assert "NoSuchBucket" in reason(CALLS[call], store_at(s3.url, "letters-nowhere"))

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            ("507 Insufficient Storage", "XMinioStorageFull"),
            ("507 Insufficient Storage", ""),
            ("403 Forbidden", "QuotaExceeded"),
            ("400 Bad Request", "XMinioAdminBucketQuotaExceeded"),
        ],
    )
    def test_no_room_is_said_as_such(self, status: str, code: str) -> None:
        with FaultyS3(answer(status, code)) as server, pytest.raises(StoreFull):
            store_at(server.url).put(NAME, CONTENT)

    def test_a_connection_that_is_cut_in_the_middle_of_a_letter(self) -> None:
        with FaultyS3(b"HTTP/1.1 100 Continue\r\n\r\n") as server:
            reason(lambda store: store.put(NAME, b"x" * 5_000_000), store_at(server.url))
            assert all(line.startswith("PUT ") for line in server.heard)

    def test_an_answer_that_is_cut_off(self) -> None:
        half = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: x\r\n\r\nhalf a letter"
        with FaultyS3(half) as server:
            reason(CALLS["get"], store_at(server.url))

    def test_a_server_without_an_etag_has_not_taken_the_letter(self) -> None:
        with FaultyS3(answer("200 OK")) as server:
            reason(CALLS["put"], store_at(server.url))


class TestChecking:
    def test_a_service_that_overwrites_is_found_out(self) -> None:
        with FaultyS3(answer("200 OK", etag="x")) as server:
            assert "overwrites what exists" in reason(CALLS["check"], store_at(server.url))


class TestTransport:
    def test_plain_http_needs_an_endpoint_that_says_so(
        self, s3: S3Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_ENDPOINT", s3.url)
        access = {k: v for k, v in access_to(s3.url).items() if k != "AWS_ENDPOINT_URL"}
        reason(CALLS["put"], ObjectStore(BUCKET, new_prefix(), access, SOON))

    def test_the_endpoint_for_s3_alone_comes_first(self, s3: S3Server) -> None:
        store = store_at("https://other.example.org", AWS_ENDPOINT_URL_S3=s3.url)
        store.check()
        assert store.sweep(datetime.now(UTC) + A_DAY) == 0
