"""No mail looks like spam: Debian's SpamAssassin scores each kind as its receiver would.

Local tests only. One process reads them all, since each start costs as much as ten mails.
"""

import re
import shutil
import subprocess
from email import message_from_bytes
from email.utils import format_datetime
from pathlib import Path

import pytest

from letters.adapters.calendars import CalendarFiles
from letters.adapters.mailer.message import Mailbox, compose
from letters.demo.sample_mails import DOMAIN, SENDER, SERVICE_ADDRESS, message_of
from letters.domain.journal import MessageKind
from letters.sample_facts import SAMPLES, Sample
from tests.support.mails import messages
from tests.support.need import need

MOST = 0.5
"""Points; five make a mail spam."""

PROGRAM = "spamassassin"
NAME = "X-Sample"
LARGEST = {"digest-many-sections", "status_links-more-than-are-named", "reminder-several"}
_SCORE = re.compile(r"score=(-?[\d.]+) .*tests=(\S+)")

need(PROGRAM, shutil.which(PROGRAM) is not None, "on Debian: apt-get install spamassassin")


def chosen() -> list[Sample]:
    """Return the first sample of each kind, and the largest mails."""
    first = {kind: next(s for s in SAMPLES if s.kind is kind) for kind in MessageKind}
    return [*first.values(), *(sample for sample in SAMPLES if sample.name in LARGEST)]


def as_received(sample: Sample) -> bytes:
    """Return a mail with what the receiver's own server adds: from where it came, and when."""
    message = message_of(sample, messages(), CalendarFiles(DOMAIN))
    added = (
        f"Return-Path: <{SERVICE_ADDRESS}>\r\n"
        f"Received: from mail.{DOMAIN} (mail.{DOMAIN} [IPv6:2001:db8::25])\r\n"
        f"\tby mx.fjord.example.org (Postfix) with ESMTPS id 4X1B2C3D4E\r\n"
        f"\tfor <{message.to}>; {format_datetime(message.date)}\r\n"
        f"{NAME}: {sample.name}\r\n"
    )
    return added.encode() + compose(message, Mailbox.read("the sender", SENDER))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, str]]:
    """Each sample's score, and the names of the tests that it met."""
    home: Path = tmp_path_factory.mktemp("spamassassin")
    mbox = b"".join(
        b"From sender Wed Mar  3 13:05:01 2027\n"
        + re.sub(rb"(?m)^(>*From )", rb">\1", as_received(sample).replace(b"\r\n", b"\n"))
        + b"\n"
        for sample in chosen()
    )
    done = subprocess.run(  # noqa: S603 -- a fixed program
        [PROGRAM, "--local", "--nocreate-prefs", "--mbox"],
        input=mbox,
        capture_output=True,
        check=True,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    mails = re.split(rb"(?m)^From sender ", done.stdout)[1:]
    return dict(verdict(mail.partition(b"\n")[2]) for mail in mails)


def verdict(raw: bytes) -> tuple[str, tuple[float, str]]:
    """Read what SpamAssassin says of a mail in the headers that it adds."""
    mail = message_from_bytes(raw)
    found = _SCORE.search(re.sub(r",\s+", ",", " ".join(mail["X-Spam-Status"].split())))
    assert found is not None, mail["X-Spam-Status"]
    return mail[NAME], (float(found[1]), found[2])


@pytest.mark.parametrize("name", [sample.name for sample in chosen()])
def test_no_mail_looks_like_spam(name: str, verdicts: dict[str, tuple[float, str]]) -> None:
    score, tests_met = verdicts[name]
    assert score <= MOST, tests_met
