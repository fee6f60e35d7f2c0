"""Taking letters and states away: who may, what they get, and what is written down."""

import io
from collections.abc import Callable
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdfium2 import PdfDocument
from sqlalchemy import update

from letters.domain.roles import Role
from letters.records import Coordinator, program_coordinators
from tests.support.people import FELLOWSHIP, SYSTEM, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import Visitor, content, form_labels, form_with, heading, press, visitor_of

PACKET = "Download all letters in one PDF"
EXPORT = "/coordinate/programs/alpine-summer/export"


@pytest.fixture
def as_role(story: Story, cora: Visitor) -> Callable[[Role], Visitor]:
    """Let Cora be something else than a manager."""

    def be(role: Role) -> Visitor:
        with story.house.works.change(SYSTEM) as work:
            work.session.execute(update(program_coordinators).values(role=role))
        return cora

    return be


@pytest.mark.parametrize("role", [Role.READER, Role.MANAGER])
def test_who_reads_letters_takes_all_of_them(
    as_role: Callable[[Role], Visitor], story: Story, asked: UUID, role: Role
) -> None:
    scenes.letter_in(story, asked, 1)
    visitor = as_role(role)

    answer = press(visitor, visitor.get(EXPORT), "Download all letters")

    assert answer.mimetype == "application/zip"
    assert "alpine-summer-letters.zip" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert len(ZipFile(io.BytesIO(answer.data)).namelist()) == 2
    page = content(visitor.get(f"/coordinate/applications/{asked}"))
    assert "taken with all letters (you)" in page


def test_who_reads_letters_takes_those_of_one_application_in_one_file(
    as_role: Callable[[Role], Visitor], story: Story, asked: UUID
) -> None:
    scenes.letter_in(story, asked, 1)
    visitor = as_role(Role.READER)
    page = visitor.get(f"/coordinate/applications/{asked}")
    answer = press(visitor, page, PACKET)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert 'filename="Mira Lindqvist.pdf"' in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    with PdfDocument(answer.data) as packet:
        assert len(packet) == 2
    page = visitor.get(f"/coordinate/applications/{asked}")
    assert "taken in a packet (you)" in content(page)
    assert PACKET not in form_labels(as_role(Role.VIEWER).get(page.request.path))
    with unchanged(story.house.database):
        assert press(visitor, page, PACKET).status_code == 403


def test_a_viewer_gets_the_table_and_no_letter(
    as_role: Callable[[Role], Visitor], story: Story, asked: UUID
) -> None:
    scenes.letter_in(story, asked, 1)
    visitor = as_role(Role.VIEWER)

    page = visitor.get(EXPORT)
    assert "Download all letters" not in content(page)
    table = visitor.get(f"{EXPORT}/states.csv")
    assert (table.status_code, table.mimetype) == (200, "text/csv")
    assert "Mira Lindqvist" in table.text
    with unchanged(story.house.database):
        token = form_with(visitor.get("/coordinate/"), "Sign out").fields["csrf_token"]
        refused = visitor.post(f"{EXPORT}/letters.zip", data={"csrf_token": token})
    assert (refused.status_code, heading(refused)) == (403, "No access")


def test_nobody_else_gets_anything(app: Flask, cora: Visitor, story: Story) -> None:
    other = tell(story.house, FELLOWSHIP)
    for path in ("", "/states.csv"):
        assert cora.get(f"/coordinate/programs/{other.slug}/export{path}").status_code == 403
        assert visitor_of(app).get(f"{EXPORT}{path}").status_code == 303
    assert visitor_of(app).get(f"{EXPORT}/letters.zip").status_code == 405


def test_an_administrator_takes_them_from_every_program(
    cora: Visitor, story: Story, asked: UUID
) -> None:
    scenes.letter_in(story, asked, 1)
    other = tell(story.house, FELLOWSHIP)
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(Coordinator).values(is_administrator=True))
    page = cora.get(f"/coordinate/programs/{other.slug}/export")
    assert (page.status_code, heading(page)) == (200, "Take away")
    assert "No letter is in yet." in content(page)
