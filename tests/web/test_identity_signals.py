"""Identity signals on the pages: explained to who reads letters, marked by who manages."""

from uuid import UUID

import pytest
from flask import Flask

from letters.domain.roles import Role
from letters.domain.signals import SignalKind
from letters.house import House
from letters.services import administering
from letters.web import places
from tests.services import signals
from tests.support.people import OPERATOR, REFEREES, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    follow,
    form_labels,
    heading,
    on_sqlite,
    press,
    signed_in,
    text_of_section,
    visitor_of,
)

ABOUT = "about Prof. Ada Ferreira"
MARK, UNMARK = f"Mark as checked {ABOUT}", f"Not checked after all {ABOUT}"
PUBLIC = "9.9.9.9"
"""The addresses that documentation may use are of no network, so they tell nothing."""


def _page(application_id: UUID) -> str:
    return f"/coordinate/applications/{application_id}"


@pytest.fixture
def suspected(story: Story) -> UUID:
    """An application whose first referee writes from a free mailbox."""
    application_id = story.apply(signals.naming(signals.GMAIL))
    signals.look(story)
    return application_id


def _colleague(story: Story, app: Flask, role: Role) -> Visitor:
    address = f"{role.value}@alpine.example.org"
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, address, "Noor", [story.slug], role=role)
    return signed_in(app, story.house, address)


def test_a_signal_is_marked_as_checked_with_what_was_found_and_taken_back(
    cora: Visitor, story: Story, suspected: UUID
) -> None:
    page = cora.get(_page(suspected))
    said = text_of_section(page, "referees")
    assert "Anybody can get a mailbox at gmail.com, under any name." in said
    assert "Many scholars write from one, so it proves nothing." in said
    done = follow(cora, press(cora, page, MARK, {"reason": "<b>She called.</b>"}))
    assert "gmail.com, under any name. checked" in text_of_section(done, "referees")
    assert "Identity signal about Prof. Ada Ferreira marked as checked (you)" in content(done)
    assert "“<b>She called.</b>”" in text_of_section(done, "happened")
    assert signals.noticed(story, suspected) == {}
    again = follow(cora, press(cora, done, UNMARK))
    assert "not checked after all (you)" in text_of_section(again, "happened")
    assert len(signals.noticed(story, suspected)) == 1


@on_sqlite
def test_a_reason_that_is_too_long_is_kept_on_the_page(
    cora: Visitor, story: Story, suspected: UUID
) -> None:
    long = "x" * 1001
    with unchanged(story.house.database):
        answer = press(cora, cora.get(_page(suspected)), MARK, {"reason": long})
    assert (answer.status_code, heading(answer)) == (422, "Not marked as checked")
    assert "Use at most 1000 characters." in content(answer)
    done = follow(cora, press(cora, answer, "Mark as checked", {"reason": "Fine."}))
    assert done.request.path == _page(suspected)


@on_sqlite
def test_every_kind_is_explained_and_says_that_nothing_follows(cora: Visitor, story: Story) -> None:
    application_id = story.apply()
    signals.put_every_kind(story, application_id)
    said = text_of_section(cora.get(_page(application_id)), "referees")
    assert said.count("Nothing follows from such a signal by itself.") == 1
    for words in (
        "mailinator.com gives mailboxes that last for minutes",
        "examp1e.edu looks like example.edu and is another domain",
        "At least 5 applicants of this program name this address",
        "Other applicants name this address for somebody with another name",
        "a browser in which the applicant's own pages had been opened",
    ):
        assert words in said


@on_sqlite
def test_readers_see_signals_and_viewers_do_not(app: Flask, story: Story, suspected: UUID) -> None:
    reader = _colleague(story, app, Role.READER).get(_page(suspected))
    assert "under any name" in content(reader)
    assert MARK not in form_labels(reader)
    viewer = _colleague(story, app, Role.VIEWER)
    assert "under any name" not in content(viewer.get(_page(suspected)))
    assert "identity signal" not in content(viewer.get("/coordinate/"))


@on_sqlite
def test_the_dashboard_leads_to_the_list_of_what_has_signals(
    cora: Visitor, story: Story, suspected: UUID
) -> None:
    story.apply(signals.naming(REFEREES[0], 2))
    assert "1 identity signal to look at" in content(cora.get("/coordinate/"))
    shown = content(cora.get(f"/coordinate/programs/{story.slug}?wrong=signals"))
    assert "Applicant 1" in shown
    assert "Applicant 2" not in shown
    signals.check(story, suspected)
    assert "identity signal" not in content(cora.get("/coordinate/"))


# --- from where a letter comes ----------------------------------------------------------------


def _status(story: Story, application_id: UUID) -> str:
    return f"/application/{story.status_token(application_id)}"


def _send(visitor: Visitor, story: Story, application_id: UUID) -> None:
    page = visitor.get(f"/letter/{story.upload_token(application_id)}")
    assert press(visitor, page, "Send the letter", attached()).status_code == 303


def test_a_letter_from_the_applicants_browser_is_noticed_and_no_one_is_told(
    app: Flask, house: House, story: Story
) -> None:
    asked, browser = scenes.requested(story), visitor_of(app)
    with unchanged(house.database):
        browser.get(_status(story, asked))
    _send(browser, story, asked)
    assert signals.noticed(story, asked) == {SignalKind.SAME_PLACE: {"how": "browser"}}
    for path in (_status(story, asked), f"/letter/{story.upload_token(asked)}"):
        assert "signal" not in browser.get(path).text


@on_sqlite
def test_another_browser_is_not_noticed(app: Flask, story: Story) -> None:
    asked = scenes.requested(story)
    visitor_of(app).get(_status(story, asked))
    _send(visitor_of(app), story, asked)
    assert signals.noticed(story, asked) == {}


def test_a_letter_from_the_applicants_connection_is_noticed(app: Flask, story: Story) -> None:
    asked, at_home, sender = scenes.requested(story), visitor_of(app), visitor_of(app)
    for one in (at_home, sender):
        one.environ_base["REMOTE_ADDR"] = PUBLIC
    page = at_home.get(f"{_status(story, asked)}/mails")
    press(at_home, page, "Save the choice", {"mails": "problems"})
    _send(sender, story, asked)
    assert signals.noticed(story, asked) == {SignalKind.SAME_PLACE: {"how": "network"}}
    assert PUBLIC not in str(story.application(asked).places)


@on_sqlite
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PUBLIC, PUBLIC, True),
        ("2606:4700:1::1", "2606:4700:1::2", True),
        (f"::ffff:{PUBLIC}", PUBLIC, True),
        (PUBLIC, "9.9.9.10", False),
        ("2606:4700:1::1", "2606:4700:2::1", False),
    ],
)
def test_one_connection_is_told_from_another(app: Flask, one: str, other: str, same: bool) -> None:
    assert (_place(app, one) == _place(app, other)) is same
    assert len(_place(app, one)) == 32


@on_sqlite
@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "fd00::1", "203.0.113.7", "unknown"])
def test_an_address_that_everybody_may_have_tells_nothing(app: Flask, address: str) -> None:
    assert _place(app, address) == ""


def _place(app: Flask, address: str) -> str:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        return places.here()
