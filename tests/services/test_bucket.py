"""Verifying and sweeping letters that are kept in a bucket."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from letters.house import House, assemble
from letters.ports import LetterStore
from letters.services.sweeping import UNTOUCHED_FOR, Swept, sweep
from letters.services.verifying import Breach
from letters.settings import Settings
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.houses import SqliteDatabases, settings_for
from tests.support.people import SYSTEM, Story
from tests.support.s3 import S3Server, access_to, in_bucket
from tests.support.server import free_port

A_MINUTE = timedelta(minutes=1)
ORPHAN = "0000/orphan"


@pytest.fixture
def settings(sqlite_databases: SqliteDatabases, tmp_path: Path, s3: S3Server) -> Iterator[Settings]:
    """Settings with the letters in a bucket."""
    with sqlite_databases.fresh() as url:
        yield in_bucket(settings_for(url, tmp_path), s3)


@pytest.fixture
def letter_id(story: Story) -> UUID:
    """One letter in the bucket."""
    return scenes.send_letter(story, scenes.requested(story))


@pytest.fixture
def store(story: Story) -> LetterStore:
    """The bucket, as the service sees it."""
    return story.house.works.tools.store


def swept(house: House) -> Swept:
    with house.works.look(SYSTEM) as work:
        return sweep(work)


def test_what_belongs_to_no_letter_is_told_and_goes_when_it_is_old(
    story: Story, clock: TestClock, store: LetterStore, letter_id: UUID
) -> None:
    store.put(ORPHAN, b"left behind")
    stored_at = dict(store.names())[ORPHAN]
    clock.set(stored_at + UNTOUCHED_FOR - A_MINUTE)
    assert scenes.breaches(story.house) == []
    assert swept(story.house) == Swept(temporary=0, orphans=0)
    clock.set(stored_at + UNTOUCHED_FOR + A_MINUTE)
    assert scenes.breaches(story.house) == [
        Breach("files known", f"{ORPHAN} belongs to no letter; `letters sweep` removes it")
    ]
    assert swept(story.house) == Swept(temporary=0, orphans=1)
    assert scenes.breaches(story.house) == []
    (letter,) = scenes.letters(story.house)
    assert [name for name, _ in store.names()] == [letter.stored_as]
    assert letter.id == letter_id


def test_what_interrupted_checks_left_goes_when_it_is_old(
    story: Story, clock: TestClock, s3: S3Server
) -> None:
    place = story.house.settings.store_url.removeprefix("s3://")
    s3.request("PUT", f"{place}/incoming/probe-1", b"x")
    clock.set(datetime.now(UTC) + UNTOUCHED_FOR + A_MINUTE)
    assert scenes.breaches(story.house) == []
    assert swept(story.house) == Swept(temporary=1, orphans=0)


def test_a_letter_whose_object_is_gone_or_cut_off(
    story: Story, store: LetterStore, letter_id: UUID
) -> None:
    (letter,) = scenes.letters(story.house)
    whole = store.get(letter.stored_as)
    store.delete(letter.stored_as)
    of_it = f"letter {letter_id}: its file {letter.stored_as}"
    assert scenes.breaches(story.house) == [Breach("letters readable", f"{of_it} is missing")]
    store.put(letter.stored_as, whole[:100])
    assert scenes.breaches(story.house) == [Breach("letters readable", f"{of_it} is cut off")]
    store.delete(letter.stored_as)
    store.put(letter.stored_as, whole)
    assert scenes.breaches(story.house) == []


def test_a_bucket_out_of_reach(story: Story, clock: TestClock, letter_id: UUID) -> None:
    down = access_to(f"http://127.0.0.1:{free_port()}")
    house = assemble(replace(story.house.settings, store_access=down), clock=clock)
    try:
        breaches = scenes.breaches(house)
    finally:
        house.database.close()
    assert [breach.invariant for breach in breaches] == ["letters readable", "files known"]
    assert breaches[0].what.startswith(f"letter {letter_id}: out of reach (")
    assert breaches[1].what.startswith("the store cannot be listed (")
