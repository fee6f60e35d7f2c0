"""The main job, end to end: from submission to all letters in, over a real SMTP server.

Every link is taken from the mails as they arrived; nothing looks into the database on the way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from letters.domain.telling import BETWEEN_NEWS
from letters.services.digesting import plan_digests
from letters.services.verifying import verify
from tests.support.apps import app_on
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.pages import text
from tests.support.people import SYSTEM, Story, tell
from tests.support.smtp import SmtpSink
from tests.web.visiting import follow, path_of, press, send, visitor_of

ADA, BRAM = "ada.ferreira@example.edu", "b.dewit@example.org"
MIRA, CORA = "mira@example.com", "cora@alpine.example.org"
LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Town:
    """Everybody's mailbox, and the pages that the mails lead to."""

    story: Story
    app: Flask
    sink: SmtpSink
    clock: TestClock

    def post_comes(self) -> int:
        """Let a minute pass and deliver what is due; return how many mails were taken on."""
        self.clock.advance(timedelta(minutes=1))
        return self.story.deliver()

    def mails_to(self, address: str) -> list[EmailMessage]:
        """Return what arrived at an address, oldest first."""
        return [m.message for m in self.sink.messages if m.recipients == (address,)]

    def newest(self, address: str) -> str:
        """Return the plain text of the newest mail at an address."""
        body = self.mails_to(address)[-1].get_body(("plain",))
        assert body is not None
        content: str = body.get_content()
        return content

    def path(self, address: str, part: str) -> str:
        """Return where the first such link in the newest mail to an address leads."""
        links: list[str] = LINK.findall(self.newest(address))
        return path_of(next(link for link in links if part in link))


@pytest.fixture
def town(database_url: str, tmp_path: Path, clock: TestClock) -> Iterator[Town]:
    """A town with one program, whose mail goes over a real SMTP server."""
    with SmtpSink() as sink:
        mail_url = f"smtp://{sink.host}:{sink.port}"
        with house_on(replace(settings_for(database_url, tmp_path), mail_url=mail_url), clock) as h:
            story = tell(h)
            story.add_coordinator(CORA)
            yield Town(story, app_on(h), sink, clock)


def test_from_submission_to_two_letters(town: Town) -> None:
    applicant, referee = visitor_of(town.app), visitor_of(town.app)
    coordinator = visitor_of(town.app)

    town.story.apply()
    assert town.post_comes() == 1
    status = town.path(MIRA, "/application/")
    assert "You have not been selected so far" in text(applicant.get(status).text)
    assert town.mails_to(ADA) == []

    asked = press(
        coordinator, coordinator.get("/coordinate/sign-in"), "Mail me the link", {"email": CORA}
    )
    assert asked.status_code == 200
    town.post_comes()
    door = coordinator.get(town.path(CORA, "/sign-in/"))
    follow(coordinator, press(coordinator, door, "Sign in"))
    listed = coordinator.get(f"/coordinate/programs/{town.story.slug}")
    [chosen] = re.findall(r'name="application" value="([^"]+)"', listed.text)
    seen = press(coordinator, listed, "Select and request letters", {"application": chosen})
    assert "Mails to referees 2 Mails to applicants 1" in text(seen.text)
    outcome = follow(coordinator, press(coordinator, seen, "Do it for one application"))
    assert "2 mails to referees" in text(outcome.text)

    assert town.post_comes() == 3
    assert "Prof. Ada Ferreira" in town.newest(MIRA)
    for address in (ADA, BRAM):
        token = town.path(address, "/letter/").removeprefix("/letter/").removesuffix("/decline")
        receipt = follow(referee, send(referee, token))
        assert "Your letter for Mira Lindqvist is in" in receipt.text
    assert town.post_comes() == 5
    assert "Prof. Ada Ferreira" in town.newest(MIRA)
    town.clock.advance(BETWEEN_NEWS)
    assert town.post_comes() == 3

    assert "All the letters that the program asks for are in" in text(applicant.get(status).text)
    assert "SHA-256" in town.newest(ADA)
    news = town.newest(MIRA)
    assert "the 2 letters that the program asks for are in" in news
    assert ("SHA-256" in news, "Letter.pdf" in news) == (False, False)

    assert plan_digests(town.story.house.works, SYSTEM, at_once=True) == 1
    town.post_comes()
    assert "Mira Lindqvist" in town.newest(CORA)
    assert plan_digests(town.story.house.works, SYSTEM, at_once=True) == 0
    with town.story.house.works.look(SYSTEM) as work:
        assert verify(work) == []


def test_every_mail_of_the_job_arrived_once(town: Town) -> None:
    town.story.apply()
    town.post_comes()
    assert town.post_comes() == 0
    ids = [m.message["Message-ID"] for m in town.sink.messages]
    assert len(ids) == len(set(ids)) == 1
