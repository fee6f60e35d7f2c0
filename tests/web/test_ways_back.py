"""Whoever reads of an error gets back to what it was about, if they may see that."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.domain.errors import NotAllowed
from letters.domain.roles import Role
from letters.house import House
from letters.ports import Purpose
from letters.records import OutboxMessage, new_id
from letters.services import administering
from tests.services.signals import put_every_kind, signals_of
from tests.support.clock import TestClock
from tests.support.people import FELLOWSHIP, OPERATOR, SYSTEM, Story, tell
from tests.web.status_states import CLOSED
from tests.web.visiting import CORA, HOME, PROGRAMS, Visitor, csrf_token, links_of, on_sqlite

pytestmark = on_sqlite

LETTER = "Back to the page of this letter"
NOTICE = "Back to the advance notice"
STATUS = "Back to the status of the application"
ALL = "Back to all that is asked of you"
APPLICATION = "Back to the application"
PROGRAM = "Back to the program"


# --- from what a link opens -------------------------------------------------------------------


def test_who_came_by_a_link_gets_back_to_its_page(
    client: Visitor, story: Story, asked: UUID
) -> None:
    upload, notice = story.upload_token(asked), story.notice_token(asked)
    status = story.status_token(asked)
    links = story.house.works.tools.links
    every = links.mint(Purpose.APPLICATIONS, asked, 2)
    digest = links.mint(Purpose.DIGEST, story.add_coordinator(), 1)
    for path, page, words in (
        (f"/letter/{upload}/decline", f"/letter/{upload}", LETTER),
        (f"/notice/{notice}/welcome", f"/notice/{notice}", NOTICE),
        (f"/application/{status}/withdraw", f"/application/{status}", STATUS),
        (f"/letter/{upload}/all/use", f"/letter/{upload}/all", ALL),
        (f"/applications/{every}/again", f"/applications/{every}", "Back to all your applications"),
        (f"/coordinate/digest/{digest}", f"/coordinate/digest/{digest}", "Back to your digests"),
    ):
        answer = client.post(path)
        assert (answer.status_code, links_of(answer)[words]) == (400, page)


def test_a_link_that_opens_nothing_leads_nowhere_near(client: Visitor) -> None:
    for path in ("/letter/x", "/letter/x/decline", "/notice/x", "/application/x/withdraw"):
        answer = client.get(path)
        assert (answer.status_code, links_of(answer)[HOME[0]]) == (404, HOME[1])


def test_who_opens_what_is_only_sent_gets_back_to_the_page_that_sends_it(
    client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    upload, application = story.upload_token(asked), f"/coordinate/applications/{asked}"
    for visitor, path, page, words in (
        (client, f"/letter/{upload}/take-back", f"/letter/{upload}", LETTER),
        (client, f"/letter/{upload}/all/use", f"/letter/{upload}/all", ALL),
        (cora, f"{application}/select", application, APPLICATION),
    ):
        answer = visitor.get(path)
        assert (answer.status_code, links_of(answer)[words]) == (405, page)


def test_so_does_who_wanted_a_websocket(client: Visitor, story: Story, asked: UUID) -> None:
    upload = story.upload_token(asked)
    wanted = {"Connection": "Upgrade", "Upgrade": "websocket"}
    answer = client.get(f"/letter/{upload}/take-back", headers=wanted)
    assert (answer.status_code, links_of(answer)[LETTER]) == (405, f"/letter/{upload}")


def test_who_comes_too_late_to_apply_gets_back_to_the_program(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    clock.set(CLOSED)
    late = client.get(f"/programs/{story.slug}/apply")
    assert (late.status_code, links_of(late)[PROGRAM]) == (409, f"/programs/{story.slug}")
    absent = client.get("/programs/nothing/apply")
    assert (absent.status_code, links_of(absent)[HOME[0]]) == (404, HOME[1])


# --- for coordinators -------------------------------------------------------------------------


def test_who_is_signed_in_gets_back_to_the_application(
    cora: Visitor, story: Story, asked: UUID
) -> None:
    put_every_kind(story, asked)
    application = f"/coordinate/applications/{asked}"
    with story.house.works.look(SYSTEM) as work:
        mail = OutboxMessage.application_id == asked
        outbox_id = work.session.scalars(select(OutboxMessage.id).where(mail)).first()
    request_id = story.application(asked).requests[0].id
    signal_id = signals_of(story, asked)[0].id
    token = csrf_token(cora.get(application))
    for path, form, status in (
        (f"{application}/select", {"csrf_token": token}, 409),
        (f"/coordinate/requests/{request_id}/no-more-time", {"csrf_token": token}, 409),
        (f"/coordinate/mails/{outbox_id}/again", {"csrf_token": token}, 409),
        (f"/coordinate/signals/{signal_id}/check", {}, 400),
    ):
        answer = cora.post(path, data=form)
        assert (answer.status_code, links_of(answer)[APPLICATION]) == (status, application)


def test_who_is_signed_in_gets_back_to_the_program(cora: Visitor, story: Story) -> None:
    program = f"/coordinate/programs/{story.slug}"
    for path in (f"{program}/settings", f"{program}/bulk/jobs/{new_id()}/stop"):
        answer = cora.post(path)
        assert (answer.status_code, links_of(answer)[PROGRAM]) == (400, program)
    absent = cora.get(f"{program}/people/{new_id()}")
    assert (absent.status_code, links_of(absent)[PROGRAM]) == (404, program)


def test_who_may_look_only_gets_back_to_where_they_may(
    story: Story, asked: UUID, sign_in: Callable[[str], Visitor]
) -> None:
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, CORA, "Cora", [story.slug], role=Role.VIEWER)
    cora, application = sign_in(CORA), f"/coordinate/applications/{asked}"
    refused = cora.get(f"{application}/withdraw")
    assert (refused.status_code, links_of(refused)[APPLICATION]) == (403, application)


def test_nobody_is_led_to_what_they_may_not_see_or_what_is_not_there(
    house: House, cora: Visitor
) -> None:
    other = tell(house, FELLOWSHIP)
    theirs = other.apply(submit=False)
    for path, status in (
        (f"/coordinate/programs/{other.slug}", 403),
        (f"/coordinate/programs/{other.slug}/settings", 403),
        (f"/coordinate/applications/{theirs}/withdraw", 403),
        (f"/coordinate/applications/{new_id()}/withdraw", 404),
        (f"/coordinate/requests/{new_id()}/due", 404),
        ("/coordinate/programs/nothing/settings", 404),
        (f"/coordinate/programs/{other.slug}/nothing", 404),
    ):
        answer = cora.get(path)
        assert (answer.status_code, links_of(answer)[PROGRAMS[0]]) == (status, PROGRAMS[1])
        assert {APPLICATION, PROGRAM}.isdisjoint(links_of(answer))


def test_a_page_that_fails_does_not_lead_to_itself(
    cora: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.services.listing.applications_page", _not_possible)
    program = f"/coordinate/programs/{story.slug}"
    failed = cora.get(program)
    assert links_of(failed)[PROGRAMS[0]] == PROGRAMS[1]
    assert links_of(cora.get(f"{program}?q=x"))[PROGRAM] == program


def _not_possible(*_: object) -> None:
    raise NotAllowed
