"""An administrator creates a program from nothing; nobody else does."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from letters.house import House
from letters.records import Program
from letters.services import administering
from tests.support.people import INTERNSHIP, OPERATOR, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web.test_previews import frames, words_of
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    heading,
    links_of,
    on_sqlite,
    press,
    signed_in,
)

pytestmark = on_sqlite
ROOT = "root@alpine.example.org"
NEW = "/coordinate/new-program"
CREATE = "Create the program"
TYPED = {
    "slug": "winter-school",
    "title": "Winter <b>School</b>",
    "organization": "Alpine Institute",
    "contact_email": "winter@alpine.example.org",
    "due_at": "2027-11-01T18:00",
    "request_policy": "selected",
}


@pytest.fixture
def root(app: Flask, house: House, story: Story) -> Callable[[], Visitor]:
    """Sign an administrator in who is in Tokyo; another program is there already."""
    assert story.slug == INTERNSHIP.slug

    def sign_in() -> Visitor:
        with house.works.change(OPERATOR) as work:
            administering.add_coordinator(
                work, ROOT, "Root", [], timezone="Asia/Tokyo", administrator=True
            )
        return signed_in(app, house, ROOT)

    return sign_in


def programs(house: House) -> dict[str, Program]:
    with house.works.look(SYSTEM) as work:
        return {program.slug: program for program in work.session.scalars(select(Program))}


def test_it_is_created_with_the_usual_settings_and_then_somebody_is_invited(
    root: Callable[[], Visitor], house: House
) -> None:
    visitor = root()
    form = visitor.get(links_of(visitor.get("/coordinate/"))["Create a program"])
    assert (form.request.path, heading(form)) == (NEW, "A new program")
    people = follow(visitor, press(visitor, form, CREATE, TYPED))
    assert people.request.path == "/coordinate/programs/winter-school/people"
    made = programs(house)["winter-school"]
    assert (made.title, made.timezone) == ("Winter <b>School</b>", "Asia/Tokyo")
    assert made.due_at.isoformat() == "2027-11-01T09:00:00+00:00"
    assert (made.min_letters, made.max_letters, made.kept_days) == (2, 4, 365)
    assert made.copied_from is None
    assert heading(visitor.get("/programs/winter-school")) == "Winter <b>School</b>"


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    root: Callable[[], Visitor], house: House
) -> None:
    visitor = root()
    with unchanged(house.database):
        empty = press(visitor, visitor.get(NEW), CREATE)
        assert empty.status_code == 422
        wrong = press(visitor, empty, CREATE, TYPED | {"title": "", "slug": "Not A Slug"})
        assert wrong.status_code == 422
        taken = press(visitor, wrong, CREATE, {"title": "Winter", "slug": INTERNSHIP.slug})
    for page, fields in ((empty, ["due_at"]), (wrong, ["title", "slug"]), (taken, ["slug"])):
        assert "Nothing was saved." in content(page)
        assert [field for field in fields if f'id="{field}-wrong"' not in page.text] == []
    assert taken.status_code == 409
    assert f"“{INTERNSHIP.slug}” exists already. Choose another name." in content(taken)
    assert press(visitor, taken, CREATE, {"slug": "winter"}).status_code == 303
    assert programs(house)["winter"].organization == "Alpine Institute"


def test_it_is_shown_before_it_is_created(root: Callable[[], Visitor], house: House) -> None:
    visitor = root()
    with unchanged(house.database):
        assert press(visitor, visitor.get(NEW), "Preview").status_code == 422
        page = press(visitor, visitor.get(NEW), "Preview", TYPED | {"slug": ""})
    assert "Winter <b>School</b>" in words_of(frames(page)["The program's page"])
    form = press(visitor, page, "Change it")
    assert heading(form) == "A new program"
    again = press(visitor, form, "Preview", {"slug": "winter"})
    assert press(visitor, again, CREATE).status_code == 303
    assert programs(house)["winter"].title == "Winter <b>School</b>"


def test_who_looks_after_a_program_only_creates_none(cora: Visitor, house: House) -> None:
    assert "Create a program" not in links_of(cora.get("/coordinate/"))
    typed = TYPED | {"csrf_token": csrf_token(cora.get("/coordinate/"))}
    with unchanged(house.database):
        assert cora.get(NEW).status_code == 403
        for path in (NEW, f"{NEW}/preview"):
            assert cora.post(path, data=typed).status_code == 403
