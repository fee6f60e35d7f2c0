"""All applications of one mailbox, for who reads its mail and for nobody else."""

from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.errors import LinkExpired, LinkInvalid, LinkReplaced
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.ports import Purpose
from letters.records import JournalEntry, new_id
from letters.services import all_applications
from letters.services.all_applications import AllApplications
from letters.services.finding import generation_of_application
from letters.services.lost_links import LINK_LIFETIME, MOST_NAMED
from tests.services import acts, scenes
from tests.services.scenes import APPLICANT, BLINK, NOOR, nothing_changed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, FELLOWSHIP, MIRA, Story, tell
from tests.support.statements import counted


def mail_link(story: Story, application_id: UUID) -> str:
    """Let an applicant ask from a status view; return the token that is mailed."""
    with story.house.works.change(APPLICANT) as work:
        all_applications.mail_link(work, story.status_token(application_id))
    return token_of(story, application_id)


def mail_again(story: Story, token: str) -> None:
    with story.house.works.change(APPLICANT) as work:
        all_applications.mail_link_again(work, token)


def token_of(
    story: Story, application_id: UUID, purpose: Purpose = Purpose.APPLICATIONS, ahead: int = 0
) -> str:
    generation = generation_of_application(purpose, story.application(application_id)) + ahead
    return story.house.works.tools.links.mint(purpose, application_id, generation)


def shown(story: Story, token: str) -> AllApplications:
    with story.house.works.look(APPLICANT) as work:
        return all_applications.all_applications(work, token)


def shown_ids(story: Story, token: str) -> list[UUID]:
    return [one.application.id for one in shown(story, token).applied]


# --- what is shown ----------------------------------------------------------------------------


def test_everything_applied_for_from_one_mailbox_is_shown_newest_first(
    story: Story, clock: TestClock
) -> None:
    tell(story.house, FELLOWSHIP)
    first = scenes.requested(story)
    clock.advance(A_DAY)
    draft = story.apply(submit=False, slug=FELLOWSHIP.slug)
    noors = story.apply(NOOR)
    found = shown(story, mail_link(story, first))
    assert [(one.application.id, one.standing) for one in found.applied] == [
        (draft, "draft"),
        (first, "requested"),
    ]
    assert (found.asked_from.id, found.are_all) == (first, True)
    assert [one.url.rpartition("/")[2] for one in found.applied] == [
        story.status_token(draft),
        story.status_token(first),
    ]
    assert shown_ids(story, mail_link(story, noors)) == [noors]


def test_a_mailbox_is_one_however_its_address_is_written_and_no_other(story: Story) -> None:
    spelled = ("mira.l@gmail.com", "MiraL+x@googlemail.com", "miral@example.com")
    mine = [story.apply(replace(MIRA, applicant_email=email)) for email in spelled]
    assert set(shown_ids(story, mail_link(story, mine[0]))) == set(mine[:2])
    assert shown_ids(story, mail_link(story, mine[2])) == [mine[2]]


def test_a_page_shows_so_many_and_says_that_there_are_more(story: Story) -> None:
    taken, token = [], ""
    made: list[UUID] = []
    for count in (1, 9, MOST_NAMED - 10):
        made += scenes.apply_many(story, count)
        token = mail_link(story, made[0])
        with counted(story.house.database.engine) as statements:
            assert shown_ids(story, token) == made[::-1]
        taken.append(len(statements))
    assert taken == [3, 3, 3]
    assert shown(story, token).are_all
    made.append(story.apply())
    assert shown_ids(story, token) == made[:0:-1]
    assert not shown(story, token).are_all


# --- the link ---------------------------------------------------------------------------------


def test_the_link_is_mailed_to_the_address_on_file_and_written_down(story: Story) -> None:
    application_id = story.apply()
    mail_link(story, application_id)
    assert scenes.facts(story, application_id)[-1] is Fact.STATUS_LINKS_ASKED
    entry: JournalEntry = scenes.journal(story.house, application_id)[-1]
    assert (entry.actor_kind, entry.details) == (ActorKind.APPLICANT, {})
    mail = scenes.mail(story.house, MessageKind.STATUS_LINKS)
    assert (mail.application_id, mail.details) == (application_id, {"fact": entry.fact.value})
    assert scenes.breaches(story.house) == []


def test_it_works_for_two_days(story: Story, clock: TestClock) -> None:
    token = mail_link(story, story.apply())
    clock.advance(LINK_LIFETIME)
    assert len(shown(story, token).applied) == 1
    clock.advance(BLINK)
    with pytest.raises(LinkExpired) as refused:
        shown(story, token)
    assert refused.value.purpose == Purpose.APPLICATIONS


def test_only_the_newest_opens_and_an_expired_one_never_lives_again(
    story: Story, clock: TestClock
) -> None:
    application_id = story.apply()
    first = mail_link(story, application_id)
    clock.advance(LINK_LIFETIME + BLINK)
    mail_again(story, first)
    second = token_of(story, application_id)
    assert shown_ids(story, second) == [application_id]
    with pytest.raises(LinkReplaced):
        shown(story, first)
    mail_again(story, first)
    with pytest.raises(LinkReplaced):
        shown(story, second)
    acts.lose_status_link(story)
    assert shown_ids(story, token_of(story, application_id)) == [application_id]
    assert len(scenes.outbox(story.house, MessageKind.STATUS_LINKS)) == 4


def test_it_ends_with_the_status_link(story: Story) -> None:
    application_id = story.apply()
    token = mail_link(story, application_id)
    scenes.change_application(story, application_id, link_generation=2)
    with pytest.raises(LinkReplaced):
        shown(story, token)


def test_no_link_opens_it_before_one_was_mailed(story: Story) -> None:
    with pytest.raises(LinkExpired):
        shown(story, token_of(story, story.apply()))


def test_no_other_link_opens_it_or_has_a_new_one_mailed(
    story: Story, subtests: pytest.Subtests
) -> None:
    application_id = scenes.requested(story)
    mail_link(story, application_id)
    mint = story.house.works.tools.links.mint
    request_id = story.application(application_id).requests[0].id
    rows = (application_id, request_id)
    others = [mint(p, row, 2) for p in set(Purpose) - {Purpose.APPLICATIONS} for row in rows]
    coming = token_of(story, application_id, ahead=1)
    nothing = [mint(Purpose.APPLICATIONS, row, 2) for row in (request_id, new_id())]
    for token in (*others, story.status_token(application_id), coming, *nothing, "", "x", "\x00"):
        with subtests.test(token[:12]), nothing_changed(story.house):
            with pytest.raises(LinkInvalid):
                shown(story, token)
            with pytest.raises(LinkInvalid):
                mail_again(story, token)


def test_it_opens_no_status_view(story: Story) -> None:
    token = mail_link(story, story.apply())
    with (
        nothing_changed(story.house),
        story.house.works.change(APPLICANT) as work,
        pytest.raises(LinkInvalid),
    ):
        all_applications.mail_link(work, token)
