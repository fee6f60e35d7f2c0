"""A real S3 service on this machine (moto's), with one bucket."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Self
from urllib.request import Request, urlopen
from uuid import uuid4

from letters.adapters.objectstore import ObjectStore
from letters.settings import Settings

BUCKET = "letters-test"
ACCESS = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test-secret",
}
AS = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"
SOON = timedelta(seconds=5)


def access_to(url: str) -> Mapping[str, str]:
    """Return the variables with which the service at `url` is reached."""
    return {**ACCESS, "AWS_ENDPOINT_URL": url}


class S3Server:
    """The service; letters of one test lie under a prefix of its own."""

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Self]:
        """Start it on a free port of the loopback interface, with an empty bucket."""
        from moto.server import ThreadedMotoServer  # noqa: PLC0415 -- slow; few tests need it

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        running = cls(f"http://{host}:{port}")
        try:
            running.request("PUT", BUCKET)
            yield running
        finally:
            server.stop()

    def request(self, method: str, path: str, content: bytes = b"") -> bytes:
        """Speak to the service past our own client."""
        request = Request(  # noqa: S310 -- our own server
            f"{self.url}/{path}", content, {"Authorization": AS}, method=method
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 -- our own server
            body: bytes = answer.read()
        return body

    def store(self, prefix: str | None = None, bucket: str = BUCKET) -> ObjectStore:
        """Return a store under `prefix`, or under one that nobody else uses."""
        return ObjectStore(bucket, prefix or new_prefix(), access_to(self.url), SOON)


def new_prefix() -> str:
    """Return a prefix that nobody else uses."""
    return f"letters/{uuid4().hex}"


def in_bucket(settings: Settings, server: S3Server) -> Settings:
    """Return the same settings with the letters in a bucket, under a prefix of their own."""
    return replace(
        settings, store_url=f"s3://{BUCKET}/{new_prefix()}", store_access=access_to(server.url)
    )
