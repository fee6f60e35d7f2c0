"""What is kept about one person is handed to them, by what each part may read."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID

import pytest

from letters.domain.errors import InvalidInput, UnknownPerson
from letters.domain.journal import Fact
from letters.services import finding, person_exporting
from tests.services import acts, scenes, signals
from tests.services.person import (
    ADDRESS,
    AS_APPLICANT,
    NAMES_HER,
    SURNAME,
    add_her_as_coordinator,
    words_about,
)
from tests.support.people import MIRA, SYSTEM, Story

SECRETS = ("Ask Quillfeather once more", "A lawsuit", "private reason", "sha256", "wrong_letter")


def exported(story: Story, email: str = ADDRESS) -> tuple[dict[str, Any], zipfile.ZipFile]:
    pieces = b"".join(person_exporting.archive(story.house.works, SYSTEM, email))
    archive = zipfile.ZipFile(io.BytesIO(pieces))
    return json.loads(archive.read("person.json")), archive


@pytest.fixture
def applied(story: Story) -> UUID:
    """Her own application: one letter in, one referee declined with a private reason."""
    application_id = scenes.requested(story, AS_APPLICANT)
    acts.send_wrong_letter(story, application_id, 1)
    scenes.decline(story, application_id, 2, "A private reason.")
    words_about(story, application_id)
    scenes.mail_all(story.house)
    return application_id


def test_an_applicant_gets_what_they_gave_and_nothing_of_letters(
    story: Story, applied: UUID
) -> None:
    told, archive = exported(story)

    [own] = told["as_applicant"]
    assert archive.namelist() == ["person.json"]
    assert (own["application"], own["name"]) == (str(applied), f"Zinnia {SURNAME}")
    assert (own["external_id"], own["waived"], own["status"]) == (f"{SURNAME}-1", True, "selected")
    first, second = own["referees"]
    assert (first["address"], first["status"]) == ("ada.ferreira@example.edu", "received")
    assert second["status"] == "declined"
    happened = [entry["what"] for entry in own["happened"]]
    assert happened[:2] == ["application.created", "application.submitted"]
    assert not {"letter.marked", "letter.received", "note.left", "hold.set"} & set(happened)
    assert {mail["kind"] for mail in own["mails"]} >= {"application_submitted"}
    assert {mail["to"].lower() for mail in own["mails"]} == {ADDRESS}
    assert told["as_referee"] == []
    assert told["as_coordinator"] is None
    assert "Of letters" not in told["rule"]
    everything = archive.read("person.json").decode()
    assert [secret for secret in SECRETS if secret in everything] == []


def test_a_referee_gets_their_own_letters(story: Story) -> None:
    named = scenes.requested(story, NAMES_HER)
    for _ in range(2):
        scenes.send_letter(story, named, 1)
    scenes.send_letter(story, named, 2)
    scenes.mail_all(story.house)

    told, archive = exported(story, "Zinnia.Quillfeather@Example.edu")

    [own] = told["as_referee"]
    assert (own["applicant"], own["affiliation"]) == ("Mira Lindqvist", f"{SURNAME} Lab")
    files = [letter["file"] for letter in own["letters"]]
    assert sorted(archive.namelist()) == sorted(["person.json", *files])
    assert [archive.read(name) for name in files] == scenes.contents(story.house)[:2]
    assert {mail["to"] for mail in own["mails"]} == {ADDRESS}
    assert "tanaka" not in archive.read("person.json").decode()
    read = [e for e in scenes.journal(story.house, named) if e.fact is Fact.LETTER_READ]
    assert [entry.details for entry in read] == [{"how": "person"}] * 2
    assert scenes.breaches(story.house) == []


def test_an_applicant_learns_when_and_not_from_where_their_acts_came(
    story: Story, applied: UUID
) -> None:
    places = {"c0ffee": "2027-01-02T03:04:05+00:00", "facade": "2027-01-01T00:00:00+00:00"}
    with story.house.works.change(SYSTEM) as work:
        finding.application(work, applied, lock=True).places = places
    told, archive = exported(story)
    assert told["as_applicant"][0]["places_seen_at"] == sorted(places.values())
    everything = archive.read("person.json").decode()
    assert [place for place in places if place in everything] == []


def test_a_referee_learns_what_was_noticed_about_them_and_not_who_looked(story: Story) -> None:
    story.add_coordinator()
    named = scenes.requested(story, NAMES_HER)
    signals.put_every_kind(story, named)
    signals.check(story, named, "Ask the applicant once more.")

    told, archive = exported(story)

    found = told["as_referee"][0]["signals"]
    assert {one["kind"]: one["details"] for one in found} == signals.ALL_KINDS
    assert [one["checked_at"] is None for one in found].count(False) == 1
    everything = archive.read("person.json").decode()
    assert [word for word in ("Ask the applicant", "Cora") if word in everything] == []
    others, archive = exported(story, MIRA.applicant_email)
    assert len(others["as_applicant"]) == 1
    assert [k for k in signals.ALL_KINDS if k in archive.read("person.json").decode()] == []


def test_a_letter_that_is_gone_is_told_and_left_out(story: Story) -> None:
    named = scenes.requested(story, NAMES_HER)
    scenes.send_letter(story, named, 1)
    for name in scenes.files(story.house):
        (scenes.store_folder(story.house) / name).unlink()
    told, archive = exported(story)
    assert archive.namelist() == ["person.json"]
    assert [letter["file"] for letter in told["as_referee"][0]["letters"]] == [None]


def test_a_coordinator_gets_their_own_row_and_what_they_did(story: Story) -> None:
    add_her_as_coordinator(story)
    told, _ = exported(story)
    own = told["as_coordinator"]
    assert (own["address"], own["works_on"]) == (ADDRESS, {story.slug: "manager"})


def test_nobody_and_no_address(story: Story) -> None:
    with pytest.raises(UnknownPerson):
        exported(story, "nobody@example.com")
    with pytest.raises(InvalidInput):
        exported(story, "no address")
