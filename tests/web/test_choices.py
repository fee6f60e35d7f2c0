"""Which mails an applicant gets, and the waiver: chosen on the applicant's pages."""

from dataclasses import replace

import pytest

from letters.domain.telling import MailChoice
from letters.domain.waiver import WAIVER
from tests.services import acts
from tests.services.scenes import facts
from tests.support.people import MIRA, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    heading,
    links_of,
    near_field,
    on_sqlite,
    press,
)

pytestmark = on_sqlite

MAILS, SAVE_MAILS = "Choose which mails you get", "Save the choice"
WAIVE, CHANGE = "Waive the right to view the letters", "Change your waiver of the right to view"


@pytest.mark.parametrize("choice", MailChoice)
def test_the_applicant_chooses_which_mails_to_get(
    client: Visitor, story: Story, choice: MailChoice
) -> None:
    application = story.apply()
    path = f"/application/{story.status_token(application)}"
    form = client.get(links_of(client.get(path))[MAILS])
    follow(client, press(client, form, SAVE_MAILS, {"mails": choice.value}))
    assert story.application(application).mail_choice is choice
    chosen = [fact for fact in facts(story, application) if "mail_choice" in fact]
    assert len(chosen) == (choice is not MailChoice.EACH)
    again = client.get(f"{path}/mails")
    with unchanged(story.house.database):
        follow(client, press(client, again, SAVE_MAILS))


def test_what_is_no_choice_is_refused(client: Visitor, story: Story) -> None:
    form = client.get(f"/application/{story.status_token(story.apply())}/mails")
    with unchanged(story.house.database):
        data = {"csrf_token": csrf_token(form), "mails": "none at all"}
        answer = client.post(form.request.path, data=data)
    assert answer.status_code == 422
    assert "Choose one of the three, please." in content(answer)


def test_the_waiver_is_signed_with_the_text_that_was_shown(client: Visitor, story: Story) -> None:
    application = story.apply(replace(MIRA, waived=False))
    path = f"/application/{story.status_token(application)}"
    form = client.get(links_of(client.get(path))[WAIVE])
    assert WAIVER in content(form)
    typed = {"waiver": "waive", "signature": " mira LINDQVIST "}
    after = follow(client, press(client, form, "Save", typed))
    stored = story.application(application)
    assert (stored.waived, stored.waiver_signed_as, stored.waiver_text) == (
        True,
        "mira LINDQVIST",
        WAIVER,
    )
    form = client.get(links_of(after)[CHANGE])
    follow(client, press(client, form, "Save", {"waiver": "keep"}))
    stored = story.application(application)
    assert (stored.waived, stored.waiver_signed_as, stored.waiver_signed_at) == (False, None, None)
    with unchanged(story.house.database):
        follow(client, press(client, form, "Save", {"waiver": "keep"}))


def test_other_words_of_the_waiver_are_shown_before_they_are_signed(
    client: Visitor, story: Story
) -> None:
    application = story.apply(replace(MIRA, waived=False))
    form = client.get(f"/application/{story.status_token(application)}/waiver")
    acts.reword_waiver(story, "I waive it for good.")
    typed = {"waiver": "waive", "signature": "Mira Lindqvist"}
    with unchanged(story.house.database):
        again = press(client, form, "Save", typed)
    assert again.status_code == 422
    assert "have changed since you opened this page" in content(again)
    assert "I waive it for good." in content(again)
    follow(client, press(client, again, "Save"))
    stored = story.application(application)
    assert (stored.waiver_signed_as, stored.waiver_text) == (
        "Mira Lindqvist",
        "I waive it for good.",
    )
    acts.reword_waiver(story, "I keep nothing.")
    follow(client, press(client, again, "Save", {"waiver": "keep"}))


def test_a_signature_is_the_applicants_name(client: Visitor, story: Story) -> None:
    form = client.get(f"/application/{story.status_token(story.apply())}/waiver")
    with unchanged(story.house.database):
        for signature in ("", "Somebody Else"):
            typed = {"waiver": "waive", "signature": signature}
            answer = press(client, form, "Save", typed)
            assert (answer.status_code, len(near_field(answer, "signature"))) == (422, 2)
        data = {"csrf_token": csrf_token(form), "waiver": "perhaps"}
        answer = client.post(form.request.path, data=data)
        assert (answer.status_code, "Choose one of the two" in answer.text) == (422, True)


def test_the_waiver_stands_once_somebody_was_asked(client: Visitor, story: Story) -> None:
    application = story.apply(replace(MIRA, waived=False))
    form = client.get(f"/application/{story.status_token(application)}/waiver")
    asked = scenes.requested(story)
    page = client.get(f"/application/{story.status_token(asked)}")
    assert {WAIVE, CHANGE} & links_of(page).keys() == set()
    for answer in (
        client.get(f"{page.request.path}/waiver"),
        client.post(
            f"{page.request.path}/waiver", data={"csrf_token": csrf_token(form), "waiver": "keep"}
        ),
    ):
        assert (answer.status_code, heading(answer)) == (409, "Not possible now")


def test_who_has_withdrawn_chooses_nothing_any_more(client: Visitor, story: Story) -> None:
    application = story.apply()
    scenes.withdraw(story, application)
    path = f"/application/{story.status_token(application)}"
    assert MAILS not in links_of(client.get(path))
    for tail in ("mails", "waiver"):
        assert client.get(f"{path}/{tail}").status_code == 409


def test_what_is_not_possible_leads_back_to_the_status_view(client: Visitor, story: Story) -> None:
    path = f"/application/{story.status_token(scenes.requested(story))}"
    settled = client.get(f"{path}/waiver")
    assert settled.status_code == 409
    assert links_of(settled)["Back to the status of the application"] == path
    stranger = client.get("/application/no-such-link/waiver")
    assert stranger.status_code == 404
    assert "Back to the status of the application" not in links_of(stranger)
