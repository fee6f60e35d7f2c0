"""Sending a letter through the upload page: what is taken, and what each other file gets."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from letters.adapters.inspector import examine
from letters.domain.documents import UNCHECKED, Findings
from letters.house import House
from letters.records import Letter
from letters.services import verifying
from letters.services.receiving import decrypted
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import DUE, GRACE_HOURS, INTERNSHIP, SYSTEM, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    attached,
    content,
    follow,
    form_labels,
    heading,
    near_field,
    on_sqlite,
    press,
    replace_upload_links,
    send,
    stored_files,
)

CLOSED = DUE + timedelta(hours=GRACE_HOURS, seconds=1)
MEGABYTE = 1024 * 1024


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application whose two letters were requested."""
    return scenes.requested(story)


def _letters(house: House) -> list[tuple[int, str, int, str, bytes]]:
    """Return version, name, size, hash and content of every letter, as they are kept."""
    with house.works.look(SYSTEM) as work:
        found = work.session.scalars(select(Letter).order_by(Letter.version)).all()
        return [(x.version, x.file_name, x.size, x.sha256, decrypted(work, x)) for x in found]


def _breaches(house: House) -> list[verifying.Breach]:
    with house.works.look(SYSTEM) as work:
        return verifying.verify(work)


# --- what is taken ----------------------------------------------------------------------------


def test_a_letter_is_taken_and_acknowledged(client: Visitor, story: Story, asked: UUID) -> None:
    letter, token = pdfs.letter_pdf(), story.upload_token(asked)
    answer = send(client, token)
    assert (answer.status_code, answer.location) == (303, f"/letter/{token}/receipt")
    receipt = follow(client, answer)
    assert heading(receipt) == "Your letter for Mira Lindqvist is in"
    assert sha256(letter).hexdigest() in content(receipt)
    assert _letters(story.house) == [
        (1, "Letter.pdf", len(letter), sha256(letter).hexdigest(), letter)
    ]
    assert len(stored_files(story.house)) == 1
    assert _breaches(story.house) == []


def test_sending_again_replaces_the_letter(client: Visitor, story: Story, asked: UUID) -> None:
    first, second = pdfs.letter_pdf(("One",)), pdfs.letter_pdf(("Two",))
    token = story.upload_token(asked)
    send(client, token, first)
    page = client.get(f"/letter/{token}")
    receipt = follow(client, press(client, page, "Replace the letter", attached(second)))
    assert "Version 2; it replaced the one before" in content(receipt)
    assert [(v, c) for v, *_, c in _letters(story.house)] == [(1, first), (2, second)]
    assert _breaches(story.house) == []


@on_sqlite
def test_the_same_form_sent_twice_is_two_versions_and_no_error(
    client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    answers = [press(client, page, "Send the letter", attached()) for _ in range(2)]
    assert [a.location for a in answers] == [f"/letter/{token}/receipt"] * 2
    assert [v for v, *_ in _letters(story.house)] == [1, 2]


@on_sqlite
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Letter für Müller.PDF", "Letter für Müller.PDF"),
        ("no ending", "no ending"),
        ("../../etc/passwd", "passwd"),
        ("<b>bold</b>.pdf", "b>.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("..", "letter.pdf"),
    ],
)
def test_the_name_of_the_file_is_shown_and_nothing_else(
    client: Visitor, story: Story, asked: UUID, sent: str, kept: str
) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    receipt = follow(client, press(client, page, "Send the letter", attached(name=sent)))
    assert f"File {kept} Size" in content(receipt)
    request_id = story.application(asked).requests[0].id
    assert [name.split("/")[0] for name in stored_files(story.house)] == [str(request_id)]


@on_sqlite
@pytest.mark.parametrize(
    "letter",
    [pdfs.linearized_pdf(), pdfs.packed_pdf(), pdfs.scanned_pdf(), pdfs.pdf_with_form()],
    ids=["linearized", "packed", "scanned", "with a form and links"],
)
def test_every_usual_kind_of_pdf_is_taken(
    client: Visitor, story: Story, asked: UUID, letter: bytes
) -> None:
    answer = send(client, story.upload_token(asked), letter)
    assert answer.status_code == 303
    assert [c for *_, c in _letters(story.house)] == [letter]


class _OutOfTime:
    """An inspector that ran into its limits."""

    def inspect(self, _content: bytes) -> Findings:
        """Return that nothing was found out."""
        return UNCHECKED


@on_sqlite
def test_a_file_that_cannot_be_checked_is_taken(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    app.extensions["letters"] = replace(story.house, inspector=_OutOfTime())
    receipt = follow(client, send(client, story.upload_token(asked)))
    assert "1 kB, pages could not be counted" in content(receipt)


# --- what is refused --------------------------------------------------------------------------

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
HINT = "PDF, at most 10 MB. Someone may send it for you: pass this link on."


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
    _says_near_the_field(answer, "No file arrived. Choose the letter as a PDF file, then send it.")


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
        answer = send(client, story.upload_token(asked), _pdf_of(scenes.LARGEST + over))
    assert answer.status_code == 413
    _says_near_the_field(
        answer,
        "The file is larger than 10 MB. Save it with smaller pictures, or scan it at a lower "
        "resolution, then try again.",
    )
    assert stored_files(story.house) == []


@on_sqlite
def test_a_file_of_just_the_limit_is_taken(client: Visitor, story: Story, asked: UUID) -> None:
    answer = send(client, story.upload_token(asked), _pdf_of(scenes.LARGEST))
    assert answer.status_code == 303
    assert [size for _, _, size, _, _ in _letters(story.house)] == [scenes.LARGEST]


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


# --- who sends it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token", [None, "", "wrong", "x" * 2000], ids=["none", "empty", "wrong", "long"]
)
@pytest.mark.parametrize("route", ["", "/decline", "/take-back", "/again"])
@on_sqlite
def test_a_form_without_its_token_changes_nothing(
    client: Visitor, story: Story, asked: UUID, route: str, token: str | None
) -> None:
    data = {**attached(), **({} if token is None else {"csrf_token": token})}
    with unchanged(story.house.database):
        answer = client.post(
            f"/letter/{story.upload_token(asked)}{route}",
            data=data,
            content_type="multipart/form-data",
        )
    assert (answer.status_code, heading(answer)) == (400, "This page has been open too long")
    assert "Go back, reload the page and send it again. Nothing was changed." in content(answer)
    assert stored_files(story.house) == []


@on_sqlite
def test_another_browser_s_token_is_not_taken(
    app: Flask, client: Visitor, story: Story, asked: UUID
) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    stranger = app.test_client()
    assert isinstance(stranger, Visitor)
    with unchanged(story.house.database):
        answer = press(stranger, page, "Send the letter", attached())
    assert (answer.status_code, heading(answer)) == (400, "This page has been open too long")


@on_sqlite
def test_a_page_that_was_left_open_for_days_still_sends(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    clock.advance(timedelta(days=5))
    assert press(client, page, "Send the letter", attached()).status_code == 303


# --- when it is not taken any more ------------------------------------------------------------


def _sent_too_late(client: Visitor, story: Story, asked: UUID) -> TestResponse:
    """Send a form that was opened while the letter was still taken, by the token it had then."""
    page = client.get(f"/letter/{story.upload_token(asked, 2)}")
    values = {"csrf_token": press_token(page), **attached()}
    with unchanged(story.house.database):
        answer = client.post(
            f"/letter/{story.upload_token(asked)}",
            data=values,
            content_type="multipart/form-data",
        )
    assert stored_files(story.house) == []
    return answer


def press_token(page: TestResponse) -> str:
    """Return the token that the first form of a page carries."""
    root, _ = parse(page.text)
    fields = (e for e in elements(root, "input") if e.get("name") == "csrf_token")
    return next(fields).attrib["value"]


def test_after_a_decline_the_way_back_is_named(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.decline(story, asked)
    answer = _sent_too_late(client, story, asked)
    assert (answer.status_code, heading(answer)) == (409, "Not possible now")
    assert (
        "This request was declined, so the letter was not taken. Choose “I can write after all” "
        "first, then send the letter." in content(answer)
    )


@on_sqlite
def test_after_the_close_it_says_who_can_help(
    client: Visitor, story: Story, asked: UUID, clock: TestClock
) -> None:
    scenes.extend(story, asked, 2, CLOSED + timedelta(days=9))
    clock.set(CLOSED)
    answer = _sent_too_late(client, story, asked)
    assert (answer.status_code, heading(answer)) == (410, "The time is over")
    assert (
        f"The time for this letter is over, so it was not taken. Write to "
        f"{INTERNSHIP.contact_email}; they can extend the date, and this same link will work "
        "again." in content(answer)
    )


@on_sqlite
def test_after_a_cancellation_nothing_is_needed(client: Visitor, story: Story, asked: UUID) -> None:
    scenes.cancel(story, asked)
    answer = _sent_too_late(client, story, asked)
    assert (answer.status_code, heading(answer)) == (410, "No longer needed")
    assert "This letter is no longer needed. Thank you" in content(answer)


@on_sqlite
def test_with_a_replaced_link_nothing_is_taken(client: Visitor, story: Story, asked: UUID) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    replace_upload_links(story.house)
    with unchanged(story.house.database):
        answer = press(client, page, "Send the letter", attached())
    assert (answer.status_code, heading(answer)) == (410, "This link was replaced")
    assert form_labels(answer) == ["Send me a new link"]
    assert stored_files(story.house) == []


@on_sqlite
def test_thirty_letters_an_hour_are_enough(client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    page = client.get(f"/letter/{token}")
    for _ in range(30):
        assert press(client, page, "Send the letter").status_code == 400
    with unchanged(story.house.database):
        answer = press(client, page, "Send the letter", attached())
    assert (answer.status_code, heading(answer)) == (429, "Too many attempts")
    assert answer.headers["Retry-After"] == "3600"
    assert send(client, story.upload_token(asked, 2)).status_code == 303


def test_the_inspector_of_the_tests_is_the_real_one(house: House) -> None:
    assert house.inspector.inspect(pdfs.letter_pdf()) == examine(pdfs.letter_pdf())
