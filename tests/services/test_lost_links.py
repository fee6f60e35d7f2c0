"""Who lost the link to an application is mailed the links to all they made, and only they are."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.domain.errors import InvalidInput
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.domain.status import ApplicationStatus
from letters.ports import Purpose
from letters.records import JournalEntry
from letters.services.composing import Composed, compose
from letters.services.lost_links import LINK_LIFETIME, MOST_NAMED
from tests.services import acts, scenes
from tests.services.scenes import BLINK, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import FELLOWSHIP, MIRA, START, SYSTEM, Story, tell
from tests.support.statements import counted

AN_HOUR = timedelta(hours=1)


def apply(story: Story, email: str, *, submit: bool = True, slug: str | None = None) -> UUID:
    return story.apply(replace(MIRA, applicant_email=email), submit=submit, slug=slug)


def mailed(story: Story) -> Composed:
    """Return the one mail with links that was promised, as it is sent now."""
    row = scenes.mail(story.house, MessageKind.STATUS_LINKS)
    with story.house.works.look(SYSTEM) as work:
        made = compose(work, row)
    assert made is not None
    return made


def listed(made: Composed) -> list[dict[str, object]]:
    found = made.facts["applications"]
    assert isinstance(found, list)
    return found


def opened_by(story: Story, made: Composed) -> list[UUID]:
    """Return which application each link of a mail opens."""
    links = story.house.works.tools.links
    tokens = [str(one["url"]).rpartition("/")[2] for one in listed(made)]
    return [links.read(Purpose.STATUS, token).row_id for token in tokens]


def test_the_mail_names_every_application_newest_first(story: Story, clock: TestClock) -> None:
    tell(story.house, FELLOWSHIP)
    first = scenes.requested(story)
    clock.advance(AN_HOUR)
    draft = story.apply(submit=False, slug=FELLOWSHIP.slug)
    clock.advance(AN_HOUR)
    withdrawn = story.apply()
    scenes.change_application(
        story, withdrawn, status=ApplicationStatus.WITHDRAWN, withdrawn_at=START
    )
    apply(story, "noor@example.com")
    assert acts.lose_status_link(story) is True
    made = mailed(story)
    assert opened_by(story, made) == [withdrawn, draft, first]
    assert [(one["program_title"], one["standing"]) for one in listed(made)] == [
        ("Alpine Summer Research Internship", "withdrawn"),
        (FELLOWSHIP.title, "draft"),
        ("Alpine Summer Research Internship", "requested"),
    ]
    assert (made.facts["are_all"], made.facts["until"]) == (True, clock.now() + LINK_LIFETIME)
    links = story.house.works.tools.links
    assert made.facts["url"] == links.url(Purpose.APPLICATIONS, withdrawn, 2)
    assert scenes.breaches(story.house) == []


def test_who_applied_once_or_is_mailed_too_late_gets_the_status_link(
    story: Story, clock: TestClock
) -> None:
    story.apply()
    acts.lose_status_link(story)
    alone = mailed(story)
    assert (alone.facts["url"], alone.facts["until"]) == (listed(alone)[0]["url"], None)
    story.apply()
    assert "/applications/" in str(mailed(story).facts["url"])
    clock.advance(LINK_LIFETIME + BLINK)
    late = mailed(story)
    assert (late.facts["url"], late.facts["until"]) == (listed(late)[0]["url"], None)


def test_asking_is_written_down_once_and_of_nobody_in_particular(
    story: Story, clock: TestClock
) -> None:
    older = story.apply()
    clock.advance(AN_HOUR)
    newest = story.apply()
    acts.lose_status_link(story)
    assert Fact.STATUS_LINKS_ASKED not in scenes.facts(story, older)
    assert scenes.facts(story, newest)[-1] is Fact.STATUS_LINKS_ASKED
    with story.house.works.look(SYSTEM) as work:
        asked = JournalEntry.fact == Fact.STATUS_LINKS_ASKED
        entry = work.session.scalars(select(JournalEntry).where(asked)).one()
    assert (entry.actor_kind, entry.actor_id, entry.details) == (ActorKind.SYSTEM, None, {})
    assert scenes.mail(story.house, MessageKind.STATUS_LINKS).application_id == newest


def test_one_mailbox_in_several_spellings_is_written_to_in_the_newest(
    story: Story, clock: TestClock
) -> None:
    spelled = ("mira.l@gmail.com", "MiraL+letters@googlemail.com", "miral@gmail.com")
    mine = []
    for email in spelled:
        mine.append(apply(story, email))
        clock.advance(AN_HOUR)
    apply(story, "mira.l@example.com")
    assert acts.lose_status_link(story, " MIRA.L@googlemail.com ") is True
    made = mailed(story)
    assert (made.to, opened_by(story, made)) == (spelled[-1], mine[::-1])


@pytest.mark.parametrize(
    "typed", ["miral@example.com", "mira+x@example.com", "mira@example.org", "m%@example.com"]
)
def test_nobody_else_is_mailed_anything(story: Story, typed: str) -> None:
    story.apply()
    with nothing_changed(story.house):
        assert acts.lose_status_link(story, typed) is False


@pytest.mark.parametrize("typed", ["", " ", "mira", "mira@example.com\x00", "\ud800@x.org", "%@%"])
def test_what_is_no_address_is_refused(story: Story, typed: str) -> None:
    story.apply()
    with nothing_changed(story.house), pytest.raises(InvalidInput) as refused:
        acts.lose_status_link(story, typed)
    assert [problem.field for problem in refused.value.problems] == ["email"]


def test_links_are_those_that_work_at_delivery(story: Story) -> None:
    application_id = story.apply()
    acts.lose_status_link(story)
    scenes.change_application(story, application_id, link_generation=2)
    token = story.status_token(application_id)
    assert [str(one["url"]).rpartition("/")[2] for one in listed(mailed(story))] == [token]


def test_a_mail_names_so_many_and_says_that_there_are_more(story: Story) -> None:
    made = scenes.apply_many(story, MOST_NAMED)
    acts.lose_status_link(story)
    assert (opened_by(story, mailed(story)), mailed(story).facts["are_all"]) == (made[::-1], True)
    one_more = story.apply()
    found = mailed(story)
    assert (opened_by(story, found), found.facts["are_all"]) == (
        [one_more, *made[:0:-1]],
        False,
    )


def test_asking_takes_as_many_statements_whatever_the_season(story: Story) -> None:
    taken = []
    for count in (1, 12):
        scenes.apply_many(story, count)
        with counted(story.house.database.engine) as statements:
            acts.lose_status_link(story)
        taken.append(len(statements))
    assert taken[0] == taken[1]
