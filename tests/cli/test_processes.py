"""The commands that stay: the worker and the server, as processes; and wsgi.py."""

import json
import runpy
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

import pytest

from letters.adapters.mailer import read_folder
from letters.cli import serve
from letters.house import House
from letters.records import OutboxMessage, OutboxStatus
from letters.services.claiming import claim_next
from letters.settings import Settings, SettingsError
from tests.cli.conftest import Run, Spawn
from tests.support.people import MIRA, SYSTEM, Story
from tests.support.server import free_port
from tests.support.smtp import Fault, SmtpSink

CHECKOUT = Path(__file__).parents[2]
LONGEST_WAIT = 60.0
LONGEST_STOP = 10.0

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Processes are slow to start, and the loop itself is tested on both kinds of database."""

IMPATIENT_WORKER = """
from letters.cli import letters
from letters.cli import worker
worker.SECONDS_TO_FINISH = 0.5
letters(["worker"])
"""


def _wait_until(true: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _stop(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[str, str]:
    """Send a signal; return what the process printed, once it has ended in time."""
    process.send_signal(number)
    asked_at = time.monotonic()
    printed = process.communicate(timeout=LONGEST_WAIT)
    assert time.monotonic() - asked_at < LONGEST_STOP
    return printed


@pytest.fixture
def nothing_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server end at once, where it would be started."""
    monkeypatch.setattr(serve, "run", lambda *_: None)


def _statuses(house: House) -> list[OutboxStatus]:
    with house.works.look(SYSTEM) as work:
        return [row.status for row in work.session.query(OutboxMessage)]


@on_sqlite
class TestWorker:
    def test_once_delivers_and_ends(
        self, run: Run, internship: Story, environment: Settings
    ) -> None:
        internship.apply()

        result = run("worker", "--once")

        assert result.exit_code == 0
        folder = Path(environment.mail_url.removeprefix("file:"))
        assert [mail["To"] for mail in read_folder(folder)] == [MIRA.applicant_email]
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert [line["event"] for line in lines] == ["worker.started", "mail", "worker.stopped"]
        assert "@" not in result.stdout
        assert "http" not in result.stdout

    def test_it_sends_at_once_what_one_that_is_no_more_had_taken_on(
        self, run: Run, internship: Story
    ) -> None:
        internship.apply()
        with internship.house.works.change(SYSTEM) as work:
            assert claim_next(work) is not None
        result = run("worker", "--once")
        events = [json.loads(line)["event"] for line in result.stdout.splitlines()]
        assert events == ["worker.started", "worker.took_over", "mail", "worker.stopped"]
        assert _statuses(internship.house) == [OutboxStatus.SENT]

    @pytest.mark.usefixtures("environment")
    def test_once_fails_when_the_database_does(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")

        result = run("worker", "--once")

        assert result.exit_code == 1
        assert "`letters db upgrade`" in result.stderr

    def test_the_signals_are_as_before_when_it_has_ended(self, run: Run, internship: Story) -> None:
        before = signal.getsignal(signal.SIGTERM)

        assert run("worker", "--once").exit_code == 0

        assert signal.getsignal(signal.SIGTERM) == before
        assert _statuses(internship.house) == []

    @pytest.mark.usefixtures("environment")
    def test_a_port_for_metrics_that_is_taken_is_named(self, run: Run) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            result = run("worker", "--once", "--metrics", str(port))
        assert result.exit_code == 1
        assert f"No metrics can be told at port {port}: Address already in use." in result.output

    def test_it_works_until_it_is_asked_to_stop(self, spawn: Spawn, internship: Story) -> None:
        internship.apply()
        port = free_port()
        worker = spawn("-m", "letters", "worker", "--metrics", str(port))
        _wait_until(lambda: _statuses(internship.house) == [OutboxStatus.SENT], worker)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=LONGEST_WAIT) as answer:
            assert (
                b'letters_mails_total{kind="application_submitted",outcome="sent"} 1.0'
                in answer.read()
            )

        printed, errors = _stop(worker, signal.SIGTERM)

        assert worker.returncode == 0
        assert json.loads(printed.splitlines()[-1])["event"] == "worker.stopped"
        assert not errors

    def test_a_mail_that_hangs_at_ctrl_c_is_given_back_to_the_next_worker(
        self, spawn: Spawn, internship: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        internship.apply()
        with SmtpSink(faults=[Fault.SILENCE]) as silent:
            monkeypatch.setenv("LETTERS_MAIL_URL", f"smtp://{silent.host}:{silent.port}")
            worker = spawn("-c", IMPATIENT_WORKER)
            _wait_until(lambda: _statuses(internship.house) == [OutboxStatus.SENDING], worker)
            time.sleep(0.5)

            printed, errors = _stop(worker, signal.SIGINT)

        assert worker.returncode == 0
        told = [json.loads(line) for line in printed.splitlines()]
        assert [line["event"] for line in told[-3:]] == [
            "mail",
            "worker.cut_short",
            "worker.stopped",
        ]
        assert told[-3]["outcome"] == "given_back"
        assert not errors
        assert _statuses(internship.house) == [OutboxStatus.QUEUED]


@on_sqlite
class TestServe:
    @pytest.mark.usefixtures("environment")
    def test_it_answers_until_it_is_asked_to_stop(
        self, spawn: Spawn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = free_port()
        monkeypatch.setenv("LETTERS_BASE_URL", f"http://127.0.0.1:{port}")
        server = spawn("-m", "letters", "serve", "--port", str(port), "--threads", "2")
        _wait_until(lambda: _answers(f"http://127.0.0.1:{port}/readyz"), server)

        _, errors = _stop(server, signal.SIGTERM)

        assert server.returncode == 0
        assert "Traceback" not in errors

    @pytest.mark.usefixtures("environment")
    def test_a_port_that_is_taken_is_named(self, spawn: Spawn) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            server = spawn("-m", "letters", "serve", "--port", str(port))
            _, errors = server.communicate(timeout=LONGEST_WAIT)

        assert server.returncode == 1
        assert errors.startswith(f"Error: Nothing can be served at 127.0.0.1:{port}: Address")
        assert errors.count("\n") == 1

    @pytest.mark.usefixtures("environment", "nothing_served")
    def test_a_port_that_somebody_would_share_is_taken_too(self, run: Run) -> None:
        with socket.create_server(("127.0.0.1", 0), reuse_port=True) as shared:
            port = shared.getsockname()[1]
            for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 -- nothing is served there
                result = run("serve", "--host", host, "--port", str(port))
                assert result.exit_code == 1
                assert result.stderr == (
                    f"Error: Nothing can be served at {host}:{port}: Address already in use\n"
                )

    @pytest.mark.usefixtures("environment", "nothing_served")
    def test_a_port_that_was_served_a_moment_ago_is_not(self, run: Run) -> None:
        with socket.create_server(("127.0.0.1", 0)) as before:
            port = before.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)) as client:
                before.accept()[0].close()
                assert client.recv(1) == b""
        assert run("serve", "--port", str(port)).exit_code == 0


@pytest.mark.usefixtures("nothing_served")
@pytest.mark.parametrize("host", ["localhost", "", "fe80::1%eth0"])
def test_a_host_that_is_no_ip_address_is_refused(run: Run, host: str) -> None:
    result = run("serve", "--host", host)
    assert result.exit_code == 2
    assert f"“{host}” is no IP address. Give one, such as 127.0.0.1" in result.stderr


class TestWsgi:
    @on_sqlite
    @pytest.mark.usefixtures("environment")
    def test_with_good_settings_there_is_an_application_and_no_link_in_a_log(
        self, spawn: Spawn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
        filters = "[len(logging.getLogger(name).filters) for name in ACCESS_LOGS]"
        program = "import logging, wsgi; from letters.logs import ACCESS_LOGS; "
        python = spawn("-c", f"{program} print(wsgi.app.name, {filters})")

        assert python.communicate(timeout=LONGEST_WAIT)[0] == "letters.web [1, 1, 1, 1]\n"

    @on_sqlite
    @pytest.mark.usefixtures("environment")
    @pytest.mark.parametrize(
        "command",
        [
            "gunicorn wsgi:app --bind 127.0.0.1:{port}",
            "granian --interface wsgi wsgi:app --host 127.0.0.1 --port {port}",
            "flask --app wsgi run --port {port}",
        ],
    )
    def test_other_servers_serve_it_as_well(
        self, spawn: Spawn, monkeypatch: pytest.MonkeyPatch, command: str
    ) -> None:
        monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
        port = free_port()
        server = spawn("-m", *command.format(port=port).split())

        _wait_until(lambda: _answers(f"http://127.0.0.1:{port}/healthz"), server)
        _stop(server, signal.SIGTERM)

    def test_bad_settings_raise_with_every_problem_so_that_servers_stop(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LETTERS_BASE_URL", "http://letters.example.org")

        with pytest.raises(SettingsError) as raised:
            runpy.run_path(str(CHECKOUT / "wsgi.py"))

        for name in ("LETTERS_SECRET_KEYS", "LETTERS_STORE_KEYS", "LETTERS_BASE_URL"):
            assert name in str(raised.value)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own loopback server
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False
