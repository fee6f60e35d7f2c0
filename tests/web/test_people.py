"""The people of a program: invited by mail, given a role, removed; nobody locks themselves out."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from letters.adapters.mailer import read_folder
from letters.domain.roles import Role
from letters.house import House
from letters.records import Coordinator, OutboxMessage
from letters.services import administering, dashboard, finding, inviting, people
from tests.services.failing import REFUSED
from tests.services.scenes import Postbox, deliver_to
from tests.support.clock import TestClock
from tests.support.people import OPERATOR, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    CORA,
    Visitor,
    content,
    follow,
    form_labels,
    heading,
    lead,
    links_of,
    on_sqlite,
    path_of,
    press,
    rows,
    signed_in_by_link,
    text_of,
    visitor_of,
)

IRIS = "iris@alpine.example.org"
NEW = {"name": "Iris Novak", "email": IRIS, "role": "reader"}


@pytest.fixture
def page(story: Story) -> str:
    """The path of the list of the program's people."""
    return f"/coordinate/programs/{story.slug}/people"


def _invite(cora: Visitor, page: str, **changed: str) -> TestResponse:
    return press(cora, cora.get(page), "Invite", {**NEW, **changed})


def _id_of(house: House, email: str) -> UUID:
    with house.works.look(SYSTEM) as work:
        return work.session.scalars(select(Coordinator.id).where(Coordinator.email == email)).one()


def _role_of(story: Story, email: str) -> Role | None:
    with story.house.works.look(SYSTEM) as work:
        person = finding.coordinator_by_email(work, email)
        program = finding.program_by_slug(work, story.slug)
        return dashboard.role_on(work, person, program.id)


def _mailed_invitation(story: Story) -> str:
    """Deliver what is due; return the path in the newest mail with an invitation."""
    story.deliver()
    links = [
        word
        for mail in read_folder(story.house.mail_folder)
        for word in text_of(mail).split()
        if "/coordinate/invitation/" in word
    ]
    return path_of(links[-1])


def _add(story: Story, email: str, role: Role) -> None:
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, email, "Vera", [story.slug], role=role)


# --- inviting ---------------------------------------------------------------------------------


def test_from_the_invitation_to_the_program(
    app: Flask, cora: Visitor, story: Story, page: str
) -> None:
    assert follow(cora, _invite(cora, page)).request.path == page
    people = rows(cora.get(page))
    assert [cells[:3] for cells in people] == [
        ["Cora (you)", CORA, "Manager"],
        ["Iris Novak", IRIS, "Reader"],
    ]
    assert people[1][3].startswith("invited, until ")
    iris, link = visitor_of(app), _mailed_invitation(story)
    opened = iris.get(link)
    assert (heading(opened), form_labels(opened)) == ("Welcome, Iris Novak", ["Accept and sign in"])
    entered = follow(iris, press(iris, opened, "Accept and sign in"))
    assert heading(entered) == "Your programs"
    program = iris.get(f"/coordinate/programs/{story.slug}")
    assert program.status_code == 200
    assert "People" not in links_of(program)
    assert rows(cora.get(page))[1][3].startswith("since ")


@on_sqlite
def test_an_invitation_that_bounced_is_told_until_another_mail_goes(
    cora: Visitor, story: Story, page: str, clock: TestClock
) -> None:
    _invite(cora, page)
    story.deliver()
    with story.house.works.change(SYSTEM) as work:
        to_iris = OutboxMessage.sent_to == IRIS
        back = {"bounced_at": clock.now(), "last_error": "550 5.1.1 User unknown"}
        work.session.execute(update(OutboxMessage).where(to_iris).values(back))
    path = f"{page}/{_id_of(story.house, IRIS)}"
    shown = content(cora.get(path))
    assert "The last mail to this address came back." in shown
    assert "550 5.1.1 User unknown" in shown
    clock.advance(timedelta(hours=1))
    press(cora, cora.get(path), "Mail the invitation again")
    story.deliver()
    assert "came back" not in content(cora.get(path))


@on_sqlite
def test_an_invitation_that_was_given_up_is_told_and_mailed_again(
    cora: Visitor, story: Story, page: str, clock: TestClock
) -> None:
    _invite(cora, page)
    deliver_to(story.house, Postbox([REFUSED]))
    path = f"{page}/{_id_of(story.house, IRIS)}"
    shown = content(cora.get(path))
    assert "The last mail to this address could not be delivered." in shown
    assert "550 no such mailbox" in shown
    clock.advance(timedelta(hours=1))
    press(cora, cora.get(path), "Mail the invitation again")
    story.deliver()
    assert "could not be delivered" not in content(cora.get(path))


def test_scanners_do_not_use_an_invitation_up(
    app: Flask, cora: Visitor, story: Story, page: str
) -> None:
    _invite(cora, page)
    link = _mailed_invitation(story)
    with unchanged(story.house.database):
        for method in ("GET", "HEAD", "GET"):
            assert visitor_of(app).open(link, method=method).status_code == 200
        assert visitor_of(app).post(link).status_code == 400
    first, second = visitor_of(app), visitor_of(app)
    pages = first.get(link), second.get(link)
    assert press(first, pages[0], "Accept and sign in").status_code == 303
    late = press(second, pages[1], "Accept and sign in")
    assert (late.status_code, heading(late)) == (410, "This link was used")
    assert form_labels(late) == ["Send me a new link"]
    assert second.get("/coordinate/").status_code == 303
    assert links_of(first.get(link))["Back to your programs"] == "/coordinate/"


@on_sqlite
def test_an_expired_invitation_leads_to_a_sign_in_link(
    app: Flask, cora: Visitor, story: Story, page: str, clock: TestClock
) -> None:
    _invite(cora, page)
    link = _mailed_invitation(story)
    clock.advance(inviting.INVITATION_LIFETIME + timedelta(seconds=1))
    visitor = visitor_of(app)
    late = visitor.get(link)
    assert (late.status_code, heading(late)) == (410, "This link has expired")
    sent = press(visitor, late, "Send me a new link")
    assert heading(sent) == "Look into your mail"
    story.deliver()
    newest = read_folder(story.house.mail_folder)[-1]
    assert (str(newest["To"]), "/coordinate/sign-in/" in text_of(newest)) == (IRIS, True)


@on_sqlite
def test_what_is_wrong_is_said_beside_what_was_typed(
    cora: Visitor, story: Story, page: str
) -> None:
    with unchanged(story.house.database):
        answer = _invite(cora, page, email=CORA, name="")
    assert answer.status_code == 422
    assert "Nobody was invited." in content(answer)
    assert "This person works on the program already." in content(answer)
    assert f'value="{CORA}"' in answer.text


@on_sqlite
def test_an_invitation_is_mailed_again_until_it_is_used(
    app: Flask, cora: Visitor, story: Story, page: str
) -> None:
    _invite(cora, page)
    person = f"{page}/{_id_of(story.house, IRIS)}"
    open_before = cora.get(person)
    assert press(cora, open_before, "Mail the invitation again").status_code == 303
    link = _mailed_invitation(story)
    assert len(read_folder(story.house.mail_folder)) == 2
    iris = visitor_of(app)
    press(iris, iris.get(link), "Accept and sign in")
    with unchanged(story.house.database):
        late = press(cora, open_before, "Mail the invitation again")
    assert (late.status_code, heading(late)) == (409, "Not possible now")
    assert "Mail the invitation again" not in form_labels(cora.get(person))


# --- changing and removing --------------------------------------------------------------------


def test_a_role_that_is_changed_counts_at_once(
    app: Flask, cora: Visitor, story: Story, page: str
) -> None:
    _add(story, IRIS, Role.READER)
    iris = signed_in_by_link(app, story.house, IRIS)
    assert iris.get(page).status_code == 403
    person = f"{page}/{_id_of(story.house, IRIS)}"
    changed = press(cora, cora.get(person), "Save the role", {"role": "manager"})
    assert follow(cora, changed).request.path == page
    assert iris.get(page).status_code == 200
    asked = press(cora, cora.get(f"{person}/remove"), "Remove")
    assert follow(cora, asked).request.path == page
    assert iris.get(page).status_code == 403
    assert "You do not run a program yet." in content(iris.get("/coordinate/"))


@on_sqlite
def test_nobody_is_removed_by_looking(cora: Visitor, story: Story, page: str) -> None:
    _add(story, IRIS, Role.VIEWER)
    with unchanged(story.house.database):
        asked = cora.get(f"{page}/{_id_of(story.house, IRIS)}/remove")
    assert form_labels(asked) == ["Sign out", "Withdraw it"]
    assert links_of(asked)["Back, change nothing"].endswith(str(_id_of(story.house, IRIS)))


@on_sqlite
def test_the_last_manager_cannot_go(cora: Visitor, story: Story, page: str) -> None:
    me = f"{page}/{_id_of(story.house, CORA)}"
    with unchanged(story.house.database):
        gone = press(cora, cora.get(f"{me}/remove"), "Leave it")
        asked = press(cora, cora.get(me), "Save the role", {"role": "viewer"})
        less = press(cora, asked, "Give it up")
    for answer in (gone, less):
        assert (answer.status_code, heading(answer)) == (409, "Not possible now")
        assert "The program would have no manager left." in content(answer)


@on_sqlite
def test_giving_up_one_s_own_rights_is_asked_about_first(
    app: Flask, cora: Visitor, story: Story, page: str
) -> None:
    _add(story, IRIS, Role.MANAGER)
    signed_in_by_link(app, story.house, IRIS)
    me = f"{page}/{_id_of(story.house, CORA)}"
    with unchanged(story.house.database):
        asked = press(cora, cora.get(me), "Save the role", {"role": "reader"})
    assert heading(asked) == "Give up managing this program"
    assert "you cannot take this back" in lead(asked)
    done = follow(cora, press(cora, asked, "Give it up"))
    assert (done.status_code, _role_of(story, CORA)) == (200, Role.READER)
    assert cora.get(page).status_code == 403


@on_sqlite
def test_leaving_a_program_leads_to_the_others(
    app: Flask, cora: Visitor, story: Story, page: str
) -> None:
    _add(story, IRIS, Role.MANAGER)
    signed_in_by_link(app, story.house, IRIS)
    left = press(cora, cora.get(f"{page}/{_id_of(story.house, CORA)}/remove"), "Leave it")
    assert "You do not run a program yet." in content(follow(cora, left))


# --- everybody --------------------------------------------------------------------------------


@on_sqlite
def test_an_administrator_lists_everybody(story: Story, sign_in: Callable[[str], Visitor]) -> None:
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, CORA, "Cora", [], administrator=True)
        vera = administering.add_coordinator(work, IRIS, "Vera", [story.slug], role=Role.VIEWER)
        program = finding.program_by_slug(work, story.slug)
        assert [one.coordinator.id for one in people.members(work, program)] == [vera.id]
    cora = sign_in(CORA)
    home = cora.get("/coordinate/")
    listed = rows(cora.get(links_of(home)["Everybody who can sign in"]))
    assert listed == [
        ["Cora administrator", CORA, "no program"],
        ["Vera never signed in", IRIS, "Alpine Summer Research Internship Viewer"],
    ]


@on_sqlite
def test_who_is_no_administrator_is_not_led_there(cora: Visitor) -> None:
    assert "Everybody who can sign in" not in links_of(cora.get("/coordinate/"))
    assert cora.get("/coordinate/people").status_code == 403
