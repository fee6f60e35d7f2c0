"""What interrupted uploads left is removed when it is old; letters never are."""

import os
from datetime import timedelta

import pytest

from letters.house import House
from letters.services import sweeping
from letters.services.sweeping import UNTOUCHED_FOR, Swept
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.people import SYSTEM, Story

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


def test_where_there_is_nothing_nothing_is_removed(house: House) -> None:
    assert sweep(house) == Swept(temporary=0, orphans=0)
