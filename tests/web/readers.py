"""Everybody who may come to a page: what they hold, and how they come."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from letters.domain.roles import Role
from letters.ports import Purpose
from letters.records import Application, LetterRequest, OutboxMessage, program_coordinators
from letters.services import administering, finding, inviting
from letters.services.applying import NewReferee
from letters.web.limits import limiter
from tests.services import signals
from tests.support.people import FELLOWSHIP, MIRA, OPERATOR, Story
from tests.web import scenes
from tests.web.reach import Reader as Browser
from tests.web.reach import reader_of
from tests.web.visiting import csrf_token, press, sign_in_link, visitor_of

WHO_APPLIES = replace(MIRA, applicant_name="Runa Halvorsen", applicant_email="runa@example.net")
"""The applicant it is all about; the API's own examples name another one."""

COOKIE = "letters"
GUESS = "a-made-up-link"
OTHER_REFEREE = NewReferee("Prof. Dov Amsel", "d.amsel@example.edu", "Example Academy")
SECOND_REFEREE = NewReferee("Dr. Elif Kaya", "e.kaya@example.org", "Example Clinic")


class Party(StrEnum):
    """Who comes to a page, seen from the application of Runa to one program."""

    ANONYMOUS = "anonymous"
    APPLICANT = "applicant"
    ANOTHER_APPLICANT = "another applicant"
    REFEREE = "referee"
    ANOTHER_REFEREE = "another referee"
    VIEWER = "viewer"
    READER = "reader"
    MANAGER = "manager"
    OTHER_MANAGER = "another program's manager"
    ADMINISTRATOR = "administrator"


ROLES: Mapping[Party, Role | None] = {
    Party.VIEWER: Role.VIEWER,
    Party.READER: Role.READER,
    Party.MANAGER: Role.MANAGER,
    Party.OTHER_MANAGER: Role.MANAGER,
    Party.ADMINISTRATOR: None,
}
"""How those who sign in work on a program."""


@dataclass(frozen=True)
class Held:
    """What one party holds: links by purpose, and the cookie of a browser with its forms' token."""

    links: Mapping[Purpose, str]
    cookie: str
    csrf: str

    def token(self, purpose: Purpose) -> str:
        """Return the fitting link, or else the best there is: another link, or a guess."""
        return self.links.get(purpose) or next(iter(self.links.values()), GUESS)


@dataclass(frozen=True)
class Cast:
    """A season in which everybody has a part, put back after each act as it was."""

    app: Flask
    story: Story
    application_id: UUID
    asked: UUID
    """Runa's request whose letter is awaited."""
    received: UUID
    """Runa's request whose letter is in."""
    held: Mapping[Party, Held]
    signal: UUID
    """What was noticed about a referee of Runa's."""
    colleague: UUID
    """Who looks on at the program that Runa applies to."""
    mail: UUID
    """A mail about Runa's application."""

    def browser(self, party: Party) -> Browser:
        """Return a browser as this party left it, with nothing counted against anybody."""
        limiter.reset()
        browser = reader_of(self.app)
        browser.set_cookie(COOKIE, self.held[party].cookie, domain="127.0.0.1")
        return browser

    @contextmanager
    def put_back(self) -> Iterator[Mapping[str, bool]]:
        """Let something happen, tell whether it wrote, and take it back."""
        path = self.story.house.settings.database_url.removeprefix("sqlite:///")
        told: dict[str, bool] = {}
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(":memory:")) as kept:
            live.backup(kept)
            before = _version(live)
            yield told
            told["wrote"] = _version(live) != before
            if told["wrote"]:
                kept.backup(live)


def _version(database: sqlite3.Connection) -> int:
    """Return a number that another connection's commit changes."""
    version: int = database.execute("PRAGMA data_version").fetchone()[0]
    return version


def cast_in(story: Story, app: Flask) -> Cast:
    """Give everybody a part: two programs, two applications to the first, five who sign in."""
    runa = scenes.requested(story, WHO_APPLIES)
    someone = replace(scenes.people(1)[0], referees=(OTHER_REFEREE, SECOND_REFEREE))
    other = scenes.requested(story, someone)
    scenes.letter_in(story, runa, 2)
    signal, *_ = signals.put_every_kind(story, runa)
    _let_lists_be_opened(story)
    asked, received = (one.id for one in story.application(runa).requests)
    links: dict[Party, Mapping[Purpose, str]] = {party: {} for party in Party}
    links[Party.APPLICANT] = _links_of_applicant(story, runa)
    links[Party.ANOTHER_APPLICANT] = _links_of_applicant(story, other)
    links[Party.REFEREE] = _links_of_referee(story, runa)
    links[Party.ANOTHER_REFEREE] = _links_of_referee(story, other)
    _add_those_who_sign_in(story)
    held = {party: _held(app, story, party, links[party]) for party in Party}
    with story.house.works.look(OPERATOR) as work:
        colleague = finding.coordinator_by_email(work, _address(Party.VIEWER)).id
        about_runa = select(OutboxMessage.id).where(OutboxMessage.application_id == runa)
        mail = work.session.scalars(about_runa.limit(1)).one()
    return Cast(app, story, runa, asked, received, held, signal, colleague, mail)


def _let_lists_be_opened(story: Story) -> None:
    until = story.house.works.tools.clock.now() + timedelta(hours=1)
    with story.house.works.change(OPERATOR) as work:
        work.session.execute(update(Application).values(list_until=until))
        work.session.execute(update(LetterRequest).values(overview_until=until))


def _links_of_applicant(story: Story, application_id: UUID) -> Mapping[Purpose, str]:
    mint = story.house.works.tools.links.mint
    found = story.application(application_id)
    generation = finding.generation_of_application(Purpose.APPLICATIONS, found)
    return {
        Purpose.STATUS: story.status_token(application_id),
        Purpose.APPLICATIONS: mint(Purpose.APPLICATIONS, found.id, generation),
    }


def _links_of_referee(story: Story, application_id: UUID) -> Mapping[Purpose, str]:
    mint = story.house.works.tools.links.mint
    request = story.application(application_id).requests[0]
    generation = finding.generation_of(Purpose.OVERVIEW, request)
    return {
        Purpose.UPLOAD: story.upload_token(application_id),
        Purpose.OVERVIEW: mint(Purpose.OVERVIEW, request.id, generation),
        Purpose.NOTICE: story.notice_token(application_id),
    }


def _address(party: Party) -> str:
    return f"{party.name.lower().replace('_', '.')}@alpine.example.org"


def _add_those_who_sign_in(story: Story) -> None:
    with story.house.works.change(OPERATOR) as work:
        administering.create_program(work, FELLOWSHIP)
        for party, role in ROLES.items():
            runs = FELLOWSHIP.slug if party is Party.OTHER_MANAGER else story.slug
            slugs = [runs] if role else []
            person = administering.add_coordinator(work, _address(party), "Noor", slugs)
            person.is_administrator = party is Party.ADMINISTRATOR
            work.session.flush()
            work.session.execute(
                update(program_coordinators)
                .where(program_coordinators.c.coordinator_id == person.id)
                .values(role=role)
            )


def _held(app: Flask, story: Story, party: Party, links: Mapping[Purpose, str]) -> Held:
    """Sign in whoever can, and take down what is in their browser then."""
    limiter.reset()
    browser = visitor_of(app)
    mailed = dict(links)
    if party in ROLES:
        press(browser, browser.get(sign_in_link(story.house, _address(party))), "Sign in")
        mailed[Purpose.SIGN_IN] = sign_in_link(story.house, _address(party)).rpartition("/")[2]
        mailed[Purpose.DIGEST] = _digest_link(story, _address(party))
        mailed[Purpose.INVITATION] = _used_invitation(story, _address(party))
    csrf = csrf_token(browser.get("/coordinate/sign-in"))
    cookie = browser.get_cookie(COOKIE, domain="127.0.0.1")
    assert cookie is not None
    return Held(mailed, cookie.value, csrf)


def _used_invitation(story: Story, address: str) -> str:
    with story.house.works.look(OPERATOR) as work:
        person = finding.coordinator_by_email(work, address)
        return inviting.invitation_url(work, person).rpartition("/")[2]


def _digest_link(story: Story, address: str) -> str:
    with story.house.works.look(OPERATOR) as work:
        person = finding.coordinator_by_email(work, address)
        return work.tools.links.mint(Purpose.DIGEST, person.id, person.digest_generation)
