"""Signed links: what opens, what does not, and that nothing but LinkInvalid ever comes of it."""

import string
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from letters.adapters.links import LONGEST_TOKEN, PATHS, SignedLinks
from letters.domain.errors import LinkInvalid
from letters.ports import LinkPayload, LinkSigner, Purpose
from tests.support.thorough import often

OLD = "an old secret key of more than 32 characters"
NEW = "a new secret key of more than 32 characters"
BASE = "https://letters.example.org"
ROW = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
LINKS = SignedLinks([NEW, OLD], BASE)
URL_SAFE = set(string.ascii_letters + string.digits + "-_.")

purposes = st.sampled_from(Purpose)


def _signed(content: object, purpose: Purpose = Purpose.UPLOAD) -> str:
    """Sign something that is not what a link says, with the genuine key."""
    serializer = LINKS._serializers[purpose]  # noqa: SLF001 -- no other way to a genuine signature
    return serializer.dumps(content)


class TestMinting:
    @often
    @given(purpose=purposes, row=st.uuids(), generation=st.integers(0, 2**31))
    def test_a_link_says_what_it_was_minted_for(
        self, purpose: Purpose, row: UUID, generation: int
    ) -> None:
        token = LINKS.mint(purpose, row, generation)
        assert LINKS.read(purpose, token) == LinkPayload(row, generation)

    @often
    @given(row=st.uuids(), generation=st.integers(0, 2**31))
    def test_tokens_fit_into_a_mail_without_escaping(self, row: UUID, generation: int) -> None:
        token = LINKS.mint(Purpose.UPLOAD, row, generation)
        assert set(token) <= URL_SAFE
        assert len(token) < 110

    def test_the_same_link_is_minted_again(self) -> None:
        assert LINKS.mint(Purpose.STATUS, ROW, 3) == LINKS.mint(Purpose.STATUS, ROW, 3)

    def test_the_signature_is_sha_256(self) -> None:
        signature = LINKS.mint(Purpose.UPLOAD, ROW, 0).rpartition(".")[2]
        assert len(signature) == 43, "27 would be SHA-1, the default"

    def test_a_negative_generation_is_refused(self) -> None:
        with pytest.raises(ValueError, match="-1"):
            LINKS.mint(Purpose.UPLOAD, ROW, -1)

    def test_it_is_a_link_signer(self) -> None:
        signer: LinkSigner = LINKS
        assert signer.read(Purpose.UPLOAD, signer.mint(Purpose.UPLOAD, ROW, 1)).row_id == ROW


class TestAddresses:
    @pytest.mark.parametrize(
        ("purpose", "beginning"),
        [
            (Purpose.UPLOAD, "https://letters.example.org/letter/"),
            (Purpose.NOTICE, "https://letters.example.org/notice/"),
            (Purpose.STATUS, "https://letters.example.org/application/"),
            (Purpose.SIGN_IN, "https://letters.example.org/coordinate/sign-in/"),
            (Purpose.INVITATION, "https://letters.example.org/coordinate/invitation/"),
            (Purpose.DIGEST, "https://letters.example.org/coordinate/digest/"),
        ],
    )
    def test_each_purpose_has_its_page(self, purpose: Purpose, beginning: str) -> None:
        url = LINKS.url(purpose, ROW, 0)
        assert url == beginning + LINKS.mint(purpose, ROW, 0)

    def test_every_purpose_has_a_page(self) -> None:
        assert set(PATHS) == set(Purpose)

    def test_a_slash_at_the_end_of_the_base_is_not_doubled(self) -> None:
        url = SignedLinks([NEW], f"{BASE}/").url(Purpose.UPLOAD, ROW, 0)
        assert url == LINKS.url(Purpose.UPLOAD, ROW, 0)


class TestKeys:
    def test_the_newest_key_signs(self) -> None:
        token = LINKS.mint(Purpose.UPLOAD, ROW, 1)
        assert SignedLinks([NEW], BASE).read(Purpose.UPLOAD, token) == LinkPayload(ROW, 1)

    def test_links_of_an_older_key_stay_alive_while_it_is_listed(self) -> None:
        before_rotation = SignedLinks([OLD], BASE).mint(Purpose.UPLOAD, ROW, 1)
        assert LINKS.read(Purpose.UPLOAD, before_rotation) == LinkPayload(ROW, 1)

    def test_links_of_a_removed_key_are_dead(self) -> None:
        token = SignedLinks([OLD], BASE).mint(Purpose.UPLOAD, ROW, 1)
        with pytest.raises(LinkInvalid):
            SignedLinks([NEW], BASE).read(Purpose.UPLOAD, token)

    @pytest.mark.parametrize("keys", [[], [""], [NEW, ""]])
    def test_there_is_no_signing_without_a_key(self, keys: list[str]) -> None:
        with pytest.raises(ValueError, match="secret key"):
            SignedLinks(keys, BASE)


class TestWhatDoesNotOpen:
    @pytest.mark.parametrize("minted_for", Purpose)
    @pytest.mark.parametrize("used_for", Purpose)
    def test_a_link_opens_its_own_purpose_only(
        self, minted_for: Purpose, used_for: Purpose
    ) -> None:
        token = LINKS.mint(minted_for, ROW, 0)
        if minted_for is used_for:
            assert LINKS.read(used_for, token).row_id == ROW
            return
        with pytest.raises(LinkInvalid):
            LINKS.read(used_for, token)

    @often
    @given(purpose=purposes, token=st.text())
    def test_any_text_at_all_is_refused_calmly(self, purpose: Purpose, token: str) -> None:
        with pytest.raises(LinkInvalid):
            LINKS.read(purpose, token)

    @often
    @given(token=st.text(alphabet=sorted(URL_SAFE), min_size=1, max_size=LONGEST_TOKEN + 5))
    def test_text_that_looks_like_a_token_is_refused_calmly(self, token: str) -> None:
        with pytest.raises(LinkInvalid):
            LINKS.read(Purpose.UPLOAD, token)

    @pytest.mark.parametrize("token", [None, b"bytes", 7, [], object()])
    def test_what_is_not_text_is_refused_calmly(self, token: object) -> None:
        with pytest.raises(LinkInvalid):
            LINKS.read(Purpose.UPLOAD, token)  # type: ignore[arg-type]  # -- what is tried here

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda token: token + "\n",
            lambda token: " " + token,
            lambda token: token + "\0",
            lambda token: token + "é",
            lambda token: token + "=",
            lambda token: token.replace(".", "%2E"),
            lambda token: token + ".",
            lambda token: "." + token,
            lambda token: token.rpartition(".")[0],
            lambda token: token * 7,
            lambda _: "",
        ],
    )
    def test_a_genuine_token_with_something_added_or_lost(
        self, spoil: Callable[[str], str]
    ) -> None:
        with pytest.raises(LinkInvalid):
            LINKS.read(Purpose.UPLOAD, spoil(LINKS.mint(Purpose.UPLOAD, ROW, 0)))

    @pytest.mark.parametrize(
        "content",
        [
            None,
            {},
            [],
            "text",
            7,
            ["AYkKXayWd0u8zrMCCZqAVw"],
            ["AYkKXayWd0u8zrMCCZqAVw", -1],
            ["AYkKXayWd0u8zrMCCZqAVw", True],
            ["AYkKXayWd0u8zrMCCZqAVw", 1.0],
            ["AYkKXayWd0u8zrMCCZqAVw", "1"],
            ["AYkKXayWd0u8zrMCCZqAVw", None],
            ["AYkKXayWd0u8zrMCCZqAVw", 1, 2],
            ["AYkKXayWd0u8zrMCCZqAVw0000", 1],
            ["short", 1],
            ["not base64, not ascii: é", 1],
            [7, 1],
        ],
    )
    def test_a_genuine_signature_over_something_else(self, content: object) -> None:
        with pytest.raises(LinkInvalid):
            LINKS.read(Purpose.UPLOAD, _signed(content))

    def test_a_genuine_token_that_is_too_long(self) -> None:
        token = _signed(["AYkKXayWd0u8zrMCCZqAVw", 3**3000])
        assert len(token) > LONGEST_TOKEN
        with pytest.raises(LinkInvalid):
            LINKS.read(Purpose.UPLOAD, token)

    def test_a_token_of_the_library_s_defaults(self) -> None:
        by_default = URLSafeSerializer(NEW, salt=Purpose.UPLOAD.value)
        with pytest.raises(LinkInvalid):
            LINKS.read(Purpose.UPLOAD, by_default.dumps(["AYkKXayWd0u8zrMCCZqAVw", 1]))


class TestTampering:
    @pytest.mark.parametrize("place", range(len(LINKS.mint(Purpose.UPLOAD, ROW, 5))))
    def test_no_changed_character_changes_what_a_link_says(self, place: int) -> None:
        token = LINKS.mint(Purpose.UPLOAD, ROW, 5)
        for character in sorted(URL_SAFE - {token[place]}):
            changed = token[:place] + character + token[place + 1 :]
            assert _said_by(changed) in {None, LinkPayload(ROW, 5)}

    def test_several_spellings_of_one_signature_say_the_same(self) -> None:
        token = LINKS.mint(Purpose.UPLOAD, ROW, 5)
        said = [_said_by(token[:-1] + character) for character in sorted(URL_SAFE)]
        assert said.count(LinkPayload(ROW, 5)) == 4, "so what is compared is the payload"

    @often
    @given(first=st.uuids(), second=st.uuids())
    def test_parts_of_two_links_do_not_make_a_third(self, first: UUID, second: UUID) -> None:
        payload = LINKS.mint(Purpose.UPLOAD, first, 0).rpartition(".")[0]
        signature = LINKS.mint(Purpose.UPLOAD, second, 0).rpartition(".")[2]
        assert _said_by(f"{payload}.{signature}") in {None, LinkPayload(second, 0)}

    def test_raising_the_generation_makes_another_link(self) -> None:
        row = uuid4()
        assert LINKS.mint(Purpose.UPLOAD, row, 0) != LINKS.mint(Purpose.UPLOAD, row, 1)


def _said_by(token: str) -> LinkPayload | None:
    try:
        return LINKS.read(Purpose.UPLOAD, token)
    except LinkInvalid:
        return None


class TestMasking:
    @often
    @given(purpose=purposes, row=st.uuids(), generation=st.integers(0, 2**31))
    def test_a_link_in_a_text_opens_nothing_any_more(
        self, purpose: Purpose, row: UUID, generation: int
    ) -> None:
        token, url = LINKS.mint(purpose, row, generation), LINKS.url(purpose, row, generation)
        masked = LINKS.masked(f"Open {url} or {url}/decline, or <{url}>.")
        assert token not in masked
        assert masked.count("…") == 3
        assert LINKS.masked(masked) == masked

    def test_of_another_host_too_and_what_is_no_link_stays(self) -> None:
        token = LINKS.mint(Purpose.UPLOAD, ROW, 1)
        assert LINKS.masked(f"http://old.example.org/letter/{token}/due.ics") == (
            "http://old.example.org/letter/…/due.ics"
        )
        for text in (f"{BASE}/coordinate/applications/{ROW}", "a/letter/to-somebody", "Dear Ada,"):
            assert LINKS.masked(text) == text

    @pytest.mark.parametrize(
        ("address", "masked"),
        [
            ("/application/{encoded}", "/application/…"),
            ("/letter/{all_encoded}/decline", "/letter/…/decline"),
            ("/appl%69cation/{token}", "/appl%69cation/…"),
            ("/application//{token} HTTP/1.1", "/application//… HTTP/1.1"),
            ("/?url=https%3A%2F%2Fa.b%2Fletter%2F{token}&x=1", "/?url=https%3A%2F%2Fa.…&x=1"),
        ],
    )
    def test_however_a_client_spells_the_address(self, address: str, masked: str) -> None:
        token = LINKS.mint(Purpose.STATUS, ROW, 1)
        spelt = {
            "token": token,
            "encoded": token[:3] + f"%{ord(token[3]):02x}" + token[4:],
            "all_encoded": "".join(f"%{ord(character):02X}" for character in token),
        }
        assert LINKS.masked(address.format(**spelt)) == masked

    def test_a_long_line_is_looked_through_once(self) -> None:
        line = "GET /" + "a%2e" * 16_000 + "a" * 64_000
        assert LINKS.masked(f"{line} HTTP/1.1").endswith(" HTTP/1.1")
