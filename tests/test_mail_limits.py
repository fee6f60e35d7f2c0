"""The settings of how fast mails go out, when one is late, and who may read the metrics."""

import base64
from datetime import timedelta

import pytest

from letters.domain.pacing import Rates
from letters.settings import Settings, SettingsError

ENOUGH = {
    "LETTERS_SECRET_KEYS": "a-secret-key-that-has-at-least-32-characters",
    "LETTERS_STORE_KEYS": base64.urlsafe_b64encode(bytes(range(32))).decode("ascii"),
}
TOKEN = "a-token-for-the-metrics-of-32-characters"


def problems(**changes: str) -> list[str]:
    try:
        Settings.from_env({**ENOUGH, **changes})
    except SettingsError as error:
        return error.problems
    return []


def test_without_them_nothing_is_limited_and_nothing_told() -> None:
    settings = Settings.from_env(ENOUGH)
    assert (settings.rates.are_any, settings.late_after, settings.metrics_token) == (
        False,
        timedelta(minutes=15),
        "",
    )


def test_they_are_read() -> None:
    given = {
        "LETTERS_MAIL_RATE": "600",
        "LETTERS_MAIL_RATE_PER_DOMAIN": "default=60, Example.ORG=20,example.com=0,",
        "LETTERS_MAIL_LATE_MINUTES": "5",
        "LETTERS_METRICS_TOKEN": TOKEN,
    }
    settings = Settings.from_env({**ENOUGH, **given})
    assert settings.rates == Rates(600, 60, (("example.com", 0), ("example.org", 20)))
    assert settings.late_after == timedelta(minutes=5)
    assert settings.metrics_token == TOKEN
    assert TOKEN not in repr(settings)


def test_nought_minutes_are_never() -> None:
    assert Settings.from_env({**ENOUGH, "LETTERS_MAIL_LATE_MINUTES": "0"}).late_after is None


@pytest.mark.parametrize("value", ["-1", "fast", "1.5", "1000001", "٣"])
@pytest.mark.parametrize("name", ["LETTERS_MAIL_RATE", "LETTERS_MAIL_LATE_MINUTES"])
def test_what_is_no_number_is_named(name: str, value: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: say ")


@pytest.mark.parametrize("value", ["60", "default", "default=", "example.org=x", "a b=3", "=3"])
def test_a_rate_of_no_domain_is_named_with_an_example(value: str) -> None:
    (problem,) = problems(LETTERS_MAIL_RATE_PER_DOMAIN=f"example.org=20,{value}")
    assert f"{value!r} is no rate; write default=60,example.org=20" in problem


@pytest.mark.parametrize("token", ["short", "x" * 31, f"{TOKEN} {TOKEN}", "ö" * 40])
def test_a_token_that_can_be_guessed_or_not_be_sent_is_refused(token: str) -> None:
    (problem,) = problems(LETTERS_METRICS_TOKEN=token)
    assert problem.startswith("LETTERS_METRICS_TOKEN: use at least 32")
    assert token not in problem


def test_all_problems_are_told_at_once() -> None:
    assert len(problems(LETTERS_MAIL_RATE="x", LETTERS_MAIL_LATE_MINUTES="y")) == 2
