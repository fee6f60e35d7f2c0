"""A post office to be troubled: mails that are due, somebody who sends them, a real server."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path

from letters.adapters.mailer import SmtpMailer
from letters.domain.pacing import UNLIMITED, Rates
from letters.records import OutboxMessage, OutboxStatus
from letters.services.applying import NewReferee
from letters.services.delivering import Postman
from tests.adapters.mails import SENDER
from tests.services import scenes
from tests.services.scenes import outbox
from tests.support.clock import TestClock
from tests.support.people import MIRA, SYSTEM, Story
from tests.support.server import HOST, free_port
from tests.support.smtp import SmtpSink, Tls

MAILS_EACH = 4
"""Of an application whose letters are asked for: two to the applicant, one to each referee."""
LOGIN = ("letters", "a-password-of-the-mail-server")
_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class PostOffice:
    """A story with a postman who hands his mails to a real server."""

    story: Story
    clock: TestClock
    sink: SmtpSink
    postman: Postman
    url: str
    numbers: Iterator[int] = field(default_factory=count)

    def promise(self, mails: int) -> None:
        """Let so many mails fall due, each to another mailbox."""
        for number in islice(self.numbers, mails // MAILS_EACH):
            referees = (
                NewReferee("Prof. Ada Ferreira", f"ada.{number}@example.edu", "Example University"),
                NewReferee("Dr. Bram de Wit", f"bram.{number}@example.org", "Example Institute"),
            )
            applicant = f"mira.{number}@example.com"
            new = replace(MIRA, applicant_email=applicant, referees=referees)
            scenes.requested(self.story, new)

    @contextmanager
    def impatient(self, timeout: float, overall: float) -> Iterator[Postman]:
        """Give a postman who waits for the server as many seconds at most."""
        with closing(SmtpMailer(self.url, SENDER, timeout=timeout, overall=overall)) as mailer:
            yield replace(self.postman, mailer=mailer)

    @contextmanager
    def nobody_listening(self) -> Iterator[Postman]:
        """Give a postman with the address of a server that is not there."""
        with closing(SmtpMailer(f"smtp://{HOST}:{free_port()}", SENDER)) as mailer:
            yield replace(self.postman, mailer=mailer)

    def mails(self, *statuses: OutboxStatus) -> list[OutboxMessage]:
        """Return the mails in these statuses, or all."""
        return [row for row in outbox(self.story.house) if not statuses or row.status in statuses]

    def deliver_until_all_have_ended(self) -> None:
        """Let the time pass from one mail that is due to the next, until none waits."""
        while waiting := self.mails(OutboxStatus.QUEUED, OutboxStatus.SENDING):
            next_at = min(row.lease_until or row.not_before for row in waiting)
            turn = self.postman.next_turn_at()
            self.clock.set(max(self.clock.now(), next_at, turn or next_at))
            self.postman.deliver_all_due()

    def taken(self) -> Counter[str]:
        """Return how often the server took each mail, by its Message-ID."""
        found = (_MESSAGE_ID.search(one.raw) for one in self.sink.messages)
        return Counter(one[1].decode("ascii") for one in found if one is not None)

    def copies(self) -> int:
        """Return how many more messages than mails the server took."""
        return len(self.sink.messages) - len(self.taken())

    def assert_all_is_well(self) -> None:
        """Check that each mail has ended, was taken if it was sent, and that nobody else's was."""
        sent = {row.message_id for row in self.mails(OutboxStatus.SENT)}
        dead = {row.message_id for row in self.mails(OutboxStatus.DEAD)}
        assert self.mails(OutboxStatus.QUEUED, OutboxStatus.SENDING) == []
        assert sent <= self.taken().keys() <= sent | dead
        assert len(self.sink.messages) == self.taken().total(), "each has a Message-ID"
        assert scenes.breaches(self.story.house) == []


@contextmanager
def post_office(
    story: Story, clock: TestClock, folder: Path, rates: Rates = UNLIMITED
) -> Iterator[PostOffice]:
    """Open an office whose server wants STARTTLS and a password, as one of a provider does."""
    with SmtpSink(tls=Tls.STARTTLS, login=LOGIN) as sink:
        authority = folder / "authority.pem"
        sink.authority.cert_pem.write_to_path(str(authority))
        url = f"smtp://{LOGIN[0]}:{LOGIN[1]}@{sink.host}:{sink.port}?tls=starttls&ca={authority}"
        house = story.house
        with closing(SmtpMailer(url, SENDER)) as mailer:
            postman = Postman(
                house.works, house.renderer, mailer, SYSTEM, jitter=lambda: 1.0, rates=rates
            )
            yield PostOffice(story, clock, sink, postman, url)
