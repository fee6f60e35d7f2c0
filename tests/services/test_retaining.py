"""Letters are deleted for good when their program has kept them long enough, and not before."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from letters.domain.errors import LetterPurged, StoreUnavailable
from letters.domain.journal import ActorKind, Fact
from letters.domain.keeping import LISTED_BEFORE
from letters.house import House
from letters.records import Letter, MailCopy
from letters.services import confirming, finding, receiving, retaining, rotating, sweeping
from letters.services.retaining import Purged
from letters.services.rotating import Rotated
from letters.services.sweeping import UNTOUCHED_FOR, Swept
from letters.services.verifying import Breach
from letters.settings import Settings
from tests.services import scenes
from tests.services.failing import UndeletableStore
from tests.services.keeping import list_erasures, listed_by
from tests.support.clock import TestClock
from tests.support.houses import SqliteDatabases, house_on, settings_for
from tests.support.people import (
    A_DAY,
    DUE,
    FELLOWSHIP,
    MIRA,
    REFEREE,
    REFEREES,
    SYSTEM,
    Story,
    tell,
)
from tests.support.s3 import S3Server, in_bucket

KEPT_UNTIL = scenes.CLOSES + 365 * A_DAY
OVER = KEPT_UNTIL + scenes.BLINK


def purge(house: House) -> Purged:
    return retaining.purge(house.works, SYSTEM)


def count(house: House) -> int:
    return retaining.count(house.works, SYSTEM)


def is_deleted(house: House) -> list[bool]:
    """Say of every version, oldest first, whether it was deleted; its key tells the same."""
    found = scenes.letters(house)
    assert [not letter.wrapped_key for letter in found] == [bool(x.purged_at) for x in found]
    return [letter.purged_at is not None for letter in found]


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application with two versions of one letter and one of another."""
    application_id = scenes.requested(story)
    for position in (1, 1, 2):
        scenes.send_letter(story, application_id, position)
    return application_id


def test_a_letter_is_deleted_when_its_time_is_over_with_every_version(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    clock.set(KEPT_UNTIL)
    assert count(story.house) == 0
    with scenes.nothing_changed(story.house):
        assert purge(story.house) == Purged()
    listed_by(story.house, clock, OVER)
    assert count(story.house) == 3
    assert purge(story.house) == Purged(letters=3)
    assert is_deleted(story.house) == [True] * 3
    assert scenes.files(story.house) == {}
    assert scenes.breaches(story.house) == []
    assert count(story.house) == 0
    with scenes.nothing_changed(story.house):
        assert purge(story.house) == Purged()
    assert scenes.statuses(story, asked) == ["selected", "received", "received"]


def test_the_words_of_its_mails_go_with_it(story: Story, clock: TestClock, asked: UUID) -> None:
    scenes.mail_all(story.house)
    listed_by(story.house, clock, OVER)
    purge(story.house)
    with story.house.works.look(SYSTEM) as work:
        assert work.session.query(MailCopy).count() == 0
    assert scenes.outbox(story.house)[0].application_id == asked


def test_what_was_received_can_still_be_told(story: Story, clock: TestClock, asked: UUID) -> None:
    def told(letter: Letter) -> tuple[object, ...]:
        return (letter.id, letter.file_name, letter.size, letter.sha256, letter.received_at)

    before = [told(letter) for letter in scenes.letters(story.house)]
    mails = len(scenes.outbox(story.house))
    listed_by(story.house, clock, OVER)
    purge(story.house)
    after = scenes.letters(story.house)
    assert [told(letter) for letter in after] == before
    assert [letter.purged_at for letter in after] == [OVER] * 3
    entries = scenes.journal(story.house, asked)[-3:]
    assert [(entry.fact, entry.letter_id) for entry in entries] == [
        (Fact.LETTER_PURGED, letter.id) for letter in after
    ]
    assert {entry.actor_kind for entry in entries} == {ActorKind.SYSTEM}
    assert len(scenes.outbox(story.house)) == mails


def test_a_deleted_letter_is_neither_read_nor_confirmed(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    listed_by(story.house, clock, OVER)
    purge(story.house)
    with story.house.works.look(SYSTEM) as work:
        for letter in scenes.letters(story.house):
            with pytest.raises(LetterPurged):
                receiving.decrypted(work, letter)
    token = story.upload_token(asked, 2)
    with (
        scenes.nothing_changed(story.house),
        pytest.raises(LetterPurged),
        story.house.works.change(REFEREE) as work,
    ):
        confirming.confirm(work, token, 1)


def test_a_date_that_the_program_moved_past_the_extended_one_counts(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    scenes.change_request(story, asked, 1, extended_due_at=DUE + A_DAY)
    with story.house.works.change(SYSTEM) as work:
        finding.application(work, asked).program.due_at = DUE + 2 * A_DAY
    listed_by(story.house, clock, OVER + A_DAY)
    assert count(story.house) == 0
    assert purge(story.house) == Purged(letters=0)
    listed_by(story.house, clock, OVER + 2 * A_DAY)
    assert purge(story.house) == Purged(letters=3)


def test_each_letter_has_its_own_closing_date(story: Story, clock: TestClock, asked: UUID) -> None:
    scenes.change_request(story, asked, 1, extended_due_at=DUE + A_DAY)
    listed_by(story.house, clock, OVER)
    list_erasures(story.house)
    assert count(story.house) == 1
    assert purge(story.house) == Purged(letters=1)
    assert is_deleted(story.house) == [False, False, True]
    clock.advance(LISTED_BEFORE)
    assert purge(story.house) == Purged(letters=2)
    assert is_deleted(story.house) == [True] * 3
    assert scenes.breaches(story.house) == []


def test_each_program_has_its_own_time(house: House, clock: TestClock) -> None:
    for days in (1, 2, 400):
        new = replace(FELLOWSHIP, slug=f"kept-{days}", kept_days=days)
        story = tell(house, new)
        scenes.send_letter(story, story.apply(replace(MIRA, referees=REFEREES)))
    for days, deleted in ((1, 0), (2, 1), (3, 1), (401, 1)):
        listed_by(house, clock, scenes.CLOSES + days * A_DAY)
        assert purge(house) == Purged(letters=deleted)
    assert count(house) == 0


def test_a_date_that_is_extended_meanwhile_is_minded(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    """Between looking for what is due and taking the lock."""

    def extend() -> bool:
        scenes.change_request(story, asked, 1, extended_due_at=OVER)
        return True

    listed_by(story.house, clock, OVER)
    assert retaining.purge(story.house.works, SYSTEM, keep_going=extend) == Purged(letters=1)
    assert is_deleted(story.house) == [False, False, True]


# --- step by step -----------------------------------------------------------------------------


@pytest.fixture
def many(story: Story, clock: TestClock) -> Iterator[Story]:
    """Three applications with a letter each, long ago; two to a batch."""
    for application_id in scenes.apply_many(story, 3):
        scenes.select_for_letters(story, application_id)
        scenes.send_letter(story, application_id)
    listed_by(story.house, clock, OVER)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(retaining, "BATCH", 2)
        yield story


def test_each_batch_is_done_before_it_is_told(many: Story) -> None:
    told: list[tuple[int, list[bool], int]] = []
    retaining.purge(
        many.house.works,
        SYSTEM,
        lambda size: told.append((size, is_deleted(many.house), len(scenes.files(many.house)))),
    )
    assert told == [(2, [True, True, False], 1), (1, [True] * 3, 0)]


def test_asked_to_stop_it_goes_on_where_it_was(many: Story) -> None:
    turns = iter([True, False])
    stopped = retaining.purge(many.house.works, SYSTEM, keep_going=lambda: next(turns))
    assert stopped == Purged(letters=2)
    assert is_deleted(many.house) == [True, True, False]
    assert purge(many.house) == Purged(letters=1)
    assert scenes.breaches(many.house) == []


def test_two_at_once_delete_each_letter_once(many: Story) -> None:
    done = scenes.at_once(*[lambda: purge(many.house)] * 2)
    assert sum(one.letters for one in done if isinstance(one, Purged)) == 3
    facts = [entry.fact for entry in scenes.journal(many.house)]
    assert facts.count(Fact.LETTER_PURGED) == 3
    assert scenes.breaches(many.house) == []


def test_a_batch_that_fails_deletes_nothing(many: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(retaining, "happened", interrupted)
        with scenes.nothing_changed(many.house), pytest.raises(KeyboardInterrupt):
            purge(many.house)
    assert purge(many.house) == Purged(letters=3)


def test_a_file_that_cannot_be_removed_is_swept_later(many: Story, clock: TestClock) -> None:
    store = many.house.works.tools.store
    stuck = UndeletableStore(store, StoreUnavailable(reason="away"))
    assert purge(scenes.with_store(many.house, stuck)) == Purged(letters=3, files_left=3)
    assert is_deleted(many.house) == [True] * 3
    assert len(scenes.files(many.house)) == 3
    folder = scenes.store_folder(many.house)
    for name in scenes.files(many.house):
        os.utime(folder / name, (DUE.timestamp(), DUE.timestamp()))
    assert scenes.breaches(many.house) == []
    clock.advance(UNTOUCHED_FOR)
    assert {breach.invariant for breach in scenes.breaches(many.house)} == {"files known"}
    with many.house.works.look(SYSTEM) as work:
        assert sweeping.sweep(work) == Swept(temporary=0, orphans=3)
    assert scenes.breaches(many.house) == []


def test_keys_that_are_no_more_are_not_rotated(many: Story, clock: TestClock) -> None:
    scenes.change_request(many, next(iter(scenes.applications(many.house))), extended_due_at=OVER)
    purge(many.house)
    assert rotating.count(many.house.works, SYSTEM) == 1
    assert rotating.rotate(many.house.works, SYSTEM) == Rotated(already_new=1)
    listed_by(many.house, clock, OVER + 400 * A_DAY)
    purge(many.house)
    assert rotating.rotate(many.house.works, SYSTEM) == Rotated()


def test_a_letter_sent_after_the_first_was_deleted_is_kept(
    story: Story, clock: TestClock, asked: UUID
) -> None:
    listed_by(story.house, clock, OVER)
    purge(story.house)
    scenes.change_request(story, asked, 2, extended_due_at=OVER + A_DAY)
    scenes.send_letter(story, asked, 2)
    assert purge(story.house) == Purged()
    assert is_deleted(story.house) == [True, True, True, False]
    assert scenes.breaches(story.house) == []


# --- in a bucket ------------------------------------------------------------------------------


@pytest.fixture
def in_s3(
    sqlite_databases: SqliteDatabases, tmp_path: Path, s3: S3Server, clock: TestClock
) -> Iterator[Story]:
    """A story whose letters are kept in a bucket."""
    with sqlite_databases.fresh() as url:
        settings: Settings = in_bucket(settings_for(url, tmp_path), s3)
        with house_on(settings, clock) as house:
            yield tell(house)


def test_letters_in_a_bucket(in_s3: Story, clock: TestClock) -> None:
    scenes.send_letter(in_s3, scenes.requested(in_s3))
    store = in_s3.house.works.tools.store
    ((name, stored_at),) = store.names()
    listed_by(in_s3.house, clock, max(OVER, stored_at + timedelta(days=400)))
    assert purge(in_s3.house) == Purged(letters=1)
    assert list(store.names()) == []
    assert scenes.breaches(in_s3.house) == []
    store.put(name, b"came back from a backup")
    clock.set(max(clock.now(), dict(store.names())[name]) + UNTOUCHED_FOR * 2)
    assert scenes.breaches(in_s3.house) == [
        Breach("files known", f"{name} belongs to no letter; `letters sweep` removes it")
    ]
