"""What a file gets that is no letter, or too large for one: a sentence near the field."""

from dataclasses import replace
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.house import House
from tests.support import pdfs
from tests.support.markup import elements, parse
from tests.support.people import INTERNSHIP, Story, tell
from tests.support.rows import unchanged
from tests.support.wanted import LARGEST
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    attached,
    form_labels,
    heading,
    kept_letters,
    near_field,
    on_sqlite,
    press,
    send,
    stored_files,
)

MEGABYTE = 1024 * 1024
DAMAGED = (
    "The PDF is damaged or cut off. Save it again from the program it was written with, then send "
    "the new file."
)
REFUSED = {
    "empty": (
        b"",
        422,
        "The file is empty. Open it to see whether it is the right one, then try again.",
    ),
    "text": (
        b"Dear committee, ...",
        422,
        (
            "The file is not a PDF. Open it in the program it was written with, choose “Save as "
            "PDF”, and send that file."
        ),
    ),
    "encrypted": (
        pdfs.encrypted_pdf(),
        422,
        (
            "The PDF is protected by a password or restrictions. Save a copy without protection "
            "(print it to a new PDF, for example), then send that."
        ),
    ),
    "truncated": (
        pdfs.truncated_pdf(),
        422,
        DAMAGED,
    ),
    "without pages": (
        pdfs.pdf_without_pages(),
        422,
        DAMAGED,
    ),
    "with a script": (
        pdfs.pdf_with_javascript(),
        422,
        (
            "The PDF holds active content (scripts), which we do not accept. "
            "Print it to a new PDF, then send that."
        ),
    ),
}
HINT = "At most 10 MB and, if possible, 20 pages."


def _says_near_the_field(answer: TestResponse, sentence: str, hint: str = HINT) -> None:
    assert heading(answer) == "Letter for Mira Lindqvist"
    assert near_field(answer, "letter") == [sentence, hint]
    root, _ = parse(answer.text)
    field = next(e for e in elements(root, "input") if e.get("name") == "letter")
    assert field.get("aria-invalid") == "true"
    alert = next(e for e in elements(root) if e.get("role") == "alert")
    assert alert.get("id") == "letter-wrong"


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_no_letter_is_refused_with_what_to_do(
    client: Visitor, story: Story, asked: UUID, kind: str
) -> None:
    sent, status, sentence = REFUSED[kind]
    with unchanged(story.house.database):
        answer = send(client, story.upload_token(asked), sent)
    assert answer.status_code == status
    _says_near_the_field(answer, sentence)
    assert form_labels(answer) == ["Send the letter"]
    assert stored_files(story.house) == []


@on_sqlite
@pytest.mark.parametrize("values", [{}, attached(name="")], ids=["no field", "nothing chosen"])
def test_no_file_is_told_so(
    client: Visitor, story: Story, asked: UUID, values: dict[str, object]
) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    with unchanged(story.house.database):
        answer = press(client, page, "Send the letter", values)
    assert answer.status_code == 400
    _says_near_the_field(answer, "No file arrived. Choose the file of the letter, then send it.")


@on_sqlite
def test_a_refusal_leaves_the_letter_that_is_in(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    send(client, token)
    files = stored_files(story.house)
    with unchanged(story.house.database):
        answer = send(client, token, b"not a letter")
    assert (answer.status_code, form_labels(answer)) == (422, ["Replace the letter"])
    assert stored_files(story.house) == files


# --- size -------------------------------------------------------------------------------------


def _pdf_of(size: int) -> bytes:
    """Return a letter of exactly this size, blank for the most part."""
    around = len(pdfs.pdf_with_stream(b" " * size, filters=0)) - size
    letter = pdfs.pdf_with_stream(b" " * (size - around), filters=0)
    assert len(letter) == size
    return letter


@on_sqlite
@pytest.mark.parametrize(
    "over",
    [1, 200 * 1024, 5 * MEGABYTE],
    ids=["one byte over", "over what the form may hold", "far over"],
)
def test_a_file_over_the_limit_is_refused_with_what_to_do(
    client: Visitor, story: Story, asked: UUID, over: int
) -> None:
    with unchanged(story.house.database):
        answer = send(client, story.upload_token(asked), _pdf_of(LARGEST + over))
    assert answer.status_code == 413
    _says_near_the_field(
        answer,
        "The file is larger than 10 MB. Save it with smaller pictures, or scan it at a lower "
        "resolution, then try again.",
    )
    assert stored_files(story.house) == []


@on_sqlite
def test_a_file_of_just_the_limit_is_taken(client: Visitor, story: Story, asked: UUID) -> None:
    answer = send(client, story.upload_token(asked), _pdf_of(LARGEST))
    assert answer.status_code == 303
    assert [len(letter) for *_, letter in kept_letters(story.house)] == [LARGEST]


@on_sqlite
def test_each_program_has_its_own_limit(house: House, client: Visitor) -> None:
    story = tell(house, replace(INTERNSHIP, largest_file=2 * MEGABYTE))
    token = story.upload_token(scenes.requested(story))
    answer = send(client, token, _pdf_of(2 * MEGABYTE + 1))
    assert answer.status_code == 413
    _says_near_the_field(
        answer,
        "The file is larger than 2 MB. Save it with smaller pictures, or scan it at a lower "
        "resolution, then try again.",
        HINT.replace("10", "2"),
    )
    assert send(client, token, _pdf_of(2 * MEGABYTE)).status_code == 303


@on_sqlite
def test_a_form_field_cannot_be_used_to_send_more(
    client: Visitor, story: Story, asked: UUID
) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    with unchanged(story.house.database):
        answer = client.post(
            page.request.path,
            data={"csrf_token": "x" * (2 * MEGABYTE), **attached()},
            content_type="multipart/form-data",
        )
    assert answer.status_code == 413
    assert stored_files(story.house) == []
