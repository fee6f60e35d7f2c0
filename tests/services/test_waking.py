"""On PostgreSQL a mail is sent when it was promised, and not when it is next looked for."""

from contextlib import closing
from datetime import timedelta
from threading import Event, Thread

import pytest

from letters.services.working import Duty, Stop, until_woken, work_until_stopped
from tests.services.scenes import Postbox, postman_with
from tests.support.clock import TestClock
from tests.support.people import Story

LONG = 30.0
AN_HOUR = timedelta(hours=1)

only_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@only_postgres
def test_the_commit_wakes_the_worker(story: Story, clock: TestClock) -> None:
    stop, idle, sent = Stop(), Event(), Event()
    postman = postman_with(story.house, Postbox(while_sending=lambda _: sent.set()))
    looked: list[int] = []

    def look() -> None:
        looked.append(postman.deliver_all_due())
        if len(looked) == 2:
            idle.set()

    listener = story.house.database.listener()
    assert listener is not None
    with closing(listener):
        todo = [Duty("mail", timedelta(0), look)]
        pause = until_woken(listener, stop)
        worker = Thread(target=work_until_stopped, args=(todo, clock, stop, pause, AN_HOUR))
        worker.start()
        assert idle.wait(LONG), "it looks once more when it has begun to listen"
        story.apply()
        assert sent.wait(LONG)
        stop.ask()
        worker.join(LONG)
    assert not worker.is_alive(), "the end is not waited for as long as a mail"
    assert looked == [0, 0, 1]
