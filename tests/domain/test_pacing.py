"""How fast mails may go out: evenly, and never more within a minute than the operator said."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.pacing import EVERYWHERE, UNLIMITED, Rates
from tests.domain.builders import NOW

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("rates", "domain", "turns"),
    [
        (UNLIMITED, "example.org", {}),
        (Rates(overall=60), "example.org", {EVERYWHERE: MINUTE / 60}),
        (Rates(each_domain=6), "example.org", {"example.org": MINUTE / 6}),
        (Rates(60, 6), "example.org", {EVERYWHERE: MINUTE / 60, "example.org": MINUTE / 6}),
        (Rates(0, 6, (("example.org", 2),)), "example.org", {"example.org": MINUTE / 2}),
        (Rates(0, 6, (("example.org", 2),)), "example.com", {"example.com": MINUTE / 6}),
        (Rates(0, 6, (("example.org", 0),)), "example.org", {}),
        (Rates(0, 0, (("example.org", 2),)), "example.com", {}),
    ],
)
def test_each_mail_needs_the_turns_that_are_limited(
    rates: Rates, domain: str, turns: dict[str, timedelta]
) -> None:
    assert dict(rates.turns(domain)) == turns


@pytest.mark.parametrize(
    ("rates", "limited"),
    [
        (UNLIMITED, False),
        (Rates(domains=(("example.org", 0),)), False),
        (Rates(overall=1), True),
        (Rates(each_domain=1), True),
        (Rates(domains=(("example.org", 1),)), True),
    ],
)
def test_where_nothing_is_limited_nobody_asks(rates: Rates, limited: bool) -> None:
    assert rates.are_any is limited


@given(st.integers(1, 100_000), st.lists(st.floats(0, 90), max_size=40))
def test_within_any_minute_there_are_no_more_than_that(rate: int, waits: list[float]) -> None:
    ((_, length),) = Rates(overall=rate).turns("example.org")
    now = free_at = NOW
    sent = []
    for wait in waits:
        now += timedelta(seconds=wait) / rate
        if free_at <= now:
            sent.append(now)
            free_at = now + length
    for first in sent:
        assert sum(first <= at < first + rate * length for at in sent) <= rate
    assert rate * length >= MINUTE - timedelta(milliseconds=rate / 1000)
