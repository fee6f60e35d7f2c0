"""A letter that cannot be stored is never called received; one that cannot be fetched says so."""

import errno
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from letters.domain.errors import StoreFull, StoreUnavailable
from letters.house import House
from letters.services.work import Works
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    assert_words,
    attached,
    form_labels,
    heading,
    on_sqlite,
    press,
    send,
    signed_in,
    stored_files,
    to_application,
    to_letter,
)


class _Failing:
    """A store that takes and gives nothing; tidying up after it fails too."""

    def __init__(self, error: StoreUnavailable) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Callable[..., None]:
        def fail(*_: object) -> None:
            raise self._error

        return fail


def _with_store(app: Flask, house: House, error: StoreUnavailable) -> None:
    tools = replace(house.works.tools, store=_Failing(error))  # type: ignore[arg-type]  # it fails at each of its methods
    app.extensions["letters"] = replace(house, works=Works(house.database, tools))


NOT_SAVED = [
    (
        StoreUnavailable(),
        503,
        "Your letter was not saved. Please try again in a few minutes.",
    ),
    (
        StoreFull(),
        507,
        (
            "Your letter was not saved because the storage is full. Please try again in an hour; "
            "the people who run this service have been told."
        ),
    ),
]


@pytest.mark.parametrize(("error", "status", "sentence"), NOT_SAVED, ids=["unavailable", "full"])
def test_a_letter_that_cannot_be_stored_is_never_called_received(
    app: Flask, client: Visitor, story: Story, error: StoreUnavailable, status: int, sentence: str
) -> None:
    token = story.upload_token(scenes.requested(story))
    _with_store(app, story.house, error)
    with unchanged(story.house.database), capture_logs() as logged:
        answer = send(client, token)
    assert_words(answer, status, "Your letter was not saved", sentence, to_letter(token))
    assert {"event": "refused", "error": type(error).__name__, "log_level": "error"} in logged
    assert stored_files(story.house) == []
    app.extensions["letters"] = story.house
    assert send(client, token).status_code == 303


@on_sqlite
def test_a_folder_that_cannot_be_written_to_is_such_a_store(
    client: Visitor, story: Story, house: House
) -> None:
    token = story.upload_token(scenes.requested(story))
    folder = Path(house.settings.store_url.removeprefix("file:"))
    folder.write_text("a file where the folder should be")
    with unchanged(house.database):
        answer = send(client, token)
    assert (answer.status_code, heading(answer)) == (503, "Your letter was not saved")
    assert str(folder) not in answer.text


class _WithoutRoom(BytesIO):
    """A file on a disk that is full."""

    def write(self, _content: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@on_sqlite
def test_a_file_that_finds_no_room_on_its_way_takes_up_none(
    client: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = story.upload_token(scenes.requested(story))
    page = client.get(f"/letter/{token}")
    files: list[BytesIO] = []

    def stream_factory(**_: object) -> BytesIO:
        files.append(_WithoutRoom())
        return files[-1]

    monkeypatch.setattr("werkzeug.wrappers.request.default_stream_factory", stream_factory)
    with unchanged(story.house.database):
        answer = press(client, page, form_labels(page)[0], attached())
    assert (answer.status_code, heading(answer)) == (507, "Your letter was not saved")
    assert [file.closed for file in files] == [True]


@on_sqlite
def test_a_letter_that_cannot_be_fetched_now_says_so(app: Flask, story: Story) -> None:
    story.add_coordinator()
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    cora = signed_in(app, story.house, CORA)
    page = cora.get(f"/coordinate/applications/{asked}")
    _with_store(app, story.house, StoreUnavailable())
    with unchanged(story.house.database):
        answer = press(cora, page, "Download the letter of Prof. Ada Ferreira")
    assert_words(
        answer,
        503,
        "The letter cannot be read",
        "The letter cannot be fetched at the moment. Please try again in a few minutes.",
        to_application(asked),
    )
