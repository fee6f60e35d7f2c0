"""Signed links: they say which row they open, and nothing else about it.

A link carries no time. Expiry and revocation lie in the row, so that a later due date takes effect
in mails that went out long ago, and raising the row's generation ends every earlier link.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from letters.domain.errors import LinkInvalid
from letters.ports import LinkPayload, Purpose

PATHS: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.UPLOAD: "/letter/{token}",
        Purpose.OVERVIEW: "/letter/{token}/all",
        Purpose.NOTICE: "/notice/{token}",
        Purpose.STATUS: "/application/{token}",
        Purpose.APPLICATIONS: "/applications/{token}",
        Purpose.SIGN_IN: "/coordinate/sign-in/{token}",
        Purpose.INVITATION: "/coordinate/invitation/{token}",
        Purpose.DIGEST: "/coordinate/digest/{token}",
    }
)
"""The page that each kind of link opens, under the base URL."""

LONGEST_TOKEN = 512
SHORTEST_TOKEN = 40
"""Shorter than any that was ever minted, and longer than a row's id."""

_TOKEN = re.compile(rf"[A-Za-z0-9_.-]{{1,{LONGEST_TOKEN}}}")
_PLACES = "|".join(sorted({re.escape(path.partition("{token}")[0]) for path in PATHS.values()}))
_SIGNED = r"(?<![A-Za-z0-9_%-])[A-Za-z0-9_%-]{20,}(?:\.|%2[Ee])[A-Za-z0-9_%-]{40,}"
"""What has the look of a token wherever it stands: clients may spell the way to it differently."""
_LINK = re.compile(rf"({_PLACES})[A-Za-z0-9_.%-]{{{SHORTEST_TOKEN},}}|{_SIGNED}")
MASK = "\N{HORIZONTAL ELLIPSIS}"


class SignedLinks:
    """A LinkSigner over a list of secret keys.

    The newest key signs, every key reads; a key that was taken out of the list ends its links.
    """

    def __init__(self, keys: Sequence[str], base_url: str) -> None:
        """Take the secret keys, newest first, and the address that all links lie under.

        Raises ValueError when there is no key, or an empty one.
        """
        if not keys or not all(keys):
            message = "signed links need at least one secret key, and none of them empty"
            raise ValueError(message)
        self._base_url = base_url.rstrip("/")
        self._serializers = {purpose: _serializer(keys, purpose) for purpose in Purpose}

    def mint(self, purpose: Purpose, row_id: UUID, generation: int) -> str:
        """Return a URL-safe token of about 80 characters for `purpose`.

        The same arguments give the same token while the newest key stays the same. Raises
        ValueError for a negative generation.
        """
        if generation < 0:
            message = f"a link has no generation {generation}"
            raise ValueError(message)
        return self._serializers[purpose].dumps([_short(row_id), generation])

    def url(self, purpose: Purpose, row_id: UUID, generation: int) -> str:
        """Return the whole address of the page that the link for `purpose` opens."""
        token = self.mint(purpose, row_id, generation)
        return self._base_url + PATHS[purpose].format(token=token)

    def read(self, purpose: Purpose, token: str) -> LinkPayload:
        """Return what `token` says.

        Several spellings of one signature verify, because its last character holds bits that
        base64 ignores. So compare, count and revoke by the payload, never by the token.

        Raises LinkInvalid, and nothing else, when `token` was not minted for `purpose` with one of
        the present keys.
        """
        try:
            if not _TOKEN.fullmatch(token):
                raise LinkInvalid
            return _payload(self._serializers[purpose].loads(token))
        except (BadData, ValueError, TypeError) as error:
            raise LinkInvalid from error

    def masked(self, text: str) -> str:
        """Return `text` with every token of a link in it left out, so that no link opens.

        Whose host it is does not matter: a base URL may have changed since. Neither does it how
        much of the address is percent-encoded (RFC 3986, section 2.1): it opens the same page.
        """
        return _LINK.sub(rf"\1{MASK}", text)


def _serializer(keys: Sequence[str], purpose: Purpose) -> URLSafeSerializer:
    oldest_first = list(reversed(keys))
    # itsdangerous falls back to SHA-1 for both the signature and the key's derivation.
    sha256 = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeSerializer(oldest_first, salt=purpose.value, signer_kwargs=sha256)


def _payload(content: object) -> LinkPayload:
    match content:
        case [str(row), int(generation)] if generation >= 0 and not isinstance(generation, bool):
            return LinkPayload(_row_id(row), generation)
    raise LinkInvalid


def _short(row_id: UUID) -> str:
    return urlsafe_b64encode(row_id.bytes).decode("ascii").rstrip("=")


def _row_id(short: str) -> UUID:
    return UUID(bytes=urlsafe_b64decode(short + "=="))
