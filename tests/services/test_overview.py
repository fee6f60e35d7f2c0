"""Everything asked of one mailbox, for who reads its mail; one letter for one applicant."""

from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.errors import (
    LettersError,
    LinkExpired,
    LinkInvalid,
    LinkReplaced,
)
from letters.domain.journal import Fact, MessageKind
from letters.ports import Purpose
from letters.services import overview, viewing
from letters.services.applying import NewReferee
from letters.services.overview import LINK_LIFETIME
from tests.services import replies, scenes
from tests.services.replies import composed, mail_overview, overview_token, shown, use
from tests.services.scenes import BLINK, CLOSES, NOOR, nothing_changed, outbox, request_of
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, MIRA, REFEREE, REFEREES, START, Story
from tests.support.statements import counted

ADA = REFEREES[0]


def shown_ids(story: Story, token: str) -> list[UUID]:
    return [asked.application.id for asked in shown(story, token).asked]


def mail_again(story: Story, token: str) -> None:
    with story.house.works.change(REFEREE) as work:
        overview.mail_overview_again(work, token)


# --- what is shown ----------------------------------------------------------------------------


def test_everything_asked_of_one_mailbox_is_shown_and_nothing_else(
    story: Story, clock: TestClock
) -> None:
    other = scenes.automatic(story.house, 2)
    received, late, third = (scenes.requested(story) for _ in range(3))
    elsewhere, noors = other.apply(MIRA), scenes.requested(story, NOOR)
    replies.alerted(story)
    replies.alerted(other, submit=False)
    declined_early = replies.alerted(story)
    replies.decline_early(story, declined_early)
    scenes.select_for_letters(story, declined_early)
    scenes.send_letter(story, received)
    replies.extend(story, late, DUE + A_DAY)

    everything = shown(story, mail_overview(story, noors))
    assert everything.request.id == request_of(story, noors).id
    still = [asked.application.id for asked in everything.open]
    assert (set(still[:-1]), still[-1]) == ({third, elsewhere, noors}, late)
    assert [asked.application.id for asked in everything.done] == [received]
    assert {asked.request.referee_email for asked in everything.asked} == {ADA.email}
    for asked in everything.asked:
        token = asked.url.rpartition("/")[2]
        assert token == story.upload_token(asked.application.id)

    assert shown_ids(story, mail_overview(story, noors, 3)) == [noors]
    clock.set(CLOSES + BLINK)
    assert len(shown(story, mail_overview(story, noors)).open) == 1


def test_a_mailbox_is_one_however_its_address_is_written_and_no_other(story: Story) -> None:
    addresses = (
        "ada.ferreira@gmail.com",
        "AdaFerreira+letters@googlemail.com",
        "ada.ferreira@example.edu",
        "ada.ferreira+letters@example.edu",
        "adaferreira@example.edu",
    )
    asked = [
        scenes.requested(story, replace(MIRA, referees=[NewReferee("Ada", x), REFEREES[1]]))
        for x in addresses
    ]
    assert set(shown_ids(story, mail_overview(story, asked[0]))) == set(asked[:2])
    for alone in asked[2:]:
        assert shown_ids(story, mail_overview(story, alone)) == [alone]


def test_it_takes_the_same_statements_for_many_as_for_few(story: Story) -> None:
    token = mail_overview(story, scenes.requested(story))
    with counted(story.house.database.engine) as few:
        shown(story, token)
    for _ in range(4):
        scenes.requested(story, NOOR)
    with counted(story.house.database.engine) as many:
        assert len(shown(story, token).asked) == 5
    assert len(many) == len(few)


# --- the link ---------------------------------------------------------------------------------


def test_the_link_is_mailed_to_the_address_on_file_whoever_asks(story: Story) -> None:
    application_id = scenes.requested(story)
    token = mail_overview(story, application_id)
    assert scenes.facts(story, application_id)[-1] is Fact.OVERVIEW_ASKED
    mail = composed(story, scenes.mail(story.house, MessageKind.OVERVIEW))
    assert mail is not None
    assert (mail.to, mail.facts["until"]) == (ADA.email, START + LINK_LIFETIME)
    assert token in str(mail.facts["url"])
    assert "url" not in scenes.mail(story.house, MessageKind.OVERVIEW).details
    assert scenes.breaches(story.house) == []


def test_an_upload_link_that_was_passed_on_shows_one_letter_alone(story: Story) -> None:
    mira, noors = scenes.requested(story), scenes.requested(story, NOOR)
    mail_overview(story, mira)
    token = story.upload_token(mira)
    with pytest.raises(LinkInvalid):
        shown(story, token)
    with story.house.works.look(REFEREE) as work:
        page = viewing.upload_page(work, token)
    request = request_of(story, noors)
    assert str(request.id) not in repr(vars(page))
    assert (page.application.id, page.request.id) == (mira, request_of(story, mira).id)


def test_only_a_genuine_link_shows_mails_or_uses_anything(
    story: Story, subtests: pytest.Subtests
) -> None:
    application_id = scenes.requested(story)
    letter = scenes.send_letter(story, application_id)
    mail_overview(story, application_id)
    upload = scenes.upload_of(story.house)
    with nothing_changed(story.house):
        for token, refusal in replies.wrong_tokens(story, Purpose.OVERVIEW, application_id):
            with subtests.test("show", token=token), pytest.raises(LettersError) as refused:
                shown(story, token)
            assert type(refused.value) is refusal
            with subtests.test("use", token=token), pytest.raises(LettersError) as refused:
                use(story, token, letter, {letter: upload})
            assert type(refused.value) is refusal
            if refusal is LinkInvalid:
                with subtests.test("again", token=token), pytest.raises(LinkInvalid):
                    mail_again(story, token)
        for token, refusal in replies.wrong_tokens(story, Purpose.UPLOAD, application_id):
            with (
                subtests.test("mail", token=token),
                pytest.raises(refusal),
                story.house.works.change(REFEREE) as work,
            ):
                overview.mail_overview(work, token)


def test_the_link_works_for_two_days(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    token = mail_overview(story, application_id)
    row = scenes.mail(story.house, MessageKind.OVERVIEW)
    clock.set(START + LINK_LIFETIME)
    assert shown_ids(story, token) == [application_id]
    clock.advance(BLINK)
    with nothing_changed(story.house):
        with pytest.raises(LinkExpired):
            shown(story, token)
        with pytest.raises(LinkExpired):
            use(story, token, request_of(story, application_id).id, {})
    assert composed(story, row) is None


def test_a_link_that_was_never_mailed_opens_nothing(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(LinkExpired):
        shown(story, overview_token(story, application_id))


@pytest.mark.parametrize("wait", [A_DAY, LINK_LIFETIME + BLINK])
def test_a_fresh_link_ends_the_one_before_for_good(
    story: Story, clock: TestClock, wait: object
) -> None:
    assert isinstance(wait, type(A_DAY))
    application_id = scenes.requested(story)
    first = mail_overview(story, application_id)
    clock.advance(wait)
    mail_again(story, first)
    with pytest.raises(LinkReplaced):
        shown(story, first)
    second = overview_token(story, application_id)
    assert shown_ids(story, second) == [application_id]
    mail = composed(story, outbox(story.house, MessageKind.OVERVIEW)[-1])
    assert mail is not None
    assert second in str(mail.facts["url"])

    mail_again(story, first)
    third = overview_token(story, application_id)
    for ended in (first, second):
        with pytest.raises(LinkReplaced):
            shown(story, ended)
    assert shown_ids(story, third) == [application_id]
    assert scenes.breaches(story.house) == []


def test_a_link_ends_with_the_other_links_of_its_request(story: Story) -> None:
    application_id = scenes.requested(story)
    token = mail_overview(story, application_id)
    scenes.change_request(story, application_id, link_generation=2)
    with nothing_changed(story.house), pytest.raises(LinkReplaced):
        shown(story, token)
