"""Letters and states leave in batches: all that is in, and nothing that may not go."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from letters.domain.exports import MANIFEST, harmless
from letters.domain.journal import ActorKind, Fact
from letters.domain.keeping import Quarantine
from letters.records import Application, JournalEntry, Letter, Program
from letters.services import exporting, finding
from letters.services.receiving import decrypted
from letters.services.verifying import verify
from letters.services.work import Actor, Work
from tests.services import acts
from tests.services import scenes as services_scenes
from tests.support.hostile import HOSTILE, REFUSED
from tests.support.people import FELLOWSHIP, MIRA, REFEREES, SYSTEM, Story, tell
from tests.support.statements import counted
from tests.web import scenes
from tests.web.visiting import on_sqlite

CORA = Actor(ActorKind.COORDINATOR, "web")
AT_ONCE = 12
ONE_NAME = r'[^/\\:*?"<>|\x00-\x1f]'


def program_of(story: Story) -> Program:
    with story.house.works.look(SYSTEM) as work:
        return finding.program_by_slug(work, story.slug)


def archive_of(story: Story) -> tuple[ZipFile, list[dict[str, str]]]:
    """Take all letters; return the ZIP and what its manifest lists."""
    pieces = exporting.archive(story.house.works, CORA, program_of(story).id)
    whole = ZipFile(io.BytesIO(b"".join(pieces)))
    assert whole.testzip() is None
    return whole, table(whole.read(MANIFEST).decode("utf-8-sig"))


def states_of(story: Story) -> list[dict[str, str]]:
    rows = exporting.states(story.house.works, CORA, program_of(story).id)
    return table("".join(rows).removeprefix("\ufeff"))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def looks(story: Story) -> list[dict[str, object]]:
    """Return what the journal says of letters that were looked at."""
    with story.house.works.look(SYSTEM) as work:
        entries = work.session.scalars(
            select(JournalEntry).where(JournalEntry.fact == Fact.LETTER_READ)
        )
        return [entry.details for entry in entries]


def with_letters(story: Story, applications: int) -> None:
    """Let so many applications have a letter each."""
    for new in scenes.people(applications):
        scenes.letter_in(story, scenes.requested(story, new), 1)


def test_every_letter_is_in_it_as_it_was_sent_and_the_manifest_says_so(story: Story) -> None:
    with_letters(story, 3)

    whole, manifest = archive_of(story)

    assert {row["file"] for row in manifest} | {MANIFEST} == set(whole.namelist())
    assert len(manifest) == 3
    for row in manifest:
        content = whole.read(row["file"])
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert str(len(content)) == row["size"]
        assert row["problem"] == ""
    assert looks(story) == [{"how": "archive"}] * 3
    with story.house.works.look(SYSTEM) as work:
        assert verify(work) == []


def test_there_is_a_folder_for_each_application_also_of_the_same_name(story: Story) -> None:
    for email in ("one@example.com", "two@example.com"):
        scenes.letter_in(story, scenes.requested(story, replace(MIRA, applicant_email=email)), 1)

    whole, _ = archive_of(story)

    folders = {name.partition("/")[0] for name in whole.namelist() if name != MANIFEST}
    assert len(folders) == 2


@pytest.mark.parametrize("reason", ["held back", "deleted", "cannot be read", "store"])
def test_what_cannot_go_is_named_with_its_reason_and_stops_nothing(
    story: Story, reason: str
) -> None:
    with_letters(story, 2)
    with story.house.works.change(SYSTEM) as work:
        first = work.session.scalars(select(Letter).order_by(Letter.id)).first()
        assert first is not None
        if reason == "held back":
            first.quarantine = Quarantine.UNCHECKED
        elif reason == "deleted":
            first.purged_at, first.wrapped_key = work.now, b""
        elif reason == "cannot be read":
            first.wrapped_key = b"not a key"
        else:
            work.tools.store.delete(first.stored_as)

    whole, manifest = archive_of(story)

    spoilt = next(row for row in manifest if row["sha256"] and row["problem"])
    assert spoilt["problem"] in {reason, "cannot be read", "the store could not be reached"}
    assert spoilt["file"] == ""
    assert len(whole.namelist()) == 2
    assert [row["problem"] for row in manifest].count("") == 1


def test_what_is_said_beforehand_is_what_comes(story: Story) -> None:
    with_letters(story, 3)
    with story.house.works.change(SYSTEM) as work:
        held, deleted, _ = work.session.scalars(select(Letter).order_by(Letter.id)).all()
        held.quarantine = Quarantine.UNCHECKED
        deleted.purged_at, deleted.wrapped_key = work.now, b""

    with story.house.works.look(SYSTEM) as work:
        said = exporting.extent(work, finding.program_by_slug(work, story.slug).id)
    whole, manifest = archive_of(story)

    sizes = [len(whole.read(name)) for name in whole.namelist() if name != MANIFEST]
    assert (said.letters, said.size, said.missing) == (len(sizes), sum(sizes), 2)
    assert len(manifest) == 3


def test_letters_of_withdrawn_applications_stay(story: Story) -> None:
    application = scenes.requested(story)
    scenes.letter_in(story, application, 1)
    acts.withdraw(story, application)

    whole, manifest = archive_of(story)

    assert (whole.namelist(), manifest) == ([MANIFEST], [])
    assert looks(story) == []


def test_names_that_mean_harm_make_no_path_and_no_formula(story: Story) -> None:
    with_letters(story, 1)
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(
            update(Application).values(applicant_name="=../../x", external_id="@x")
        )

    whole, (row,) = archive_of(story)

    assert all(".." not in name.split("/") for name in whole.namelist())
    assert row["applicant"] == "'=../../x"
    assert row["external id"] == "'@x"
    assert states_of(story)[0]["applicant"] == "'=../../x"


@on_sqlite
def test_of_all_words_that_mean_harm_none_is_a_path_a_column_or_a_formula(story: Story) -> None:
    with_letters(story, AT_ONCE)
    ids = [row["application"] for row in archive_of(story)[1]]
    accepted = [words for words in HOSTILE if words not in REFUSED]
    for begin in range(0, len(accepted), AT_ONCE):
        for application_id, words in zip(ids, accepted[begin : begin + AT_ONCE], strict=False):
            named = {"applicant_name": words, "external_id": words}
            services_scenes.change_application(story, UUID(application_id), **named)
            asked = {"referee_name": words, "affiliation": words}
            services_scenes.change_request(story, UUID(application_id), 1, **asked)
        whole, manifest = archive_of(story)
        assert [row["file"] for row in manifest] == [harmless(n) for n in whole.namelist()[:-1]]
        for name in whole.namelist()[:-1]:
            assert re.fullmatch(rf"{ONE_NAME}+ \w{{8}}/1{ONE_NAME}*\.pdf", name)
        for row in (*manifest, *states_of(story)):
            assert None not in row
            parts = [part.lstrip(" ") for cell in row.values() for part in re.split("[;\t]", cell)]
            assert not [part for part in parts if part.startswith(("=", "+", "-", "@", "\r"))]


def test_only_the_programs_own_letters_are_in_it(story: Story) -> None:
    with_letters(story, 1)
    other = tell(story.house, FELLOWSHIP)
    scenes.letter_in(other, other.apply(scenes.with_referees(MIRA, REFEREES)), 1)

    _, manifest = archive_of(story)

    assert len(manifest) == 1


def test_letters_are_read_one_at_a_time_and_no_connection_is_held(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_letters(story, 3)
    read: list[str] = []

    def noted(work: Work, letter: Letter) -> bytes:
        read.append(str(letter.id))
        return decrypted(work, letter)

    monkeypatch.setattr("letters.services.exporting.decrypted", noted)
    pieces = exporting.archive(story.house.works, CORA, program_of(story).id)

    with _closed(pieces):
        next(pieces)
        assert len(read) == 1
        story.apply()


@contextmanager
def _closed(pieces: Iterator[bytes]) -> Iterator[None]:
    yield
    pieces.close()  # type: ignore[attr-defined]  # it is a generator


def test_states_have_a_line_for_each_referee(story: Story) -> None:
    with_letters(story, 1)
    waiting = story.apply()

    rows = states_of(story)

    requests = [r for row in rows if row["application"] == str(waiting) for r in [row["request"]]]
    assert requests == ["named", "named"]
    assert [row["request"] for row in rows].count("received") == 1
    assert {row["letters wanted"] for row in rows} == {"2"}
    assert not any("sha256" in name or "marks" in name for name in rows[0])


def test_statements_grow_by_the_batch_and_not_by_the_application(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 4)
    everybody = scenes.people(10)
    for new in everybody[:3]:
        story.apply(new)
    program = program_of(story).id
    with counted(story.house.database.engine) as few:
        list(exporting.states(story.house.works, CORA, program))
    for new in everybody[3:]:
        story.apply(new)
    with counted(story.house.database.engine) as many:
        list(exporting.states(story.house.works, CORA, program))

    assert len(many) == 3 * len(few)
