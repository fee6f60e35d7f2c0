"""Administrators find what is kept about one person, hand it over, and erase it."""

import io
import zipfile
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from letters.house import House
from letters.services import administering
from tests.services.person import ADDRESS, SURNAME, comes_in_every_part, erase
from tests.services.scenes import CLOSES, Postbox, deliver_to
from tests.support.clock import TestClock
from tests.support.people import A_DAY, OPERATOR, Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    Visitor,
    content,
    links_of,
    on_sqlite,
    press,
    signed_in,
    text_of_section,
    visitor_of,
)

pytestmark = on_sqlite
ROOT = "root@alpine.example.org"
WHY = {"reason": "Asked for in writing."}


@pytest.fixture
def both(story: Story, clock: TestClock) -> tuple[UUID, UUID]:
    """She applied and was a referee, and all of it has closed."""
    found = comes_in_every_part(story)
    clock.set(CLOSES + A_DAY)
    deliver_to(story.house, Postbox())
    return found


@pytest.fixture
def root(app: Flask, house: House) -> Callable[[], Visitor]:
    """Sign an administrator in."""

    def sign_in() -> Visitor:
        with house.works.change(OPERATOR) as work:
            administering.add_coordinator(work, ROOT, "Root", [], administrator=True)
        return signed_in(app, house, ROOT)

    return sign_in


def test_she_is_found_handed_over_and_erased(
    root: Callable[[], Visitor], story: Story, both: tuple[UUID, UUID]
) -> None:
    visitor = root()
    form = visitor.get(links_of(visitor.get("/coordinate/"))["What is kept about one person"])
    for typed, status in (("no address", 422), ("nobody@example.com", 404)):
        wrong = press(visitor, form, "Find", {"email": typed})
        assert wrong.status_code == status
        assert typed in wrong.text
    with unchanged(story.house.database):
        found = press(visitor, form, "Find", {"email": ADDRESS.upper()})
    goes = text_of_section(found, "goes")
    assert "as an applicant to alpine-summer, with one letter" in goes
    assert "as a referee in alpine-summer, with one letter" in goes
    taken = press(visitor, found, "Download all of it")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="person.zip"'
    assert "person.json" in zipfile.ZipFile(io.BytesIO(taken.data)).namelist()
    with unchanged(story.house.database):
        refused = press(visitor, found, "Erase for good", {"reason": f"{SURNAME} asked."})
    assert refused.status_code == 422
    assert "Leave the person's name and address out" in content(refused)
    done = press(visitor, refused, "Erase for good", WHY)
    assert "as an applicant to alpine-summer" in text_of_section(done, "goes")
    assert press(visitor, refused, "Erase for good", WHY).status_code == 404
    for application_id in both:
        page = visitor.get(f"/coordinate/applications/{application_id}")
        assert SURNAME.lower() not in page.text.lower()
        assert "erased on request" in content(page)
        assert "erased on request (you)" in text_of_section(page, "happened")


def test_what_cannot_go_yet_is_said(root: Callable[[], Visitor], story: Story) -> None:
    comes_in_every_part(story)
    visitor = root()
    form = visitor.get("/coordinate/person")
    found = press(visitor, form, "Find", {"email": ADDRESS})
    stays = text_of_section(found, "stays")
    assert "The application goes on, and others rely on it." in stays
    assert "The letter counts until the application closes." in stays


def test_every_page_still_works(
    app: Flask, cora: Visitor, house: House, story: Story, both: tuple[UUID, UUID]
) -> None:
    applied, named = both
    token, mira = story.status_token(applied), story.status_token(named)
    letter = story.upload_token(named)
    bram = story.upload_token(named, 2)
    erase(story)
    cora = signed_in(app, house)
    for path in ("", "/export", "/erasures", "?search=Quillfeather"):
        assert SURNAME not in content(cora.get(f"/coordinate/programs/alpine-summer{path}"))
    anybody = visitor_of(app)
    for path in (f"/application/{token}", f"/letter/{letter}"):
        gone = anybody.get(path)
        assert gone.status_code == 410
        assert "was erased" in content(gone)
    assert "erased" in content(anybody.get(f"/application/{mira}"))
    assert anybody.get(f"/letter/{bram}").status_code == 200


def test_only_administrators_are_let_in(cora: Visitor, story: Story) -> None:
    assert story.slug
    assert cora.get("/coordinate/person").status_code == 403
    assert "What is kept about one person" not in links_of(cora.get("/coordinate/"))
