"""The settings of how fast mails go out, when one is late, and who may read the metrics."""

import re
from collections.abc import Mapping
from datetime import timedelta

from letters.domain.pacing import Rates

RATE = "LETTERS_MAIL_RATE"
RATE_PER_DOMAIN = "LETTERS_MAIL_RATE_PER_DOMAIN"
LATE_MINUTES = "LETTERS_MAIL_LATE_MINUTES"
METRICS_TOKEN = "LETTERS_METRICS_TOKEN"  # noqa: S105 -- the name of a variable

DEFAULT_LATE_MINUTES = 15
MOST = 1_000_000
SHORTEST_TOKEN = 32
DEFAULT = "default"

_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")


def read_rates(given: Mapping[str, str], problems: list[str]) -> Rates:
    """Read how many mails a minute may go out, in all and to each domain."""
    overall = _number(given.get(RATE) or "0")
    if overall is None:
        problems.append(f"{RATE}: say how many mails a minute may go out; 0 is no limit.")
    domains = dict(_domain_rates(given, problems))
    return Rates(overall or 0, domains.pop(DEFAULT, 0), tuple(sorted(domains.items())))


def read_late_after(given: Mapping[str, str], problems: list[str]) -> timedelta | None:
    """Read how long a mail may be due before the service counts as not ready; None for ever."""
    minutes = _number(given.get(LATE_MINUTES) or str(DEFAULT_LATE_MINUTES))
    if minutes is None:
        problems.append(f"{LATE_MINUTES}: say after how many minutes a mail is late; 0 is never.")
    return timedelta(minutes=minutes) if minutes else None


def read_metrics_token(given: Mapping[str, str], problems: list[str]) -> str:
    """Read what a caller of /metrics has to show; empty where there are no metrics."""
    token = given.get(METRICS_TOKEN, "")
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or " " in token):
        problems.append(
            f"{METRICS_TOKEN}: use at least {SHORTEST_TOKEN} random letters and digits."
        )
    return token


def _domain_rates(given: Mapping[str, str], problems: list[str]) -> list[tuple[str, int]]:
    rates = []
    for part in filter(None, (each.strip() for each in given.get(RATE_PER_DOMAIN, "").split(","))):
        domain, _, number = part.lower().partition("=")
        rate = _number(number)
        if rate is None or not _DOMAIN.fullmatch(domain):
            problems.append(
                f"{RATE_PER_DOMAIN}: {part!r} is no rate; write default=60,example.org=20, "
                "in mails a minute."
            )
            continue
        rates.append((domain, rate))
    return rates


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and int(text) <= MOST):
        return None
    return int(text)
