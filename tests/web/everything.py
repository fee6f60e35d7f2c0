"""A season with something in every state, and the path of every page that can be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from letters.domain.bulk import BulkAct
from letters.domain.journal import MessageKind
from letters.ports import Purpose
from letters.records import Coordinator, OutboxMessage, OutboxStatus
from letters.services import finding, inviting, remarks, requesting
from letters.web.guards import Guard, guard_of
from tests.services import acts, bulk, rules, signals
from tests.services import scenes as service_scenes
from tests.services.keeping import hold
from tests.support.mailbags import invite_somebody
from tests.support.people import OPERATOR, REFEREES, Story, postman
from tests.web import scenes
from tests.web.visiting import sign_in_link


@dataclass(frozen=True)
class Scene:
    """A season with something in every state, and a live link to each page."""

    story: Story
    values: dict[str, list[dict[str, object]]]


def scene_in(story: Story) -> Scene:
    """One application that is asked, declined and answered at once, and one that waits."""
    coordinator_id = story.add_coordinator()
    rules.with_rule(story, on=False)
    new = replace(scenes.people(1)[0], fields={"stage": "interview", "track": "A"}, tags=["late"])
    invited_id = invite_somebody(story, coordinator_id)
    _make_administrator(story, coordinator_id)
    asked = scenes.requested(story, scenes.with_referees(new, REFEREES))
    waiting = story.apply()
    draft = acts.begin_draft(story)
    scenes.letter_in(story, asked, 1)
    scenes.decline(story, asked, 2)
    _leave_remarks(story, asked)
    signals.put_every_kind(story, asked)
    signals.check(story, asked)
    hold(story)
    hold(story, asked)
    jobs = [_act_on_many(story, coordinator_id, done=done) for done in (True, False)]
    tokens = {
        Purpose.UPLOAD: [story.upload_token(asked, position) for position in (1, 2, 3)],
        Purpose.NOTICE: [story.notice_token(x, n) for x in (asked, waiting) for n in (1, 2)],
        Purpose.STATUS: [story.status_token(one) for one in (asked, waiting, draft)],
        Purpose.APPLICATIONS: [_list_token(story)],
        Purpose.SIGN_IN: [token_of(sign_in_link(story.house))],
        Purpose.INVITATION: [_invitation(story, invited_id)],
        Purpose.DIGEST: [story.house.works.tools.links.mint(Purpose.DIGEST, coordinator_id, 1)],
    }
    request_ids = [r.id for r in story.application(asked).requests]
    return Scene(
        story,
        {
            "/letter/": [{"token": token} for token in tokens[Purpose.UPLOAD]],
            "/notice/": [{"token": token} for token in tokens[Purpose.NOTICE]],
            "/application/": [{"token": token} for token in tokens[Purpose.STATUS]],
            "/application/<token>/referees/<uuid:request_id>/": [
                {"token": tokens[Purpose.STATUS][0], "request_id": x} for x in request_ids
            ],
            "/applications/": [{"token": token} for token in tokens[Purpose.APPLICATIONS]],
            "/coordinate/sign-in/": [{"token": token} for token in tokens[Purpose.SIGN_IN]],
            "/coordinate/invitation/": [{"token": token} for token in tokens[Purpose.INVITATION]],
            "/coordinate/digest/": [{"token": token} for token in tokens[Purpose.DIGEST]],
            "/coordinate/applications/": [{"application_id": x} for x in (asked, waiting)],
            "/coordinate/mails/": [{"outbox_id": x} for x in _mails(story, asked)],
            "/coordinate/requests/": [{"request_id": x} for x in request_ids],
            "/coordinate/requests/<uuid:request_id>/<any": [
                {"request_id": request_ids[0], "request_act": "return"},
                {"request_id": request_ids[2], "request_act": "cancel"},
            ],
            "/coordinate/applications/<uuid:application_id>/<any": [
                {"application_id": x, "application_act": "withdraw"} for x in (asked, waiting)
            ],
            "/programs/": [{"slug": story.slug}],
            "/coordinate/programs/": [{"slug": story.slug}],
            "/coordinate/programs/<slug>/<any": [
                {"slug": story.slug, "act": act} for act in ("close", "archive")
            ],
            "/coordinate/programs/<slug>/bulk/jobs/": [
                {"slug": story.slug, "job_id": job_id} for job_id in jobs
            ],
            "/coordinate/programs/<slug>/words/": [{"slug": story.slug, "mail_kind": "reminder"}],
            "/coordinate/programs/<slug>/people/": [
                {"slug": story.slug, "coordinator_id": x} for x in (coordinator_id, invited_id)
            ],
            "/colours/": [{"colour": "1a4f8b"}],
            "/static/": [{"filename": "letters.css"}],
            "/bootstrap/static/": [{"filename": "css/bootstrap.min.css"}],
        },
    )


def _mails(story: Story, application_id: UUID) -> list[UUID]:
    """Deliver a mail, give one up, and leave the others; return all of this application."""
    postman(story.house).deliver_next()
    mine = OutboxMessage.application_id == application_id
    with story.house.works.change(OPERATOR) as work:
        rows = work.session.scalars(select(OutboxMessage).where(mine)).all()
        rows[-1].status = OutboxStatus.DEAD
        rows[-1].last_error = "550 No such mailbox"
        return [row.id for row in rows]


def _leave_remarks(story: Story, application_id: UUID) -> None:
    """Let a coordinator leave a note, and say why they did something."""
    with story.house.works.change(service_scenes.COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        remarks.leave_note(work, application, "Ask the committee first.")
        remarks.because(work, application, "They wrote to us.")
        requesting.send_link_again(work, application, application.requests[2])


def _act_on_many(story: Story, coordinator_id: UUID, *, done: bool) -> UUID:
    """Let a coordinator remind everybody at once; return the job, done or still waiting."""
    job_id = bulk.start(story, coordinator_id, bulk.ORDERS[BulkAct.REMIND])
    if done:
        bulk.run(story, job_id)
    return job_id


def _make_administrator(story: Story, coordinator_id: UUID) -> None:
    """Let the coordinator see the pages of the whole site, too."""
    with story.house.works.change(OPERATOR) as work:
        work.session.get_one(Coordinator, coordinator_id).is_administrator = True


def _invitation(story: Story, invited_id: UUID) -> str:
    """Return the token of an open invitation."""
    with story.house.works.look(OPERATOR) as work:
        invited = work.session.get_one(Coordinator, invited_id)
        return token_of(inviting.invitation_url(work, invited))


def _list_token(story: Story) -> str:
    """Have the link to all applications of Mira mailed; return its token."""
    acts.lose_status_link(story)
    row = service_scenes.mail(story.house, MessageKind.STATUS_LINKS)
    assert row.application_id is not None
    links = story.house.works.tools.links
    return links.mint(Purpose.APPLICATIONS, row.application_id, 2)


def token_of(path: str) -> str:
    """Return the token with which a link ends."""
    return path.rpartition("/")[2]


def readable(app: Flask, scene: Scene) -> Iterator[str]:
    """Give the path of every route that can be looked at, the API's apart."""
    adapter = app.url_map.bind("unused.example.org")
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) is Guard.API_KEY or "GET" not in (rule.methods or ()):
            continue
        fitting = [v for start, v in scene.values.items() if rule.rule.startswith(start)]
        choices: list[dict[str, Any]] = fitting[-1] if rule.arguments else [{}]
        for values in choices:
            yield adapter.build(rule.endpoint, values)
