"""Encryption at rest: what goes in comes out, and only with the right key, letter and place."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from letters.adapters.envelope import KeyEnvelope, new_master_key
from letters.domain.errors import LetterUnreadable
from letters.ports import Envelope, Sealed
from tests.support.thorough import often

OLD, NEW, FOREIGN = (urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
ENVELOPE = KeyEnvelope([NEW, OLD])
PLAIN = b"I recommend Ada Lovelace without reservation."
PLACE = b"request 7, version 1"


class TestSealing:
    @often
    @given(plain=st.binary(max_size=4096), associated=st.binary(max_size=64))
    def test_what_was_sealed_is_opened(self, plain: bytes, associated: bytes) -> None:
        assert ENVELOPE.open(ENVELOPE.seal(plain, associated), associated) == plain

    def test_nothing_of_the_letter_shows(self) -> None:
        sealed = ENVELOPE.seal(PLAIN, PLACE)
        assert b"Lovelace" not in sealed.ciphertext + sealed.wrapped_key
        assert PLACE not in sealed.ciphertext + sealed.wrapped_key

    def test_each_letter_has_its_own_data_key_and_nonce(self) -> None:
        first, second = ENVELOPE.seal(PLAIN, PLACE), ENVELOPE.seal(PLAIN, PLACE)
        assert first.ciphertext[:12] != second.ciphertext[:12]
        assert first.ciphertext[12:] != second.ciphertext[12:]
        assert _data_key(first) != _data_key(second)
        assert len(_data_key(first)) == 32

    def test_it_is_an_envelope(self) -> None:
        envelope: Envelope = ENVELOPE
        assert envelope.open(envelope.seal(PLAIN, PLACE), PLACE) == PLAIN


class TestWhatIsNotOpened:
    def test_a_letter_in_another_place(self) -> None:
        with pytest.raises(LetterUnreadable):
            ENVELOPE.open(ENVELOPE.seal(PLAIN, PLACE), b"request 8, version 1")

    def test_a_letter_under_another_letter_s_key(self) -> None:
        first, second = ENVELOPE.seal(PLAIN, PLACE), ENVELOPE.seal(PLAIN, PLACE)
        with pytest.raises(LetterUnreadable):
            ENVELOPE.open(Sealed(first.ciphertext, second.wrapped_key), PLACE)

    @often
    @given(data=st.data())
    def test_a_letter_with_any_bit_flipped(self, data: st.DataObject) -> None:
        sealed = ENVELOPE.seal(PLAIN, PLACE)
        changed = bytearray(sealed.ciphertext)
        changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        with pytest.raises(LetterUnreadable):
            ENVELOPE.open(Sealed(bytes(changed), sealed.wrapped_key), PLACE)

    @often
    @given(length=st.integers(0, 12 + len(PLAIN) + 15))
    def test_a_letter_that_was_cut_off(self, length: int) -> None:
        sealed = ENVELOPE.seal(PLAIN, PLACE)
        with pytest.raises(LetterUnreadable):
            ENVELOPE.open(Sealed(sealed.ciphertext[:length], sealed.wrapped_key), PLACE)

    @often
    @given(garbage=st.binary(max_size=200))
    def test_a_wrapped_key_that_is_garbage(self, garbage: bytes) -> None:
        sealed = ENVELOPE.seal(PLAIN, PLACE)
        with pytest.raises(LetterUnreadable):
            ENVELOPE.open(Sealed(sealed.ciphertext, garbage), PLACE)

    def test_a_wrapped_key_of_the_wrong_length(self) -> None:
        sealed = ENVELOPE.seal(PLAIN, PLACE)
        with pytest.raises(LetterUnreadable):
            ENVELOPE.open(Sealed(sealed.ciphertext, Fernet(NEW).encrypt(b"short")), PLACE)

    def test_a_letter_whose_master_key_is_gone(self) -> None:
        with pytest.raises(LetterUnreadable):
            KeyEnvelope([FOREIGN]).open(ENVELOPE.seal(PLAIN, PLACE), PLACE)


class TestRotation:
    def test_letters_of_an_older_key_stay_readable(self) -> None:
        sealed = KeyEnvelope([OLD]).seal(PLAIN, PLACE)
        assert ENVELOPE.open(sealed, PLACE) == PLAIN

    def test_the_newest_key_wraps(self) -> None:
        assert KeyEnvelope([NEW]).open(ENVELOPE.seal(PLAIN, PLACE), PLACE) == PLAIN

    def test_a_rewrapped_letter_no_longer_needs_the_old_key(self) -> None:
        sealed = KeyEnvelope([OLD]).seal(PLAIN, PLACE)
        rewrapped = Sealed(sealed.ciphertext, ENVELOPE.rewrap(sealed.wrapped_key))
        assert KeyEnvelope([NEW]).open(rewrapped, PLACE) == PLAIN
        with pytest.raises(LetterUnreadable):
            KeyEnvelope([OLD]).open(rewrapped, PLACE)

    def test_a_key_tells_whether_the_newest_master_key_wrapped_it(self) -> None:
        of_old, of_new = (KeyEnvelope([key]).seal(PLAIN, PLACE).wrapped_key for key in (OLD, NEW))
        assert ENVELOPE.is_newest(of_new)
        assert not ENVELOPE.is_newest(of_old)
        assert ENVELOPE.is_newest(ENVELOPE.rewrap(of_old))
        assert not ENVELOPE.is_newest(b"")

    def test_rewrapping_needs_a_key_that_opens(self) -> None:
        sealed = KeyEnvelope([OLD]).seal(PLAIN, PLACE)
        with pytest.raises(LetterUnreadable):
            KeyEnvelope([FOREIGN]).rewrap(sealed.wrapped_key)

    @often
    @given(garbage=st.binary(max_size=200))
    def test_garbage_is_not_rewrapped(self, garbage: bytes) -> None:
        with pytest.raises(LetterUnreadable):
            ENVELOPE.rewrap(garbage)


class TestMasterKeys:
    def test_a_new_one_is_32_random_bytes(self) -> None:
        first, second = new_master_key(), new_master_key()
        assert first != second
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}=", first)
        assert len(urlsafe_b64decode(first)) == 32

    def test_a_new_one_works(self) -> None:
        envelope = KeyEnvelope([new_master_key()])
        assert envelope.open(envelope.seal(PLAIN, PLACE), PLACE) == PLAIN

    def test_none_is_refused(self) -> None:
        with pytest.raises(ValueError, match="without a master key"):
            KeyEnvelope([])

    @pytest.mark.parametrize(
        "bad", ["", "short", NEW[:-4], NEW + "AAAA", "é" * 44, f"{NEW[:-2]}!="]
    )
    def test_a_mistyped_one_is_named_by_its_place_only(self, bad: str) -> None:
        with pytest.raises(ValueError, match="master key 2 ") as caught:
            KeyEnvelope([NEW, bad])
        assert not bad or bad not in str(caught.value)


def _data_key(sealed: Sealed) -> bytes:
    return Fernet(NEW).decrypt(sealed.wrapped_key)
