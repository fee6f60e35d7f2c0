"""One connection serves many mails, and no mail pays for what became of the connection."""

import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

import pytest

from letters.adapters.mailer import connection
from letters.domain.errors import (
    AddressRefused,
    DeliveryDeferred,
    DeliveryRefused,
    MailServerUnavailable,
)
from letters.ports import Message, TimeIsUp
from tests.adapters.mailers import mailer_on, nothing_left_running, url_of
from tests.adapters.mails import MESSAGE
from tests.adapters.scripted_smtp import ALL_AT_ONCE, HANG_UP, PUT_OFF, ScriptedServer
from tests.support.smtp import SmtpSink

__all__ = ["nothing_left_running"]

OK = b"250 OK"
NEXT = replace(MESSAGE, to="another.referee@example.org")


one_by_one_and_at_once = pytest.mark.parametrize("offers", [{}, ALL_AT_ONCE])
"""Servers that take one command after the other, and those that take several (RFC 2920)."""


@one_by_one_and_at_once
def test_many_mails_go_on_one_connection_one_transaction_each(offers: Mapping[str, bytes]) -> None:
    with ScriptedServer(offers) as server:
        mailer = mailer_on(server.url)
        for _ in range(5):
            mailer.send(MESSAGE)
        mailer.close()
        assert (server.connections, server.taken) == (1, 5)
        commands = [line.split()[0] for line in server.heard]
    assert commands == ["ehlo", *["mail", "rcpt", "data"] * 5, "quit"]


def test_an_envelope_is_said_at_once_to_a_server_that_takes_it_so() -> None:
    """It answers nothing before it has heard all of it."""
    answers = {"MAIL": PUT_OFF, "RCPT": PUT_OFF, "DATA": b"250 OK\r\n250 OK\r\n354 Go on"}
    with ScriptedServer({**ALL_AT_ONCE, **answers}) as server:
        mailer = mailer_on(server.url, timeout=2)
        mailer.send(MESSAGE)
        mailer.send(NEXT)
        assert (server.connections, server.taken) == (1, 2)


@pytest.mark.parametrize(
    ("answers", "raised", "said"),
    [
        ({"MAIL": b"553 5.1.8 Not from there", "RCPT": b"503"}, MailServerUnavailable, "553"),
        ({"RCPT": b"550 5.1.1 No such user", "DATA": b"503 Nobody"}, AddressRefused, "550"),
        # It waits for a message to nobody: it is not to take our leave for one.
        ({"RCPT": b"550 5.1.1 No such user"}, AddressRefused, "550"),
        ({"RCPT": b"538 5.7.11 Encryption required"}, MailServerUnavailable, "538"),
        ({"DATA": b"554 5.5.0 Not now"}, DeliveryRefused, "554"),
        ({"message": b"554 5.6.0 Not this"}, DeliveryRefused, "554"),
    ],
)
def test_of_commands_said_at_once_the_one_that_is_refused_is_told(
    answers: Mapping[str, bytes], raised: type[Exception], said: str
) -> None:
    with ScriptedServer({**ALL_AT_ONCE, **answers}) as server:
        with pytest.raises(raised, match=said) as caught:
            mailer_on(server.url, timeout=2).send(MESSAGE)
        assert (caught.type, server.taken) == (raised, 0)


def test_after_it_was_closed_the_next_mail_opens_another() -> None:
    with SmtpSink() as sink:
        mailer = mailer_on(url_of(sink))
        mailer.close()
        for _ in range(2):
            mailer.send(MESSAGE)
            mailer.close()
            mailer.close()
        assert len(sink.messages) == 2


@pytest.mark.parametrize(
    "answer",
    [HANG_UP, b"421 4.4.2 You were idle", b"452 4.5.3 Too many mails", b"550 5.7.1 No more"],
)
@one_by_one_and_at_once
def test_a_connection_that_the_server_has_enough_of_costs_no_attempt(
    answer: bytes, offers: Mapping[str, bytes]
) -> None:
    with ScriptedServer({**offers, "MAIL": (OK, answer, OK)}) as server:
        mailer = mailer_on(server.url)
        mailer.send(MESSAGE)
        mailer.send(NEXT)
        assert (server.connections, server.taken) == (2, 2)


def test_it_is_tried_on_one_more_connection_and_not_on_a_third() -> None:
    with ScriptedServer({"MAIL": (OK, b"451 4.3.0 Later")}) as server:
        mailer = mailer_on(server.url)
        mailer.send(MESSAGE)
        with pytest.raises(DeliveryDeferred, match="451"):
            mailer.send(NEXT)
        assert (server.connections, server.taken) == (2, 1)


@one_by_one_and_at_once
@pytest.mark.parametrize("stage", ["RCPT", "DATA", "message"])
def test_what_is_lost_later_is_told_and_not_sent_twice(
    stage: str, offers: Mapping[str, bytes]
) -> None:
    usual = {"RCPT": OK, "DATA": b"354 Go on", "message": b"250 Taken"}[stage]
    with ScriptedServer({**offers, stage: (usual, HANG_UP, usual)}) as server:
        mailer = mailer_on(server.url)
        mailer.send(MESSAGE)
        with pytest.raises(DeliveryDeferred):
            mailer.send(NEXT)
        assert server.connections == 1
        mailer.send(NEXT)
        assert (server.connections, server.taken) == (2, 2)


@pytest.mark.parametrize("answer", [b"550 5.1.1 No such user", b"450 4.2.1 Greylisted"])
@one_by_one_and_at_once
def test_a_refused_recipient_is_at_nobody_elses_cost(
    answer: bytes, offers: Mapping[str, bytes]
) -> None:
    with ScriptedServer({**offers, "RCPT": (OK, answer, OK)}) as server:
        mailer = mailer_on(server.url)
        mailer.send(MESSAGE)
        with pytest.raises((AddressRefused, DeliveryDeferred)):
            mailer.send(NEXT)
        mailer.send(MESSAGE)
        assert (server.connections, server.taken) == (2, 2)


def test_a_server_that_was_restarted_is_found_again() -> None:
    with SmtpSink() as first:
        mailer = mailer_on(url_of(first))
        mailer.send(MESSAGE)
    with pytest.raises(DeliveryDeferred, match="refused"):
        mailer.send(NEXT)


def test_after_so_many_mails_another_connection_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "MOST_MAILS", 2)
    with ScriptedServer() as server:
        mailer = mailer_on(server.url)
        for _ in range(5):
            mailer.send(MESSAGE)
        assert (server.connections, server.taken) == (3, 5)


@pytest.mark.parametrize("limit", ["LONGEST_IDLE", "LONGEST_LIFE"])
def test_an_old_or_idle_connection_is_closed_and_a_fresh_one_kept(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    with ScriptedServer() as server:
        mailer = mailer_on(server.url)
        mailer.rest()
        mailer.send(MESSAGE)
        mailer.rest()
        mailer.send(MESSAGE)
        assert server.connections == 1
        monkeypatch.setattr(connection, limit, 0.0)
        mailer.rest()
        assert server.heard[-1] == "quit"
        monkeypatch.undo()
        mailer.send(MESSAGE)
        monkeypatch.setattr(connection, limit, 0.0)
        mailer.send(MESSAGE)
        assert (server.connections, server.taken) == (3, 4)


def test_each_mail_has_its_own_time() -> None:
    never_done = b"250-wait"
    with ScriptedServer({"RCPT": (OK, OK, never_done)}) as server:
        mailer = mailer_on(server.url, timeout=60, overall=1.0)
        mailer.send(MESSAGE)
        time.sleep(1.2)
        mailer.send(MESSAGE)
        with pytest.raises(DeliveryDeferred, match=r"not done after 1 seconds"):
            mailer.send(MESSAGE)
        assert (server.connections, server.taken) == (1, 2)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_never_greets_is_given_up_in_the_time_for_one_answer(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mailer = mailer_on(f"{scheme}://127.0.0.1:{port}", timeout=0.5, overall=5)
        with pytest.raises(MailServerUnavailable, match="timed out"):
            mailer.send(MESSAGE)


def test_a_server_that_takes_no_leave_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SECONDS_TO_TAKE_LEAVE", 0.1)
    with ScriptedServer({"QUIT": b"221-" + b"x" * 60_000}, pause=0.0005) as server:
        mailer = mailer_on(server.url)
        mailer.send(MESSAGE)
        mailer.close()
        assert server.heard[-1] == "quit"


# --- when the time is up ----------------------------------------------------------------------


@contextmanager
def _time_is_up_after(seconds: float) -> Iterator[None]:
    def insist(_number: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, insist)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(
    ("stage", "left"),
    [("greeting", False), ("MAIL", False), ("RCPT", False), ("DATA", True), ("message", True)],
)
def test_whoever_has_no_time_left_is_told_whether_any_of_the_mail_may_have_left(
    stage: str, left: bool, kept: bool
) -> None:
    message: Message = MESSAGE
    slowly = b"250 " + b"x" * 4000
    usual = {"DATA": b"354 Go on", "greeting": b"220 Hello"}.get(stage, OK)
    with ScriptedServer({stage: (usual, slowly) if kept else slowly}, pause=0.0005) as server:
        mailer = mailer_on(server.url)
        if kept:
            mailer.send(message)
        if kept and stage == "greeting":
            mailer.close()
        with pytest.raises(TimeIsUp) as caught, _time_is_up_after(0.4):
            mailer.send(message)
    assert caught.value.nothing_left is not left
