"""What is erased when, in pages: each group of letters is on one of them."""

from dataclasses import replace
from uuid import UUID

import pytest

from letters.services import erasures, finding
from letters.services.erasures import Beside, Erasures
from tests.services import scenes
from tests.services.keeping import list_erasures
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, MIRA, SYSTEM, Story

KEPT_UNTIL = scenes.CLOSES + 365 * A_DAY


def page(story: Story, beside: Beside | None = None) -> Erasures:
    with story.house.works.look(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        return erasures.erasures_page(work, program, beside)


def kept(story: Story, name: str, *days: int | None) -> UUID:
    """Let somebody's letters be kept, each due so many days after the program, or with it."""
    application_id = scenes.requested(story, replace(MIRA, applicant_name=name))
    for position, later in enumerate(days, start=1):
        due_at = None if later is None else DUE + later * A_DAY
        scenes.change_request(story, application_id, position, extended_due_at=due_at)
        scenes.send_letter(story, application_id, position)
    return application_id


def test_each_group_is_on_one_page_whichever_way_they_are_turned(
    story: Story, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of the groups differ in nothing but a date that the program's own has overtaken."""
    kept(story, "Zoe Adler", None, -1)
    kept(story, "Ole Berg", None, 1)
    kept(story, "Ole Berg", 1, 2)
    clock.set(KEPT_UNTIL)
    list_erasures(story.house)
    everything = page(story)
    assert (everything.before, everything.after) == (None, None)
    monkeypatch.setattr(erasures, "PAGE_SIZE", 2)

    onward = [page(story)]
    while after := onward[-1].after:
        onward.append(page(story, Beside(after)))
    back = onward[-1:]
    while before := back[0].before:
        back.insert(0, page(story, Beside(before, before=True)))

    assert [one.applicant_name for one in everything.shown] == [
        *("Ole Berg", "Zoe Adler", "Zoe Adler"),
        *("Ole Berg", "Ole Berg", "Ole Berg"),
    ]
    assert [len(one.shown) for one in onward] == [2, 2, 2]
    assert [one for each in onward for one in each.shown] == everything.shown
    assert back == onward


def test_beside_what_is_gone_or_of_another_program_it_begins_anew(
    story: Story, clock: TestClock
) -> None:
    application_id = kept(story, "Ole Berg", None)
    clock.set(KEPT_UNTIL)
    assert page(story, Beside(application_id)) == page(story)
    [only] = page(story).shown
    assert page(story, Beside(only.letter_id)) == page(story)
