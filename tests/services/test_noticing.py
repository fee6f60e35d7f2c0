"""Advance notices go out once to each referee, before anything is asked, and carry no link."""

from collections.abc import Callable, Collection
from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.errors import (
    AlreadyAlerted,
    InvalidInput,
    LettersError,
    NoticeNotPossible,
    ProgramClosed,
    UnknownApplication,
    UnknownRequest,
    Withdrawn,
)
from letters.domain.journal import Fact, MessageKind
from letters.house import House
from letters.records import new_id
from letters.services import alerting, noticing
from letters.services.alerting import Preview
from letters.services.composing import compose
from tests.services import replies, scenes
from tests.services.scenes import APPLICANT, BLINK, CLOSES, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import (
    A_DAY,
    FELLOWSHIP,
    INTERNSHIP,
    MIRA,
    REFEREES,
    START,
    SYSTEM,
    Story,
    tell,
)


def give(story: Story, application_id: UUID, only: Collection[UUID] | None = None) -> None:
    with story.house.works.change(APPLICANT) as work:
        noticing.give_notices(work, application_id, only)


def noticed(story: Story, application_id: UUID) -> list[bool]:
    return [r.noticed_at is not None for r in story.application(application_id).requests]


def request_ids(story: Story, application_id: UUID) -> list[UUID]:
    return [request.id for request in story.application(application_id).requests]


@pytest.mark.parametrize("submit", [False, True])
def test_every_referee_is_alerted_before_anything_is_asked(story: Story, submit: bool) -> None:
    application_id = story.apply(submit=submit)
    give(story, application_id)
    found = story.application(application_id)
    assert {request.noticed_at for request in found.requests} == {START}
    assert {request.status for request in found.requests} == {"named"}
    assert scenes.facts(story, application_id)[-2:] == [Fact.NOTICE_GIVEN, Fact.NOTICE_GIVEN]
    mails = scenes.outbox(story.house, MessageKind.ADVANCE_NOTICE)
    assert [mail.request_id for mail in mails] == [request.id for request in found.requests]


# --- on submission ----------------------------------------------------------------------------


def test_a_program_can_have_the_referees_alerted_on_submission(house: House) -> None:
    story = tell(house, replace(INTERNSHIP, notices_on_submission=True))
    application_id = story.apply(submit=False)
    assert noticed(story, application_id) == [False, False]

    scenes.submit(story, application_id)
    assert noticed(story, application_id) == [True, True]
    submitted, *given = scenes.facts(story, application_id)[-3:]
    assert (submitted, given) == (Fact.APPLICATION_SUBMITTED, [Fact.NOTICE_GIVEN] * 2)
    assert len(scenes.outbox(house, MessageKind.ADVANCE_NOTICE)) == 2
    assert scenes.outbox(house, MessageKind.LETTER_REQUEST) == []
    assert scenes.breaches(house) == []


def test_submission_alerts_nobody_twice_and_nobody_who_declined(
    house: House, clock: TestClock
) -> None:
    story = tell(house, replace(INTERNSHIP, notices_on_submission=True))
    application_id = story.apply(replace(MIRA, referees=REFEREES), submit=False)
    first, second, _ = request_ids(story, application_id)
    give(story, application_id, [first, second])
    replies.decline_early(story, application_id, 2)

    clock.advance(A_DAY)
    scenes.submit(story, application_id)
    found = story.application(application_id)
    assert [r.noticed_at for r in found.requests] == [START, START, START + A_DAY]
    assert len(scenes.outbox(house, MessageKind.ADVANCE_NOTICE)) == 3


def test_who_is_asked_on_submission_gets_no_notice_beside_it(house: House) -> None:
    story = tell(house, replace(FELLOWSHIP, notices_on_submission=True))
    application_id = story.apply(replace(MIRA, referees=REFEREES))
    assert noticed(story, application_id) == [False] * 3
    assert scenes.outbox(house, MessageKind.ADVANCE_NOTICE) == []
    assert len(scenes.outbox(house, MessageKind.LETTER_REQUEST)) == 3


def test_some_are_alerted_and_the_others_later(story: Story, clock: TestClock) -> None:
    application_id = story.apply()
    _, second = request_ids(story, application_id)
    give(story, application_id, [second])
    assert noticed(story, application_id) == [False, True]

    clock.advance(A_DAY)
    give(story, application_id)
    found = story.application(application_id)
    assert [request.noticed_at for request in found.requests] == [START + A_DAY, START]
    assert len(scenes.outbox(story.house, MessageKind.ADVANCE_NOTICE)) == 2


def test_nobody_is_alerted_twice(story: Story) -> None:
    application_id = story.apply()
    give(story, application_id)
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        give(story, application_id)


def test_nobody_is_alerted_after_the_request(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        give(story, application_id)


def test_to_alert_none_of_them_is_not_possible(story: Story) -> None:
    application_id = story.apply()
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        give(story, application_id, [])


def test_under_the_policy_automatic_a_draft_can_be_announced(house: House) -> None:
    story = scenes.automatic(house)
    application_id = story.apply(scenes.NOOR, submit=False)
    give(story, application_id)
    assert noticed(story, application_id) == [True, True, True]


def test_a_stranger_is_not_alerted(story: Story) -> None:
    application_id = story.apply()
    first, _ = request_ids(story, application_id)
    (stranger, *_) = request_ids(story, story.apply(scenes.NOOR))
    with nothing_changed(story.house), pytest.raises(UnknownRequest):
        give(story, application_id, [first, stranger])


def test_an_unknown_application_alerts_nobody(story: Story) -> None:
    with nothing_changed(story.house), pytest.raises(UnknownApplication):
        give(story, new_id())


def test_a_withdrawn_application_alerts_nobody(story: Story) -> None:
    application_id = story.apply()
    scenes.withdraw(story, application_id)
    with nothing_changed(story.house), pytest.raises(Withdrawn):
        give(story, application_id)


def test_a_closed_program_alerts_nobody(story: Story, clock: TestClock) -> None:
    application_id = story.apply()
    clock.set(CLOSES + BLINK)
    with nothing_changed(story.house), pytest.raises(ProgramClosed):
        give(story, application_id)


# --- by the applicant, in their own words -----------------------------------------------------

LINE = "Thank you for the seminar!"


def alert(story: Story, application_id: UUID, chosen: Collection[UUID], line: str = LINE) -> None:
    token = story.status_token(application_id)
    with story.house.works.change(APPLICANT) as work:
        alerting.alert(work, token, chosen, line)


def preview(
    story: Story, application_id: UUID, chosen: Collection[UUID], line: str = LINE
) -> Preview:
    token = story.status_token(application_id)
    with story.house.works.look(APPLICANT) as work:
        return alerting.preview(work, token, chosen, line)


def lines(story: Story, application_id: UUID) -> list[str]:
    return [request.personal_line for request in story.application(application_id).requests]


@pytest.mark.parametrize("submit", [False, True])
def test_the_applicant_alerts_some_with_a_line_of_their_own(story: Story, submit: bool) -> None:
    application_id = story.apply(submit=submit)
    _, second = request_ids(story, application_id)
    alert(story, application_id, [second, second], "  Dear Bram,\r\nthank you!  ")
    assert noticed(story, application_id) == [False, True]
    assert lines(story, application_id) == ["", "Dear Bram,\nthank you!"]
    assert {r.status for r in story.application(application_id).requests} == {"named"}
    (mail,) = scenes.outbox(story.house, MessageKind.ADVANCE_NOTICE)
    assert mail.request_id == second
    assert LINE not in str(mail.details)


def test_the_mail_is_as_it_was_shown_but_for_the_link(story: Story) -> None:
    application_id = story.apply()
    chosen = request_ids(story, application_id)
    with nothing_changed(story.house):
        shown = preview(story, application_id, chosen[::-1])
    assert [request.id for request in shown.chosen] == chosen
    alert(story, application_id, chosen)
    first, _ = scenes.outbox(story.house, MessageKind.ADVANCE_NOTICE)
    with story.house.works.look(SYSTEM) as work:
        mailed = compose(work, first)
    assert mailed is not None
    url = f"{story.house.settings.base_url}/notice/{story.notice_token(application_id)}"
    assert mailed.facts["url"] == url
    assert shown.mail.facts["url"] == f"{story.house.settings.base_url}/notice/…"
    assert {**mailed.facts, "url": ""} == {**shown.mail.facts, "url": ""}
    assert (mailed.to, mailed.reply_to) == (shown.mail.to, shown.mail.reply_to)


def test_to_whom_an_address_was_corrected_the_notice_goes_once_more(
    story: Story, clock: TestClock
) -> None:
    application_id = story.apply()
    first, second = request_ids(story, application_id)
    alert(story, application_id, [first, second])
    clock.advance(A_DAY)
    scenes.change_request(
        story, application_id, former_email="old@example.org", corrected_at=clock.now()
    )
    clock.advance(A_DAY)
    alert(story, application_id, [first], "Once more.")
    assert lines(story, application_id) == ["Once more.", LINE]
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        alert(story, application_id, [first])


def test_who_corrected_their_own_address_got_the_notice_there(
    story: Story, clock: TestClock
) -> None:
    application_id = replies.alerted(story)
    clock.advance(A_DAY)
    replies.correct(story, application_id, "new@example.org")
    first, _ = request_ids(story, application_id)
    with nothing_changed(story.house), pytest.raises(NoticeNotPossible):
        alert(story, application_id, [first])


@pytest.mark.parametrize("act", [alert, preview])
def test_what_cannot_be_alerted_changes_nothing(
    story: Story, act: Callable[..., object], subtests: pytest.Subtests
) -> None:
    application_id = story.apply(scenes.NOOR)
    first, second, third = request_ids(story, application_id)
    (stranger, *_) = request_ids(story, story.apply())
    alert(story, application_id, [first])
    refused: dict[str, tuple[Collection[UUID], str, type[LettersError]]] = {
        "nobody": ([], LINE, InvalidInput),
        "a stranger": ([second, stranger], LINE, UnknownRequest),
        "nowhere to be found": ([new_id()], LINE, UnknownRequest),
        "alerted": ([first, second], LINE, AlreadyAlerted),
        "too long": ([second], "x" * 501, InvalidInput),
        "a control character": ([second], "bell \x07", InvalidInput),
        "an override": ([second], "\N{RIGHT-TO-LEFT OVERRIDE}evil", InvalidInput),
    }
    for name, (chosen, line, error) in refused.items():
        with subtests.test(name), nothing_changed(story.house), pytest.raises(error):
            act(story, application_id, chosen, line)
    alert(story, application_id, [second, third], "x" * 500)


@pytest.mark.parametrize("act", [alert, preview])
def test_when_it_is_over_nobody_is_alerted(
    story: Story, clock: TestClock, act: Callable[..., object]
) -> None:
    withdrawn, closed = story.apply(), story.apply()
    scenes.withdraw(story, withdrawn)
    with nothing_changed(story.house), pytest.raises(Withdrawn):
        act(story, withdrawn, request_ids(story, withdrawn))
    clock.set(CLOSES + BLINK)
    with nothing_changed(story.house), pytest.raises(ProgramClosed):
        act(story, closed, request_ids(story, closed))


def test_two_who_send_at_once_alert_once(story: Story) -> None:
    application_id = story.apply()
    chosen = request_ids(story, application_id)
    outcomes = scenes.at_once(*(lambda: alert(story, application_id, chosen),) * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "NoneType",
        "NoticeNotPossible",
    ]
    assert len(scenes.outbox(story.house, MessageKind.ADVANCE_NOTICE)) == 2
