"""Whatever is done to an application waits for what is being done to it, and goes on from there.

On PostgreSQL, where two can be at work at once; SQLite lets nobody else begin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from uuid import UUID

import pytest

from letters.domain.journal import Fact
from letters.domain.managing import RequestAct
from letters.domain.telling import MailChoice
from letters.services import alerting, choosing, finding, requesting
from letters.services.happening import happened
from letters.services.work import Work
from tests.services import acts, letter_acts, replies, scenes
from tests.services.waiting import amid
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, REFEREES, SYSTEM, Story

NEW = "somebody.else@example.net"
CHIYO = REFEREES[2]

Act = Callable[[Story, UUID], object]


@dataclass(frozen=True)
class Case:
    """An act, and how the application comes to where it is possible."""

    begin: Callable[[Story], UUID]
    act: Act


def drafted(story: Story) -> UUID:
    return story.apply(submit=False)


def declined(story: Story) -> UUID:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id)
    return application_id


def waited_for(story: Story) -> UUID:
    application_id = scenes.requested(story)
    acts.ask_for_more_time(story, application_id)
    return application_id


def marked(story: Story) -> UUID:
    application_id = scenes.requested(story)
    acts.send_wrong_letter(story, application_id)
    return application_id


def alert(story: Story, application_id: UUID) -> None:
    first = scenes.request_of(story, application_id).id
    with story.house.works.change(scenes.APPLICANT) as work:
        alerting.alert(work, story.status_token(application_id), [first], "")


def keep_the_right(story: Story, application_id: UUID) -> None:
    with story.house.works.change(scenes.APPLICANT) as work:
        token = story.status_token(application_id)
        choosing.change_waiver(work, token, waived=False, signature="", usual="", shown="")


def look_and_select(story: Story, application_id: UUID) -> None:
    with story.house.works.change(scenes.COORDINATOR) as work:
        looked_at = finding.application(work, application_id)
        assert requesting.select(work, application_id) is looked_at


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "submit": Case(drafted, scenes.submit),
        "give notices": Case(drafted, scenes.give_notices),
        "alert one": Case(drafted, alert),
        "select": Case(Story.apply, scenes.select_for_letters),
        "look and select": Case(Story.apply, look_and_select),
        "withdraw": Case(scenes.requested, acts.withdraw),
        "welcome": Case(replies.alerted, acts.welcome),
        "decline early": Case(replies.alerted, acts.decline_early),
        "correct one's address": Case(replies.alerted, partial(acts.correct_address, email=NEW)),
        "send": Case(scenes.requested, scenes.send_letter),
        "decline": Case(scenes.requested, scenes.decline),
        "take back": Case(declined, scenes.take_back),
        "ask for more time": Case(scenes.requested, acts.ask_for_more_time),
        "extend": Case(waited_for, partial(acts.extend, until=DUE + 7 * A_DAY)),
        "ask for the overview": Case(scenes.requested, acts.ask_for_overview),
        "confirm": Case(marked, acts.confirm_letter),
        "return": Case(marked, partial(letter_acts.manage, position=1, act=RequestAct.RETURN)),
        "nudge": Case(scenes.requested, acts.nudge),
        "correct for": Case(scenes.requested, partial(acts.correct_for, email=NEW)),
        "replace": Case(scenes.requested, partial(acts.replace_referee, new=CHIYO)),
        "add": Case(scenes.requested, partial(acts.add_referee, new=CHIYO)),
        "choose mails": Case(
            scenes.requested, partial(acts.choose_mails, choice=MailChoice.PROBLEMS)
        ),
        "keep the right": Case(drafted, keep_the_right),
    }
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_comes_amid_something_else_goes_on_from_there(
    story: Story, clock: TestClock, case: Case
) -> None:
    application_id = case.begin(story)
    clock.advance(10 * A_DAY)

    def something_else(work: Work) -> None:
        happened(work, Fact.NOTE_LEFT, finding.application(work, application_id, lock=True))

    before = scenes.facts(story, application_id)
    amid(story.house, SYSTEM, something_else, partial(case.act, story, application_id))
    facts = scenes.facts(story, application_id)
    assert facts[: len(before) + 1] == [*before, Fact.NOTE_LEFT]
    assert len(facts) > len(before) + 1
    assert scenes.breaches(story.house) == []
