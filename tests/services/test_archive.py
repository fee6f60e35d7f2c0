"""A program that was put away is read, and nothing in it changes, whoever tries."""

from collections.abc import Callable
from uuid import UUID

import pytest

from letters.domain.archive import IN_ARCHIVE
from letters.domain.errors import NotAllowed, ProgramArchived
from letters.domain.journal import Fact, MessageKind
from letters.domain.telling import MailChoice
from letters.services import finding, moving_due
from letters.services import program_settings as settings
from letters.services.happening import happened, happened_to_program
from tests.services import acts, scenes
from tests.support.people import A_DAY, DUE, MIRA, OPERATOR, SYSTEM, Story

NEW = MIRA.referees[0]
ACTS: dict[str, Callable[[Story, UUID], object]] = {
    "withdraw": acts.withdraw,
    "choose mails": lambda story, it: acts.choose_mails(story, it, MailChoice.PROBLEMS),
    "nudge": acts.nudge,
    "correct an address": lambda story, it: acts.correct_for(story, it, "new@example.edu"),
    "replace a referee": lambda story, it: acts.replace_referee(story, it, NEW),
    "add a referee": lambda story, it: acts.add_referee(story, it, NEW),
    "ask for more time": acts.ask_for_more_time,
    "extend": lambda story, it: acts.extend(story, it, DUE + A_DAY),
    "send a letter": scenes.send_letter,
    "confirm a letter": lambda story, it: acts.confirm_letter(story, it, position=2),
    "apply": lambda story, _: story.apply(),
    "settings": lambda story, _: acts.save_settings(story, title="Another"),
}


def _put_away(story: Story) -> UUID:
    asked = scenes.requested(story)
    acts.send_wrong_letter(story, asked, position=2)
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        settings.close(work, program)
        settings.archive(work, program)
    return asked


def test_nobody_changes_anything(story: Story, subtests: pytest.Subtests) -> None:
    asked = _put_away(story)
    for name, act in ACTS.items():
        with subtests.test(name), scenes.nothing_changed(story.house), pytest.raises(NotAllowed):
            act(story, asked)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_other_fact_is_written_down(story: Story, subtests: pytest.Subtests) -> None:
    asked = _put_away(story)
    with scenes.nothing_changed(story.house):
        for fact in set(Fact) - IN_ARCHIVE:
            with subtests.test(fact.value), story.house.works.change(OPERATOR) as work:
                application = finding.application(work, asked, lock=True)
                with pytest.raises(ProgramArchived):
                    happened(work, fact, application)
                with pytest.raises(ProgramArchived):
                    happened_to_program(work, fact, application.program)


def test_links_are_mailed_still_and_the_worker_passes_by(story: Story) -> None:
    asked = scenes.requested(story)
    acts.save_settings(story, due_at=DUE + A_DAY)
    with story.house.works.change(OPERATOR) as work:
        program = finding.program_by_slug(work, story.slug)
        settings.close(work, program)
        settings.archive(work, program)
    assert moving_due.tell_of_moved_dates(story.house.works, SYSTEM) == 0
    assert acts.lose_status_link(story)
    assert len(scenes.outbox(story.house, MessageKind.STATUS_LINKS)) == 1
    with story.house.works.change(OPERATOR) as work:
        settings.unarchive(work, finding.program_by_slug(work, story.slug))
    assert moving_due.tell_of_moved_dates(story.house.works, SYSTEM) == 1
    assert story.application(asked).due_move_told_at is not None
    assert scenes.breaches(story.house) == []
