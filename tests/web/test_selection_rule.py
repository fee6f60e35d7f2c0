"""The rule and the fields of a program in the browser: tried, saved, and by managers alone."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from letters.domain.journal import ActorKind, Fact
from letters.domain.policy import RequestPolicy
from letters.domain.roles import Role
from letters.domain.rules import FieldDefinition, Rule
from letters.house import House
from letters.records import Program, program_coordinators
from letters.services import selecting
from tests.services import rules
from tests.services import scenes as service_scenes
from tests.services.rules import INTERVIEWED, MATCHES, MISSES, STAGE, TRACK
from tests.support.people import INTERNSHIP, MIRA, SYSTEM, Story
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    heading,
    lead,
    links_of,
    names,
    on_sqlite,
    press,
    text_of_section,
)

pytestmark = on_sqlite

LIST = f"/coordinate/programs/{INTERNSHIP.slug}"
FIELDS, RULE = f"{LIST}/fields", f"{LIST}/rule"
TYPED = {"field-stage": ["interview"], "tags": "funded\n", "on": "yes"}


# --- fields -----------------------------------------------------------------------------------


def test_fields_are_defined_and_removed(cora: Visitor, story: Story) -> None:
    page = cora.get(links_of(cora.get(LIST))["Fields"])
    typed = {
        "label-0": "Stage <b>",
        "name-0": "stage",
        "choices-0": " first round \n\ninterview",
        "label-1": "Track",
        "name-1": "track",
    }
    saved = follow(cora, press(cora, page, "Save the fields", typed))
    assert "Saved." in content(saved)
    assert rules.program_of(story).definitions == (replace(STAGE, label="Stage <b>"), TRACK)
    gone = dict.fromkeys(("label-0", "name-0", "choices-0"), "")
    press(cora, saved, "Save the fields", gone)
    assert rules.program_of(story).definitions == (TRACK,)


def test_what_is_wrong_with_a_field_is_said_beside_it(cora: Visitor, story: Story) -> None:
    typed = {"label-1": "Track", "name-1": "The Track\u0007"}
    page = press(cora, cora.get(FIELDS), "Save the fields", typed)
    assert page.status_code == 422
    assert 'id="fields-0-name-wrong"' in page.text
    assert 'value="The Track"' in page.text
    assert rules.program_of(story).definitions == ()


def test_a_field_of_the_rule_is_not_removed(cora: Visitor, story: Story) -> None:
    rules.with_rule(story)
    gone = dict.fromkeys(("label-0", "name-0", "choices-0"), "")
    page = press(cora, cora.get(FIELDS), "Save the fields", gone)
    assert page.status_code == 422
    assert "Change the rule first." in content(page)


def test_an_older_form_is_refused(cora: Visitor, story: Story) -> None:
    fields, rule = cora.get(FIELDS), cora.get(RULE)
    rules.define(story, STAGE)
    assert press(cora, fields, "Save the fields", {"label-0": "x"}).status_code == 409
    assert press(cora, rule, "Save the rule").status_code == 409


# --- the rule ---------------------------------------------------------------------------------


def test_trying_says_who_would_be_selected_and_saves_nothing(cora: Visitor, story: Story) -> None:
    rules.define(story, STAGE, TRACK)
    story.apply(MISSES)
    mira = story.apply(MATCHES)
    page = press(cora, cora.get(links_of(cora.get(LIST))["Selection by rule"]), "Try it", TYPED)
    assert text_of_section(page, "tried") == (
        "What it would select The rule matches 1 of the 2 that wait for selection. "
        "Mira Lindqvist Nothing was saved or requested."
    )
    assert not rules.program_of(story).rule_on
    assert rules.status(story, mira) == "submitted"
    again = press(cora, page, "Try it")
    assert text_of_section(again, "tried") == text_of_section(page, "tried")


def test_a_rule_is_saved_at_once_where_nobody_waits(cora: Visitor, story: Story) -> None:
    rules.define(story, STAGE, TRACK)
    story.apply(MISSES)
    saved = follow(cora, press(cora, cora.get(RULE), "Save the rule", TYPED))
    assert "Saved. The rule is on." in content(saved)
    assert "Selection by rule on" in content(cora.get(LIST))
    assert (rules.program_of(story).rule, rules.program_of(story).rule_on) == (INTERVIEWED, True)
    off = follow(cora, press(cora, saved, "Save the rule", {"on": []}))
    assert "Saved. The rule is off." in content(off)
    assert (rules.program_of(story).rule, rules.program_of(story).rule_on) == (INTERVIEWED, False)


@pytest.mark.parametrize(
    ("button", "status"),
    [
        ("Save, and request their letters too", "selected"),
        ("Save, and leave them waiting", "submitted"),
    ],
)
def test_it_is_asked_about_those_that_wait(
    cora: Visitor, story: Story, button: str, status: str
) -> None:
    rules.define(story, STAGE, TRACK)
    mira, other = story.apply(MATCHES), story.apply(MISSES)
    page = press(cora, cora.get(RULE), "Save the rule", TYPED)
    assert heading(page) == "Those that wait already"
    assert not rules.program_of(story).rule_on
    assert press(cora, page, button).status_code == 303
    assert rules.program_of(story).rule == INTERVIEWED
    assert [rules.status(story, one) for one in (mira, other)] == [status, "submitted"]
    assert rules.program_of(story).rule_asked_at is None


def test_more_than_a_request_takes_are_left_to_the_worker(
    cora: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "AT_ONCE", 2)
    rules.define(story, STAGE, TRACK)
    applied = [story.apply(replace(MATCHES, external_id=str(n))) for n in range(3)]
    page = press(cora, cora.get(RULE), "Save the rule", TYPED)
    assert "The first 2 go out at once" in content(page)
    saved = follow(cora, press(cora, page, "Save, and request their letters too"))
    assert "that goes on by itself" in content(saved)
    assert [rules.status(story, one) for one in applied] == ["selected"] * 2 + ["submitted"]
    selecting.select_all_waiting(story.house.works, SYSTEM)
    assert rules.status(story, applied[-1]) == "selected"


def test_what_is_wrong_with_a_rule_is_said_and_what_was_typed_stays(
    cora: Visitor, story: Story, subtests: pytest.Subtests
) -> None:
    rules.define(story, TRACK)
    table = [
        ({"on": "yes"}, "on-wrong"),
        ({"field-track": "x" * 121}, "fields-track-wrong"),
        ({"tags": "\n".join(map(str, range(21)))}, "tags-wrong"),
    ]
    for typed, where in table:
        for button in ("Save the rule", "Try it"):
            if (where, button) == ("on-wrong", "Try it"):
                continue
            with subtests.test(where=where, button=button):
                page = press(cora, cora.get(RULE), button, typed)
                assert page.status_code == 422
                assert f'id="{where}"' in page.text
                assert next(iter(typed.values())) in page.text
    assert rules.program_of(story).rule == Rule()


def test_a_program_that_requests_on_submission_has_no_rule(cora: Visitor, house: House) -> None:
    page = cora.get(RULE)
    with house.works.change(SYSTEM) as work:
        work.session.execute(update(Program).values(request_policy=RequestPolicy.AUTOMATIC))
    assert "so a rule has nothing to select" in lead(cora.get(RULE))
    assert press(cora, page, "Save the rule").status_code == 409


def test_who_does_not_manage_the_program_sets_neither(
    cora: Visitor, story: Story, house: House
) -> None:
    rules.define(story, STAGE, TRACK)
    fields, rule = cora.get(FIELDS), cora.get(RULE)
    with house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=Role.READER))
    assert "Selection by rule" not in links_of(cora.get(LIST))
    for path in (FIELDS, RULE):
        assert cora.get(path).status_code == 403
    for page, button in ((fields, "Save the fields"), (rule, "Save the rule"), (rule, "Try it")):
        assert press(cora, page, button).status_code == 403
    assert not rules.program_of(story).rule_on


# --- what came with an application ------------------------------------------------------------


def test_the_page_of_an_application_shows_what_it_came_with(cora: Visitor, story: Story) -> None:
    rules.with_rule(story)
    mira = story.apply(MATCHES)
    page = cora.get(f"/coordinate/applications/{mira}")
    assert "Stage interview" in text_of_section(page, "who")
    assert "Tags late funded" in text_of_section(page, "who")
    assert "Track" not in text_of_section(page, "who")
    assert "Selected by the rule (Letters)" in text_of_section(page, "happened")


def test_the_applicant_is_not_shown_what_it_came_with(client: Visitor, story: Story) -> None:
    rules.with_rule(story)
    mira = story.apply(replace(MATCHES, tags=["funded", "shortlisted-by-x"]))
    page = client.get(f"/application/{story.status_token(mira)}")
    assert "shortlisted-by-x" not in page.text
    assert "interview" not in page.text


def test_the_list_is_narrowed_by_field_and_by_tag(
    cora: Visitor, story: Story, subtests: pytest.Subtests
) -> None:
    rules.define(story, STAGE, TRACK)
    story.apply(rules.named(MATCHES, "Ada"))
    story.apply(rules.named(replace(MISSES, fields={"track": '50% "a\\b" <i>'}), "Bo"))
    story.apply(rules.named(MIRA, "Cy"))
    table: list[tuple[dict[str, str], list[str]]] = [
        ({"field-stage": "interview"}, ["Ada"]),
        ({"field-track": ' 50% "a\\b"  <i>'}, ["Bo"]),
        ({"field-track": "50%"}, []),
        ({"tag": "funded"}, ["Bo", "Ada"]),
        ({"tag": "fund"}, []),
        ({"tag": "funded", "field-stage": "interview"}, ["Ada"]),
    ]
    for typed, expected in table:
        with subtests.test(typed=str(typed)):
            page = press(cora, cora.get(LIST), "Show", typed)
            assert names(page) == expected if expected else "No application matches" in page.text
    strange = f"{LIST}?field-degree=MSc&field-x'y=1&tag="
    assert names(cora.get(strange)) == ["Cy", "Bo", "Ada"]
    assert "No application matches" in cora.get(f"{LIST}?tag=a%00b%1f").text
    assert "No application matches" in cora.get(f"{LIST}?tag=%E2%80%8B").text


def test_filters_stay_on_the_next_page(
    cora: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.services.listing.PAGE_SIZE", 1)
    rules.define(story, STAGE)
    for name in ("Ada", "Bo"):
        story.apply(rules.named(MATCHES, name))
    story.apply(MIRA)
    page = cora.get(f"{LIST}?field-stage=interview&tag=funded")
    assert names(page) == ["Bo"]
    following = cora.get(links_of(page)["Next page"])
    assert names(following) == ["Ada"]
    assert "Next page" not in links_of(following)


def test_a_reader_filters_too(cora: Visitor, story: Story, house: House) -> None:
    rules.define(story, STAGE)
    story.apply(MATCHES)
    with house.works.change(SYSTEM) as work:
        work.session.execute(update(program_coordinators).values(role=Role.VIEWER))
    assert names(cora.get(f"{LIST}?tag=late")) == ["Mira Lindqvist"]


def test_who_saved_the_rule_is_written_down_and_who_selected_is_the_system(
    cora: Visitor, story: Story, app: Flask
) -> None:
    assert app is not None
    rules.define(story, FieldDefinition("stage", "Stage"))
    mira = story.apply(MATCHES)
    page = press(cora, cora.get(RULE), "Save the rule", {"field-stage": "interview", "on": "yes"})
    press(cora, page, "Save, and request their letters too")
    entries = service_scenes.journal(story.house)
    saved = [e for e in entries if e.fact is Fact.PROGRAM_CHANGED][-1]
    selected = [e for e in entries if e.fact is Fact.APPLICATION_SELECTED]
    assert saved.actor_kind is ActorKind.COORDINATOR
    assert [(e.application_id, e.actor_kind, e.origin) for e in selected] == [
        (mira, ActorKind.SYSTEM, "web")
    ]
