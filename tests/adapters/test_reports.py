"""Reading what comes to an address for bounces: each kind of report, and what is none."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from letters.adapters.reports import BounceReports
from letters.domain.bounces import LARGEST, Report, ReportKind
from letters.ports import ReportReader
from tests.support import bounces

READER: ReportReader = BounceReports()


def _read(content: bytes) -> tuple[ReportKind, str, str]:
    report = READER.read(content)
    return report.kind, report.status, report.reason


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (
            bounces.postfix(),
            "5.1.1",
            "550 5.1.1 [address] Recipient address rejected: User unknown",
        ),
        (bounces.exim(), "5.1.1", "550 5.1.1 no such mailbox here"),
        (bounces.exim("550 no such mailbox"), "5.0.0", "550 no such mailbox"),
        (bounces.exim("550 5.7.1 blocked"), "5.7.1", "550 5.7.1 blocked"),
        (bounces.old_exim(), "5.0.0", "host mx.example.edu: 550 unknown user"),
        (bounces.qmail(), "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
        (
            bounces.exchange(),
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
        ),
        (bounces.gmail("4.2.2"), "4.2.2", None),
        (bounces.postfix("5.1.1 (bad destination)", said=""), "5.1.1", "5.1.1 (bad destination)"),
    ],
)
def test_a_report_of_failure_says_why(content: bytes, status: str, reason: str | None) -> None:
    kind, said_status, said = _read(content)
    assert (kind, said_status) == (ReportKind.FAILED, status)
    assert reason is None or said == reason


def test_where_mail_is_passed_on_to_is_not_told() -> None:
    _, _, reason = _read(bounces.gmail())
    assert reason.startswith("550-5.1.1 The email account that you tried to reach does not exist.")
    assert reason.endswith("go to [link]")


def test_what_reached_somebody_is_told_apart() -> None:
    assert READER.read(bounces.partly_expanded()).reached_others is True
    assert READER.read(bounces.postfix()).reached_others is False


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (bounces.delayed(), ReportKind.DELAYED),
        (bounces.delivered(), ReportKind.OTHER),
        (bounces.out_of_office(), ReportKind.AUTOMATIC),
        (bounces.vacation(), ReportKind.AUTOMATIC),
        (bounces.read_receipt(), ReportKind.AUTOMATIC),
        (bounces.challenge(), ReportKind.CHALLENGE),
        (bounces.tmda(), ReportKind.CHALLENGE),
        (bounces.reply(), ReportKind.OTHER),
        (b"", ReportKind.OTHER),
        (b"\r\n\r\n", ReportKind.OTHER),
        (b"From: MAILER-DAEMON@example.edu\r\n\r\nHello.\r\n", ReportKind.OTHER),
    ],
    ids=lambda value: bounces.subject_of(value) if isinstance(value, bytes) else "",
)
def test_what_is_no_failure_is_none(content: bytes, kind: ReportKind) -> None:
    assert READER.read(content).kind is kind


def test_the_same_report_has_the_same_name() -> None:
    names = [READER.read(bounces.delayed(number)).name for number in (1, 1, 2)]
    assert names[0] == names[1] != names[2]
    anonymous = [READER.read(content).name for content in (bounces.old_exim(), bounces.qmail())]
    assert anonymous[0] != anonymous[1]


def test_the_mail_that_is_given_back_is_not_read() -> None:
    big = bounces.postfix() + b"x" * LARGEST
    assert READER.read(big).status == "5.1.1"


@pytest.mark.parametrize("character", [b"a", b"<", b"@", b";", b'"'])
def test_endless_lines_take_no_time(character: bytes) -> None:
    line = character * LARGEST
    began = time.process_time()
    for content in (
        b"From: MAILER-DAEMON@x\nSubject: " + line + b"\n\nfailed addresses follow:\n" + line,
        b"From: MAILER-DAEMON@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        b"Content-Description: notification\nContent-Transfer-Encoding: base64\n"
        b"Content-Type: text/plain\n\n"
        + base64.encodebytes(b"the postfix\n" + line[: LARGEST // 2])
        + b"--b--\n",
        b"X-Failed-Recipients: " + line + b"\n\n" + line,
    ):
        READER.read(content)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: multipart/report; boundary=b\n\n"
        + b"".join(b"--b\nContent-Type: multipart/mixed; boundary=b%d\n\n" % n for n in range(900)),
        b"From: MAILER-DAEMON@x\nContent-Type: text/plain; charset=\xff\xfe\n\n\x00\xff",
        b"Message-ID: \xff\xfe <1@x>\nFrom: MAILER-DAEMON@x\nSubject: \xff\n\nbounced\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nFinal-Recipient: \xff\n",
    ],
)
def test_what_is_broken_breaks_nothing(content: bytes) -> None:
    with capture_logs() as logged:
        assert isinstance(READER.read(content), Report)
    assert {entry["event"] for entry in logged} <= {"report.unreadable"}


@given(st.binary(max_size=300), st.integers(0, 2000))
@settings(max_examples=60)
def test_whatever_comes_is_read(junk: bytes, place: int) -> None:
    whole = bounces.postfix()
    assert READER.read(whole[:place] + junk + whole[place:]).kind in ReportKind
