"""What a client asks for twice under one key is done once."""

from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.records import ApiKey
from letters.services import administering, applying, finding
from letters.services.idempotency import Answer, Call, KeyUsedBefore, once
from tests.services import scenes
from tests.services.scenes import nothing_changed
from tests.support.people import API, MIRA, OPERATOR, SYSTEM, Story


@pytest.fixture
def call(story: Story) -> Call:
    with story.house.works.change(OPERATOR) as work:
        administering.create_api_key(work, "admissions")
    with story.house.works.look(SYSTEM) as work:
        key_id = work.session.scalars(select(ApiKey.id)).one()
    return Call(key_id, "once-1", "fingerprint")


def apply_once(story: Story, call: Call) -> Answer:
    """Take an application in, once."""
    with story.house.works.change(API) as work:

        def do() -> Answer:
            program = finding.program_by_slug(work, story.slug)
            application = applying.create(work, program, MIRA)
            return Answer(201, {"id": str(application.id)})

        return once(work, call, do)


def created(story: Story) -> list[UUID]:
    return [e.chain_id for e in scenes.journal(story.house) if e.fact == "application.created"]


def test_the_second_time_gets_the_first_answer_and_does_nothing(story: Story, call: Call) -> None:
    first = apply_once(story, call)
    with nothing_changed(story.house):
        second = apply_once(story, call)
    assert [str(one) for one in created(story)] == [first.facts["id"]]
    assert (first.status, first.replayed) == (201, False)
    assert second == Answer(201, first.facts, replayed=True)


def test_another_key_is_another_request(story: Story, call: Call) -> None:
    for key in ("once-1", "once-2"):
        apply_once(story, Call(call.api_key_id, key, call.fingerprint))
    assert len(created(story)) == 2


def test_a_key_is_not_used_for_something_else(story: Story, call: Call) -> None:
    apply_once(story, call)
    other = Call(call.api_key_id, call.idempotency_key, "another fingerprint")
    with nothing_changed(story.house), pytest.raises(KeyUsedBefore):
        apply_once(story, other)


def test_what_failed_can_be_asked_for_again(story: Story, call: Call) -> None:
    def fail() -> Answer:
        raise RuntimeError

    with (
        nothing_changed(story.house),
        pytest.raises(RuntimeError),
        story.house.works.change(API) as work,
    ):
        once(work, call, fail)
    assert apply_once(story, call).replayed is False


def test_of_several_at_once_one_is_done_and_all_get_its_answer(story: Story, call: Call) -> None:
    answers = scenes.at_once(*[partial(apply_once, story, call)] * 4)
    (done,) = created(story)
    found = [one for one in answers if isinstance(one, Answer)]
    assert [one.facts for one in found] == [{"id": str(done)}] * 4
    assert sorted(one.replayed for one in found) == [False, True, True, True]
