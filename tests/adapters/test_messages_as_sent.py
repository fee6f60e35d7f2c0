"""Every mail as it leaves: who is answered, what holds it together, and one thing to press."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache

import pytest

from letters.adapters.calendars import CalendarFiles
from letters.adapters.mailer.message import Mailbox, compose
from letters.demo.sample_mails import ALONE, DATED, DOMAIN, SENDER, message_of
from letters.domain.journal import MessageKind
from letters.sample_facts import ORGANIZATION, SAMPLES, Sample
from tests.support import markup
from tests.support.mails import LARGEST, messages

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def as_sent(sample: Sample) -> tuple[bytes, EmailMessage]:
    return _as_sent(sample.name)


@cache
def _as_sent(name: str) -> tuple[bytes, EmailMessage]:
    [sample] = [sample for sample in SAMPLES if sample.name == name]
    message = message_of(sample, messages(), CalendarFiles(DOMAIN))
    raw = compose(message, Mailbox.read("the sender", SENDER))
    return raw, message_from_bytes(raw, policy=policy.default)


@each_sample
def test_it_says_from_whom_it_is_and_who_answers(sample: Sample) -> None:
    raw, mail = as_sent(sample)
    name, address = mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec
    assert name in {"Letters", f"{ORGANIZATION} via Letters"}
    assert address == f"letters@{DOMAIN}"
    assert "noreply" not in mail["Reply-To"]
    assert mail["Message-ID"].endswith(f"@{DOMAIN}>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert ("List-Unsubscribe" in mail) is (sample.kind is MessageKind.DIGEST)
    assert ("References" in mail) is (sample.kind not in ALONE)
    assert mail["In-Reply-To"] == mail["References"]
    assert len(raw) < LARGEST


@each_sample
def test_a_date_comes_along_where_one_is_given(sample: Sample) -> None:
    _, mail = as_sent(sample)
    files = [part.get_content_type() for part in mail.iter_attachments()]
    refused = sample.facts.get("granted") is False
    assert files == (["text/calendar"] if sample.kind in DATED and not refused else [])


@each_sample
def test_there_is_one_button(sample: Sample) -> None:
    _, mail = as_sent(sample)
    html = mail.get_body(("html",))
    assert html is not None
    root, _ = markup.parse(html.get_content())
    buttons = [a for a in markup.elements(root, "a") if a.attrib.get("class") == "button"]
    assert len(buttons) == 1
    assert buttons[0].attrib["href"] == sample.facts["url"]
