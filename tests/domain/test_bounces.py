"""What a report says of a mail and of its address."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.domain.bounces import (
    LONGEST_AFTER,
    Report,
    ReportKind,
    Verdict,
    is_too_late,
    reason_line,
    verdict,
)
from tests.support.people import START

BLINK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("status", "means"),
    [
        ("", Verdict.UNREACHABLE),
        ("5.0.0", Verdict.UNREACHABLE),
        ("5.1.1", Verdict.UNREACHABLE),
        ("5.1.10", Verdict.UNREACHABLE),
        ("5.2.1", Verdict.UNREACHABLE),
        ("5.4.4", Verdict.UNREACHABLE),
        ("5.1.8", Verdict.LOST),
        ("5.2.3", Verdict.LOST),
        ("5.3.4", Verdict.LOST),
        ("5.6.0", Verdict.LOST),
        ("5.7.1", Verdict.LOST),
        ("4.2.2", Verdict.LOST),
        ("4.4.7", Verdict.LOST),
    ],
)
def test_what_failed_is_lost_and_says_something_of_the_address_or_not(
    status: str, means: Verdict
) -> None:
    assert verdict(Report(ReportKind.FAILED, "a", status)) is means


@pytest.mark.parametrize(
    ("report", "means"),
    [
        (Report(ReportKind.DELAYED, "a", "4.4.1"), Verdict.DELAYED),
        (Report(ReportKind.FAILED, "a", "5.1.1", reached_others=True), Verdict.DELAYED),
        (Report(ReportKind.AUTOMATIC, "a"), Verdict.NOTHING),
        (Report(ReportKind.CHALLENGE, "a"), Verdict.NOTHING),
        (Report(ReportKind.OTHER, "a", "5.1.1"), Verdict.NOTHING),
    ],
)
def test_what_may_have_arrived_is_not_lost(report: Report, means: Verdict) -> None:
    assert verdict(report) is means


def test_a_report_means_something_for_a_month() -> None:
    assert not is_too_late(START, START)
    assert not is_too_late(START, START + LONGEST_AFTER)
    assert is_too_late(START, START + LONGEST_AFTER + BLINK)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("550 5.1.1 User unknown", "550 5.1.1 User unknown"),
        ("550 <ada@home.example.com>:\r\n\tunknown", "550 [address] unknown"),
        ("see https://example.org/a?b=c now", "see [link] now"),
        ("see www.example.org", "see [link]"),
        ("", ""),
    ],
)
def test_a_reason_is_one_line_without_addresses_and_links(said: str, told: str) -> None:
    assert reason_line(said) == told


@given(st.text())
@settings(max_examples=100)
def test_a_reason_is_short_and_can_be_shown(said: str) -> None:
    told = reason_line(said)
    assert len(told) <= 300
    assert "@" not in told
    assert told.isprintable()
