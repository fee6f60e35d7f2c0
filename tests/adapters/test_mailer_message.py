"""The bytes of a mail: every header known, nothing smuggled in, readable by every server."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from letters.adapters.mailer import message_id
from letters.adapters.mailer.message import Mailbox, compose
from letters.ports import Message
from tests.adapters.mails import MESSAGE, SENDER
from tests.support.thorough import often

FROM = Mailbox.read("the sender", SENDER)

HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Type",
    "MIME-Version",
]

LINE_BREAKERS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
OTHER_CONTROLS = "\0\x01\x1b\x7f\x9f\ud800"

lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200).map(
    lambda text: " ".join(text.split())
)
"""Any one-line text, tidied as what people enter is."""

encoded_lookalikes = st.sampled_from(
    ["=?utf-8?q?a=0D=0ABcc:_b=40example.org?=", "=?utf-8?b?DQpCY2M6IHg=?=", "=?", "?=", "=?x"]
)


def _parsed(message: Message) -> EmailMessage:
    return message_from_bytes(compose(message, FROM), policy=policy.default)


def _text_of(header: str, raw: bytes) -> str:
    """Read a header as RFC 2047 has it; the standard library's newer parser adds spaces."""
    folded = message_from_bytes(raw)[header]
    return str(make_header(decode_header(re.sub(r"\r?\n", "", folded))))


class TestWhatItSays:
    def test_exactly_these_headers(self) -> None:
        assert sorted(_parsed(MESSAGE).keys()) == sorted(HEADERS)

    def test_who_writes_to_whom(self) -> None:
        mail = message_from_bytes(compose(MESSAGE, FROM))
        assert mail["From"] == '"Summer Research" <letters@letters.example.org>'
        assert mail["To"] == "referee@example.org"
        assert mail["Reply-To"] == "contact@example.org"
        assert mail["Subject"] == "A letter for Ada Lovelace"

    def test_a_program_on_the_other_end_does_not_answer(self) -> None:
        mail = _parsed(MESSAGE)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Auto-Response-Suppress"] == "All"

    def test_the_date_is_the_message_s_own_in_utc(self) -> None:
        assert _parsed(MESSAGE)["Date"] == "Sun, 04 May 2031 12:00:00 +0000"
        elsewhere = MESSAGE.date.astimezone(timezone(timedelta(hours=-7)))
        assert _parsed(replace(MESSAGE, date=elsewhere))["Date"] == _parsed(MESSAGE)["Date"]

    def test_two_copies_share_the_one_message_id(self) -> None:
        first, second = _parsed(MESSAGE), _parsed(MESSAGE)
        assert first.get_all("Message-ID") == ["<0190f1c2@letters.example.org>"]
        assert first["Message-ID"] == second["Message-ID"]

    def test_text_and_html_are_alternatives(self) -> None:
        mail = _parsed(MESSAGE)
        assert mail.get_content_type() == "multipart/alternative"
        text, html = cast("list[EmailMessage]", list(mail.iter_parts()))
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert text.get_content().splitlines() == ["Please write for Ada."]
        assert html.get_content().splitlines() == ["<p>Please write for Ada.</p>"]
        assert text.get_content_charset() == html.get_content_charset() == "utf-8"

    def test_further_headers_are_added(self) -> None:
        link = "<https://letters.example.org/" + "a" * 300 + ">"
        raw = compose(replace(MESSAGE, headers={"List-Unsubscribe": link}), FROM)
        assert f"List-Unsubscribe: {link}\r\n".encode() in raw, "whole, and not in encoded words"

    def test_a_reply_to_may_have_a_name(self) -> None:
        mail = _parsed(replace(MESSAGE, reply_to="Zoë Müller <contact@example.org>"))
        assert mail["Reply-To"] == "Zoë Müller <contact@example.org>"


class TestHowItTravels:
    @often
    @given(
        text=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=3000),
        name=lines,
        subject=lines,
    )
    def test_short_lines_of_ascii_that_end_in_crlf(
        self, text: str, name: str, subject: str
    ) -> None:
        raw = compose(
            replace(MESSAGE, text=text, html=f"<p>{text}", from_name=name, subject=subject), FROM
        )
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert b"\r" not in raw.replace(b"\r\n", b"")

    def test_a_body_line_of_any_length(self) -> None:
        mail = _parsed(replace(MESSAGE, text="x" * 5000, html="<p>" + "ü" * 5000))
        text, html = cast("list[EmailMessage]", list(mail.iter_parts()))
        assert text.get_content().splitlines() == ["x" * 5000]
        assert html.get_content().splitlines() == ["<p>" + "ü" * 5000]

    @often
    @given(subject=lines | encoded_lookalikes | st.tuples(lines, encoded_lookalikes).map("a".join))
    def test_any_subject_arrives_as_it_was(self, subject: str) -> None:
        raw = compose(replace(MESSAGE, subject=subject), FROM)
        assert _text_of("Subject", raw) == subject
        assert message_from_bytes(raw).keys() == _parsed(MESSAGE).keys()

    @often
    @given(
        name=lines
        | st.text(' ",.<>@()ab\\=?é;:', max_size=150).map(lambda text: " ".join(text.split()))
        | encoded_lookalikes
    )
    def test_any_name_arrives_as_it_was(self, name: str) -> None:
        raw = compose(replace(MESSAGE, from_name=name), FROM)
        unfolded = re.sub(r"\r?\n", "", message_from_bytes(raw)["From"])
        found, address = parseaddr(unfolded)
        assert address == "letters@letters.example.org"
        assert str(make_header(decode_header(found))) == name

    @often
    @given(name=lines, subject=lines)
    @example(name="", subject="0000" + "ࠀ" * 13 + "¡¡" + "ࠀ" * 13)
    def test_encoded_words_are_no_longer_than_allowed(self, name: str, subject: str) -> None:
        raw = compose(replace(MESSAGE, from_name=name, subject=subject), FROM)
        words = re.findall(rb"=\?utf-8\?[bq]\?[^? ]*\?=", raw)
        assert max(map(len, words), default=0) <= 75


class TestWhatIsRefused:
    @pytest.mark.parametrize("field", ["to", "from_name", "reply_to", "subject", "message_id"])
    @pytest.mark.parametrize("character", LINE_BREAKERS + OTHER_CONTROLS)
    def test_control_characters_in_any_header(self, field: str, character: str) -> None:
        value = getattr(MESSAGE, field)
        for spoiled in (f"{value}{character}Bcc: b@example.org", f"{value}{character}"):
            with pytest.raises(ValueError, match=r"control character|mail address|Message-ID"):
                compose(_with(field, spoiled), FROM)

    @pytest.mark.parametrize("character", LINE_BREAKERS + OTHER_CONTROLS)
    def test_control_characters_in_further_headers(self, character: str) -> None:
        for headers in ({"X-Note": f"a{character}b"}, {f"X-Note{character}": "a"}):
            with pytest.raises(ValueError, match="header"):
                compose(replace(MESSAGE, headers=headers), FROM)

    @pytest.mark.parametrize("character", sorted(set(LINE_BREAKERS + OTHER_CONTROLS) - set("\r\n")))
    def test_control_characters_in_a_body(self, character: str) -> None:
        for field in ("text", "html"):
            with pytest.raises(ValueError, match="control character"):
                compose(_with(field, f"a{character}b"), FROM)

    @pytest.mark.parametrize(
        "to",
        [
            "",
            "referee",
            "@example.org",
            "a@",
            "a@b@example.org",
            "a@example.org, b@example.org",
            "a@example.org b@example.org",
            "a@example.org;b@example.org",
            "Ada <a@example.org>",
            "<a@example.org>",
            "a b@example.org",
            "a..b@example.org",
            ".a@example.org",
            "a@example..org",
            "ä@example.org",
            "a@exämple.org",
            '"a b"@example.org',
            "a@example.org SIZE=9",
            "a@[127.0.0.1]",
        ],
    )
    def test_anything_but_exactly_one_recipient(self, to: str) -> None:
        with pytest.raises(ValueError, match="the recipient is not one mail address"):
            compose(replace(MESSAGE, to=to), FROM)

    @pytest.mark.parametrize("reply_to", ["", "nobody", "a@example.org, b@example.org"])
    def test_a_reply_to_that_reaches_nobody(self, reply_to: str) -> None:
        with pytest.raises(ValueError, match="Reply-To"):
            compose(replace(MESSAGE, reply_to=reply_to), FROM)

    @pytest.mark.parametrize(
        "given_id",
        ["", "a@b", "<a>", "<a@b", "<@b>", "<a@b> <c@d>", "<a b@c>", "<a@b>\n", "<ä@b>", "<a@b@c>"],
    )
    def test_a_message_id_that_is_none(self, given_id: str) -> None:
        with pytest.raises(ValueError, match="Message-ID"):
            compose(replace(MESSAGE, message_id=given_id), FROM)

    def test_a_date_without_a_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            compose(
                replace(MESSAGE, date=datetime(2031, 5, 4, tzinfo=UTC).replace(tzinfo=None)), FROM
            )

    @pytest.mark.parametrize("name", [*HEADERS, "message-id", "SUBJECT", "content-type"])
    def test_a_header_that_is_set_already(self, name: str) -> None:
        with pytest.raises(ValueError, match="header"):
            compose(replace(MESSAGE, headers={name: "a@example.org"}), FROM)

    @pytest.mark.parametrize(
        "headers",
        [
            {"Bcc": "b@example.org"},
            {"Cc": "b@example.org"},
            {"Sender": "b@example.org"},
            {"Return-Path": "b@example.org"},
            {"Resent-To": "b@example.org"},
            {"Content-Transfer-Encoding": "8bit"},
            {"X Note": "a"},
            {"X-Note:": "a"},
            {"": "a"},
            {"X-Note": ""},
            {"X-Note": "ä"},
            {"X-Note": "a", "x-note": "b"},
        ],
    )
    def test_a_header_that_does_not_belong(self, headers: Mapping[str, str]) -> None:
        with pytest.raises(ValueError, match="header"):
            compose(replace(MESSAGE, headers=headers), FROM)

    def test_a_header_line_that_is_too_long(self) -> None:
        with pytest.raises(ValueError, match="too long"):
            compose(replace(MESSAGE, headers={"X-Note": "a" * 1000}), FROM)


class TestMessageIds:
    def test_they_end_in_the_sender_s_domain(self) -> None:
        assert message_id(SENDER, "0190f1c2") == "<0190f1c2@letters.example.org>"
        assert message_id("letters@localhost", "a.b-c_d") == "<a.b-c_d@localhost>"

    @pytest.mark.parametrize("unique", ["", "a b", "a@b", "a>", "a\n", "ä", ".a", "a."])
    def test_what_cannot_be_one(self, unique: str) -> None:
        with pytest.raises(ValueError, match="Message-ID"):
            message_id(SENDER, unique)

    @pytest.mark.parametrize("sender", ["", "nobody", "Letters <>"])
    def test_a_sender_without_an_address(self, sender: str) -> None:
        with pytest.raises(ValueError, match="the sender is not one mail address"):
            message_id(sender, "a")


def _with(field: str, value: str) -> Message:
    """`replace`, where the field comes from a list."""
    return Message(**{**vars(MESSAGE), field: value})
