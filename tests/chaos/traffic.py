"""What goes on in a busy service: letters, applications, and people who are erased, all at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event
from uuid import uuid4

from letters.services import person_erasing
from tests.chaos.servers import Server, asked
from tests.chaos.submitting import CREATED, SEEN, Portal, fellowship, portal
from tests.support.pdfs import letter_pdf
from tests.support.people import MIRA, OPERATOR, Story
from tests.web import scenes

REFEREES = 2
A_WHILE = 0.05
WHY = "They asked for it in writing."


@dataclass
class Traffic:
    """What was acknowledged so far."""

    letters: list[bytes] = field(default_factory=list)
    applications: list[Portal] = field(default_factory=list)
    erased: int = 0


@contextmanager
def traffic_on(server: Server) -> Iterator[Traffic]:
    """Let referees, a portal and somebody who erases people go on until the end."""
    traffic, over, portals = Traffic(), Event(), fellowship(server)
    with ThreadPoolExecutor(REFEREES + 2) as pool:
        going_on = [
            *(pool.submit(_again, over, lambda: _send(server, traffic)) for _ in range(REFEREES)),
            pool.submit(_again, over, lambda: _submit(server, portals, traffic)),
            pool.submit(_again, over, lambda: _erase(server.story, over, traffic)),
        ]
        try:
            yield traffic
        finally:
            over.set()
    for each in going_on:
        each.result()


def _again(over: Event, act: Callable[[], None]) -> None:
    while not over.wait(A_WHILE):
        act()


def _send(server: Server, traffic: Traffic) -> None:
    """Send a letter, and another version of it."""
    form = server.open_page(asked(server.story))
    for version in ("first", "second"):
        content = letter_pdf((version, uuid4().hex))
        assert form.send(content) == SEEN
        traffic.letters.append(content)


def _submit(server: Server, portals: Story, traffic: Traffic) -> None:
    one = portal(server, portals)
    assert one.submit() == CREATED
    traffic.applications.append(one)


def _erase(story: Story, over: Event, traffic: Traffic) -> None:
    """Erase an applicant about whom there is a letter, when the mails about that have left."""
    address = f"{uuid4().hex}@example.com"
    application_id = scenes.requested(story, replace(MIRA, applicant_email=address))
    scenes.letter_in(story, application_id)
    while not over.wait(A_WHILE):
        works = story.house.works
        outcome = person_erasing.erase(works, OPERATOR, address, WHY, withdraw=True)
        if not outcome.remaining:
            traffic.erased += 1
            return
