"""A rule selects what matches it, says before what it would do, and never selects anything else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letters.adapters.mailer import read_folder
from letters.domain.errors import (
    InvalidInput,
    RequestedAutomatically,
)
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.domain.rules import MOST_TAGS, FieldDefinition, Rule
from letters.house import House
from letters.records import Application
from letters.services import selecting
from letters.services.fields_and_tags import Brought
from tests.services import rules, scenes
from tests.services.rules import INTERVIEWED, MATCHES, MISSES, STAGE, TRACK
from tests.support.clock import TestClock
from tests.support.hostile import HOSTILE, REFUSED
from tests.support.people import FELLOWSHIP, INTERNSHIP, MIRA, SYSTEM, Story, tell
from tests.support.thorough import rounds

# --- on submission and on a change ------------------------------------------------------------


def test_what_matches_is_selected_when_it_is_submitted(story: Story) -> None:
    rules.with_rule(story)
    draft = story.apply(MATCHES, submit=False)
    assert rules.status(story, draft) == "draft"
    scenes.submit(story, draft)
    assert scenes.statuses(story, draft) == ["selected", "requested", "requested"]
    by_rule = [e for e in scenes.journal(story.house, draft) if e.fact is Fact.APPLICATION_SELECTED]
    assert [(e.actor_kind, e.actor_id, e.details) for e in by_rule] == [
        (ActorKind.SYSTEM, None, {"by": "rule"})
    ]
    assert scenes.breaches(story.house) == []


def test_what_does_not_match_waits(story: Story) -> None:
    rules.with_rule(story)
    waiting = [story.apply(MISSES), story.apply(MIRA)]
    assert [rules.status(story, one) for one in waiting] == ["submitted"] * 2


def test_a_rule_that_is_off_selects_nobody(story: Story) -> None:
    rules.with_rule(story, on=False)
    applied = story.apply(MATCHES)
    rules.change(story, applied, Brought(tags=["funded"]))
    assert rules.status(story, applied) == "submitted"


def test_the_mail_about_the_submission_says_that_letters_were_requested(
    story: Story, house: House
) -> None:
    rules.with_rule(story)
    story.apply(MATCHES)
    owed = [row.kind for row in scenes.outbox(house)]
    assert MessageKind.REQUESTS_SENT not in owed
    story.deliver()
    (mail,) = [m for m in read_folder(house.mail_folder) if MIRA.applicant_email in str(m["To"])]
    part = mail.get_body(("plain",))
    assert part is not None
    said = " ".join(str(part.get_content()).split())
    assert "Letters were requested from the referees below" in said
    assert "may be requested later" not in said


def test_who_is_asked_at_once_gets_no_notice_before(house: House) -> None:
    story = tell(house, replace(INTERNSHIP, notices_on_submission=True))
    rules.with_rule(story)
    story.apply(MATCHES)
    kinds = {row.kind for row in scenes.outbox(house)}
    assert MessageKind.ADVANCE_NOTICE not in kinds
    story.apply(MISSES)
    assert MessageKind.ADVANCE_NOTICE in {row.kind for row in scenes.outbox(house)}


def test_a_change_is_looked_at_once_it_was_submitted(story: Story) -> None:
    rules.with_rule(story)
    draft, applied = story.apply(MISSES, submit=False), story.apply(MISSES)
    for one in (draft, applied):
        rules.change(story, one, Brought(fields={"stage": "interview"}))
    assert [rules.status(story, one) for one in (draft, applied)] == ["draft", "selected"]
    assert scenes.facts(story, applied)[-5:] == [
        Fact.FIELDS_CHANGED,
        Fact.APPLICATION_SELECTED,
        *(Fact.LETTER_REQUESTED, Fact.LETTER_REQUESTED),
        Fact.LETTERS_REQUESTED,
    ]


def test_the_same_once_more_is_no_change(story: Story) -> None:
    rules.with_rule(story)
    applied = story.apply(MISSES)
    before = scenes.facts(story, applied)
    rules.change(story, applied, Brought(MISSES.fields, MISSES.tags))
    assert scenes.facts(story, applied) == before


def test_what_matches_no_more_stays_selected(story: Story) -> None:
    rules.with_rule(story)
    applied = story.apply(MATCHES)
    rules.change(story, applied, Brought({}, []))
    found = story.application(applied)
    assert (found.status, found.fields, found.tags) == ("selected", {}, [])


def test_a_closed_program_selects_nobody(story: Story, clock: TestClock) -> None:
    rules.with_rule(story)
    applied = story.apply(MISSES)
    clock.set(scenes.CLOSES + timedelta(seconds=1))
    rules.change(story, applied, Brought(fields={"stage": "interview"}))
    assert rules.status(story, applied) == "submitted"


def test_where_letters_are_requested_on_submission_there_is_no_rule(house: House) -> None:
    story = tell(house, FELLOWSHIP)
    rules.define(story, STAGE)
    with pytest.raises(RequestedAutomatically):
        rules.save(story, INTERVIEWED)


def test_values_that_the_program_does_not_offer_are_refused(
    story: Story, subtests: pytest.Subtests
) -> None:
    rules.with_rule(story)
    table: list[tuple[dict[str, str], list[str], str]] = [
        ({"stage": "second round"}, [], "fields.stage"),
        ({"degree": "MSc"}, [], "fields.degree"),
        ({"track": ""}, [], "fields.track"),
        ({}, [" "], "tags"),
        ({}, [str(n) for n in range(MOST_TAGS + 1)], "tags"),
        ({str(n): "x" for n in range(1000)}, [], "fields"),
    ]
    for fields, tags, where in table:
        with subtests.test(where=where, fields=str(fields)[:20]):
            with pytest.raises(InvalidInput) as refused:
                story.apply(replace(MIRA, fields=fields, tags=tags))
            assert [problem.field for problem in refused.value.problems] == [where]


# --- the dry run ------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", '"', "\\", '"b', "a, b", "%", "_", "é", "é x"])
CAME_WITH = st.tuples(
    st.dictionaries(st.sampled_from(["stage", "track"]), WORDS), st.lists(WORDS, max_size=3)
)
RULES = st.builds(
    Rule,
    st.dictionaries(
        st.sampled_from(["stage", "track"]), st.frozensets(WORDS, min_size=1, max_size=2)
    ),
    st.frozensets(WORDS, max_size=2),
)


@given(came_with=st.lists(CAME_WITH, min_size=1, max_size=6), rule=RULES)
@settings(
    max_examples=rounds(short=10, long=100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_dry_run_says_what_the_rule_then_does(
    came_with: list[tuple[dict[str, str], list[str]]], rule: Rule, house: House
) -> None:
    story = _fresh(house)
    applied = [story.apply(replace(MIRA, fields=fields, tags=tags)) for fields, tags in came_with]
    expected = [
        one
        for one, (fields, tags) in zip(applied, came_with, strict=True)
        if rule.matches(fields, tags)
    ]
    said = rules.trial(story, rule)
    assert (said.waiting, said.matching) == (len(applied), len(expected))
    assert [one.id for one in said.first] == expected
    if rule.is_empty:
        return
    rules.save(story, rule, waiting_too=True)
    assert selecting.select_all_waiting(house.works, SYSTEM) == len(expected)
    assert [one for one in applied if rules.status(story, one) == "selected"] == expected


def _fresh(house: House) -> Story:
    """A program of its own for each example, with two fields of free text."""
    with house.works.look(SYSTEM) as work:
        number = work.session.query(Application).count()
    slug = f"fresh-{number}"
    story = tell(house, replace(INTERNSHIP, slug=slug))
    rules.define(story, FieldDefinition("stage", "Stage"), TRACK)
    return story


def test_hostile_tags_and_values_match_themselves_alone(story: Story) -> None:
    rules.define(story, TRACK)
    words = [word for word in HOSTILE if word not in REFUSED and len(word) <= 60]
    cleaned = {}
    for word in words[::9]:
        try:
            cleaned[word] = story.apply(replace(MIRA, fields={"track": word}, tags=["x", word]))
        except InvalidInput:
            continue
    assert len(cleaned) > 15
    for word, application_id in cleaned.items():
        found = story.application(application_id)
        rule = Rule({"track": frozenset({found.fields["track"]})}, frozenset(found.tags))
        said = rules.trial(story, rule)
        assert [one.id for one in said.first] == [application_id], word


def test_trying_a_rule_changes_nothing(story: Story) -> None:
    rules.with_rule(story, on=False)
    applied = story.apply(MATCHES)
    with scenes.nothing_changed(story.house):
        said = rules.trial(story, INTERVIEWED)
    assert [one.id for one in said.first] == [applied]
