"""Signing in by a mailed link: for coordinators only, once, within 15 minutes, by a click."""

from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.adapters.mailer import read_folder
from letters.house import House
from tests.support.clock import TestClock
from tests.support.people import Story
from tests.support.rows import all_rows, unchanged
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    content,
    csrf_token,
    form_labels,
    heading,
    lead,
    links_of,
    near_field,
    on_sqlite,
    path_of,
    press,
    sign_in_link,
    text_of,
    visitor_of,
)

FORM = "/coordinate/sign-in"
ASK = "Mail me the link"
USED = "This link was used"
FILL_IN = "Fill in your address, such as name@example.org."


@pytest.fixture
def coordinator(story: Story) -> UUID:
    """Cora, who runs the internship; her id."""
    return story.add_coordinator()


def _ask(visitor: Visitor, email: str) -> TestResponse:
    return press(visitor, visitor.get(FORM), ASK, {"email": email})


def _mailed_links(story: Story) -> list[tuple[str, str]]:
    """Deliver what is due; return address and sign-in link of every mail that has one."""
    story.deliver()
    found = []
    for mail in read_folder(story.house.mail_folder):
        links = [word for word in text_of(mail).split() if f"{FORM}/" in word]
        found += [(parseaddr(str(mail["To"]))[1], link) for link in links]
    return found


def _is_in(visitor: Visitor) -> bool:
    return visitor.get("/coordinate/").status_code == 200


# --- asking for a link ------------------------------------------------------------------------


@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize("typed", [CORA, CORA.upper(), f"  {CORA} "])
def test_a_coordinator_is_mailed_a_link_that_signs_in(
    client: Visitor, story: Story, typed: str
) -> None:
    answer = _ask(client, typed)
    assert (answer.status_code, heading(answer)) == (200, "Look into your mail")
    assert lead(answer) == (
        "If this is the address of a coordinator, a link is on its way. "
        "It signs you in once, in this browser, and works for 15 minutes."
    )
    [(to, link)] = _mailed_links(story)
    assert (to, link.startswith(story.house.settings.base_url)) == (CORA, True)
    entered = press(client, client.get(path_of(link)), "Sign in")
    assert (entered.status_code, entered.location) == (303, "/coordinate/")
    assert _is_in(client)


@pytest.mark.usefixtures("coordinator")
def test_the_answer_does_not_say_who_is_a_coordinator(app: Flask, story: Story) -> None:
    known = _ask(visitor_of(app), CORA)
    before = all_rows(story.house.database)
    unknown = _ask(visitor_of(app), "nobody@example.org")
    assert (unknown.status_code, unknown.data) == (known.status_code, known.data)
    assert [name for name, _ in unknown.headers] == [name for name, _ in known.headers]
    assert all_rows(story.house.database) == before
    assert [to for to, _ in _mailed_links(story)] == [CORA]


NO_ADDRESSES = (
    *("", "   ", "nobody", "%", "cora@%", "\ufb00@example.org"),
    *("\x00", f"{CORA}\x00", f"{CORA}\r\nBcc: x@example.org", "a" * 100_000),
)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_what_is_no_address_is_asked_for_again(
    app: Flask, story: Story, subtests: pytest.Subtests
) -> None:
    for typed in NO_ADDRESSES:
        with subtests.test(typed[:40]), unchanged(story.house.database):
            answer = _ask(visitor_of(app), typed)
            assert (answer.status_code, heading(answer)) == (422, "Sign in as a coordinator")
            assert near_field(answer, "email") == [FILL_IN]


# --- the link ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("coordinator")
def test_opening_the_link_does_not_sign_in(client: Visitor, house: House) -> None:
    link = sign_in_link(house)
    with unchanged(house.database):
        page = client.get(link)
    assert (page.status_code, heading(page)) == (200, "Welcome back, Cora")
    assert (
        f"This signs you in as {CORA} in this browser, "
        "until you sign out or have been away for twelve hours."
    ) in content(page)
    assert form_labels(page) == ["Sign in"]
    assert not _is_in(client)


@pytest.mark.usefixtures("coordinator")
def test_the_link_works_once(app: Flask, client: Visitor, house: House) -> None:
    link = sign_in_link(house)
    page = client.get(link)
    assert press(client, page, "Sign in").status_code == 303
    second = visitor_of(app)
    with unchanged(house.database):
        again = second.get(link)
        back = client.get(link)
    assert (again.status_code, heading(again)) == (410, USED)
    assert lead(again).startswith("It signs in once, and that has happened. Have a new one mailed.")
    assert form_labels(again) == ["Send me a new link"]
    assert not _is_in(second)
    assert (back.status_code, heading(back)) == (410, USED)
    assert lead(back) == "It signs in once, and you are signed in."
    assert links_of(back)["Back to your programs"] == "/coordinate/"
    assert form_labels(back) == ["Sign out"]


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_of_two_open_pages_only_one_signs_in(app: Flask, house: House) -> None:
    link, one, other = sign_in_link(house), visitor_of(app), visitor_of(app)
    pages = one.get(link), other.get(link)
    assert press(one, pages[0], "Sign in").status_code == 303
    assert press(other, pages[1], "Sign in").status_code == 410
    assert (_is_in(one), _is_in(other)) == (True, False)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_the_link_works_for_15_minutes(client: Visitor, house: House, clock: TestClock) -> None:
    link = sign_in_link(house)
    clock.advance(timedelta(minutes=15))
    assert client.get(link).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert client.get(link).status_code == 410


@pytest.mark.usefixtures("coordinator")
def test_an_expired_link_offers_a_new_one_that_signs_in(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    link = sign_in_link(story.house)
    in_time = client.get(link)
    clock.advance(timedelta(minutes=15, seconds=1))
    with unchanged(story.house.database):
        late = press(client, in_time, "Sign in")
    page = client.get(link)
    for answer in (late, page):
        assert (answer.status_code, heading(answer)) == (410, "This link has expired")
    assert "A new one goes to the address we have on file, and nowhere else." in content(page)
    sent = press(client, page, "Send me a new link")
    assert (sent.status_code, heading(sent)) == (200, "Look into your mail")
    [(to, new)] = _mailed_links(story)
    assert to == CORA
    assert press(client, client.get(path_of(new)), "Sign in").status_code == 303
    assert _is_in(client)


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_a_used_link_offers_a_new_one_too(app: Flask, client: Visitor, story: Story) -> None:
    link = sign_in_link(story.house)
    press(client, client.get(link), "Sign in")
    visitor = visitor_of(app)
    sent = press(visitor, visitor.get(link), "Send me a new link")
    assert heading(sent) == "Look into your mail"
    assert [to for to, _ in _mailed_links(story)] == [CORA]


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_a_link_needs_the_button_of_its_own_page(client: Visitor, house: House) -> None:
    link = sign_in_link(house)
    with unchanged(house.database):
        answer = client.post(link)
    assert (answer.status_code, heading(answer)) == (400, "This page has been open too long")
    assert not _is_in(client)


@pytest.mark.usefixtures("coordinator")
def test_the_link_of_a_coordinator_who_was_removed_opens_nothing(
    client: Visitor, story: Story
) -> None:
    link = sign_in_link(story.house)
    scenes.remove_coordinators(story.house)
    assert (client.get(link).status_code, _is_in(client)) == (404, False)


# --- the browser that asked -------------------------------------------------------------------


ELSEWHERE = "Asked for in another browser"


@pytest.mark.usefixtures("coordinator")
def test_a_mailed_link_signs_in_only_where_it_was_asked_for(
    app: Flask, client: Visitor, story: Story
) -> None:
    _ask(client, CORA)
    [(_, link)] = _mailed_links(story)
    other = visitor_of(app)
    with unchanged(story.house.database):
        page = other.get(path_of(link))
        data = {"csrf_token": csrf_token(other.get(FORM))}
        pushed = other.post(path_of(link), data=data)
    for answer in (page, pushed):
        assert (answer.status_code, heading(answer)) == (403, ELSEWHERE)
    assert not _is_in(other)
    assert press(client, client.get(path_of(link)), "Sign in").status_code == 303


@pytest.mark.usefixtures("coordinator")
def test_who_asked_with_another_s_address_gains_nothing_by_their_click(
    app: Flask, client: Visitor, story: Story
) -> None:
    stranger = visitor_of(app)
    _ask(stranger, CORA)
    [(_, link)] = _mailed_links(story)
    page = client.get(path_of(link))
    assert (page.status_code, heading(page)) == (403, ELSEWHERE)
    assert form_labels(page) == ["Send me a new link"]
    assert not _is_in(stranger)


@pytest.mark.usefixtures("coordinator")
def test_another_browser_can_have_a_link_of_its_own(
    app: Flask, client: Visitor, story: Story
) -> None:
    _ask(client, CORA)
    [(_, first)] = _mailed_links(story)
    telephone = visitor_of(app)
    press(telephone, telephone.get(path_of(first)), "Send me a new link")
    [second] = [link for to, link in _mailed_links(story) if link != first]
    assert client.get(path_of(second)).status_code == 403
    assert press(telephone, telephone.get(path_of(second)), "Sign in").status_code == 303
    assert _is_in(telephone)
    assert heading(client.get(path_of(first))) == "This link was replaced"


@on_sqlite
@pytest.mark.usefixtures("coordinator")
def test_two_links_asked_for_in_one_browser_open_there_both(client: Visitor, story: Story) -> None:
    _ask(client, CORA)
    _ask(client, CORA)
    links = [path_of(link) for _, link in _mailed_links(story)]
    assert [client.get(link).status_code for link in links] == [200, 200]
