"""Two acts at one moment: one comes first, and each answer says what the rows say afterwards."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask

from letters.domain.errors import MoveNotAllowed
from letters.domain.status import Event, RequestStatus, advance
from letters.ports import Purpose
from letters.services import finding, withdrawing
from tests.chaos.sending import (
    Referee,
    at_once,
    breaches,
    kept,
    last_written,
    referee,
)
from tests.support.pdfs import letter_pdf
from tests.support.people import A_DAY, SYSTEM, Story
from tests.support.thorough import rounds
from tests.web import scenes
from tests.web.visiting import stored_files

TAKEN = 303
ROUNDS_A_LINK = 10
"""Fewer than a link lets through in an hour."""

pytestmark = pytest.mark.timeout(1200)


def _letter(*words: object) -> bytes:
    return letter_pdf((" ".join(map(str, words)),))


# --- two letters ------------------------------------------------------------------------------


def test_two_letters_through_one_link_are_both_kept_and_the_last_one_counts(
    app: Flask, story: Story
) -> None:
    left = rounds(short=ROUNDS_A_LINK, long=1000)
    while left > 0:
        token = story.upload_token(scenes.requested(story))
        _race_letters(app, story, token, min(ROUNDS_A_LINK, left))
        left -= ROUNDS_A_LINK
    assert breaches(story.house) == []
    assert len(stored_files(story.house)) == len(kept(story.house))


def _race_letters(app: Flask, story: Story, token: str, times: int) -> None:
    two = [referee(app, token), referee(app, token)]
    request_id = story.house.works.tools.links.read(Purpose.UPLOAD, token).row_id
    acknowledged: Counter[bytes] = Counter()
    for turn in range(times):
        letters = [_letter("round", turn, "by", name, request_id) for name in ("one", "other")]
        sends = [partial(one.send, token, it) for one, it in zip(two, letters, strict=True)]
        assert at_once(*sends) == [TAKEN, TAKEN]
        acknowledged.update(letters)
        versions = kept(story.house, request_id)
        assert Counter(each.content for each in versions) == acknowledged
        assert [each.version for each in versions] == list(range(1, len(versions) + 1))
        assert _current_version(story, token) == len(versions)
        assert last_written(story.house, request_id) == versions[-1].id


def _current_version(story: Story, token: str) -> int | None:
    with story.house.works.look(SYSTEM) as work:
        return finding.request_behind(work, Purpose.UPLOAD, token)[1].current_version


# --- a letter against what shuts its door -----------------------------------------------------


@dataclass(frozen=True)
class Rival:
    """An act that leaves no room for a letter, and how a referee who comes later is answered.

    `act` says whether it was done. `after_a_letter` says whether it is still possible then.
    """

    act: Callable[[Story, Referee, str], bool]
    refusal: int
    after_a_letter: bool


def _decline(_story: Story, person: Referee, token: str) -> bool:
    return person.decline(token) == TAKEN


def _cancel(story: Story, _person: Referee, token: str) -> bool:
    try:
        with story.house.works.change(SYSTEM) as work:
            _, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
            request.status = advance(request.status, Event.CANCEL)
            request.cancelled_at = work.now
    except MoveNotAllowed:
        return False
    return True


def _withdraw(story: Story, _person: Referee, token: str) -> bool:
    with story.house.works.change(SYSTEM) as work:
        application, _ = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
        withdrawing.withdraw(work, application.id)
    return True


def _replace_the_link(story: Story, _person: Referee, token: str) -> bool:
    with story.house.works.change(SYSTEM) as work:
        _, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
        request.link_generation += 1
    return True


def _close(story: Story, _person: Referee, token: str) -> bool:
    with story.house.works.change(SYSTEM) as work:
        application, _ = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
        grace = timedelta(hours=application.program.grace_hours)
        application.program.due_at = work.now - grace - A_DAY
    return True


def _newly_requested(story: Story) -> UUID:
    """Return an application whose letters are asked for, in a program that is open again."""
    with story.house.works.change(SYSTEM) as work:
        finding.program_by_slug(work, story.slug).due_at = work.now + A_DAY
    return scenes.requested(story)


RIVALS = {
    "decline": Rival(_decline, refusal=409, after_a_letter=False),
    "cancel": Rival(_cancel, refusal=410, after_a_letter=False),
    "withdraw": Rival(_withdraw, refusal=410, after_a_letter=True),
    "replace the link": Rival(_replace_the_link, refusal=410, after_a_letter=True),
    "closing time": Rival(_close, refusal=410, after_a_letter=True),
}


def test_a_letter_that_meets_the_end_of_its_request_is_in_or_refused_and_both_are_told(
    app: Flask, story: Story, subtests: pytest.Subtests
) -> None:
    for name, rival in RIVALS.items():
        with subtests.test(name):
            for _ in range(rounds(short=2, long=200)):
                _race_against(app, story, rival)
    assert breaches(story.house) == []
    assert len(stored_files(story.house)) == len(kept(story.house))


def _race_against(app: Flask, story: Story, rival: Rival) -> None:
    application_id = _newly_requested(story)
    token = story.upload_token(application_id)
    person, content = referee(app, token), _letter(application_id)
    status, done = at_once(
        partial(person.send, token, content), partial(rival.act, story, person, token)
    )
    request = story.application(application_id).requests[0]
    letters = [each.content for each in kept(story.house, request.id)]
    if status == TAKEN:
        assert letters == [content]
        assert (request.status, request.current_version) == (RequestStatus.RECEIVED, 1)
        assert done is rival.after_a_letter
    else:
        assert status == rival.refusal
        assert (letters, request.current_version) == ([], None)
        assert request.status is not RequestStatus.RECEIVED
        assert done is True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rival", RIVALS.values(), ids=RIVALS)
def test_whichever_comes_first_the_second_is_answered_by_it(
    app: Flask, story: Story, rival: Rival
) -> None:
    late: UUID = scenes.requested(story)
    token = story.upload_token(late)
    person = referee(app, token)
    assert rival.act(story, person, token) is True
    assert person.send(token, _letter("late")) == rival.refusal
    early = story.upload_token(_newly_requested(story))
    assert person.send(early, _letter("early")) == TAKEN
    assert rival.act(story, person, early) is rival.after_a_letter
    assert [each.content for each in kept(story.house)] == [_letter("early")]
