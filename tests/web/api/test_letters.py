"""Letters by the API: for keys that were made to read them, and for no other."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from letters.domain.journal import ActorKind, Fact
from letters.domain.keeping import Quarantine
from letters.house import House
from letters.records import ApiKey, Letter
from letters.services import administering
from tests.services.scenes import breaches, files, journal, store_folder
from tests.support import pdfs
from tests.support.people import OPERATOR, START, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.api.portal import HERE, NOBODY, PROGRAM, Portal, make_key
from tests.web.visiting import on_sqlite

LETTER = pdfs.letter_pdf(pages=2)
FILE_NAME = "For Mira.pdf"
NONE_THERE = "No letter has been received for this request."


@pytest.fixture
def answered(story: Story) -> UUID:
    """An application with one letter in, and one awaited."""
    application_id = scenes.requested(story)
    scenes.letter_in(story, application_id, 1, LETTER, FILE_NAME)
    return application_id


@pytest.fixture
def reader(portal: Portal, story: Story) -> Portal:
    """A client whose key reads the letters of the story's program."""
    return portal.with_key(reading_key(story.house, "committee", story.slug))


def reading_key(house: House, name: str, slug: str | None = None) -> str:
    """Create a key that reads letters."""
    with house.works.change(OPERATOR) as work:
        return administering.create_api_key(work, name, slug, reads_letters=True)


def path_of(story: Story, application_id: UUID, position: int = 1) -> str:
    """Where the letter of one referee is."""
    request = story.application(application_id).requests[position - 1]
    return f"/requests/{request.id}/letter"


def fetch(client: Portal, path: str, method: str = "GET") -> TestResponse:
    """Ask for a file."""
    return client.app.test_client().open(
        f"/api/v1{path}",
        method=method,
        base_url=HERE,
        headers={"Authorization": f"Bearer {client.key}"},
    )


def read_by(house: House) -> list[tuple[ActorKind, UUID | None]]:
    """Who read letters."""
    return [
        (entry.actor_kind, entry.actor_id)
        for entry in journal(house)
        if entry.fact is Fact.LETTER_READ
    ]


def test_the_bytes_and_who_read_them(reader: Portal, story: Story, answered: UUID) -> None:
    letter = fetch(reader, path_of(story, answered))

    assert (letter.status_code, letter.data) == (200, LETTER)
    assert letter.headers["Content-Type"] == "application/pdf"
    assert letter.headers["Content-Disposition"] == f'attachment; filename="{FILE_NAME}"'
    assert letter.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert letter.headers["X-Content-Type-Options"] == "nosniff"
    assert letter.headers["Referrer-Policy"] == "no-referrer"
    assert letter.headers["Cache-Control"] == "no-store"
    with story.house.works.look(SYSTEM) as work:
        key_id = work.session.query(ApiKey).filter_by(name="committee").one().id
    assert read_by(story.house) == [(ActorKind.API, key_id)]
    assert breaches(story.house) == []


def test_a_look_at_its_headers_is_no_reading(reader: Portal, story: Story, answered: UUID) -> None:
    with unchanged(story.house.database):
        head = fetch(reader, path_of(story, answered), "HEAD")

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(LETTER))


@on_sqlite
def test_the_version_that_counts(reader: Portal, story: Story, answered: UUID) -> None:
    newer = pdfs.letter_pdf(pages=1)
    scenes.letter_in(story, answered, 1, newer)

    assert fetch(reader, path_of(story, answered)).data == newer
    assert fetch(reader.with_key(reading_key(story.house, "all")), path_of(story, answered)).data


def test_who_gets_nothing(portal: Portal, reader: Portal, story: Story, answered: UUID) -> None:
    portal.post("/programs", PROGRAM)
    others = reading_key(story.house, "others", PROGRAM["slug"])
    own_portal = make_key(story.house, "own portal", story.slug)
    there, awaited = path_of(story, answered), path_of(story, answered, 2)
    nowhere = f"/requests/{NOBODY}/letter"
    with unchanged(story.house.database):
        refused = [portal.with_key(key).get(there) for key in (portal.key, own_portal)]
        strange = [portal.with_key(others).get(path) for path in (there, awaited, nowhere)]
        missing = reader.get(awaited)
        nobody = portal.with_key(None).get(there)

    assert {answer.status_code for answer in refused} == {403}
    assert "--reads-letters" in refused[0].json["detail"]
    assert portal.get(nowhere).text == portal.get(awaited).text == refused[0].text
    assert {(answer.status_code, answer.text) for answer in strange} == {(404, strange[0].text)}
    assert (missing.status_code, missing.json["detail"]) == (404, NONE_THERE)
    assert nobody.status_code == 401


def _hold_back(story: Story) -> None:
    _set(story, quarantine=Quarantine.NOT_SCANNED)


def _delete(story: Story) -> None:
    _set(story, purged_at=START + timedelta(days=400), wrapped_key=b"")


def _set(story: Story, **values: object) -> None:
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(Letter).values(values))


def _lose(story: Story) -> None:
    for name in files(story.house):
        (store_folder(story.house) / name).unlink()


OUT_OF_REACH: Mapping[str, tuple[Callable[[Story], None], int]] = {
    "held back": (_hold_back, 409),
    "deleted": (_delete, 410),
    "lost": (_lose, 500),
}


@pytest.mark.parametrize("how", OUT_OF_REACH)
@on_sqlite
def test_what_cannot_be_read_is_said(
    reader: Portal, story: Story, answered: UUID, how: str
) -> None:
    spoil, status = OUT_OF_REACH[how]
    spoil(story)

    with unchanged(story.house.database):
        answer = reader.get(path_of(story, answered))

    assert answer.status_code == status
    assert FILE_NAME not in answer.text


@on_sqlite
def test_a_key_that_reads_letters_is_told_no_more_of_an_application(
    portal: Portal, reader: Portal, answered: UUID
) -> None:
    path = f"/applications/{answered}"
    assert reader.get(path).json == portal.get(path).json
