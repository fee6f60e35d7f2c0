"""The page of an application has words for all that happened, to each referee, and every mail."""

import pytest
from werkzeug.test import TestResponse

from letters.domain.journal import OWED, Fact, MessageKind
from letters.services import applying, finding, noticing, requesting
from letters.services.happening import happened
from tests.services import acts
from tests.support.clock import TestClock
from tests.support.markup import elements, parse, words
from tests.support.people import A_DAY, API, REFEREE, REFEREES, Story
from tests.web import scenes
from tests.web.visiting import Visitor, on_sqlite, sign_in_again

OF_A_PROGRAM = {fact for fact in Fact if fact.startswith(("program.", "coordinator."))}
ADA = "Prof. Ada Ferreira"


def page_after(cora: Visitor, story: Story, *facts: tuple[Fact, dict[str, str]]) -> TestResponse:
    """Let these facts happen to the first referee of an application, and look at its page."""
    application_id = story.apply(submit=False)
    with story.house.works.change(REFEREE) as work:
        application = finding.application(work, application_id, lock=True)
        for fact, details in facts:
            happened(work, fact, application, application.requests[0], details=details)
    page = cora.get(f"/coordinate/applications/{application_id}")
    assert page.status_code == 200
    return page


def timelines_of(page: TestResponse) -> list[list[str]]:
    root, _ = parse(page.text)
    [referees] = [e for e in elements(root, "section") if e.get("aria-labelledby") == "referees"]
    timelines = [e for e in elements(referees, "ol") if "timeline" in (e.get("class") or "")]
    return [[words(li) for li in elements(timeline, "li")] for timeline in timelines]


@on_sqlite
def test_each_referee_has_a_timeline(cora: Visitor, story: Story, clock: TestClock) -> None:
    application_id = story.apply(submit=False)
    with story.house.works.change(API) as work:
        noticing.give_notices(work, application_id)
    clock.advance(A_DAY)
    with story.house.works.change(API) as work:
        applying.submit(work, application_id)
        requesting.select(work, application_id)
    clock.advance(A_DAY)
    scenes.letter_in(story, application_id, 1)
    scenes.decline(story, application_id, 2)
    acts.replace_referee(story, application_id, REFEREES[2], position=2)
    sign_in_again(cora, story.house)
    first, second, third = (f"{day} February 2027, 10:00" for day in (1, 2, 3))
    begun = [f"Named, {first}", f"Advance notice sent, {first}", f"Letter requested, {second}"]
    assert timelines_of(cora.get(f"/coordinate/applications/{application_id}")) == [
        [*begun, f"Letter received, {third}"],
        [*begun, f"Declined, {third}", f"Somebody else named, {third}"],
        [f"Named, {third}", f"Letter requested, {third}"],
    ]


def lines_in(page: TestResponse, section: str) -> list[str]:
    root, _ = parse(page.text)
    [found] = [e for e in elements(root, "section") if e.get("aria-labelledby") == section]
    return [words(line) for line in elements(found, "li")]


@on_sqlite
def test_every_fact_and_every_mail_has_words_of_its_own(cora: Visitor, story: Story) -> None:
    facts = [fact for fact in Fact if fact not in OF_A_PROGRAM | {Fact.APPLICATION_CREATED}]
    page = page_after(cora, story, *((fact, {}) for fact in facts))
    told = [line.partition(",")[0].partition(" (")[0] for line in lines_in(page, "happened")]
    assert len(told) == 1 + len(facts)
    assert len(set(told)) == len(told)
    assert all(told)
    kinds = {kind for fact, mails in OWED.items() if fact not in OF_A_PROGRAM for kind in mails}
    mails = {line.partition(" on its way")[0] for line in lines_in(page, "mails")}
    assert len(mails) == len(kinds)
    assert all(mails)


@on_sqlite
def test_what_referees_reply_is_told_plainly(
    cora: Visitor, story: Story, subtests: pytest.Subtests
) -> None:
    told = {
        Fact.NOTICE_SENT_AGAIN: f"Advance notice mailed again to {ADA}",
        Fact.NOTICE_WELCOMED: f"{ADA} can write",
        Fact.NOTICE_DECLINED: f"{ADA} declined the advance notice",
        Fact.NOTICE_RECONSIDERED: f"{ADA} took the early decline back",
        Fact.ADDRESS_CORRECTED: f"{ADA} corrected their address",
        Fact.LETTER_MARKED: f"The letter of {ADA} may be the wrong one",
        Fact.LETTER_CONFIRMED: f"{ADA} confirmed that the letter is the right one",
        Fact.LETTER_RELEASED: f"Letter of {ADA} released",
        Fact.MORE_TIME_ASKED: f"{ADA} asked for more time",
        Fact.MORE_TIME_REFUSED: f"No more time for {ADA}",
        Fact.DATE_EXTENDED: f"More time for {ADA}",
        Fact.OVERVIEW_ASKED: f"Link to all letters mailed to {ADA}",
    }
    page = page_after(cora, story, *((fact, {}) for fact in told))
    _, *lines = lines_in(page, "happened")
    for line, (fact, sentence) in zip(lines, told.items(), strict=True):
        with subtests.test(fact.value):
            assert line.startswith(f"{sentence} (the referee), ")


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "whom"),
    [
        (MessageKind.LETTER_REQUEST, ADA),
        (MessageKind.LETTER_ARRIVED, "the applicant"),
        (MessageKind.REFEREE_DECLINED, "the applicant"),
        (MessageKind.MORE_TIME_ASKED, "the program"),
    ],
)
def test_a_mail_that_was_given_up_names_whom_it_was_for(
    cora: Visitor, story: Story, kind: MessageKind, whom: str
) -> None:
    page = page_after(cora, story, (Fact.MAIL_GIVEN_UP, {"kind": kind.value}))
    last = lines_in(page, "happened")[-1]
    assert last.startswith(f"A mail to {whom} could not be delivered (")
