"""Signed addresses that mails come back to: they say which mail, and nothing else about it.

The tag stands in a local part, which mail servers may fold to lower or upper case and which has 64
characters at most (RFC 5321, section 4.5.3.1.1): base32, and a signature of 80 bits. All that a
genuine tag allows is to say that this one mail came back.
"""

import hashlib
import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Sequence
from uuid import UUID

from itsdangerous import Signer

from letters.ports import ReturnTag

SALT = "return-address"
ID_BYTES = 16
CLAIM_BYTES = 4
SIGNATURE_BYTES = 10
"""Thirty bytes in all: base32 without padding, of which each tag has exactly one spelling."""

_TAGGED = re.compile(r"<?[^+@<>]*\+([A-Za-z2-7]{48})(?:@[^@<>]*)?>?")


class SignedReturns:
    """A ReturnAddresses over a list of secret keys: the newest signs, every key reads."""

    def __init__(self, keys: Sequence[str], address: str) -> None:
        """Take the secret keys, newest first, and the address that takes bounces, or none.

        Raises ValueError when there is no key, or an empty one.
        """
        if not keys or not all(keys):
            message = "signed addresses need at least one secret key, and none of them empty"
            raise ValueError(message)
        self._signer = Signer(
            list(reversed(keys)), salt=SALT, key_derivation="hmac", digest_method=hashlib.sha256
        )
        self._local, _, self._domain = address.rpartition("@")

    def mint(self, mail_id: UUID, claim: int) -> str:
        """Return the address that this sending of a mail comes back to; empty without bounces."""
        if not self._local:
            return ""
        said = mail_id.bytes + claim.to_bytes(CLAIM_BYTES)
        tag = b32encode(said + self._signatures(said)[0]).decode("ascii").lower()
        return f"{self._local}+{tag}@{self._domain}"

    def read(self, address: str) -> ReturnTag | None:
        """Return what the tag in an address says; None without a genuine one.

        What stands around the tag is the mail server's business, which may have changed it.
        """
        tagged = _TAGGED.fullmatch(address.strip())
        if tagged is None:
            return None
        whole = b32decode(tagged[1].upper())
        said, signature = whole[:-SIGNATURE_BYTES], whole[-SIGNATURE_BYTES:]
        if not any(hmac.compare_digest(signature, one) for one in self._signatures(said)):
            return None
        return ReturnTag(UUID(bytes=said[:ID_BYTES]), int.from_bytes(said[ID_BYTES:]))

    def _signatures(self, said: bytes) -> list[bytes]:
        """Return the signature by each key, that of the newest first."""
        return [
            self._signer.algorithm.get_signature(self._signer.derive_key(key), said)[
                :SIGNATURE_BYTES
            ]
            for key in reversed(self._signer.secret_keys)
        ]
