"""A program's settings: what may change, who is told of another date, closing and copying."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from letters.domain.errors import (
    InvalidInput,
    LettersError,
    ProgramArchived,
    ProgramChanged,
    ProgramClosed,
    ProgramStillOpen,
    ReopeningTooLate,
    UploadClosed,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.policy import RequestPolicy
from letters.house import House
from letters.records import Program
from letters.services import finding, moving_due
from letters.services import program_settings as settings
from letters.services.work import Work
from tests.services import acts, scenes
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, OPERATOR, SYSTEM, Story

LATER = DUE + A_DAY


def program_of(story: Story, slug: str | None = None) -> Program:
    with story.house.works.look(SYSTEM) as work:
        return finding.program_by_slug(work, slug or story.slug)


def save(story: Story, version: int | None = None, **changes: Any) -> settings.Change:  # noqa: ANN401 -- any field
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        typed = replace(settings.settings_of(program), **changes)
        at = settings.version_of(program) if version is None else version
        return settings.save(work, program, typed, at)


def do(story: Story, act: Callable[[Work, Program], None]) -> None:
    with story.house.works.change(OPERATOR) as work:
        act(work, finding.program_by_slug(work, story.slug))


def fields_refused(story: Story, **changes: Any) -> list[str]:  # noqa: ANN401 -- any field
    with pytest.raises(InvalidInput) as refused:
        save(story, **changes)
    return [problem.field for problem in refused.value.problems]


def entries(house: House, fact: Fact) -> list[dict[str, object]]:
    return [entry.details for entry in scenes.journal(house) if entry.fact is fact]


# --- saving -----------------------------------------------------------------------------------


def test_saving_keeps_what_was_typed_and_writes_down_which_fields_changed(story: Story) -> None:
    save(
        story,
        title="  Winter   School ",
        sender_name="Alpine office",
        reminder_days=(3, 10, 3),
        waiver_wording="I waive it.",
        most_reminders=0,
    )
    found = program_of(story)
    assert (found.title, found.sender_name, found.reminder_days) == (
        "Winter School",
        "Alpine office",
        [10, 3],
    )
    assert (found.waiver_wording, found.most_reminders) == ("I waive it.", 0)
    fields = ["most_reminders", "reminder_days", "sender_name", "title", "waiver_wording"]
    assert entries(story.house, Fact.PROGRAM_CHANGED) == [{"fields": fields}]
    assert scenes.breaches(story.house) == []


def test_saving_what_is_there_changes_nothing(story: Story) -> None:
    with scenes.nothing_changed(story.house):
        assert save(story).columns == {}


def test_each_field_says_what_is_wrong_with_it(story: Story, subtests: pytest.Subtests) -> None:
    bad: list[tuple[str, object]] = [
        ("title", ""),
        ("title", "two\nlines"),
        ("organization", "x" * 201),
        ("contact_email", "nobody"),
        ("due_at", DUE - 365 * A_DAY),
        ("timezone", "Mars/Base"),
        ("grace_hours", -1),
        ("min_letters", 0),
        ("max_letters", 11),
        ("largest_file", 0),
        ("wished_pages", -1),
        ("kept_days", 0),
        ("most_reminders", 21),
        ("reminder_days", (0,)),
        ("reminder_days", (366,)),
        ("waiver_wording", "\x00"),
        ("sender_name", "Office\r\nBcc: a@example.org"),
        ("instructions", "\u202e"),
        ("accent", "#ffcc00"),
    ]
    with scenes.nothing_changed(story.house):
        for field, value in bad:
            with subtests.test(field=field, value=repr(value)[:30]):
                assert fields_refused(story, **{field: value}) == [field]


def test_a_form_that_is_older_than_the_settings_is_refused(story: Story) -> None:
    version = settings.version_of(program_of(story))
    save(story, version, title="First")
    with pytest.raises(ProgramChanged):
        save(story, version, title="Second")
    assert program_of(story).title == "First"


def test_a_date_that_is_over_stays_and_other_settings_can_change(
    story: Story, clock: TestClock
) -> None:
    clock.set(DUE + 30 * A_DAY)
    save(story, title="Another title")
    assert fields_refused(story, due_at=DUE + A_DAY) == ["due_at"]


def test_what_was_promised_cannot_be_taken_back(story: Story) -> None:
    save(story, min_letters=1, max_letters=3, kept_days=100)
    scenes.requested(story)
    assert fields_refused(story, min_letters=2) == ["min_letters"]
    assert fields_refused(story, request_policy=RequestPolicy.AUTOMATIC) == ["request_policy"]
    assert fields_refused(story, max_letters=1) == ["max_letters"]
    assert fields_refused(story, kept_days=101) == ["kept_days"]
    save(story, max_letters=2, kept_days=99)


# --- another due date -------------------------------------------------------------------------


def test_each_is_told_once_of_another_date_and_who_has_a_later_one_is_not(story: Story) -> None:
    first = scenes.requested(story)
    acts.extend(story, first, LATER + A_DAY)
    scenes.requested(story, scenes.NOOR)
    acts.withdraw(story, scenes.requested(story, scenes.NOOR))
    found = save(story, due_at=LATER)
    assert found.told is not None
    assert (found.told.applicants, found.told.referees, found.told.own_date) == (2, 4, 1)
    assert moving_due.tell_of_moved_dates(story.house.works, SYSTEM) == 2
    assert moving_due.tell_of_moved_dates(story.house.works, SYSTEM) == 0
    assert len(scenes.outbox(story.house, MessageKind.DUE_MOVED)) == 2
    assert len(scenes.outbox(story.house, MessageKind.REFEREE_DUE_MOVED)) == 4
    assert scenes.breaches(story.house) == []


def test_who_stops_in_between_goes_on_where_it_was(story: Story) -> None:
    for _ in range(3):
        scenes.requested(story)
    save(story, due_at=LATER)
    answers = iter([True, False])
    assert moving_due.tell_of_moved_dates(story.house.works, SYSTEM, lambda: next(answers)) == 1
    assert moving_due.tell_of_moved_dates(story.house.works, SYSTEM) == 2
    assert len(scenes.outbox(story.house, MessageKind.DUE_MOVED)) == 3


def test_of_two_moves_only_the_last_is_mailed(story: Story, clock: TestClock) -> None:
    asked = scenes.requested(story)
    acts.move_due(story, LATER)
    clock.advance(timedelta(minutes=1))
    acts.move_due(story, LATER + A_DAY)
    box = scenes.Postbox()
    scenes.deliver_to(story.house, box)
    moved = [mail for mail in box.messages if mail.subject.startswith("New due date")]
    assert len(moved) == 1 + len(story.application(asked).requests)


# --- closing and putting away -----------------------------------------------------------------


def test_a_closed_program_takes_nothing_until_it_is_open_again(story: Story) -> None:
    asked = scenes.requested(story)
    do(story, settings.close)
    with pytest.raises(ProgramClosed):
        story.apply()
    with pytest.raises(UploadClosed):
        scenes.send_letter(story, asked)
    do(story, settings.reopen)
    scenes.send_letter(story, asked)
    assert len(scenes.letters(story.house)) == 1
    assert [len(entries(story.house, f)) for f in (Fact.PROGRAM_CLOSED, Fact.PROGRAM_REOPENED)] == [
        1,
        1,
    ]


def test_what_may_be_done_in_each_state(
    story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    refused: dict[str, list[type[LettersError] | None]] = {
        "open": [None, None, ProgramStillOpen, None],
        "closed": [None, None, None, None],
        "archived": [ProgramArchived, ProgramArchived, None, None],
        "over": [None, ReopeningTooLate, None, None],
    }
    acts_in_order = (settings.close, settings.reopen, settings.archive, settings.unarchive)
    for state, expected in refused.items():
        for act, error in zip(acts_in_order, expected, strict=True):
            with subtests.test(state=state, act=act.__name__):
                _bring_into(story, clock, state)
                assert _refusal(story, act) is error


def _bring_into(story: Story, clock: TestClock, state: str) -> None:
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        program.closed_at = None if state == "open" else work.now
        program.archived_at = work.now if state == "archived" else None
    if state == "over":
        clock.set(program.terms.closes_at + timedelta(seconds=1))


def _refusal(story: Story, act: Callable[[Work, Program], None]) -> type[LettersError] | None:
    try:
        do(story, act)
    except LettersError as error:
        return type(error)
    return None


def test_an_archived_program_is_only_read(story: Story) -> None:
    do(story, settings.close)
    do(story, settings.archive)
    with pytest.raises(ProgramArchived):
        save(story, title="Another")


# --- the next season --------------------------------------------------------------------------


def test_a_copy_has_the_settings_and_people_a_year_on_and_no_applications(story: Story) -> None:
    story.add_coordinator()
    scenes.requested(story)
    save(story, sender_name="Office")
    with story.house.works.change(OPERATOR) as work:
        old = finding.program_by_slug(work, story.slug)
        typed = replace(settings.next_season(old), slug="next-summer")
        settings.copy(work, old, typed)
    made, old = program_of(story, "next-summer"), program_of(story)
    assert (made.copied_from, made.sender_name) == (old.id, "Office")
    assert (made.due_at - old.due_at, made.due_at.weekday()) == (364 * A_DAY, old.due_at.weekday())
    assert {found.program_id for found in scenes.applications(story.house).values()} == {old.id}
    with story.house.works.look(SYSTEM) as work:
        copied = finding.program_by_slug(work, "next-summer")
        assert [person.name for person in copied.coordinators] == ["Cora"]
