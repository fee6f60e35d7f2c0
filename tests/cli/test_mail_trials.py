"""A mail on trial: what the operator reads when it goes, and why when it does not."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from letters.cli.mail_trial import explained
from letters.domain.errors import AddressRefused, DeliveryDeferred, DeliveryRefused
from letters.domain.mail_advice import ASK_THE_SERVER
from letters.settings import Settings
from tests.cli.conftest import Run
from tests.support.server import free_port
from tests.support.smtp import Fault, SmtpSink

pytestmark = pytest.mark.usefixtures("installed")

ADA = "ada@example.org"


def test_a_mail_that_goes_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with SmtpSink() as sink:
        monkeypatch.setenv("LETTERS_MAIL_URL", f"smtp://{sink.host}:{sink.port}")
        result = run("check", "--mail", ADA)
        as_json = json.loads(run("check", "--mail", ADA, "--json").stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = sink.messages
    assert f"took a mail to {ADA}, {first.message['Message-ID']}." in result.stdout
    assert "Mail that arrives" in result.stdout
    assert as_json == {"problems": [], "message_id": second.message["Message-ID"]}
    assert first.recipients == (ADA,)
    assert first.message["Auto-Submitted"] == "auto-generated"
    assert first.message["Reply-To"] == "letters@letters.example.org"
    body = first.message.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("Nothing is asked of you: ")


def test_into_a_folder_it_goes_too(run: Run, environment: Settings) -> None:
    assert run("check", "--mail", ADA).exit_code == 0
    [file] = Path(environment.mail_url.removeprefix("file:")).glob("*.eml")
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == ADA


def test_an_address_that_nobody_reads_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with SmtpSink(refused=[ADA]) as sink:
        monkeypatch.setenv("LETTERS_MAIL_URL", f"smtp://{sink.host}:{sink.port}")
        result = run("check", "--mail", ADA)
    assert result.exit_code == 1
    assert result.stderr.startswith("mail: The address was refused: 550")
    assert "nobody is reached at that address" in result.stderr


def test_a_server_that_asks_for_patience_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with SmtpSink() as sink:
        sink.faults.extend([Fault.DEFER, Fault.DEFER])
        monkeypatch.setenv("LETTERS_MAIL_URL", f"smtp://{sink.host}:{sink.port}")
        result = run("check", "--mail", ADA)
    assert result.exit_code == 1
    assert "the worker does so by itself" in result.stderr


def test_trouble_with_the_connection_is_said_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LETTERS_MAIL_URL", f"smtp://127.0.0.1:{free_port()}")
    result = run("check", "--mail", ADA)
    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert "Connection refused: nobody listens there" in line


def test_what_is_no_address_is_said(run: Run) -> None:
    result = run("check", "--mail", "ada")
    assert result.exit_code == 1
    assert "not a complete e-mail address" in result.stderr


def test_with_settings_that_do_not_work_nothing_is_sent(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LETTERS_MAIL_URL", "telnet://there")
    result = run("check", "--mail", ADA)
    assert result.exit_code == 1
    assert result.stderr.startswith("settings: ")


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("[Errno -2] Name or service not known", "the server's name is not known"),
        ("[Errno 111] Connection refused", "nobody listens there"),
        ("timed out", "the server is silent"),
        ("not done after 60 seconds", "the server is silent"),
        ("STARTTLS extension not supported by server.", "offers no STARTTLS"),
        ("530 5.7.0 Must issue a STARTTLS command first", "add ?tls=starttls"),
        ("530 TLS required", "add ?tls=starttls"),
        ("538 5.7.11 Encryption required for requested mechanism", "add ?tls=starttls"),
        ("530 5.7.0 Authentication required", "signing in was refused"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "is not trusted"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", "could not be agreed"),
        ("535 5.7.8 Error: authentication failed", "signing in was refused"),
        ("SMTP AUTH extension not supported by server.", "signing in was refused"),
        ("454 4.7.1 Relay access denied", "takes no mail from this sender"),
        ("451 4.7.1 Greylisted", "come again later"),
        ("Connection unexpectedly closed", "hung up in the middle"),
        ("[Errno 17] File exists: '/etc/ssl/passwd'", "cannot be written to the folder"),
        ("[Errno 28] No space left on device", "cannot be written to the folder"),
        ("something else", ASK_THE_SERVER),
    ],
)
def test_each_reason_has_its_advice(reason: str, advice: str) -> None:
    said = explained(DeliveryDeferred(reason=reason))
    assert reason in said
    assert advice in said


def test_a_refusal_is_explained_by_what_was_refused() -> None:
    assert "nobody is reached" in explained(AddressRefused(reason="550 5.1.1 unknown"))
    assert "from this sender" in explained(DeliveryRefused(reason="550 5.7.1 rejected"))
