"""Coordinators sign in by a mailed link that works once, for a quarter of an hour."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.domain.errors import (
    LinkExpired,
    LinkInvalid,
    LinkOfAnotherBrowser,
    LinkReplaced,
    LinkUsed,
    UnknownCoordinator,
)
from letters.domain.journal import MessageKind
from letters.domain.sessions import LONGEST_AWAY
from letters.ports import Purpose
from letters.records import Coordinator, SignIn, new_id
from letters.services import sessions, signing_in
from letters.services.signing_in import LINK_LIFETIME
from tests.services import scenes
from tests.services.scenes import BLINK, nothing_changed
from tests.services.waiting import amid
from tests.support.clock import TestClock
from tests.support.people import OPERATOR, START, SYSTEM, Story
from tests.support.rows import all_rows

CORA = "cora@alpine.example.org"


def make_token(story: Story, email: str = CORA) -> str:
    with story.house.works.change(OPERATOR) as work:
        return signing_in.make_link(work, email).rpartition("/")[2]


def check(story: Story, token: str, secret: str | None = None) -> Coordinator:
    with story.house.works.look(SYSTEM) as work:
        return signing_in.check_link(work, token, secret)


def use(story: Story, token: str, secret: str | None = None) -> UUID:
    with story.house.works.change(SYSTEM) as work:
        return signing_in.use_link(work, token, secret, "Firefox, Linux").coordinator_id


OURS = "of this browser"


def mail_link(story: Story, email: str, browser: str = OURS) -> bool:
    with story.house.works.change(SYSTEM) as work:
        return signing_in.mail_link(work, email, browser)


def test_a_link_signs_its_coordinator_in(story: Story) -> None:
    coordinator_id = story.add_coordinator()
    story.add_coordinator("other@alpine.example.org", "Other")
    assert use(story, make_token(story)) == coordinator_id


def test_an_operator_gets_the_whole_address(story: Story) -> None:
    story.add_coordinator()
    with story.house.works.change(OPERATOR) as work:
        url = signing_in.make_link(work, f" {CORA.upper()} ")
    assert url.startswith("http://127.0.0.1:8000/coordinate/sign-in/")


def test_looking_at_a_link_does_not_use_it_up(story: Story) -> None:
    coordinator_id = story.add_coordinator()
    token = make_token(story)
    with nothing_changed(story.house):
        assert [check(story, token).id for _ in range(3)] == [coordinator_id] * 3
    assert use(story, token) == coordinator_id


def test_a_link_works_once(story: Story) -> None:
    story.add_coordinator()
    token = make_token(story)
    use(story, token)
    with nothing_changed(story.house):
        for look in (check, use):
            with pytest.raises(LinkUsed):
                look(story, token)


def test_of_two_people_with_one_link_one_comes_in(story: Story) -> None:
    story.add_coordinator()
    token = make_token(story)
    outcomes = scenes.at_once(*[lambda: use(story, token)] * 3)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "LinkUsed",
        "LinkUsed",
        "UUID",
    ]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_link_that_somebody_just_uses_is_used_up_for_who_had_looked_at_it(story: Story) -> None:
    story.add_coordinator()
    token = make_token(story)
    with pytest.raises(LinkReplaced):
        amid(
            story.house,
            SYSTEM,
            lambda work: signing_in.use_link(work, token, None, "Firefox, Linux"),
            lambda: use(story, token),
        )


def test_signing_in_ends_every_link_that_is_under_way(story: Story) -> None:
    story.add_coordinator()
    first, second = make_token(story), make_token(story)
    use(story, second)
    with pytest.raises(LinkReplaced):
        use(story, first)


def test_a_link_lives_for_15_minutes(story: Story, clock: TestClock) -> None:
    coordinator_id = story.add_coordinator()
    token = make_token(story)
    clock.advance(LINK_LIFETIME)
    assert check(story, token).id == coordinator_id

    clock.advance(BLINK)
    with nothing_changed(story.house), pytest.raises(LinkExpired) as refused:
        use(story, token)
    assert timedelta(minutes=15) == LINK_LIFETIME
    assert refused.value.purpose == Purpose.SIGN_IN


@pytest.mark.parametrize("generation", [0, 2, 99])
def test_a_link_that_was_never_given_signs_nobody_in(story: Story, generation: int) -> None:
    coordinator_id = story.add_coordinator()
    links = story.house.works.tools.links
    asked = links.read(Purpose.SIGN_IN, make_token(story)).row_id
    for token in (
        links.mint(Purpose.SIGN_IN, asked, generation),
        links.mint(Purpose.SIGN_IN, coordinator_id, 1),
        links.mint(Purpose.SIGN_IN, new_id(), 1),
        links.mint(Purpose.STATUS, coordinator_id, 1),
        "nonsense",
    ):
        with nothing_changed(story.house), pytest.raises(LinkInvalid):
            use(story, token)


def test_a_link_is_mailed_to_the_address_on_file(story: Story) -> None:
    coordinator_id = story.add_coordinator()
    assert mail_link(story, f" {CORA.title()}\n") is True
    row = scenes.mail(story.house, MessageKind.SIGN_IN)
    assert (row.coordinator_id, row.created_at, set(row.details)) == (
        coordinator_id,
        START,
        {"sign_in"},
    )


def test_an_unknown_address_is_mailed_nothing(story: Story) -> None:
    story.add_coordinator()
    with nothing_changed(story.house):
        for email in ("nobody@example.org", "", "x" * 1000, "nul\x00@example.org", "\ud800@x"):
            assert mail_link(story, email) is False


def test_an_operator_is_told_that_an_address_is_unknown(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(UnknownCoordinator):
        make_token(story, "nobody@example.org")


@pytest.mark.parametrize("secret", [None, "", "of another browser"])
def test_a_mailed_link_opens_in_the_browser_that_asked_alone(
    story: Story, secret: str | None
) -> None:
    coordinator_id = story.add_coordinator()
    mail_link(story, CORA)
    asked = UUID(scenes.mail(story.house, MessageKind.SIGN_IN).details["sign_in"])
    token = story.house.works.tools.links.mint(Purpose.SIGN_IN, asked, 1)
    with nothing_changed(story.house), pytest.raises(LinkOfAnotherBrowser):
        use(story, token, secret)
    assert check(story, token, "of this browser").id == coordinator_id
    assert use(story, token, "of this browser") == coordinator_id
    with pytest.raises(LinkReplaced):
        use(story, token, "of this browser")


def test_the_secret_of_a_browser_is_not_kept(story: Story) -> None:
    story.add_coordinator()
    mail_link(story, CORA, "a secret of the browser")
    [row] = all_rows(story.house.database)["sign_ins"]
    assert "a secret of the browser" not in row


def test_who_is_busy_keeps_nobody_else_signed_in(story: Story, clock: TestClock) -> None:
    story.add_coordinator()
    token, other = make_token(story), "other@alpine.example.org"
    story.add_coordinator(other, "Other")
    use(story, token)
    use(story, make_token(story, other))
    clock.advance(LONGEST_AWAY)
    with story.house.works.change(SYSTEM) as work:
        busy, _ = work.session.scalars(select(SignIn).order_by(SignIn.id)).all()
        sessions.note_use(work, busy.id)
    with story.house.works.look(SYSTEM) as work:
        begun = work.session.scalars(select(SignIn).order_by(SignIn.id)).all()
        going_on = [sessions.going_on(work, one.id) is not None for one in begun]
    assert going_on == [True, False]
