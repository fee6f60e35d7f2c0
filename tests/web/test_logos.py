"""A program's logo: sent, drawn anew, shown behind its links, replaced, removed and copied."""

from collections.abc import Mapping
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import update
from werkzeug.test import TestResponse

from letters.adapters.mailer import read_folder
from letters.domain.journal import Fact
from letters.domain.pictures import LARGEST_LOGO
from letters.domain.roles import Role
from letters.house import House
from letters.records import Logo, program_coordinators
from letters.services import finding, program_settings
from tests.services import acts
from tests.services import scenes as service_scenes
from tests.support.markup import elements, parse
from tests.support.people import INTERNSHIP, OPERATOR, SYSTEM, Story
from tests.support.pictures import animated, bomb, picture, with_place
from tests.support.rows import count, unchanged
from tests.web import scenes
from tests.web.visiting import Visitor, content, csrf_token, follow, on_sqlite, press

pytestmark = on_sqlite

PROGRAM = f"/coordinate/programs/{INTERNSHIP.slug}"
LOGO = f"{PROGRAM}/logo"
HOSTILE = "../../<script>\u202elogo.svg\x00.png"


def send(visitor: Visitor, raw: bytes, name: str = "logo.png") -> TestResponse:
    page = visitor.get(LOGO)
    data = {"csrf_token": csrf_token(page), "logo": (BytesIO(raw), name)}
    return visitor.post(LOGO, data=data)


def pictures(visitor: Visitor, path: str) -> list[Mapping[str, str]]:
    root, _ = parse(visitor.get(path).text)
    return [e.attrib for e in elements(root, "img") if e.attrib.get("class") == "logo"]


def test_a_logo_is_drawn_anew_and_shown_behind_the_program_s_links(
    cora: Visitor, client: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    page = follow(cora, send(cora, with_place(), HOSTILE))
    assert "Replace the logo" in content(page)
    assert "script" not in page.text.replace("<script src", "")
    paths = (
        f"/programs/{story.slug}",
        f"/letter/{story.upload_token(asked)}",
        f"/application/{story.status_token(asked)}",
    )
    shown, *others = [one for path in paths for one in pictures(client, path)]
    assert others == [shown, shown]
    assert shown["alt"] == "Logo of Institute for Alpine Studies"
    answer = client.get(shown["src"])
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Image.open(BytesIO(answer.data)).size == (80, 240)
    assert b"SECRETPLACE" not in answer.data
    assert "Cache-Control" not in client.get(shown["src"].partition("?")[0]).headers
    assert pictures(client, "/") == []


def test_a_logo_is_replaced_removed_and_written_down(
    cora: Visitor, client: Visitor, house: House
) -> None:
    where = f"/programs/{INTERNSHIP.slug}"
    send(cora, picture("PNG"))
    [first] = pictures(client, where)
    with unchanged(house.database):
        send(cora, picture("PNG"))
    send(cora, picture("WEBP", (64, 64)))
    [second] = pictures(client, where)
    assert first["src"] != second["src"]
    assert count(house.database, Logo) == 1
    press(cora, cora.get(LOGO), "Remove the logo")
    assert pictures(client, where) == []
    assert count(house.database, Logo) == 0
    assert client.get(second["src"]).status_code == 404
    entries = [x for x in service_scenes.journal(house) if x.fact is Fact.PROGRAM_CHANGED]
    assert [entry.details for entry in entries] == [{"fields": ["logo"]}] * 3
    assert service_scenes.breaches(house) == []


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', 422, "not a PNG, JPEG or WebP"),
        (animated("PNG"), 422, "is animated"),
        (bomb(), 422, "more than 16 million dots"),
        (picture("PNG")[:80], 422, "is damaged"),
        (bytes(LARGEST_LOGO + 1), 413, "larger than 5 MB"),
        (bytes(LARGEST_LOGO + 200_000), 413, "larger than 5 MB"),
    ],
    ids=["SVG", "animated", "bomb", "damaged", "too large", "much too large"],
)
def test_what_is_refused_says_why_and_changes_nothing(
    cora: Visitor, house: House, raw: bytes, status: int, said: str
) -> None:
    with unchanged(house.database):
        answer = send(cora, raw)
    assert answer.status_code == status
    assert said in content(answer)


def test_a_form_without_a_file_or_without_its_token(cora: Visitor, house: House) -> None:
    with unchanged(house.database):
        answer = press(cora, cora.get(LOGO), "Use this logo")
        assert (answer.status_code, "No file arrived" in content(answer)) == (422, True)
        forged = cora.post(LOGO, data={"logo": (BytesIO(picture("PNG")), "logo.png")})
        assert forged.status_code == 400


def test_only_who_manages_a_program_that_is_not_archived_changes_it(
    cora: Visitor, house: House, story: Story
) -> None:
    send(cora, picture("PNG"))
    with house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        program_settings.close(work, program)
        program_settings.archive(work, program)
    with unchanged(house.database):
        assert send(cora, picture("JPEG")).status_code == 409
        assert press(cora, cora.get(LOGO), "Remove the logo").status_code == 409
    page = cora.get(LOGO)
    with house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=Role.READER))
    assert cora.get(LOGO).status_code == 403
    data = {"csrf_token": csrf_token(page), "logo": (BytesIO(picture("JPEG")), "logo.png")}
    assert cora.post(LOGO, data=data).status_code == 403


def test_a_copy_has_logo_and_colour_and_the_preview_shows_both(
    cora: Visitor, client: Visitor, story: Story
) -> None:
    send(cora, picture("PNG"))
    acts.save_settings(story, accent="#0b6b3a")
    shown = press(cora, cora.get(f"{PROGRAM}/copy"), "Preview", {"slug": "next"})
    assert shown.text.count("logo.png?v=") == 3
    assert shown.text.count("/colours/0b6b3a.css") == 3
    press(cora, cora.get(f"{PROGRAM}/copy"), "Create the copy", {"slug": "next"})
    [new] = pictures(client, "/programs/next")
    assert client.get(new["src"]).data == client.get(f"/programs/{story.slug}/logo.png").data
    press(cora, cora.get(LOGO), "Remove the logo")
    assert client.get(new["src"]).status_code == 200
    assert "/colours/0b6b3a.css" in client.get("/programs/next").text


def test_mails_hold_no_picture(cora: Visitor, house: House, story: Story) -> None:
    send(cora, picture("PNG"))
    scenes.requested(story)
    assert story.deliver() == 4
    for mail in read_folder(house.mail_folder):
        assert {part.get_content_maintype() for part in mail.walk()} <= {"multipart", "text"}
        html = mail.get_body(("html",))
        assert html is not None
        assert "<img" not in str(html.get_content())
