"""A program with fields and a rule, and applications that match it or do not."""

from dataclasses import replace
from uuid import UUID

from letters.domain.rules import FieldDefinition, Rule
from letters.records import Application, Program
from letters.services import fields_and_tags, finding, program_fields, selecting
from letters.services.applying import NewApplication
from letters.services.fields_and_tags import Brought
from letters.services.selecting import Trial
from letters.services.work import Work
from tests.support.once import played_once
from tests.support.people import API, MIRA, OPERATOR, SYSTEM, Story

STAGE = FieldDefinition("stage", "Stage", ("first round", "interview"))
TRACK = FieldDefinition("track", "Track")
INTERVIEWED = Rule({"stage": frozenset({"interview"})}, frozenset({"funded"}))
MATCHES = replace(MIRA, fields={"stage": "interview"}, tags=["late", "funded"])
MISSES = replace(MIRA, fields={"stage": "first round"}, tags=["funded"])


def program_of(story: Story) -> Program:
    """Read the program as it is stored now."""
    with story.house.works.look(SYSTEM) as work:
        return finding.program_by_slug(work, story.slug)


def _locked(work: Work, story: Story) -> Program:
    program = finding.program_by_slug(work, story.slug)
    work.session.refresh(program, with_for_update=True)
    return program


@played_once
def define(story: Story, *definitions: FieldDefinition) -> None:
    """Give the program these fields."""
    with story.house.works.change(OPERATOR) as work:
        program = _locked(work, story)
        program_fields.save(work, program, definitions, program.journal_length)


@played_once
def save(story: Story, rule: Rule, *, on: bool = True, waiting_too: bool = False) -> None:
    """Save the program's rule."""
    with story.house.works.change(OPERATOR) as work:
        program = _locked(work, story)
        selecting.save(work, program, rule, program.journal_length, on=on, waiting_too=waiting_too)


@played_once
def with_rule(story: Story, rule: Rule = INTERVIEWED, *, on: bool = True) -> None:
    """Give the program its two fields and a rule."""
    define(story, STAGE, TRACK)
    save(story, rule, on=on)


def trial(story: Story, rule: Rule) -> Trial:
    """Try a rule."""
    with story.house.works.look(SYSTEM) as work:
        return selecting.trial(work, finding.program_by_slug(work, story.slug), rule)


def change(story: Story, application_id: UUID, brought: Brought) -> Application:
    """Let a portal change what an application came with."""
    with story.house.works.change(API) as work:
        return fields_and_tags.change(work, application_id, brought)


def status(story: Story, application_id: UUID) -> str:
    """Return the status of an application."""
    return story.application(application_id).status.value


def named(new: NewApplication, name: str) -> NewApplication:
    """Return the same application by somebody else."""
    return replace(new, applicant_name=name)
