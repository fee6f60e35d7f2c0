"""What the URL of a mail server means, and that no password shows by accident."""

import pytest

from letters.adapters.mailer import SmtpMailer
from letters.mail_server import Protection, Server
from tests.adapters.mails import SENDER

LOGIN = ("letters", "p@ss:w/rd?#")
QUOTED_LOGIN = "letters:p%40ss%3Aw%2Frd%3F%23"


@pytest.mark.parametrize(
    ("url", "host", "port", "protection"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, Protection.STARTTLS),
        ("SMTP://Mail.Example.org:2525/", "mail.example.org", 2525, Protection.STARTTLS),
        ("smtps://mail.example.org", "mail.example.org", 465, Protection.IMPLICIT),
        ("smtp://mail.example.org?tls=none", "mail.example.org", 587, Protection.NONE),
        ("smtp://localhost", "localhost", 25, Protection.NONE),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Protection.NONE),
        ("smtp://[::1]:1025", "::1", 1025, Protection.NONE),
        ("smtp://localhost?tls=starttls", "localhost", 25, Protection.STARTTLS),
    ],
)
def test_what_they_mean(url: str, host: str, port: int, protection: Protection) -> None:
    server = Server.from_url(url)
    assert (server.host, server.port, server.protection) == (host, port, protection)
    assert (server.user, server.password) == ("", "")


def test_user_and_password_are_percent_encoded() -> None:
    server = Server.from_url(f"smtp://{QUOTED_LOGIN}@mail.example.org")
    assert (server.user, server.password) == LOGIN


def test_a_password_may_go_in_the_clear_on_this_machine_only() -> None:
    assert Server.from_url("smtp://letters:secret@localhost").user == "letters"
    with pytest.raises(ValueError, match="in the clear"):
        Server.from_url("smtp://letters:secret@mail.example.org?tls=none")


def test_certificates_and_host_names_are_verified() -> None:
    trust = Server.from_url("smtp://mail.example.org").trust
    assert trust.check_hostname
    assert trust.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize(
    "url",
    [
        "smtp:mail.example.org",
        "smtp://",
        "smtp://:25",
        "smtp://mail example.org",
        "smtp://letters:secret@mail.example.org:0x19",
        "smtp://letters:secret@mail.example.org:99999",
        "smtp://letters:sec/ret@mail.example.org",
        "smtp://letters:sec#ret@mail.example.org",
        "smtp://letters:sec?ret@mail.example.org",
        "smtp://letters@mail.example.org",
        "smtp://:secret@mail.example.org",
        "smtp://letters:secrét@mail.example.org",
        "smtp://letters:sec%0Aret@mail.example.org",
        "smtp://letters:secret@mail.example.org/path",
        "smtp://letters:secret@mail.example.org?tls=maybe",
        "smtp://letters:secret@mail.example.org?tls",
        "smtp://letters:secret@mail.example.org?timeout=5",
        "smtp://letters:secret@mail.example.org?ca=/nowhere/authority.pem",
        "smtp://letters:secret@[::1",
        "smtps://letters:secret@mail.example.org?tls=none",
        "smtps://letters:secret@mail.example.org?tls=starttls",
        "http://letters:secret@mail.example.org",
    ],
)
def test_what_cannot_work_is_said_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        SmtpMailer(url, SENDER)
    assert "sec" not in str(caught.value)


def test_the_password_does_not_show_by_accident() -> None:
    assert "secret" not in repr(Server.from_url("smtps://letters:secret@mail.example.org"))


def test_a_sender_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="the sender"):
        SmtpMailer("smtp://localhost", "Letters")
