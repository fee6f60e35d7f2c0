"""Mails that are due, workers that deliver them, and a real server that counts the copies."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select, update

from letters.house import assemble
from letters.records import OutboxMessage, OutboxStatus
from letters.services import applying, finding
from letters.services.applying import NewApplication, NewReferee
from tests.chaos.sending import breaches
from tests.chaos.workers import Workers
from tests.support.houses import settings_for
from tests.support.patience import wait_until
from tests.support.people import API, FELLOWSHIP, MIRA, SYSTEM, Story, tell
from tests.support.smtp import SmtpSink

LONGEST_WAIT = 1800.0
A_BLINK = 0.005
A_LOOK = 0.05
"""Seconds between two looks into the database, which take some work themselves."""
ENDED = {OutboxStatus.SENT, OutboxStatus.CANCELLED}
REFEREES = 5
MAILS_EACH = REFEREES + 1
"""An application whose letters are asked for at once: a request for each referee, and its own."""
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Office:
    """An installation that sends its mail to a sink of ours."""

    story: Story
    sink: SmtpSink
    workers: Workers

    def queue(self, mails: int) -> None:
        """See to it that at least so many mails are due."""
        while (missing := mails - self.count(OutboxStatus.QUEUED)) > 0:
            with self.story.house.works.change(API) as work:
                program = finding.program_by_slug(work, self.story.slug)
                for _ in range(min(ceil(missing / MAILS_EACH), MOST_AT_ONCE)):
                    applying.submit_draft(work, applying.create(work, program, _anybody()))

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

    def wait_until(self, true: Callable[[], bool], pause: float = A_BLINK) -> None:
        """Wait for what comes soon, with so many seconds between two looks."""
        wait_until(true, longest=LONGEST_WAIT, pause=pause)

    def assert_all_arrived(self, doubles: int) -> None:
        """Nothing that is due is left; `doubles` copies are of a mail that was there before.

        What is not true any more, or keeps its hour, is not sent.
        """
        with self.story.house.works.look(SYSTEM) as work:
            mails = work.session.execute(
                select(OutboxMessage.message_id, OutboxMessage.status, OutboxMessage.not_before)
            ).all()
            now = work.now
        assert {mail.status for mail in mails} <= ENDED | {OutboxStatus.QUEUED}
        assert not [x for x in mails if x.status is OutboxStatus.QUEUED and x.not_before <= now]
        copies = self.copies()
        sent = {mail.message_id for mail in mails if mail.status is OutboxStatus.SENT}
        assert copies.keys() == sent, "each mail by its Message-ID, and none besides"
        assert copies.total() - len(sent) == doubles
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


def _anybody() -> NewApplication:
    """Return an application of somebody who has nothing to do with any other."""
    who = uuid4().hex
    referees = [
        NewReferee(f"Prof. No. {number}", f"{who}.{number}@example.edu")
        for number in range(REFEREES)
    ]
    return replace(MIRA, applicant_email=f"{who}@example.com", referees=referees)


@contextmanager
def delivering(story: Story, folder: Path) -> Iterator[Office]:
    """Let the mails of an installation go to a sink; whoever put it up closes it."""
    with SmtpSink() as sink:
        settings = replace(story.house.settings, mail_url=f"smtp://{sink.host}:{sink.port}")
        yield Office(story, sink, Workers(settings, folder))


@contextmanager
def office_on(database_url: str, folder: Path) -> Iterator[Office]:
    """Set up the fellowship, which asks for letters on submission and is due in a month."""
    house = assemble(settings_for(database_url, folder))
    due_at = datetime.now(UTC) + timedelta(days=30)
    story = tell(house, replace(FELLOWSHIP, due_at=due_at))
    try:
        with delivering(story, folder) as office:
            yield office
    finally:
        house.database.close()
