"""Metrics in the format of Prometheus: of the queue, and of what a worker did."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from letters.domain.journal import MessageKind
from letters.ports import MailQueue, Outcome

LOOPBACK = "127.0.0.1"

STATES = {
    "queued": "Mails that wait, due or not",
    "due": "Mails that could go now",
    "sending": "Mails that a worker has taken on",
    "dead": "Mails that were given up",
}

ReadQueue = Callable[[], MailQueue | None]
"""Looks at the queue; None when the database does not answer."""


class QueueMetrics(Collector):
    """How the queue stands each time somebody asks."""

    def __init__(self, read: ReadQueue) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        """Give the queue's gauges; none while the database does not answer."""
        found = self._read()
        return () if found is None else _gauges(found)


class WorkerMetrics:
    """What one worker did since it began, and how the queue stands.

    `server_failures` says how often in a row the mail server failed as a whole.
    """

    def __init__(self, read: ReadQueue, server_failures: Callable[[], int] = int) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(QueueMetrics(read))
        self._mails = Counter(
            "letters_mails",
            "Mails that this worker took on, by kind and by what became of them",
            ["kind", "outcome"],
            registry=self._registry,
        )
        failures = Gauge(
            "letters_mail_server_failures",
            "How often in a row the mail server took no mail at all; 0 while it does",
            registry=self._registry,
        )
        failures.set_function(server_failures)
        self._seconds = Histogram(
            "letters_mail_seconds",
            "Seconds from taking a mail on to recording what became of it",
            registry=self._registry,
        )

    def count(self, kind: MessageKind, outcome: Outcome, seconds: float) -> None:
        """Count one mail."""
        self._mails.labels(kind.value, outcome.value).inc()
        self._seconds.observe(seconds)

    def serve_at(self, port: int) -> Callable[[], None]:
        """Answer at `port` of this machine alone, until the returned function is called.

        Raises OSError when the port is taken.
        """
        server, thread = start_http_server(port, LOOPBACK, self._registry)

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop


class PrometheusMetrics:
    """Metrics in the text format of Prometheus."""

    content_type = CONTENT_TYPE_LATEST

    def of_queue(self, queue: MailQueue) -> bytes:
        """Return how the queue stands."""
        registry = CollectorRegistry()
        registry.register(QueueMetrics(lambda: queue))
        return generate_latest(registry)


def _gauges(queue: MailQueue) -> Iterator[Metric]:
    for state, words in STATES.items():
        gauge = GaugeMetricFamily(f"letters_mail_{state}", words, labels=["kind"])
        counts = queue.counts.get(state, {})
        for kind in MessageKind:
            gauge.add_metric([kind.value], counts.get(kind, 0))
        yield gauge
    oldest = queue.oldest_due_at
    yield GaugeMetricFamily(
        "letters_mail_oldest_due_seconds",
        "For how long the oldest mail that could go has been due",
        value=0.0 if oldest is None else (queue.at - oldest).total_seconds(),
    )
