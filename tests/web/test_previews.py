"""What applicants and referees would read, shown to who manages a program before it is saved."""

from collections.abc import Mapping
from html import unescape

from sqlalchemy import update
from werkzeug.test import TestResponse

from letters.domain.roles import Role
from letters.house import House
from letters.records import program_coordinators
from tests.support.markup import elements, parse
from tests.support.people import INTERNSHIP, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import Visitor, heading, on_sqlite, press

pytestmark = on_sqlite

PROGRAM = f"/coordinate/programs/{INTERNSHIP.slug}"
SETTINGS, COPY = f"{PROGRAM}/settings", f"{PROGRAM}/copy"
SEND = "The page on which a referee sends the letter"
MAIL = "The mail that asks for a letter"
WAIVER = "The waiver that an applicant signs"


def preview(visitor: Visitor, where: str = SETTINGS, **values: object) -> TestResponse:
    return press(visitor, visitor.get(where), "Preview", values)


def frames(page: TestResponse) -> Mapping[str, str]:
    """Return the documents in the frames by their titles."""
    root, _ = parse(page.text)
    return {e.attrib["title"]: e.attrib["srcdoc"] for e in elements(root, "iframe")}


def words_of(document: str) -> str:
    root, _ = parse(document)
    return " ".join(" ".join(root.itertext()).split())


def test_what_was_typed_is_shown_where_it_will_be_read_and_nothing_is_saved(
    cora: Visitor, house: House
) -> None:
    with unchanged(house.database):
        page = preview(
            cora,
            title="Winter <b>School</b>",
            description="Bring skis.",
            instructions="Say how they\r\nwork with others.",
            sender_name="Alpine office",
            due_at="2027-05-02T18:00",
            timezone="Asia/Tokyo",
            wished_pages="3",
            waiver_wording="I give up 100% of it.",
        )
    shown = {title: words_of(document) for title, document in frames(page).items()}
    assert (page.status_code, heading(page)) == (200, "What will be read")
    program, upload, mail, waiver = (
        *(shown["The program's page"], shown[SEND]),
        *(shown[MAIL], shown[WAIVER]),
    )
    assert "Winter <b>School</b>" in program
    assert "Bring skis." in program
    assert "“Alpine office via Letters”" in program
    assert "Say how they work with others." in upload
    assert "3 pages" in upload
    assert "Sunday, 2 May 2027, 18:00" in upload
    assert "From Alpine office via Letters Replies go to internships@" in mail
    assert "Say how they work with others." in mail
    assert "/letter/… " in mail
    assert "I give up 100% of it." in waiver


def test_the_frames_hold_the_very_pages_that_will_be_read(
    cora: Visitor, client: Visitor, story: Story
) -> None:
    shown = frames(preview(cora))
    public = words_of(client.get(f"/programs/{story.slug}").text)
    assert words_of(shown["The program's page"]) == public
    asked = scenes.requested(story)
    real = client.get(f"/letter/{story.upload_token(asked)}").text
    request = story.application(asked).requests[0]
    made_up = words_of(shown[SEND]).replace("Mina Okafor", story.application(asked).applicant_name)
    assert made_up.replace("Professor Ada Ferreira", request.referee_name) == words_of(real)


def test_nothing_in_a_frame_runs_opens_or_is_sent(cora: Visitor) -> None:
    page = preview(cora)
    root, _ = parse(page.text)
    assert {e.attrib["sandbox"] for e in elements(root, "iframe")} == {"allow-same-origin"}
    for document in frames(page).values():
        assert "<script" not in document
        assert '<base target="_blank">' in unescape(document)


def test_from_the_preview_it_is_saved_or_changed(cora: Visitor, client: Visitor) -> None:
    page = preview(cora, title="Winter School", notices_on_submission="yes")
    again = press(cora, page, "Change it")
    assert (again.status_code, heading(again)) == (200, "Settings")
    assert press(cora, again, "Save the settings").status_code == 303
    assert heading(client.get(f"/programs/{INTERNSHIP.slug}")) == "Winter School"
    moved = press(cora, preview(cora, due_at="2027-04-08T23:59"), "Save the settings")
    assert heading(moved) == "Who will be told"


def test_what_could_not_be_saved_is_said_and_not_shown(cora: Visitor, story: Story) -> None:
    scenes.requested(story)
    for values in ({"title": ""}, {"due_at": "soon"}, {"min_letters": "1"}):
        page = preview(cora, **values)
        assert (page.status_code, heading(page)) == (422, "Settings")
        [field] = values
        assert f'id="{field}-wrong"' in page.text


def test_a_copy_is_shown_before_it_has_a_short_name(cora: Visitor, house: House) -> None:
    with unchanged(house.database):
        page = preview(cora, COPY, title="Summer 2028")
    assert "Summer 2028" in words_of(frames(page)["The program's page"])
    form = press(cora, page, "Change it")
    assert heading(form) == "Copy this program"
    assert press(cora, form, "Create the copy", {"slug": "summer-2028"}).status_code == 303


def test_who_does_not_manage_the_program_is_shown_nothing(cora: Visitor, house: House) -> None:
    form = cora.get(SETTINGS)
    with house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=Role.READER))
    assert press(cora, form, "Preview").status_code == 403
