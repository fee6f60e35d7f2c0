"""Encrypted letters in a bucket of an S3-compatible service.

A letter is one PutObject with `If-None-Match: *`: the service answers once it has the whole object
durably, and refuses a name that exists. Nothing is sent in parts, so no unfinished upload can be
left in the bucket.

The client runs threads of its own, which a fork does not copy: a process that is to fork must not
use a store before.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from letters.domain.errors import LetterUnreadable, StoreFull, StoreUnavailable
from letters.domain.stored_names import INCOMING, check_stored_name, is_stored_name

if TYPE_CHECKING:
    from obstore.store import S3Config

CONNECT_WITHIN = timedelta(seconds=3)
ANSWER_WITHIN = timedelta(seconds=8)
RETRY_WITHIN = timedelta(seconds=2)
"""No new try begins after this; together with the last try, a call ends within ten seconds."""
MOST_RETRIES = 2
PAGE = 1000
LONGEST_REASON = 300

_NO_ROOM = frozenset({"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"})
_CODE = re.compile(r"<Code>(\w+)</Code>")
_NO_ROOM_STATUS = "status code: 507"
_BODY = re.compile(r"(<|\n\nDebug source).*", re.DOTALL)
_AS_USUAL: Mapping[str, str] = MappingProxyType({})


class ObjectStore:
    """A LetterStore over the objects of a bucket whose keys begin with `prefix`.

    Names are the service's own (domain/stored_names.py); any other raises ValueError. Objects that
    have another name are not ours: they are neither listed nor touched.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str,
        access: Mapping[str, str] = _AS_USUAL,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        """Connect to nothing yet.

        `access` holds the AWS_* variables that say how to reach the bucket. What it leaves open,
        the client takes from the process's environment and the machine's role. Plain http is
        spoken only to an endpoint that begins with `http://`.
        """
        endpoint = access.get("AWS_ENDPOINT_URL_S3") or access.get("AWS_ENDPOINT_URL")
        given = {k: v for k, v in access.items() if not k.startswith("AWS_ENDPOINT")}
        if endpoint:
            given["AWS_ENDPOINT_URL"] = endpoint
        self._place = f"s3://{bucket}/{prefix}"
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            config=cast("S3Config", given),
            conditional_put="etag",
            disable_bulk_delete=True,
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "connect_timeout": CONNECT_WITHIN,
                "timeout": answer_within,
            },
            retry_config={"max_retries": MOST_RETRIES, "retry_timeout": RETRY_WITHIN},
        )

    def put(self, name: str, content: bytes) -> None:
        """Store `content` durably under `name`, which must not exist.

        Raises StoreFull when the service says that there is no room, StoreUnavailable when it
        fails otherwise or `name` exists. An answer that was lost may leave the object there.
        """
        check_stored_name(name)
        self._put(name, content)

    def get(self, name: str) -> bytes:
        """Return the content. Raises LetterUnreadable if it is missing, StoreUnavailable."""
        check_stored_name(name)
        return self._get(name)

    def delete(self, name: str) -> None:
        """Remove `name`; a missing one is fine. Raises StoreUnavailable."""
        check_stored_name(name)
        self._delete(name)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Yield each stored name and the instant (UTC) it was stored. Raises StoreUnavailable."""
        return (found for found in self._listed() if is_stored_name(found[0]))

    def sweep(self, older_than: datetime) -> int:
        """Remove what interrupted checks left before `older_than`; return how many objects.

        Interrupted uploads leave nothing. Raises StoreUnavailable, and ValueError for a naive
        instant.
        """
        if older_than.tzinfo is None:
            message = "sweeping needs an instant with a time zone"
            raise ValueError(message)
        leftovers = [name for name, at in self._listed(INCOMING) if at < older_than]
        for leftover in leftovers:
            self._delete(leftover)
        return len(leftovers)

    def check(self) -> None:
        """Write, read, list and delete a probe, and try to overwrite it.

        Raises StoreUnavailable with the reason.
        """
        probe = f"{INCOMING}/probe-{secrets.token_hex(16)}"
        content = secrets.token_bytes(16)
        self._put(probe, content)
        try:
            self._check_probe(probe, content)
        finally:
            self._delete(probe)

    def _check_probe(self, probe: str, content: bytes) -> None:
        if self._overwrites(probe, content):
            raise StoreUnavailable(reason=f"{self._place} overwrites what exists (If-None-Match)")
        if self._get(probe) != content:
            raise StoreUnavailable(reason=f"{self._place} gave back other bytes than were written")
        if probe not in {name for name, _ in self._listed(INCOMING)}:
            raise StoreUnavailable(reason=f"{self._place} does not list what was written")

    def _overwrites(self, name: str, content: bytes) -> bool:
        with _as_store_error():
            try:
                self._store.put(name, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def _put(self, name: str, content: bytes) -> None:
        with _as_store_error():
            self._store.put(name, content, mode="create", use_multipart=False)

    def _get(self, name: str) -> bytes:
        with _as_store_error():
            try:
                return bytes(self._store.get(name).bytes())
            except FileNotFoundError as error:
                if _code(error) == "NoSuchKey":
                    raise LetterUnreadable from error
                raise

    def _delete(self, name: str) -> None:
        with _as_store_error():
            try:
                self._store.delete(name)
            except FileNotFoundError as error:
                if _code(error) != "NoSuchKey":
                    raise

    def _listed(self, folder: str | None = None) -> Iterator[tuple[str, datetime]]:
        with _as_store_error():
            for page in self._store.list(folder, chunk_size=PAGE):
                for found in page:
                    yield found["path"], found["last_modified"].astimezone(UTC)


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        full = _code(error) in _NO_ROOM or _NO_ROOM_STATUS in str(error)
        kind = StoreFull if full else StoreUnavailable
        raise kind(reason=_reason(error)) from error


def _code(error: Exception) -> str | None:
    """Return what the service calls the error, if it said."""
    found = _CODE.search(str(error))
    return found[1] if found else None


def _reason(error: Exception) -> str:
    """Return the service's name for the error and what the client says, without the XML."""
    words = " ".join(_BODY.sub("", str(error)).split())[:LONGEST_REASON]
    code = _code(error)
    return f"{code}: {words}" if code else words
