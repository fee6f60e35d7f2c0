"""Mailers over SMTP that are closed when a test is over, whatever became of it."""

import threading
from collections.abc import Iterator

import pytest

from letters.adapters.mailer import SmtpMailer
from tests.adapters.mails import SENDER
from tests.support.smtp import SmtpSink, Tls

_made: list[SmtpMailer] = []


def mailer_on(url: str, **limits: float) -> SmtpMailer:
    """Return a mailer for the server at `url`; a test that uses it needs `nothing_left_running`."""
    mailer = SmtpMailer(url, SENDER, **limits)
    _made.append(mailer)
    return mailer


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Close the mailers, and check that no thread of theirs is left."""
    before = threading.active_count()
    yield
    while _made:
        _made.pop().close()
    assert threading.active_count() == before


def url_of(sink: SmtpSink, *, login: str = "", options: str = "") -> str:
    """Return the URL at which a sink is reached."""
    scheme = "smtps" if sink.tls is Tls.IMPLICIT else "smtp"
    return f"{scheme}://{login and login + '@'}{sink.host}:{sink.port}{options}"
