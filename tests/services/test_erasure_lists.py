"""What is erased is listed a week before, told to managers once, and waits until it was told."""

from datetime import timedelta
from uuid import UUID

import pytest

from letters.domain.errors import (
    AlreadyHeld,
    DeliveryDeferred,
    DeliveryRefused,
    InvalidInput,
    NotHeld,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.keeping import LISTED_BEFORE
from letters.domain.roles import Role
from letters.records import OutboxStatus
from letters.services import administering, erasures, finding, holding, retaining
from letters.services.retaining import Purged
from tests.services import scenes
from tests.services.keeping import (
    facts_of_program,
    hold,
    lift,
    list_erasures,
    listed_by,
)
from tests.services.news import of_kind
from tests.services.scenes import Postbox, deliver_to, mail_all
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, OPERATOR, SYSTEM, Story

KEPT_UNTIL = scenes.CLOSES + 365 * A_DAY
LISTED = KEPT_UNTIL - LISTED_BEFORE + scenes.BLINK
OVER = LISTED + LISTED_BEFORE
AN_HOUR = timedelta(hours=1)


def purge(story: Story) -> int:
    return retaining.purge(story.house.works, SYSTEM).letters


def add(story: Story, email: str, role: Role | None, *, administrator: bool = False) -> UUID:
    with story.house.works.change(OPERATOR) as work:
        slugs = [story.slug] if role else []
        return administering.add_coordinator(
            work, email, "Somebody", slugs, role=role or Role.VIEWER, administrator=administrator
        ).id


def told(story: Story) -> list[str]:
    """Return to whom a list was mailed, of those delivered now."""
    postbox = Postbox()
    deliver_to(story.house, postbox)
    return sorted(m.to for m in postbox.messages if "erased in a week" in m.subject)


@pytest.fixture
def kept(story: Story, clock: TestClock) -> UUID:
    """An application with two letters whose time is over in a week."""
    application_id = scenes.requested(story)
    for position in (1, 2):
        scenes.send_letter(story, application_id, position)
    for at in (scenes.CLOSES, LISTED):
        clock.set(at)
        mail_all(story.house)
    return application_id


# --- who is told, and of what -----------------------------------------------------------------


@pytest.mark.usefixtures("cora")
def test_managers_are_told_a_week_before_and_once(
    story: Story, clock: TestClock, kept: UUID
) -> None:
    add(story, "max@example.org", Role.MANAGER)
    add(story, "vic@example.org", Role.VIEWER)
    add(story, "root@example.org", None, administrator=True)
    clock.set(KEPT_UNTIL - LISTED_BEFORE)
    assert list_erasures(story.house) == 0
    clock.set(LISTED)

    assert list_erasures(story.house) == 2

    told_of = [Fact.ERASURE_LISTED, Fact.TOLD_OF_ERASURE, Fact.TOLD_OF_ERASURE]
    assert facts_of_program(story)[-3:] == told_of
    [mail, _] = of_kind(story, MessageKind.ERASURE_LIST)
    assert mail is not None
    assert (mail.facts["letters"], mail.facts["first_at"], mail.facts["more"]) == (2, OVER, 0)
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        [line] = erasures.on_list(work, program, LISTED).shown
    assert (line.application_id, line.applicant_name, line.letters) == (kept, "Mira Lindqvist", 2)
    assert told(story) == ["cora@alpine.example.org", "max@example.org"]
    for days in (1, 6):
        clock.advance(days * A_DAY)
        with scenes.nothing_changed(story.house):
            assert list_erasures(story.house) == 0
    assert purge(story) == 2
    assert scenes.breaches(story.house) == []


@pytest.mark.usefixtures("kept")
def test_administrators_are_told_where_nobody_manages(story: Story) -> None:
    add(story, "vic@example.org", Role.VIEWER)
    add(story, "root@example.org", None, administrator=True)
    assert list_erasures(story.house) == 2
    assert told(story) == ["root@example.org"]


def test_with_nobody_to_tell_the_week_passes_all_the_same(
    story: Story, clock: TestClock, kept: UUID
) -> None:
    assert list_erasures(story.house) == 2
    clock.set(OVER)
    assert purge(story) == 2
    assert scenes.statuses(story, kept)[1:] == ["received", "received"]


@pytest.mark.usefixtures("cora")
def test_more_than_ten_are_counted(story: Story, clock: TestClock) -> None:
    for application_id in scenes.apply_many(story, 12):
        scenes.select_for_letters(story, application_id)
        scenes.send_letter(story, application_id)
    clock.set(LISTED)
    list_erasures(story.house)
    [mail] = of_kind(story, MessageKind.ERASURE_LIST)
    assert mail is not None
    assert (mail.facts["letters"], mail.facts["more"]) == (12, 2)
    assert len(mail.facts["applications"]) == 10  # type: ignore[arg-type]  # likewise
    assert mail.to == "cora@alpine.example.org"


# --- when it waits ----------------------------------------------------------------------------


@pytest.mark.usefixtures("kept", "cora")
def test_after_an_outage_it_waits_until_the_list_was_out_for_a_week(
    story: Story, clock: TestClock
) -> None:
    clock.set(KEPT_UNTIL + 40 * A_DAY)
    assert purge(story) == 0
    list_erasures(story.house)
    told(story)
    clock.advance(LISTED_BEFORE - scenes.BLINK)
    assert purge(story) == 0
    clock.advance(scenes.BLINK)
    assert purge(story) == 2


@pytest.mark.usefixtures("kept", "cora")
def test_a_mail_that_is_late_begins_the_week_anew(story: Story, clock: TestClock) -> None:
    list_erasures(story.house)
    deliver_to(story.house, Postbox([DeliveryDeferred(reason="busy")]))
    clock.set(OVER)
    assert purge(story) == 0
    assert told(story) == ["cora@alpine.example.org"]
    clock.advance(LISTED_BEFORE - scenes.BLINK)
    assert purge(story) == 0
    clock.advance(scenes.BLINK)
    assert purge(story) == 2


@pytest.mark.usefixtures("kept", "cora")
def test_an_address_that_takes_no_mail_holds_nothing_up(story: Story, clock: TestClock) -> None:
    list_erasures(story.house)
    deliver_to(story.house, Postbox([DeliveryRefused(reason="no such user")]))
    assert scenes.mail(story.house, MessageKind.ERASURE_LIST).status is OutboxStatus.DEAD
    clock.set(OVER)
    assert purge(story) == 2


@pytest.mark.usefixtures("cora")
def test_a_day_that_moves_later_is_told_anew(story: Story, clock: TestClock, kept: UUID) -> None:
    list_erasures(story.house)
    scenes.change_request(story, kept, 1, extended_due_at=DUE + 30 * A_DAY)
    [mail] = of_kind(story, MessageKind.ERASURE_LIST)
    assert mail is not None
    assert mail.facts["letters"] == 1
    told(story)
    clock.set(OVER)
    assert purge(story) == 1
    clock.set(OVER + 30 * A_DAY)
    assert purge(story) == 0
    assert list_erasures(story.house) == 1
    told(story)
    clock.advance(LISTED_BEFORE)
    assert purge(story) == 1


@pytest.mark.usefixtures("kept", "cora")
def test_two_workers_make_one_list(story: Story) -> None:
    done = scenes.at_once(*[lambda: list_erasures(story.house)] * 2)
    assert sorted(done, key=str) == [0, 2]
    assert len(scenes.outbox(story.house, MessageKind.ERASURE_LIST)) == 1
    assert scenes.breaches(story.house) == []


# --- legal holds ------------------------------------------------------------------------------


@pytest.mark.usefixtures("cora")
def test_nothing_that_is_held_is_listed_or_erased(
    story: Story, clock: TestClock, kept: UUID
) -> None:
    hold(story, kept)
    assert list_erasures(story.house) == 0
    hold(story)
    lift(story, kept)
    assert list_erasures(story.house) == 0
    clock.set(OVER + 9 * A_DAY)
    assert purge(story) == 0
    lift(story)
    assert purge(story) == 0
    listed_by(story.house, clock, OVER + 30 * A_DAY)
    assert purge(story) == 2
    assert Fact.APPLICATION_HOLD_LIFTED in scenes.facts(story, kept)
    assert {Fact.PROGRAM_HELD, Fact.PROGRAM_HOLD_LIFTED} <= set(facts_of_program(story))
    assert scenes.breaches(story.house) == []


@pytest.mark.usefixtures("kept", "cora")
def test_a_hold_set_after_the_list_went_out_keeps_the_letters(
    story: Story, clock: TestClock
) -> None:
    list_erasures(story.house)
    hold(story)
    assert of_kind(story, MessageKind.ERASURE_LIST) == [None]
    told(story)
    clock.set(OVER)
    assert purge(story) == 0
    lift(story)
    assert purge(story) == 0
    assert list_erasures(story.house) == 2


def test_a_hold_set_meanwhile_is_minded(story: Story, clock: TestClock, kept: UUID) -> None:
    """Between looking for what is due and taking the lock."""

    def held() -> bool:
        hold(story, kept)
        return True

    listed_by(story.house, clock, OVER)
    done = retaining.purge(story.house.works, SYSTEM, keep_going=held)
    assert done == Purged(letters=0)
    assert len(scenes.files(story.house)) == 2


def test_holds_are_set_once_and_lifted_once_with_a_reason(story: Story, kept: UUID) -> None:
    with scenes.nothing_changed(story.house):
        for reason in ("", "  ", "x" * 1001):
            with pytest.raises(InvalidInput):
                hold(story, kept, reason)
        with pytest.raises(NotHeld):
            lift(story, kept)
    stands = hold(story, kept, "A lawsuit.")
    with scenes.nothing_changed(story.house):
        with pytest.raises(AlreadyHeld):
            hold(story, kept)
        with pytest.raises(InvalidInput):
            lift(story, kept, "")
    with story.house.works.look(SYSTEM) as work:
        found = holding.holds_on(work, finding.application(work, kept))
        assert found.on_application is not None
        assert (found.on_program, found.on_application.reason) == (None, "A lawsuit.")
        assert "lawsuit" not in str([e.details for e in scenes.journal(story.house)])
    lift(story, kept)
    assert hold(story, kept).id != stands.id


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("clock", "cora")
def test_what_is_erased_is_shown_soonest_first(story: Story, kept: UUID) -> None:
    scenes.change_request(story, kept, 2, extended_due_at=DUE + A_DAY)
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        before = erasures.erasures_page(work, program)
    list_erasures(story.house)
    with story.house.works.look(SYSTEM) as work:
        after = erasures.erasures_page(work, program)
    assert (before.letters, before.applications) == (2, 1)
    assert [(one.at, one.listed, one.held) for one in before.shown] == [
        (OVER, False, False),
        (KEPT_UNTIL + A_DAY, False, False),
    ]
    assert [one.listed for one in after.shown] == [True, False]
