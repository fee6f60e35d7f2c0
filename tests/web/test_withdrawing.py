"""Withdrawing behind the status link: asked once more, done once, and told in words."""

import pytest

from letters.domain.journal import MessageKind
from letters.house import House
from tests.services import acts
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.status_words import NO_NEED, WITHDRAWN
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    heading,
    kept_letters,
    lead,
    links_of,
    mails_owed,
    on_sqlite,
    press,
    replace_status_links,
)

pytestmark = on_sqlite
LINK, BUTTON = "Withdraw this application", "Withdraw the application"
ARE_TOLD = (
    "Your referees who have been alerted or asked, and have not sent a letter, are told by mail "
    "that nothing more is needed."
)
STAYS = "What your referees have sent stays with the program."


def test_the_status_view_leads_to_a_question_and_the_button_withdraws(
    client: Visitor, story: Story
) -> None:
    application_id = scenes.requested(story)
    status = client.get(f"/application/{story.status_token(application_id)}")
    asked = client.get(links_of(status)[LINK])
    assert heading(asked) == "Withdraw your application?"
    assert ARE_TOLD in content(asked)
    assert STAYS not in content(asked)
    assert links_of(asked)["Back, keep it"] == status.request.path
    told = follow(client, press(client, asked, BUTTON))
    assert lead(told) == WITHDRAWN
    assert content(told).count(f"Next: {NO_NEED}") == 2
    assert LINK not in links_of(told)
    assert mails_owed(story.house).count(MessageKind.REQUEST_CANCELLED) == 2


def test_a_double_click_withdraws_once(client: Visitor, story: Story) -> None:
    application_id = scenes.requested(story)
    path = f"/application/{story.status_token(application_id)}"
    asked = client.get(f"{path}/withdraw")
    press(client, asked, BUTTON)
    with unchanged(story.house.database):
        again = press(client, asked, BUTTON)
        assert (again.status_code, again.location) == (303, path)
        looked = client.get(f"{path}/withdraw")
        assert (looked.status_code, looked.location) == (303, path)


def test_a_draft_of_which_nobody_heard_is_withdrawn_quietly(client: Visitor, story: Story) -> None:
    application_id = story.apply(submit=False)
    asked = client.get(f"/application/{story.status_token(application_id)}/withdraw")
    assert ARE_TOLD not in content(asked)
    assert lead(follow(client, press(client, asked, BUTTON))) == WITHDRAWN
    assert story.application(application_id).submitted_at is None


def test_letters_that_are_in_stay(client: Visitor, story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.letter_in(story, application_id, 1)
    scenes.letter_in(story, application_id, 2)
    asked = client.get(f"/application/{story.status_token(application_id)}/withdraw")
    assert STAYS in content(asked)
    assert ARE_TOLD not in content(asked)
    assert lead(follow(client, press(client, asked, BUTTON))) == WITHDRAWN
    assert len(kept_letters(story.house)) == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_link_withdraws_nothing(client: Visitor, story: Story, method: str) -> None:
    application_id = scenes.requested(story)
    wrong = story.upload_token(application_id)
    with unchanged(story.house.database):
        if method == "get":
            answer = client.get(f"/application/{wrong}/withdraw")
        else:
            asked = client.get(f"/application/{story.status_token(application_id)}/withdraw")
            form = {"csrf_token": _token_of(asked.text)}
            answer = client.post(f"/application/{wrong}/withdraw", data=form)
    assert (answer.status_code, heading(answer)) == (404, "This link does not work")


def _token_of(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_a_replaced_link_withdraws_nothing(client: Visitor, story: Story, house: House) -> None:
    application_id = scenes.requested(story)
    asked = client.get(f"/application/{story.status_token(application_id)}/withdraw")
    replace_status_links(house)
    with unchanged(house.database):
        assert press(client, asked, BUTTON).status_code == 410


def test_a_referee_reads_on_their_page_that_nothing_is_needed(
    client: Visitor, story: Story
) -> None:
    application_id = scenes.requested(story)
    acts.withdraw(story, application_id)
    page = client.get(f"/letter/{story.upload_token(application_id)}")
    assert "no longer needed" in content(page)
