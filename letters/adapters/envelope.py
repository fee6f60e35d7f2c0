"""Letters at rest: each is encrypted with a key of its own, which the master key wraps.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; a data key encrypts one letter only, so a
nonce never meets the same key twice. The data key is wrapped as a Fernet token. Changing the master
key means rewrapping data keys; the letters themselves stay untouched.
"""

import binascii
import os
from base64 import b64decode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from letters.domain.errors import LetterUnreadable
from letters.ports import Sealed

DATA_KEY_BITS = 256
MASTER_KEY_BYTES = 32
NONCE_BYTES = 12


def new_master_key() -> str:
    """Return a fresh master key: 32 random bytes as 44 characters of URL-safe base64."""
    return Fernet.generate_key().decode("ascii")


class KeyEnvelope:
    """An Envelope over a list of master keys. The newest wraps, every key unwraps."""

    def __init__(self, master_keys: Sequence[str]) -> None:
        """Take the master keys, newest first, as `new_master_key` makes them.

        Raises ValueError when there is none, or one is not 32 bytes in URL-safe base64; the text
        names its place in the list, never the key.
        """
        if not master_keys:
            message = "letters cannot be encrypted without a master key"
            raise ValueError(message)
        masters = [_master_key(key, place) for place, key in enumerate(master_keys, start=1)]
        self._newest = masters[0]
        self._master = MultiFernet(masters)

    def seal(self, plain: bytes, associated: bytes) -> Sealed:
        """Encrypt `plain` with a new data key, bound to `associated`."""
        data_key = AESGCM.generate_key(bit_length=DATA_KEY_BITS)
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = nonce + AESGCM(data_key).encrypt(nonce, plain, associated)
        return Sealed(ciphertext=ciphertext, wrapped_key=self._master.encrypt(data_key))

    def open(self, sealed: Sealed, associated: bytes) -> bytes:
        """Return the plain bytes.

        Raises LetterUnreadable when no present master key fits, or when the ciphertext, the wrapped
        key or `associated` is not the one that was sealed.
        """
        nonce = sealed.ciphertext[:NONCE_BYTES]
        body = memoryview(sealed.ciphertext)[NONCE_BYTES:]  # a copy would double a large letter
        try:
            data_key = self._master.decrypt(sealed.wrapped_key)
            return AESGCM(data_key).decrypt(nonce, body, associated)
        except (InvalidToken, InvalidTag, ValueError) as error:
            raise LetterUnreadable from error

    def is_newest(self, wrapped_key: bytes) -> bool:
        """Say whether the newest master key opens it, so that there is nothing to rewrap."""
        try:
            self._newest.decrypt(wrapped_key)
        except InvalidToken:
            return False
        return True

    def rewrap(self, wrapped_key: bytes) -> bytes:
        """Return the same data key wrapped by the newest master key.

        Raises LetterUnreadable when no present master key opens it.
        """
        try:
            return self._master.rotate(wrapped_key)
        except InvalidToken as error:
            raise LetterUnreadable from error


def _master_key(key: str, place: int) -> Fernet:
    # Fernet itself skips characters that are not base64, and so hides a mistyped key.
    try:
        size = len(b64decode(key, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != MASTER_KEY_BYTES:
        message = f"master key {place} is not 32 bytes in URL-safe base64"
        raise ValueError(message)
    return Fernet(key)
