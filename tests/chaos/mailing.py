"""Mails that are due, workers that deliver them, and a real server that counts the copies."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from letters.house import assemble
from letters.records import OutboxMessage, OutboxStatus
from tests.chaos.sending import breaches
from tests.chaos.workers import Workers
from tests.support.houses import settings_for
from tests.support.people import FELLOWSHIP, MIRA, REFEREES, SYSTEM, Story, tell
from tests.support.smtp import SmtpSink

LONGEST_WAIT = 300.0
A_BLINK = 0.005
MAILS_EACH = len(REFEREES) + 1
"""An application whose letters are asked for at once: a request for each referee, and its own."""
APPLICATION = replace(MIRA, referees=REFEREES)


@dataclass(frozen=True)
class Office:
    """An installation that sends its mail to a sink of ours."""

    story: Story
    sink: SmtpSink
    workers: Workers

    def queue(self, mails: int) -> None:
        """See to it that at least so many mails are due."""
        while self.count(OutboxStatus.QUEUED) < mails:
            self.story.apply(APPLICATION)

    def count(self, *statuses: OutboxStatus) -> int:
        """Return how many mails have one of these statuses; all mails without any."""
        query = select(func.count()).select_from(OutboxMessage)
        if statuses:
            query = query.where(OutboxMessage.status.in_(statuses))
        with self.story.house.works.look(SYSTEM) as work:
            return work.session.scalar(query) or 0

    def in_doubt(self) -> int:
        """Return how many copies more the sink has taken so far than were recorded as sent."""
        self.wait_until(lambda: not self.sink.is_spoken_to)
        return len(self.sink.messages) - self.count(OutboxStatus.SENT)

    def let_leases_run_out(self) -> None:
        """Let five minutes pass for who has died; wait until the database knows that they have."""
        with self.story.house.works.change(SYSTEM) as work:
            work.session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.status == OutboxStatus.SENDING)
                .values(lease_until=work.now)
            )

    def wait_for_copies(self, number: int) -> None:
        """Wait until the sink has taken so many."""
        self.wait_until(lambda: len(self.sink.messages) >= number)

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Wait for what comes soon."""
        deadline = time.monotonic() + LONGEST_WAIT
        while not true():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(A_BLINK)

    def assert_all_arrived(self, doubles: int) -> None:
        """All that was promised is sent; `doubles` copies are of one that was there before."""
        with self.story.house.works.look(SYSTEM) as work:
            rows = work.session.execute(select(OutboxMessage.message_id, OutboxMessage.status))
            mails = {row.message_id: row.status for row in rows}
        assert Counter(mails.values()) == {OutboxStatus.SENT: len(mails)}
        copies = self.copies()
        assert copies.keys() == mails.keys(), "each mail by its Message-ID, and none besides"
        assert copies.total() - len(mails) == doubles
        assert breaches(self.story.house) == []

    def copies(self) -> Counter[str]:
        """Count the copies at the sink by Message-ID, each of the same mail to the same person."""
        mails: dict[str, tuple[str, ...]] = {}
        copies: Counter[str] = Counter()
        for each in self.sink.messages:
            headers = each.message
            message_id = headers["Message-ID"]
            mail = (*each.recipients, headers["Subject"], headers["Date"])
            assert mails.setdefault(message_id, mail) == mail
            copies[message_id] += 1
        return copies


@contextmanager
def office_on(database_url: str, folder: Path) -> Iterator[Office]:
    """Set up the fellowship, which asks for letters on submission and is due in a month."""
    with SmtpSink() as sink:
        settings = replace(
            settings_for(database_url, folder), mail_url=f"smtp://{sink.host}:{sink.port}"
        )
        house = assemble(settings)
        due_at = datetime.now(UTC) + timedelta(days=30)
        story = tell(house, replace(FELLOWSHIP, due_at=due_at))
        try:
            yield Office(story, sink, Workers(settings, folder))
        finally:
            house.database.close()
