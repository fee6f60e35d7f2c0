"""Several letters at once, a store that fails, a commit that fails: what was said stays true."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from letters.domain.errors import (
    DeclineNotPossible,
    LettersError,
    RequestDeclined,
    StoreFull,
    StoreUnavailable,
)
from letters.house import House
from letters.services import receiving, sweeping
from letters.services.inspecting import Upload
from letters.services.sweeping import UNTOUCHED_FOR
from tests.services import scenes
from tests.services.failing import FailingStore, UndeletableStore
from tests.services.scenes import nothing_changed, upload_of
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREE, START, SYSTEM, Story
from tests.support.rows import all_rows

# --- two at once ------------------------------------------------------------------------------


def test_two_letters_at_once_through_one_link_both_count_in_turn(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    uploads = [upload_of(story.house, words) for words in ("one", "other")]

    def send(upload: Upload) -> tuple[UUID, int]:
        with story.house.works.change(REFEREE) as work:
            letter = receiving.receive(work, token, upload)
        return letter.id, letter.version

    versions = 0
    for _ in range(20):
        outcomes = scenes.at_once(*(partial(send, upload) for upload in uploads))
        acknowledged: dict[UUID, int] = dict(x for x in outcomes if isinstance(x, tuple))
        assert sorted(acknowledged.values()) == [versions + 1, versions + 2]
        versions += 2
        last = scenes.current_letter(story, application_id)
        assert (acknowledged[last.id], last.version) == (versions, versions)
        last_written = scenes.journal(story.house, application_id)[-1]
        assert last_written.letter_id == last.id
    assert len(scenes.contents(story.house)) == versions
    assert scenes.breaches(story.house) == []


def test_a_letter_that_meets_a_decline_is_in_or_refused_and_so_is_the_decline(
    story: Story,
) -> None:
    refused = {"received": DeclineNotPossible, "declined": RequestDeclined}
    for _ in range(10):
        application_id = scenes.requested(story)
        outcomes = scenes.at_once(
            partial(scenes.send_letter, story, application_id),
            partial(scenes.decline, story, application_id),
        )
        status = scenes.request_of(story, application_id).status.value
        loser = 1 if status == "received" else 0
        assert type(outcomes[loser]) is refused[status]
        assert not isinstance(outcomes[1 - loser], LettersError)
    assert scenes.breaches(story.house) == []


# --- a store that fails -----------------------------------------------------------------------


FULL = StoreFull(reason="no room")
UNAVAILABLE = StoreUnavailable(reason="gone")


@pytest.mark.parametrize("error", [FULL, UNAVAILABLE], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("leaves_something", [False, True])
def test_a_letter_that_is_not_stored_leaves_nothing(
    story: Story, error: StoreUnavailable, leaves_something: bool
) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    store = FailingStore(story.house.works.tools.store, error, leaves_something)
    failing = scenes.with_store(story.house, store)
    with nothing_changed(story.house), pytest.raises(type(error)):
        scenes.send_by(failing, token)


def test_what_went_wrong_first_is_what_is_said(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    store = UndeletableStore(story.house.works.tools.store, FULL, leaves_something=True)
    with pytest.raises(StoreFull):
        scenes.send_by(scenes.with_store(story.house, store), token)
    assert scenes.statuses(story, application_id) == ["selected", "requested", "requested"]


def test_a_letter_whose_recording_fails_is_removed_again(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    with nothing_changed(story.house), pytest.raises(RuntimeError):
        receive_and_then(story, token, RuntimeError())


def test_a_replacement_whose_recording_fails_leaves_the_first_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    token = story.upload_token(application_id)
    with nothing_changed(story.house), pytest.raises(KeyboardInterrupt):
        receive_and_then(story, token, KeyboardInterrupt())


def receive_and_then(story: Story, token: str, error: BaseException) -> None:
    """Take a letter in, and let something go wrong before the commit."""
    files = len(scenes.files(story.house))
    with story.house.works.change(REFEREE) as work:
        receiving.receive(work, token, upload_of(story.house))
        assert len(scenes.files(story.house)) == files + 1
        raise error


# --- a commit that fails ----------------------------------------------------------------------


@contextmanager
def commits_fail(house: House, *, after_all: bool) -> Iterator[None]:
    """Let every commit be answered by an error; with `after_all` it has happened nevertheless."""
    lost = OperationalError("COMMIT", None, ConnectionError("the answer was lost"))
    dialect = house.database.engine.dialect
    end = dialect.do_commit if after_all else dialect.do_rollback

    def fail(connection: PoolProxiedConnection) -> None:
        end(connection)
        raise lost

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialect, "do_commit", fail)
        yield


def test_a_commit_that_fails_acknowledges_nothing_and_the_file_is_swept(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    before = all_rows(story.house.database)
    with pytest.raises(OperationalError), commits_fail(story.house, after_all=False):
        scenes.send_by(story.house, token)
    assert all_rows(story.house.database) == before
    assert len(scenes.files(story.house)) == 1

    clock.set(datetime.now(tz=START.tzinfo) + UNTOUCHED_FOR + A_DAY)
    with story.house.works.look(SYSTEM) as work:
        assert sweeping.sweep(work) == sweeping.Swept(temporary=0, orphans=1)
    assert scenes.files(story.house) == {}


def test_a_commit_whose_answer_was_lost_keeps_the_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    with pytest.raises(OperationalError), commits_fail(story.house, after_all=True):
        scenes.send_by(story.house, token, "kept")
    assert scenes.statuses(story, application_id) == ["selected", "received", "requested"]
    assert scenes.contents(story.house) == [upload_of(story.house, "kept").content]
    assert scenes.breaches(story.house) == []
