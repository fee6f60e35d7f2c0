"""What interrupted uploads left is removed when it is old; letters never are."""

import os
from datetime import timedelta

import pytest

from letters.house import House
from letters.services import receiving, sweeping
from letters.services.sweeping import LOOKS_APART, UNTOUCHED_FOR, Broom, Swept
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.people import REFEREE, SYSTEM, Story

A_SECOND = timedelta(seconds=1)


def put(house: House, clock: TestClock, name: str, age: timedelta) -> None:
    """Leave a file in the store that is so old."""
    path = scenes.store_folder(house) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left behind")
    stored_at = (clock.now() - age).timestamp()
    os.utime(path, (stored_at, stored_at))


def sweep(house: House) -> Swept:
    with house.works.look(SYSTEM) as work:
        return sweeping.sweep(work)


def test_an_old_file_without_a_letter_is_removed_and_a_young_one_kept(
    house: House, clock: TestClock
) -> None:
    put(house, clock, "0000/old", UNTOUCHED_FOR + A_SECOND)
    put(house, clock, "0000/young", UNTOUCHED_FOR - A_SECOND)
    put(house, clock, "old-one", UNTOUCHED_FOR + A_SECOND)
    assert sweep(house) == Swept(temporary=0, orphans=2)
    assert list(scenes.files(house)) == ["0000/young"]


def test_an_old_temporary_file_is_removed_and_a_young_one_kept(
    house: House, clock: TestClock
) -> None:
    put(house, clock, "incoming/old", UNTOUCHED_FOR + A_SECOND)
    put(house, clock, "incoming/young", UNTOUCHED_FOR - A_SECOND)
    assert sweep(house) == Swept(temporary=1, orphans=0)
    assert list(scenes.files(house)) == ["incoming/young"]


@pytest.mark.parametrize("days", [0, 1, 4000])
def test_no_letter_is_ever_removed(story: Story, clock: TestClock, days: int) -> None:
    application_id = scenes.requested(story)
    for _ in range(2):
        scenes.send_letter(story, application_id)
    before = scenes.files(story.house)
    clock.advance(timedelta(days=days))
    put(story.house, clock, "0000/old", UNTOUCHED_FOR + A_SECOND)
    assert sweep(story.house) == Swept(temporary=0, orphans=1)
    assert scenes.files(story.house) == before
    assert scenes.breaches(story.house) == []


# --- while others upload ----------------------------------------------------------------------


def look(house: House, broom: Broom, elapsed: float) -> Swept:
    with house.works.look(SYSTEM) as work:
        return broom.sweep(work, elapsed)


def test_what_belongs_to_no_letter_is_removed_at_a_second_look_some_time_later(
    house: House, clock: TestClock
) -> None:
    broom = Broom()
    put(house, clock, "0000/old", UNTOUCHED_FOR + A_SECOND)
    assert look(house, broom, 1000.0) == Swept(temporary=0, orphans=0)
    assert look(house, broom, 999.0 + LOOKS_APART) == Swept(temporary=0, orphans=0)
    put(house, clock, "0000/later", UNTOUCHED_FOR + A_SECOND)
    assert look(house, broom, 1000.0 + LOOKS_APART) == Swept(temporary=0, orphans=1)
    assert list(scenes.files(house)) == ["0000/later"]
    assert look(house, broom, 1000.0 + 2 * LOOKS_APART) == Swept(temporary=0, orphans=1)
    assert look(house, broom, 1000.0 + 9 * LOOKS_APART) == Swept(temporary=0, orphans=0)


def test_the_file_of_an_upload_under_way_is_kept_however_old_it_looks(story: Story) -> None:
    """By the story's clock every file is months old, as by one that was just set forward."""
    house, broom = story.house, Broom()
    token = story.upload_token(scenes.requested(story))
    sent = scenes.upload_of(house, "I recommend her.")
    with house.works.change(REFEREE) as work:
        receiving.receive(work, token, sent)
        assert look(house, broom, 0.0) == Swept(temporary=0, orphans=0)
        assert len(broom.seen_at) == 1
    assert look(house, broom, 2 * LOOKS_APART) == Swept(temporary=0, orphans=0)
    assert (len(scenes.files(house)), scenes.breaches(house)) == (1, [])


def test_where_there_is_nothing_nothing_is_removed(house: House) -> None:
    assert sweep(house) == Swept(temporary=0, orphans=0)
