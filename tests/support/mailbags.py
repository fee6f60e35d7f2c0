"""A season that has sent a mail of each kind, and the links that stand in them."""

import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from uuid import UUID

from sqlalchemy import select

from letters.adapters.mailer import read_folder
from letters.domain.journal import ActorKind, MessageKind
from letters.domain.managing import RequestAct
from letters.domain.schedule import NUDGE_SPACING
from letters.domain.telling import BETWEEN_NEWS
from letters.records import Coordinator, OutboxMessage, OutboxStatus
from letters.services import noticing, people, signing_in
from letters.services.digesting import plan_digests
from letters.services.work import Actor
from tests.services import acts, letter_acts, news
from tests.services.keeping import listed_elsewhere
from tests.support.clock import TestClock
from tests.support.once import played_once
from tests.support.people import A_DAY, DUE, SYSTEM, Story
from tests.web import scenes

CORA = "cora@alpine.example.org"
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def send_every_kind(story: Story, clock: TestClock) -> UUID:
    """Let a mail of each kind go out within a day; return an application that still awaits letters.

    Raises AssertionError when a kind is missing: whoever adds one adds here what brings it about.
    """
    house = story.house
    invite_somebody(story, story.add_coordinator())
    nudged = scenes.requested(story)
    clock.advance(NUDGE_SPACING)
    acts.nudge(story, nudged)
    waiting = story.apply()
    with house.works.change(Actor(ActorKind.APPLICANT, "web")) as work:
        noticing.give_notices(work, waiting)
    acts.decline_early(story, waiting, 2)
    asked = scenes.requested(story)
    acts.ask_for_overview(story, asked)
    acts.ask_for_more_time(story, asked)
    acts.send_wrong_letter(story, asked, 2)
    late = scenes.requested(story)
    acts.extend(story, late, DUE + A_DAY)
    acts.withdraw(story, scenes.requested(story))
    letter_acts.release(story, letter_acts.enough(story))
    letter_acts.manage(story, letter_acts.enough(story), 1, RequestAct.RETURN, "Another candidate.")
    returned = letter_acts.enough(story)
    letter_acts.manage(story, returned, 1, RequestAct.RETURN, "Another candidate.")
    letter_acts.enter(story, scenes.requested(story))
    news.bounce(story, scenes.requested(story, news.somebody(1)))
    news.complete(story, news.somebody(2))
    news.told_elsewhere(story, news.somebody(3), clock.now() + A_DAY / 2)
    news.told_elsewhere(story, news.somebody(4), clock.now() - 3 * A_DAY)
    acts.lose_status_link(story)
    acts.begin_draft(story)
    acts.move_due(story, DUE + timedelta(minutes=1))
    listed_elsewhere(story, CORA)
    plan_digests(house.works, SYSTEM, at_once=True)
    story.deliver()
    letter_acts.manage(story, returned, 1, RequestAct.KEEP)
    clock.advance(BETWEEN_NEWS)
    story.deliver()
    clock.advance(A_DAY)
    with house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, CORA, "secret")
    story.deliver()
    with house.works.look(SYSTEM) as work:
        sent = work.session.scalars(
            select(OutboxMessage.kind).where(OutboxMessage.status == OutboxStatus.SENT)
        )
        assert set(sent) == set(MessageKind)
    return asked


@played_once
def invite_somebody(story: Story, by: UUID, email: str = "iris@alpine.example.org") -> UUID:
    """Let a manager invite somebody to the program to look on; return whom."""
    with story.house.works.change(Actor(ActorKind.COORDINATOR, "web", by)) as work:
        manager = work.session.get_one(Coordinator, by)
        program = people.locked(work, manager, story.slug)
        return people.invite(work, program, people.Invitee("Iris Novak", email, "viewer")).id


def links_of(story: Story) -> list[str]:
    """Return where every link of every mail leads, on our own site, each once."""
    base = story.house.settings.base_url
    mails = read_folder(story.house.mail_folder)
    found = {link for mail in mails for link in _links(mail) if link.startswith(base)}
    return sorted(found)


def _links(mail: EmailMessage) -> list[str]:
    """Both forms of a mail, and the headers: scanners follow whatever looks like an address."""
    texts = [str(value) for value in mail.values()]
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        texts.append(unescape(part.get_content()))
    return [link for text in texts for link in _ADDRESS.findall(text)]
