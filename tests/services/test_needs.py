"""What needs somebody is counted while it does, and no longer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from letters.domain.needs import Need
from letters.domain.status import RequestStatus
from letters.house import House
from letters.ports import Message
from letters.records import Application
from letters.services import finding, needs, requesting
from tests.services import replies, scenes, signals
from tests.services.failing import REFUSED
from tests.services.scenes import Postbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, MIRA, START, SYSTEM, Story
from tests.support.statements import counted

ADA = "Prof. Ada Ferreira"


def counts(story: Story) -> Mapping[Need, int]:
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        return needs.need_counts(work, [program.id]).get(program.id, {})


def lines(story: Story) -> list[tuple[Need, str, str | None]]:
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        found = needs.needed_lines(work, [program.id])
    return [(line.need, line.applicant_name, line.referee_name) for line in found]


def in_need(house: House, need: Need) -> list[str]:
    with house.works.look(SYSTEM) as work:
        query = select(Application.applicant_name).where(needs.in_need(need))
        return list(work.session.scalars(query))


def asked_for(story: Story, need: Need) -> UUID:
    """Take in an application by somebody who is named by a need, and mail its requests."""
    application_id = scenes.requested(story, replace(MIRA, applicant_name=need.value))
    scenes.mail_all(story.house)
    return application_id


def refuse_the_request(story: Story, application_id: UUID) -> None:
    """Give up the request to the first referee, and deliver all other mails."""
    token = story.upload_token(application_id)

    def refuse(message: Message) -> None:
        if token in message.text:
            raise REFUSED

    scenes.deliver_to(story.house, Postbox(while_sending=refuse))


def bring_about(story: Story, need: Need) -> UUID:
    """Let one need stand, of the first referee where it is about one."""
    if need is Need.WAITING:
        return story.apply(replace(MIRA, applicant_name=need.value))
    if need is Need.GIVEN_UP:
        application_id = scenes.requested(story, replace(MIRA, applicant_name=need.value))
        refuse_the_request(story, application_id)
        return application_id
    application_id = asked_for(story, need)
    if need is Need.MORE_TIME:
        replies.ask_for_more_time(story, application_id)
    elif need is Need.BOUNCED:
        scenes.change_request(story, application_id, bounced_at=START)
    elif need is Need.MARKED:
        replies.send(story, application_id, replies.marked(story.house))
    elif need is Need.SIGNALS:
        signals.send_from_the_applicants_browser(story, application_id)
    elif need is Need.QUARANTINED:
        replies.send(story, application_id, replies.unchecked(story.house))
    return application_id


def send_again(story: Story, application_id: UUID) -> None:
    """Mail the first referee their link once more."""
    with story.house.works.change(scenes.COORDINATOR) as work:
        found = finding.application(work, application_id, lock=True)
        assert requesting.send_link_again(work, found, found.requests[0])


def test_every_need_stands_once_and_names_who_it_is_about(story: Story) -> None:
    for need in Need:
        bring_about(story, need)
    assert counts(story) == dict.fromkeys(Need, 1)
    assert set(lines(story)) == {
        (need, need.value, None if need is Need.WAITING else ADA) for need in Need
    }
    assert {need: in_need(story.house, need) for need in Need} == {
        need: [need.value] for need in Need
    }


def test_what_was_dealt_with_is_needed_no_more(story: Story, clock: TestClock) -> None:
    made = {need: bring_about(story, need) for need in Need}
    clock.advance(A_DAY)
    scenes.select_for_letters(story, made[Need.WAITING])
    replies.refuse(story, made[Need.MORE_TIME])
    scenes.change_request(story, made[Need.BOUNCED], bounced_at=None)
    replies.confirm(story, made[Need.MARKED])
    replies.release(story, made[Need.QUARANTINED])
    signals.check(story, made[Need.SIGNALS])
    send_again(story, made[Need.GIVEN_UP])
    scenes.mail_all(story.house)
    assert counts(story) == {}
    assert lines(story) == []


def test_of_what_was_withdrawn_or_replaced_nothing_is_needed(story: Story) -> None:
    for need in Need:
        application_id = bring_about(story, need)
        if need is Need.BOUNCED:
            status = RequestStatus.CANCELLED
            scenes.change_request(
                story, application_id, status=status, cancelled_at=START, replaced_at=START
            )
        else:
            scenes.withdraw(story, application_id)
    assert counts(story) == {}
    assert [in_need(story.house, need) for need in Need] == [[] for _ in Need]


def test_another_program_is_not_counted(story: Story) -> None:
    other = scenes.automatic(story.house)
    bring_about(story, Need.WAITING)
    assert counts(other) == {}


def test_of_many_the_ten_oldest_stand_there_and_the_count_says_how_many(story: Story) -> None:
    made = scenes.apply_many(story, 12)
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        with counted(story.house.database.engine) as statements:
            found = needs.needed_lines(work, [program.id])
            count = needs.need_counts(work, [program.id])
    assert [line.application_id for line in found] == made[:10]
    assert count == {program.id: {Need.WAITING: 12}}
    assert len(statements) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_few_are_found_by_indexes_of_their_own(story: Story) -> None:
    asked: list[tuple[str, Any]] = []
    engine = story.house.database.engine
    event.listen(engine, "before_cursor_execute", lambda *what: asked.append((what[2], what[3])))
    counts(story)
    statement, values = asked[-1]
    with engine.connect() as connection:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    begun = [step[3].split()[-1] for step in steps if "SCAN" in step[3] and "USING" in step[3]]
    assert begun == [
        *("ix_letter_requests_more_time", "ix_letter_requests_bounced"),
        *("ix_letters_marked", "ix_letters_held_back", "ix_outbox_dead", "ix_outbox_bounced"),
    ]
