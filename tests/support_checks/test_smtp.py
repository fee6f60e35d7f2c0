"""The SMTP sink keeps what it is sent and misbehaves as it was told to."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from tests.support.smtp import Fault, SmtpSink, Tls

TO = "referee@example.org"


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "letters@example.org"
    message["To"] = TO
    message["Subject"] = "Grüße"
    message.set_content("One line.\n")
    return message


@contextmanager
def _client(sink: SmtpSink) -> Iterator[smtplib.SMTP]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which need not read whom the system trusts
    sink.authority.configure_trust(context)
    if sink.tls is Tls.IMPLICIT:
        with smtplib.SMTP_SSL(sink.host, sink.port, timeout=5, context=context) as client:
            yield client
        return
    with smtplib.SMTP(sink.host, sink.port, timeout=5) as client:
        if sink.tls is Tls.STARTTLS:
            client.starttls(context=context)
        yield client


def _send(sink: SmtpSink) -> None:
    with _client(sink) as client:
        client.send_message(_mail())


@pytest.mark.parametrize("tls", Tls)
def test_it_keeps_what_it_is_sent(tls: Tls) -> None:
    with SmtpSink(tls=tls) as sink:
        _send(sink)
    (received,) = sink.messages
    assert received.sender == "letters@example.org"
    assert received.recipients == (TO,)
    assert received.message["Subject"] == "Grüße"
    assert received.over_tls is (tls is not Tls.NONE)
    assert not received.signed_in


def test_it_offers_starttls_only_when_told() -> None:
    with SmtpSink() as sink, smtplib.SMTP(sink.host, sink.port, timeout=5) as client:
        client.ehlo()
        assert not client.has_extn("starttls")


def test_it_takes_no_mail_without_the_starttls_it_offers() -> None:
    with (
        SmtpSink(tls=Tls.STARTTLS) as sink,
        smtplib.SMTP(sink.host, sink.port, timeout=5) as client,
        pytest.raises(smtplib.SMTPSenderRefused),
    ):
        client.send_message(_mail())
    assert not sink.messages


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_its_certificate_is_for_the_host_it_was_told(tls: Tls) -> None:
    with (
        SmtpSink(tls=tls, certificate_host="elsewhere.example.org") as sink,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        _send(sink)
    assert not sink.messages


@pytest.mark.parametrize("tls", Tls)
def test_it_takes_mail_only_from_who_signs_in(tls: Tls) -> None:
    with SmtpSink(tls=tls, login=("letters", "right")) as sink:
        with pytest.raises(smtplib.SMTPSenderRefused):
            _send(sink)
        with _client(sink) as client, pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("letters", "wrong")
        with _client(sink) as client:
            client.login("letters", "right")
            client.send_message(_mail())
    assert [received.signed_in for received in sink.messages] == [True]


def test_it_refuses_recipients_for_good() -> None:
    with SmtpSink(refused=[TO]) as sink:
        for _ in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                _send(sink)
            assert refused.value.recipients[TO][0] == 550
    assert not sink.messages


@pytest.mark.parametrize("tls", Tls)
@pytest.mark.parametrize(
    ("fault", "error", "kept"),
    [
        (Fault.REFUSE_RECIPIENT, smtplib.SMTPRecipientsRefused, 0),
        (Fault.DEFER, smtplib.SMTPDataError, 0),
        (Fault.DROP, smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_a_fault_strikes_one_connection(
    tls: Tls, fault: Fault, error: type[Exception], kept: int
) -> None:
    with SmtpSink(tls=tls, faults=[fault]) as sink:
        with pytest.raises(error):
            _send(sink)
        assert len(sink.messages) == kept
        _send(sink)
        assert len(sink.messages) == kept + 1


def test_a_silent_server_says_nothing() -> None:
    with (
        SmtpSink(faults=[Fault.SILENCE]) as sink,
        pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"),
        smtplib.SMTP(sink.host, sink.port, timeout=0.3),
    ):
        pass
