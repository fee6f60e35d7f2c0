"""A worker tells Prometheus what became of the mails, and how the queue stands."""

import socket
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from letters.adapters.metrics import PrometheusMetrics, WorkerMetrics
from letters.domain.journal import MessageKind
from letters.ports import MailQueue, Outcome

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
QUEUE = MailQueue(NOW, {"due": {MessageKind.RECEIPT: 3}}, NOW - timedelta(minutes=2))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def told_at(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return list(answer.read().decode().splitlines())


def test_what_became_of_the_mails_is_told_by_kind_and_outcome() -> None:
    metrics = WorkerMetrics(lambda: QUEUE)
    port = free_port()
    stop = metrics.serve_at(port)
    try:
        for outcome in (Outcome.SENT, Outcome.SENT, Outcome.DEAD):
            metrics.count(MessageKind.RECEIPT, outcome, 0.25)
        lines = told_at(port)
        with pytest.raises(OSError, match="in use"):
            metrics.serve_at(port)
    finally:
        stop()
    assert 'letters_mails_total{kind="receipt",outcome="sent"} 2.0' in lines
    assert 'letters_mails_total{kind="receipt",outcome="dead"} 1.0' in lines
    assert "letters_mail_seconds_sum 0.75" in lines
    assert "letters_mail_server_failures 0.0" in lines
    assert 'letters_mail_due{kind="receipt"} 3.0' in lines
    assert "letters_mail_oldest_due_seconds 120.0" in lines
    with pytest.raises(OSError, match="refused"):
        told_at(port)


def test_while_the_database_is_away_the_worker_tells_of_itself() -> None:
    metrics = WorkerMetrics(lambda: None, server_failures=lambda: 7)
    port = free_port()
    stop = metrics.serve_at(port)
    try:
        metrics.count(MessageKind.RECEIPT, Outcome.RETRIED, 0.1)
        lines = told_at(port)
    finally:
        stop()
    assert 'letters_mails_total{kind="receipt",outcome="retried"} 1.0' in lines
    assert "letters_mail_server_failures 7.0" in lines
    assert not [line for line in lines if line.startswith("letters_mail_due")]


def test_every_kind_is_there_so_that_nought_can_be_told_from_nothing() -> None:
    words = PrometheusMetrics().of_queue(MailQueue(NOW, {}, None)).decode()
    for kind in MessageKind:
        assert f'letters_mail_dead{{kind="{kind.value}"}} 0.0' in words
    assert "letters_mail_oldest_due_seconds 0.0" in words
