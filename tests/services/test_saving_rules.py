"""A rule is saved with what becomes of those that wait, and fields that it asks for stay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from letters.domain.errors import (
    InvalidInput,
    ProgramArchived,
    ProgramChanged,
)
from letters.domain.journal import Fact
from letters.domain.rules import FieldDefinition, Rule
from letters.house import House
from letters.services import finding, program_fields, program_settings, selecting
from letters.services.program_cleaning import NewProgram
from tests.services import rules, scenes
from tests.services.rules import INTERVIEWED, MATCHES, MISSES, STAGE, TRACK
from tests.support.clock import TestClock
from tests.support.people import INTERNSHIP, OPERATOR, SYSTEM, Story, tell

FUNDED = Rule(tags=frozenset({"funded"}))


# --- saving, and those that wait --------------------------------------------------------------


def test_those_that_wait_are_left_alone_unless_it_is_asked_for(story: Story) -> None:
    rules.define(story, STAGE, TRACK)
    applied = story.apply(MATCHES)
    rules.save(story, INTERVIEWED)
    assert selecting.select_all_waiting(story.house.works, SYSTEM) == 0
    assert rules.status(story, applied) == "submitted"


def test_the_worker_goes_on_where_it_was_stopped(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "PAGE", 2)
    rules.define(story, STAGE, TRACK)
    matching = scenes.apply_many(story, 5, MATCHES)
    missing = scenes.apply_many(story, 2, MISSES)
    rules.save(story, INTERVIEWED, waiting_too=True)
    works, program = story.house.works, rules.program_of(story)
    assert selecting.select_waiting(works, SYSTEM, program.id, most=3) == 3
    assert rules.program_of(story).rule_asked_at is not None
    assert selecting.select_all_waiting(works, SYSTEM, lambda: False) == 0
    assert selecting.select_all_waiting(works, SYSTEM) == 2
    assert rules.program_of(story).rule_asked_at is None
    assert selecting.select_all_waiting(works, SYSTEM) == 0
    assert {rules.status(story, one) for one in matching} == {"selected"}
    assert {rules.status(story, one) for one in missing} == {"submitted"}
    assert scenes.breaches(story.house) == []


def test_two_who_select_at_once_select_each_once(story: Story) -> None:
    rules.define(story, STAGE, TRACK)
    applied = scenes.apply_many(story, 3, MATCHES)
    rules.save(story, INTERVIEWED, waiting_too=True)
    works = story.house.works
    both = [lambda: selecting.select_all_waiting(works, SYSTEM) for _ in range(2)]
    outcomes = scenes.at_once(*both)
    assert sum(one for one in outcomes if isinstance(one, int)) == 3
    assert [scenes.facts(story, one).count(Fact.APPLICATION_SELECTED) for one in applied] == [1] * 3
    assert scenes.breaches(story.house) == []


def test_nobody_falls_between_the_saving_of_a_rule_and_a_submission(house: House) -> None:
    for number in range(8):
        story = tell(house, replace(INTERNSHIP, slug=f"race-{number}"))
        rules.define(story, STAGE, TRACK)
        draft = story.apply(MATCHES, submit=False)
        scenes.at_once(partial(_save_and_select, story), partial(scenes.submit, story, draft))
        assert rules.status(story, draft) == "selected"


def _save_and_select(story: Story) -> None:
    rules.save(story, INTERVIEWED, waiting_too=True)
    selecting.select_all_waiting(story.house.works, SYSTEM)


def test_a_rule_that_is_turned_off_meanwhile_goes_no_further(story: Story) -> None:
    rules.define(story, STAGE, TRACK)
    scenes.apply_many(story, 3, MATCHES)
    rules.save(story, INTERVIEWED, waiting_too=True)
    selecting.select_waiting(story.house.works, SYSTEM, rules.program_of(story).id, most=1)
    rules.save(story, INTERVIEWED, on=False)
    assert selecting.select_all_waiting(story.house.works, SYSTEM) == 0
    assert rules.trial(story, INTERVIEWED).waiting == 2


def test_what_was_asked_of_a_program_that_closed_is_done_with(
    story: Story, clock: TestClock
) -> None:
    rules.define(story, STAGE, TRACK)
    applied = story.apply(MATCHES)
    rules.save(story, INTERVIEWED, waiting_too=True)
    clock.set(scenes.CLOSES + timedelta(seconds=1))
    assert selecting.select_all_waiting(story.house.works, SYSTEM) == 0
    assert rules.program_of(story).rule_asked_at is None
    assert rules.status(story, applied) == "submitted"


def test_a_rule_that_asks_for_nothing_cannot_be_on(story: Story) -> None:
    with pytest.raises(InvalidInput):
        rules.save(story, Rule())
    rules.save(story, Rule(), on=False)
    assert not rules.program_of(story).rule_on


def test_what_changed_is_in_the_programs_journal_once(story: Story) -> None:
    rules.with_rule(story)
    rules.save(story, INTERVIEWED)
    changes = [e for e in scenes.journal(story.house) if e.fact is Fact.PROGRAM_CHANGED]
    assert [e.details for e in changes] == [
        {"fields": ["fields"]},
        {"fields": ["selection_rule", "rule_on"]},
    ]


def test_an_older_form_is_refused(story: Story) -> None:
    rules.with_rule(story)
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        with pytest.raises(ProgramChanged):
            selecting.save(work, program, FUNDED, program.journal_length - 1, on=True)
        with pytest.raises(ProgramChanged):
            program_fields.save(work, program, (STAGE,), program.journal_length - 1)


def test_an_archived_program_keeps_its_rule_and_fields(story: Story, clock: TestClock) -> None:
    clock.set(scenes.CLOSES + timedelta(seconds=1))
    with story.house.works.change(OPERATOR) as work:
        program_settings.archive(work, finding.program_by_slug(work, story.slug))
    acts: tuple[Callable[[], None], ...] = (
        lambda: rules.save(story, FUNDED),
        lambda: rules.define(story, STAGE),
    )
    for act in acts:
        with pytest.raises(ProgramArchived):
            act()


# --- the fields of a program ------------------------------------------------------------------


def test_a_field_that_the_rule_asks_for_stays(story: Story) -> None:
    rules.with_rule(story)
    for left in ((TRACK,), (FieldDefinition("stage", "Stage", ("first round",)), TRACK)):
        with pytest.raises(InvalidInput, match="Change the rule first"):
            rules.define(story, *left)
    rules.define(story, replace(STAGE, label="Round"))
    assert [one.label for one in rules.program_of(story).definitions] == ["Round"]


def test_a_copy_has_the_same_fields_and_the_rule_off(story: Story) -> None:
    rules.with_rule(story)
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        typed: NewProgram = replace(program_settings.next_season(program), slug="next")
        made = program_settings.copy(work, program, typed)
    copied = rules.program_of(Story(story.house, made.slug))
    assert (copied.rule, copied.rule_on) == (INTERVIEWED, False)
    assert copied.definitions == (STAGE, TRACK)
