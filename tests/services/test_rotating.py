"""A new master key: every data key comes under it, and no letter is touched."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update

from letters.adapters.envelope import KeyEnvelope, new_master_key
from letters.house import House, assemble
from letters.records import Letter
from letters.services import receiving, rotating
from letters.services.rotating import Rotated
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.people import SYSTEM, Story
from tests.support.rows import unchanged

NEW_KEY = new_master_key()
FOREIGN_KEY = new_master_key()


@pytest.fixture(autouse=True)
def small_batches() -> Iterator[None]:
    """Two letters to a batch, so that a handful makes several."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rotating, "BATCH", 2)
        yield


@pytest.fixture
def renewed(story: Story, clock: TestClock) -> Iterator[House]:
    """The same house, restarted with a new key in front; five letters are under the old one."""
    application_id = scenes.requested(story)
    for _ in range(5):
        scenes.send_letter(story, application_id)
    yield from with_keys(story.house, clock, NEW_KEY, *story.house.settings.store_keys)


def with_keys(house: House, clock: TestClock, *keys: str) -> Iterator[House]:
    """The house with other master keys."""
    restarted = assemble(replace(house.settings, store_keys=keys), clock=clock)
    yield restarted
    restarted.database.close()


def rotate(house: House) -> Rotated:
    return rotating.rotate(house.works, SYSTEM)


def newest(house: House) -> list[bool]:
    """Say of each letter, in order, whether its data key is under the new key alone."""
    alone = KeyEnvelope([NEW_KEY])
    return [alone.is_newest(letter.wrapped_key) for letter in all_letters(house)]


def all_letters(house: House) -> list[Letter]:
    with house.works.look(SYSTEM) as work:
        return list(work.session.scalars(select(Letter).order_by(Letter.id)))


def test_every_letter_comes_under_the_newest_key_and_stays_as_it_is(
    renewed: House, clock: TestClock
) -> None:
    files = scenes.files(renewed)
    assert rotate(renewed) == Rotated(rewrapped=5)
    assert newest(renewed) == [True] * 5
    assert scenes.files(renewed) == files
    for without_old_key in with_keys(renewed, clock, NEW_KEY):
        assert scenes.breaches(without_old_key) == []


def test_running_it_again_finds_nothing_to_do(renewed: House) -> None:
    rotate(renewed)
    with unchanged(renewed.database):
        assert rotate(renewed) == Rotated(already_new=5)


def test_without_letters_there_is_nothing_to_do(house: House) -> None:
    assert rotate(house) == Rotated()
    assert rotating.count(house.works, SYSTEM) == 0


def test_each_batch_is_committed_before_it_is_told(renewed: House) -> None:
    told: list[tuple[int, int]] = []
    rotating.rotate(
        renewed.works, SYSTEM, lambda size: told.append((size, newest(renewed).count(True)))
    )
    assert told == [(2, 2), (2, 4), (1, 5)]
    assert rotating.count(renewed.works, SYSTEM) == 5


def test_stopped_half_way_it_goes_on_where_it_was(renewed: House) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotating.rotate(renewed.works, SYSTEM, stop)
    assert newest(renewed) == [True, True, False, False, False]
    assert scenes.breaches(renewed) == []
    assert rotate(renewed) == Rotated(rewrapped=3, already_new=2)


def test_letters_that_no_key_opens_are_named_and_the_others_done(
    renewed: House, clock: TestClock
) -> None:
    lost = [letter.id for letter in all_letters(renewed)][1:3]
    foreign = KeyEnvelope([FOREIGN_KEY]).seal(b"x", b"y").wrapped_key
    for letter_id, key in zip(lost, (b"", foreign), strict=True):
        with renewed.works.change(SYSTEM) as work:
            work.session.execute(
                update(Letter).where(Letter.id == letter_id).values(wrapped_key=key)
            )
    assert rotate(renewed) == Rotated(rewrapped=3, unopened=lost)
    assert newest(renewed) == [True, False, False, True, True]
    assert rotate(renewed) == Rotated(already_new=3, unopened=lost)
    for found_again in with_keys(renewed, clock, NEW_KEY, FOREIGN_KEY):
        assert rotate(found_again) == Rotated(rewrapped=1, already_new=3, unopened=lost[:1])


def test_letters_that_arrive_meanwhile_are_safe(renewed: House, story: Story) -> None:
    application_id = scenes.requested(story, scenes.NOOR)
    arrived: list[UUID] = []

    def arrive(_: int) -> None:
        if not arrived:
            arrived.append(scenes.send_by(renewed, story.upload_token(application_id, 1)))

    rotating.rotate(renewed.works, SYSTEM, arrive)
    assert len(arrived) == 1
    assert newest(renewed) == [True] * 6
    assert scenes.breaches(renewed) == []


def test_a_key_that_was_changed_meanwhile_is_left_alone(
    renewed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody deletes a letter's key between reading and writing: it stays deleted."""
    first = all_letters(renewed)[0]
    rewrap = KeyEnvelope.rewrap

    def delete_first(envelope: KeyEnvelope, wrapped: bytes) -> bytes:
        if wrapped == first.wrapped_key:
            with renewed.works.change(SYSTEM) as work:
                work.session.execute(
                    update(Letter).where(Letter.id == first.id).values(wrapped_key=b"")
                )
        return rewrap(envelope, wrapped)

    monkeypatch.setattr(KeyEnvelope, "rewrap", delete_first)
    assert rotate(renewed) == Rotated(rewrapped=4)
    assert all_letters(renewed)[0].wrapped_key == b""


def test_a_rotated_letter_is_read_as_before(renewed: House) -> None:
    def contents() -> list[bytes]:
        with renewed.works.look(SYSTEM) as work:
            return [receiving.decrypted(work, letter) for letter in all_letters(renewed)]

    before = contents()
    rotate(renewed)
    assert contents() == before
