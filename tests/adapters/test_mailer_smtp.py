"""Mail over SMTP, against real servers: what arrives, what is given up, and what can wait."""

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from letters.adapters.mailer import SmtpMailer
from letters.domain.errors import (
    AddressRefused,
    DeliveryDeferred,
    DeliveryRefused,
    MailServerUnavailable,
)
from letters.mail_server import Server
from letters.ports import Mailer
from tests.adapters.mailers import mailer_on, nothing_left_running, url_of
from tests.adapters.mails import MESSAGE
from tests.adapters.scripted_smtp import HANG_UP, ScriptedServer
from tests.support.smtp import Fault, SmtpSink, Tls

IMPATIENT = 0.5
LOGIN = ("letters", "p@ss:w/rd?#")
QUOTED_LOGIN = "letters:p%40ss%3Aw%2Frd%3F%23"

__all__ = ["nothing_left_running"]


@pytest.fixture
def trusted(tmp_path: Path) -> Callable[[SmtpSink], str]:
    """Return the part of a URL that makes a sink's authority trusted."""

    def option(sink: SmtpSink) -> str:
        file = tmp_path / "authority.pem"
        sink.authority.cert_pem.write_to_path(str(file))
        return f"?ca={file}"

    return option


def _reason(mailer: SmtpMailer, kind: type[DeliveryDeferred | DeliveryRefused]) -> str:
    with pytest.raises(kind) as caught:
        mailer.send(MESSAGE)
    assert caught.type is kind
    return str(caught.value.values["reason"])


class TestWhatArrives:
    def test_one_mail_for_one_recipient(self) -> None:
        with SmtpSink() as sink:
            mailer: Mailer = mailer_on(url_of(sink))
            mailer.send(MESSAGE)
            (received,) = sink.messages
        assert received.sender == "letters@letters.example.org"
        assert received.recipients == ("referee@example.org",)
        assert received.message["Subject"] == "A letter for Ada Lovelace"

    def test_a_mail_comes_back_to_where_it_says(self) -> None:
        back = f"bounces+{'a' * 48}@letters.example.org"
        with SmtpSink() as sink:
            mailer_on(url_of(sink)).send(replace(MESSAGE, envelope_from=back))
            (received,) = sink.messages
        assert received.sender == back
        assert received.message["From"] == "Summer Research <letters@letters.example.org>"
        assert back not in received.raw.decode("ascii")

    def test_headers_that_the_library_doubles_come_once(self) -> None:
        with SmtpSink() as sink:
            mailer_on(url_of(sink)).send(MESSAGE)
            mail = sink.messages[0].message
        assert mail.get_all("Message-ID") == ["<0190f1c2@letters.example.org>"]
        assert mail.get_all("Date") == ["Sun, 04 May 2031 12:00:00 +0000"]
        assert len(mail.keys()) == len(set(mail.keys()))

    def test_lines_that_begin_with_a_dot(self) -> None:
        text = ".\n..\n.hidden\nlast\n"
        with SmtpSink() as sink:
            mailer_on(url_of(sink)).send(replace(MESSAGE, text=text))
            body = sink.messages[0].message.get_body(("plain",))
        assert body is not None
        assert body.get_content().splitlines() == text.splitlines()

    def test_several_mails_one_after_the_other(self) -> None:
        with SmtpSink() as sink:
            mailer = mailer_on(url_of(sink))
            for n in range(5):
                mailer.send(replace(MESSAGE, message_id=f"<{n}@letters.example.org>"))
            ids = [received.message["Message-ID"] for received in sink.messages]
        assert ids == [f"<{n}@letters.example.org>" for n in range(5)]

    def test_nothing_is_printed(self, capfd: pytest.CaptureFixture[str]) -> None:
        with SmtpSink() as sink:
            mailer_on(url_of(sink)).send(MESSAGE)
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize("character", "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028")
    def test_no_header_can_be_smuggled_in(self, character: str) -> None:
        smuggled = replace(MESSAGE, subject=f"Hello{character}Bcc: other@example.org")
        with SmtpSink() as sink:
            with pytest.raises(ValueError, match="control character"):
                mailer_on(url_of(sink)).send(smuggled)
            assert sink.messages == []

    @pytest.mark.parametrize("to", ["", "a@example.org, b@example.org"])
    def test_a_mail_without_its_one_recipient_is_a_mistake(self, to: str) -> None:
        with SmtpSink() as sink:
            with pytest.raises(ValueError, match="recipient"):
                mailer_on(url_of(sink)).send(replace(MESSAGE, to=to))
            assert sink.messages == []


class TestTls:
    @pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
    def test_with_an_authority_that_is_trusted(
        self, tls: Tls, trusted: Callable[[SmtpSink], str]
    ) -> None:
        with SmtpSink(tls=tls) as sink:
            mailer = mailer_on(url_of(sink, options=trusted(sink)))
            mailer.check()
            mailer.send(MESSAGE)
            assert [received.over_tls for received in sink.messages] == [True]

    @pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
    def test_a_certificate_of_nobody_known_is_not_trusted(self, tls: Tls) -> None:
        options = "?tls=starttls" if tls is Tls.STARTTLS else ""
        with SmtpSink(tls=tls) as sink:
            mailer = mailer_on(url_of(sink, options=options))
            assert "certificate verify failed" in _reason(mailer, MailServerUnavailable)
            assert sink.messages == []

    @pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
    def test_a_certificate_for_another_host_is_not_trusted(
        self, tls: Tls, trusted: Callable[[SmtpSink], str]
    ) -> None:
        with SmtpSink(tls=tls, certificate_host="other.example.org") as sink:
            mailer = mailer_on(url_of(sink, options=trusted(sink)))
            assert "certificate verify failed" in _reason(mailer, MailServerUnavailable)
            assert sink.messages == []

    def test_without_starttls_on_offer_nothing_is_sent(self) -> None:
        with SmtpSink() as sink:
            mailer = mailer_on(url_of(sink, options="?tls=starttls"))
            assert "STARTTLS" in _reason(mailer, MailServerUnavailable)
            assert sink.messages == []

    def test_a_server_that_wants_tls_and_is_not_given_it_can_be_mended(self) -> None:
        with SmtpSink(tls=Tls.STARTTLS) as sink:
            mailer = mailer_on(url_of(sink, options="?tls=none"))
            assert _reason(mailer, MailServerUnavailable).startswith("530")


class TestSigningIn:
    @pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
    def test_with_the_right_password(self, tls: Tls, trusted: Callable[[SmtpSink], str]) -> None:
        with SmtpSink(tls=tls, login=LOGIN) as sink:
            mailer = mailer_on(url_of(sink, login=QUOTED_LOGIN, options=trusted(sink)))
            mailer.check()
            mailer.send(MESSAGE)
            assert [received.signed_in for received in sink.messages] == [True]

    def test_a_wrong_password_can_be_mended(self, trusted: Callable[[SmtpSink], str]) -> None:
        with SmtpSink(tls=Tls.STARTTLS, login=LOGIN) as sink:
            url = url_of(sink, login="letters:wrong-password", options=trusted(sink))
            mailer = mailer_on(url)
            reason = _reason(mailer, MailServerUnavailable)
            assert reason.startswith("535")
            assert "wrong-password" not in reason
            with pytest.raises(DeliveryDeferred):
                mailer.check()

    def test_a_missing_password_can_be_mended(self, trusted: Callable[[SmtpSink], str]) -> None:
        with SmtpSink(tls=Tls.STARTTLS, login=LOGIN) as sink:
            mailer = mailer_on(url_of(sink, options=trusted(sink)))
            assert _reason(mailer, MailServerUnavailable).startswith("530")


class TestRefusals:
    def test_an_unknown_recipient_is_refused_for_good(self) -> None:
        with SmtpSink(faults=[Fault.REFUSE_RECIPIENT]) as sink:
            mailer = mailer_on(url_of(sink))
            assert _reason(mailer, AddressRefused) == "550 5.1.1 No such mailbox"

    @pytest.mark.parametrize(
        ("stage", "answer", "kind"),
        [
            ("RCPT", b"550 5.1.1 No such user", AddressRefused),
            ("RCPT", b"553 5.1.3 Bad address", AddressRefused),
            ("RCPT", b"550 No such user", AddressRefused),
            ("RCPT", b"550 5.7.1 Your network is blocked", DeliveryRefused),
            ("message", b"554 5.7.1 Looks like spam", DeliveryRefused),
            ("message", b"552 5.3.4 Too big", DeliveryRefused),
            ("RCPT", b"450 4.2.1 Greylisted", DeliveryDeferred),
            ("RCPT", b"421 4.3.2 Shutting down", DeliveryDeferred),
            ("RCPT", b"530 5.7.0 Must issue STARTTLS first", MailServerUnavailable),
            ("RCPT", b"xyz gibberish", DeliveryDeferred),
            ("message", b"451 4.3.0 Later", DeliveryDeferred),
            ("message", b"421 4.3.2 Shutting down", DeliveryDeferred),
            ("DATA", b"451 4.3.0 Later", DeliveryDeferred),
            ("MAIL", b"550 5.7.1 Sender rejected", MailServerUnavailable),
            ("MAIL", b"452 4.3.1 No space", MailServerUnavailable),
            ("greeting", b"554 5.3.2 No service here", MailServerUnavailable),
            ("greeting", b"421 Too busy", MailServerUnavailable),
            ("MAIL", b"421 4.7.0 Too many", MailServerUnavailable),
            ("greeting", b"xyz nonsense", MailServerUnavailable),
        ],
    )
    def test_about_this_mail_is_for_good_and_about_us_can_be_mended(
        self, stage: str, answer: bytes, kind: type[DeliveryDeferred | DeliveryRefused]
    ) -> None:
        with ScriptedServer({stage: answer}) as server:
            reason = _reason(mailer_on(server.url), kind)
        assert answer.decode().split()[-1] in reason

    def test_the_reason_is_one_line_without_links_or_password(self) -> None:
        token = "WyJBWWtLWGF5V2QwdTh6ck1DQ1pxQVZ3Iiw1XQ.abc"
        answer = (
            f"554-5.7.1 Blocked: https://letters.example.org/letter/{token}\r\n"
            f"554-see letters.example.org/letter/{token} and www.example.net\r\n"
            f"554 pass-word-1 \x07\xff end {'x' * 900}"
        )
        with ScriptedServer({"message": answer.encode("latin-1")}) as server:
            url = server.url.replace("smtp://", "smtp://user:pass-word-1@")
            mailer = mailer_on(server.url)
            mailer._server = replace(Server.from_url(url), user="")  # noqa: SLF001 -- knows a password, does not sign in
            reason = _reason(mailer, DeliveryRefused)
        assert token not in reason
        assert "example" not in reason
        assert "pass-word-1" not in reason
        assert reason.isprintable()
        assert reason.startswith("554 5.7.1 Blocked: [link] see [link] and [link] ***")
        assert len(reason) <= 300


class TestTrouble:
    def test_a_temporary_refusal_and_the_next_attempt(self) -> None:
        with SmtpSink(faults=[Fault.DEFER]) as sink:
            mailer = mailer_on(url_of(sink))
            assert _reason(mailer, DeliveryDeferred) == "451 4.3.0 Try again later"
            mailer.send(MESSAGE)
            assert len(sink.messages) == 1

    def test_a_lost_answer_may_double_a_mail_under_one_message_id(self) -> None:
        with SmtpSink(faults=[Fault.DROP]) as sink:
            mailer = mailer_on(url_of(sink))
            with pytest.raises(DeliveryDeferred):
                mailer.send(MESSAGE)
            mailer.send(MESSAGE)
            ids = {received.message["Message-ID"] for received in sink.messages}
            assert len(sink.messages) == 2
        assert ids == {"<0190f1c2@letters.example.org>"}

    def test_a_silent_server_is_not_waited_for_forever(self) -> None:
        with SmtpSink(faults=[Fault.SILENCE]) as sink:
            mailer = mailer_on(url_of(sink), timeout=IMPATIENT)
            assert "timed out" in _reason(mailer, MailServerUnavailable)

    @pytest.mark.parametrize("stage", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "message"])
    def test_a_server_that_hangs_up(self, stage: str) -> None:
        with ScriptedServer({stage: HANG_UP}) as server, pytest.raises(DeliveryDeferred):
            mailer_on(server.url).send(MESSAGE)

    def test_a_server_that_trickles_is_cut_off_in_the_end(self) -> None:
        with ScriptedServer({"greeting": b"220 " + b"x" * 500}, pause=0.1) as server:
            began = time.monotonic()
            mailer = mailer_on(server.url, timeout=5, overall=IMPATIENT)
            assert _reason(mailer, MailServerUnavailable) == "not done after 0.5 seconds"
            assert time.monotonic() - began < IMPATIENT + 1

    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    def test_and_so_is_one_that_trickles_a_tls_handshake(self, scheme: str) -> None:
        half_a_record = b"\x16\x03\x03\x40\x00\x02" + b"\0" * 500
        greeting = half_a_record if scheme == "smtps" else b"220 x"
        pause = 0.1 if scheme == "smtps" else 0.02
        tls = b"220 " + b"x" * 500
        offer = b"250-x\r\n250 STARTTLS"
        answers = {"greeting": greeting, "EHLO": offer, "STARTTLS": tls}
        with ScriptedServer(answers, pause=pause) as server:
            url = server.url.replace("smtp", scheme)
            options = "?tls=starttls" if scheme == "smtp" else ""
            began = time.monotonic()
            mailer = mailer_on(url + options, timeout=5, overall=1.5)
            assert _reason(mailer, MailServerUnavailable) == "not done after 1.5 seconds"
            assert time.monotonic() - began < 1.5 + 1

    def test_nobody_listening(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        mailer = mailer_on(f"smtp://127.0.0.1:{port}")
        assert "refused" in _reason(mailer, MailServerUnavailable)
        with pytest.raises(DeliveryDeferred):
            mailer.check()

    def test_a_host_that_does_not_exist(self) -> None:
        with pytest.raises(DeliveryDeferred):
            mailer_on("smtp://mail.invalid", timeout=IMPATIENT).check()

    @pytest.mark.parametrize("leave", [HANG_UP, b"421 Too late", b"gibberish"])
    def test_a_mail_that_was_taken_counts_however_the_server_takes_leave(
        self, leave: bytes
    ) -> None:
        with ScriptedServer({"QUIT": leave}) as server:
            mailer = mailer_on(server.url)
            mailer.send(MESSAGE)
            mailer.close()
            assert server.heard[-1] == "quit"

    def test_the_server_is_greeted_by_the_sender_s_domain(self) -> None:
        with ScriptedServer() as server:
            mailer_on(server.url).check()
            assert server.heard[0] == "ehlo letters.example.org"

    def test_checking_sends_nothing(self) -> None:
        with SmtpSink() as sink:
            mailer_on(url_of(sink)).check()
            assert sink.messages == []
