"""Applying here: the first form, the mailed link, the draft, the review, and submitting."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from letters.adapters.mailer import read_folder
from letters.domain.journal import MessageKind
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.waiver import WAIVER
from letters.house import House
from tests.services.scenes import BLINK, CLOSES, automatic, breaches, withdraw
from tests.support.clock import TestClock
from tests.support.people import START, Story
from tests.support.rows import unchanged
from tests.web.forms_of_drafts import (
    ME,
    NAME,
    REVIEW,
    SAVE,
    SUBMIT,
    applications,
    begin,
    complete,
    draft_of,
    fill,
    path,
    reviewed,
)
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    form_labels,
    heading,
    links_of,
    mails_owed,
    near_field,
    on_sqlite,
    path_of,
    press,
    text_of,
    visitor_of,
)

SENT = "Look into your mail"


def test_from_the_program_page_to_a_submitted_application(client: Visitor, house: House) -> None:
    story = automatic(house, min_letters=2)
    page = client.get(links_of(client.get(f"/programs/{story.slug}"))["Apply"])
    assert heading(page) == "Apply"
    sent = press(client, page, "Mail me the link", {"name": f" {NAME} ", "email": f" {ME}"})
    assert heading(sent) == SENT
    story.deliver()
    [mail] = read_folder(house.mail_folder)
    [link] = [word for word in text_of(mail).split() if "/application/" in word]
    status = client.get(path_of(link))
    form = client.get(links_of(status)["Go on with your application"])
    assert heading(form) == "Your application"
    assert form_labels(form).count(REVIEW) == 1
    review = follow(client, press(client, form, REVIEW, complete()))
    assert "A request with an upload link is mailed to ada.ferreira@example.edu as soon as you" in (
        content(review)
    )
    assert mails_owed(house) == [MessageKind.DRAFT_LINK]
    status = follow(client, press(client, review, SUBMIT))
    assert status.request.path == path_of(link)
    [application] = applications(house)
    found = story.application(application.id)
    assert found.status is ApplicationStatus.SUBMITTED
    assert (found.applicant_name, found.applicant_email) == (NAME, ME)
    assert [r.referee_name for r in found.requests] == ["Prof. Ada Ferreira", "Dr. Bram de Wit"]
    assert [r.status for r in found.requests] == [RequestStatus.REQUESTED] * 2
    assert [r.waived for r in found.requests] == [True, True]
    assert found.requests[1].acquaintance == "Since 2024,\nfrom his lab."
    assert (found.waived, found.waiver_signed_as, found.waiver_signed_at, found.waiver_text) == (
        True,
        "mira lindqvist",
        START,
        WAIVER,
    )
    token = csrf_token(client.get("/application"))
    again = client.post(path(story, found.id, "submit"), data={"csrf_token": token})
    assert follow(client, again).request.path == path_of(link)
    for page_name in ("draft", "review"):
        assert follow(client, client.get(path(story, found.id, page_name))).status_code == 200
    assert mails_owed(house).count(MessageKind.LETTER_REQUEST) == 2
    assert breaches(house) == []


# --- the first form ---------------------------------------------------------------------------


def test_a_mailbox_has_one_draft_and_a_submitted_application_is_kept(
    client: Visitor, story: Story
) -> None:
    first = begin(client, story.slug)
    again = begin(client, story.slug, "Somebody Else")
    assert (first.data, len(applications(story.house))) == (again.data, 1)
    assert applications(story.house)[0].applicant_name == NAME
    assert mails_owed(story.house) == [MessageKind.DRAFT_LINK] * 2
    submitted = story.apply()
    third = begin(client, story.slug)
    assert (third.data, mails_owed(story.house)[-1]) == (
        first.data,
        MessageKind.APPLICATION_SUBMITTED,
    )
    assert len(applications(story.house)) == 2
    withdraw(story, submitted)
    withdraw(story, applications(story.house)[0].id)
    begin(client, story.slug)
    assert len(applications(story.house)) == 3
    assert breaches(story.house) == []


def test_two_who_begin_at_once_begin_one_draft(app: Flask, story: Story) -> None:
    visitors = [visitor_of(app) for _ in range(4)]
    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = list(pool.map(lambda one: begin(one, story.slug), visitors))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(applications(story.house)) == 1
    assert mails_owed(story.house) == [MessageKind.DRAFT_LINK] * 4
    assert breaches(story.house) == []


@on_sqlite
def test_what_is_wrong_with_name_or_address_is_said_beside_it(
    client: Visitor, story: Story
) -> None:
    with unchanged(story.house.database):
        answer = begin(client, story.slug, "\x00", "mira@")
    assert answer.status_code == 422
    assert near_field(answer, "name") == ["Remove the line breaks or invisible characters, please."]
    assert near_field(answer, "email")[0] == (
        "This is not a complete e-mail address, such as name@example.org."
    )
    assert 'value="mira@"' in answer.text


@on_sqlite
def test_nobody_puts_a_link_into_the_mail_to_another(client: Visitor, story: Story) -> None:
    with unchanged(story.house.database):
        answer = begin(client, story.slug, "you won, see http://evil.example/win")
    assert (answer.status_code, near_field(answer, "name")) == (
        422,
        ["Leave addresses out of the name. If it has none, put a space after full stops."],
    )


@on_sqlite
def test_a_likely_slip_in_the_own_address_is_asked_about_at_once(
    client: Visitor, story: Story
) -> None:
    sent = begin(client, story.slug, email="mira@gmial.com")
    assert "Did you mean mira@gmail.com?" in content(sent)
    assert heading(press(client, sent, "Mail it to mira@gmail.com")) == SENT
    assert [one.applicant_email for one in applications(story.house)] == [
        "mira@gmial.com",
        "mira@gmail.com",
    ]


@on_sqlite
def test_no_mailbox_is_flooded(app: Flask, story: Story) -> None:
    codes = [begin(visitor_of(app), story.slug).status_code for _ in range(6)]
    assert codes == [*5 * [200], 429]


@on_sqlite
def test_a_closed_program_takes_nothing_and_says_so(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    draft = reviewed(story, client)
    review = client.get(path(story, draft, "review"))
    form = client.get(path(story, draft))
    clock.set(CLOSES + BLINK)
    assert "Apply" not in links_of(client.get(f"/programs/{story.slug}"))
    with unchanged(story.house.database):
        for answer in (
            client.get(f"/programs/{story.slug}/apply"),
            client.get(path(story, draft)),
            press(client, form, SAVE),
            press(client, review, SUBMIT),
        ):
            assert (answer.status_code, heading(answer)) == (409, "Not possible now")
            assert "This program has closed, so nothing was changed." in content(answer)
    status = client.get(f"/application/{story.status_token(draft)}")
    assert "Go on with your application" not in links_of(status)


# --- who sees it ------------------------------------------------------------------------------


@on_sqlite
def test_nobody_runs_into_a_draft_whose_link_was_never_used(
    cora: Visitor, client: Visitor, story: Story
) -> None:
    draft = draft_of(story, client)
    page = f"/coordinate/applications/{draft}"
    listed = cora.get(f"/coordinate/programs/{story.slug}")
    assert NAME not in content(listed)
    assert cora.get(page).status_code == 404
    with unchanged(story.house.database):
        client.get(path(story, draft))
    assert fill(client, path(story, draft), {}).status_code == 303
    assert not applications(story.house)[0].unproved
    assert NAME in content(cora.get(f"/coordinate/programs/{story.slug}"))
    assert cora.get(page).status_code == 200


@on_sqlite
def test_an_application_that_a_portal_made_has_no_form_here(client: Visitor, story: Story) -> None:
    draft = story.apply(submit=False)
    status = follow(client, client.get(path(story, draft)))
    assert (heading(status), status.status_code) == (f"Letters for {NAME}", 200)
    assert "Go on with your application" not in links_of(status)
