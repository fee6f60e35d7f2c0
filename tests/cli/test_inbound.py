"""The LMTP listener, over real sockets and as a process."""

import json
import signal
import stat
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from letters import inbound
from letters.domain.bounces import LARGEST
from letters.inbound import MOST_CONNECTIONS, MOST_RECIPIENTS, Place
from letters.records import OutboxMessage
from letters.services.returning import Effect
from letters.settings import Settings
from tests.cli.conftest import Run, Spawn
from tests.services.returns import back_to, returns_of, row_of, sent_to
from tests.services.scenes import requested
from tests.support.bounces import ADA, out_of_office, postfix
from tests.support.houses import settings_for
from tests.support.lmtp import LONGEST_STOP, Behind, bring, connected, listening
from tests.support.people import Story
from tests.support.server import HOST, free_port

BACK = "bounces+aaaa@letters.example.org"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation that takes mails that come back."""
    plain = settings_for(database_url, tmp_path)
    return replace(plain, bounce_address="bounces@letters.example.org")


@pytest.fixture
def went(internship: Story) -> OutboxMessage:
    """A mail that went to Ada."""
    requested(internship)
    internship.deliver()
    return sent_to(internship, ADA)


# --- what is taken ----------------------------------------------------------------------------


def test_what_is_taken_is_written_down_before_the_answer(
    internship: Story, went: OutboxMessage
) -> None:
    back = back_to(internship, went)
    with listening(returns_of(internship).take) as place, connected(place) as client:
        assert bring(client, out_of_office(), back) == [250]
        assert row_of(internship, went.id).bounced_at is None
        assert bring(client, postfix(), "nobody@example.org", back) == [250, 250]
        assert row_of(internship, went.id).bounced_at is not None


def test_each_recipient_has_an_answer_of_its_own_and_sees_the_same_mail() -> None:
    behind = Behind()
    mail = b"Subject: dots\r\n\r\n.\r\n..two\r\nplain \xff\r\n"
    with listening(behind.take) as place, connected(place) as client:
        assert bring(client, mail, "a@example.org", "b@example.org") == [250, 250]
        assert client.noop()[0] == 250
    assert [recipient for recipient, _ in behind.brought] == ["a@example.org", "b@example.org"]
    assert {content.rstrip() for _, content in behind.brought} == {mail.rstrip()}


@pytest.mark.parametrize("line", [b"x" * 50 + b"\r\n", b"y" * 4096, b"\r"])
def test_of_a_mail_of_any_size_and_any_lines_the_beginning_is_kept(line: bytes) -> None:
    behind = Behind()
    mail = b"Subject: big\r\n\r\n" + line * (2 * LARGEST // len(line))
    with listening(behind.take) as place, connected(place) as client:
        assert bring(client, mail, BACK) == [250]
    ((_, content),) = behind.brought
    assert content == mail[:LARGEST]


def test_a_socket_in_a_folder_is_for_the_group(tmp_path: Path) -> None:
    behind, path = Behind(), tmp_path / "inbound.sock"
    for _ in range(2):
        with listening(behind.take, Place(path=str(path))) as place, connected(place) as client:
            assert bring(client, postfix(), BACK) == [250]
            assert stat.S_IMODE(path.stat().st_mode) == 0o660


# --- what is to come again --------------------------------------------------------------------


@pytest.mark.parametrize("effect", [OSError("the database is away"), Effect.TOO_EARLY])
def test_what_could_not_be_written_down_is_to_come_again(effect: Effect | Exception) -> None:
    behind = Behind(effect)
    with listening(behind.take) as place, connected(place) as client:
        assert bring(client, postfix(), BACK, BACK) == [451, 451]
        behind.effect = Effect.UNREACHABLE
        assert bring(client, postfix(), BACK) == [250]


def test_what_was_not_sent_to_its_end_was_not_taken() -> None:
    behind = Behind()
    with listening(behind.take) as place:
        with connected(place) as client:
            client.mail("")
            client.rcpt(BACK)
            client.docmd("DATA")
            client.send(postfix())
        with connected(place) as client:
            assert client.noop()[0] == 250
    assert behind.brought == []


# --- limits -----------------------------------------------------------------------------------


def test_too_many_connections_are_told_to_come_again() -> None:
    with listening(Behind().take) as place:
        held = [connected(place) for _ in range(MOST_CONNECTIONS)]
        clients = [one.__enter__() for one in held]
        with pytest.raises(OSError, match="421"), connected(place):
            pass
        clients[0].quit()
        assert _is_let_in(place)
        for client in clients:
            client.close()


def _is_let_in(place: Place) -> bool:
    """Say whether there is room again, before long."""
    deadline = time.monotonic() + LONGEST_STOP
    while time.monotonic() < deadline:
        with suppress(OSError), connected(place) as client:
            return client.noop()[0] == 250
    return False


def test_too_many_recipients_come_in_another_mail() -> None:
    with listening(Behind().take) as place, connected(place) as client:
        client.mail("")
        codes = [client.rcpt(BACK)[0] for _ in range(MOST_RECIPIENTS + 1)]
    assert set(codes[:-1]) == {250}
    assert codes[-1] == 452


def test_silence_ends_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "SECONDS_PER_COMMAND", 0.2)
    with listening(Behind().take) as place, connected(place) as client:
        assert client.sock is not None
        client.sock.settimeout(LONGEST_STOP)
        assert client.sock.recv(100) == b""


def test_commands_out_of_turn_are_refused() -> None:
    with listening(Behind().take) as place, connected(place) as client:
        assert client.docmd("DATA")[0] == 503
        client.mail("")
        assert client.docmd("DATA")[0] == 503
        assert client.docmd("EHLO mx.example.org")[0] == 500


@pytest.mark.parametrize("text", ["", "8024", "127.0.0.1:", "127.0.0.1:0", "::1:65536", "unix:x"])
def test_a_place_is_a_port_or_a_path(run: Run, text: str) -> None:
    done = run("inbound", "--listen", text)
    assert done.exit_code == 2
    assert "neither HOST:PORT nor unix:/PATH" in done.stderr


def test_a_place_may_have_a_name_or_brackets() -> None:
    assert Place.read("localhost:24") == Place("localhost", 24)
    assert Place.read("[::1]:8024") == Place("::1", 8024)
    assert Place.read("unix:/run/letters/inbound.sock") == Place(path="/run/letters/inbound.sock")


# --- stopping ---------------------------------------------------------------------------------


def test_asked_to_stop_it_answers_what_it_was_given() -> None:
    behind = Behind()
    behind.may_answer.clear()
    with ExitStack() as stack:
        with listening(behind.take) as place:
            client = stack.enter_context(connected(place))
            client.mail("")
            client.rcpt(BACK)
            client.docmd("DATA")
            client.send(b"Subject: last\r\n.\r\n")
            assert behind.asked.wait(LONGEST_STOP)
            threading.Timer(0.2, behind.may_answer.set).start()
        assert client.getreply()[0] == 250
    assert [recipient for recipient, _ in behind.brought] == [BACK]


def test_what_takes_too_long_is_left_unanswered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "SECONDS_TO_FINISH", 0.1)
    behind = Behind()
    behind.may_answer.clear()
    with ExitStack() as stack:
        with listening(behind.take) as place:
            client = stack.enter_context(connected(place))
            client.mail("")
            client.rcpt(BACK)
            client.docmd("DATA")
            client.send(b"Subject: slow\r\n.\r\n")
            assert behind.asked.wait(LONGEST_STOP)
        with pytest.raises(OSError, match="closed"):
            client.getreply()
        behind.may_answer.set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_as_a_process_it_takes_mails_until_it_is_asked_to_stop(
    spawn: Spawn, internship: Story, went: OutboxMessage
) -> None:
    place = Place(HOST, free_port())
    listen = f"{place.host}:{place.port}"
    process = spawn("-m", "letters", "inbound", "--listen", listen)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "inbound.started"
    # Not in this process, whose thread may be busy with what drives the browsers.
    again = spawn("-m", "letters", "inbound", "--listen", listen)
    _, said = again.communicate(timeout=60)
    assert (again.returncode, f"Nothing can be taken at {listen}" in said) == (1, True)
    with connected(place) as client:
        assert bring(client, postfix(), back_to(internship, went)) == [250]
        process.send_signal(signal.SIGTERM)
        asked_at = time.monotonic()
        printed, errors = process.communicate(timeout=60)
    assert time.monotonic() - asked_at < LONGEST_STOP
    assert (process.returncode, errors) == (0, "")
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [line["event"] for line in lines] == ["return", "inbound.stopped"]
    assert lines[-1]["unreachable"] == 1
    assert "@" not in printed
    assert row_of(internship, went.id).bounced_at is not None
