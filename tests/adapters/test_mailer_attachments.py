"""Files that come with a mail: the words stay what they were, and nothing else gets in."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from letters.adapters.mailer.message import Mailbox, compose
from letters.ports import Attachment, Message
from tests.adapters.mails import MESSAGE, SENDER

FROM = Mailbox.read("the sender", SENDER)
EVENT = "BEGIN:VCALENDAR\r\nSUMMARY:Zoë, für Ada\r\nEND:VCALENDAR\r\n"
FILE = Attachment("letter-due.ics", "text/calendar", EVENT.encode(), {"method": "PUBLISH"})


def _with(file: Attachment) -> Message:
    return replace(MESSAGE, attachments=(file,))


def test_a_calendar_file_comes_beside_the_words() -> None:
    raw = compose(_with(FILE), FROM)
    assert raw.isascii()
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_content_type() == "multipart/mixed"
    words, file = cast("list[EmailMessage]", list(mail.iter_parts()))
    assert words.get_content_type() == "multipart/alternative"
    assert cast("EmailMessage", mail.get_body(("plain",))).get_content().strip() == (
        MESSAGE.text.strip()
    )
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "letter-due.ics")
    assert file.get_content_disposition() == "attachment"
    assert (file.get_param("method"), file.get_content_charset()) == ("PUBLISH", "utf-8")
    assert file.get_content().replace("\r\n", "\n") == EVENT.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FILE, file_name="due.ics\r\nBcc: b@example.org"),
        replace(FILE, file_name="../due.ics"),
        replace(FILE, file_name=""),
        replace(FILE, media_type="text/calendar\r\nX: y"),
        replace(FILE, media_type="application/zip"),
        replace(FILE, parameters={"method": 'PUBLISH"; x="y'}),
        replace(FILE, parameters={"a b": "c"}),
    ],
)
def test_what_cannot_be_attached(wrong: Attachment) -> None:
    with pytest.raises(ValueError, match="cannot be attached"):
        compose(_with(wrong), FROM)


@pytest.mark.parametrize("content", [b"a\0b", b"a\x1bb", "a\u2028b".encode(), b"\xff"])
def test_an_attachment_that_is_no_text(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"the attachment holds|can't decode"):
        compose(_with(replace(FILE, content=content)), FROM)
