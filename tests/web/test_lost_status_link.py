"""An applicant who lost the link types an address; the page says the same to everybody."""

from email.utils import parseaddr

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from letters.adapters.mailer import read_folder
from letters.domain.journal import MessageKind
from tests.services.scenes import breaches
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import A_DAY, MIRA, Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    form_labels,
    heading,
    lead,
    links_of,
    mails_owed,
    near_field,
    on_sqlite,
    path_of,
    press,
    sign_in_again,
    text_of,
    visitor_of,
)

FORM = "/application"
ASK = "Mail me the links"
TITLE = "Find your application"
SENT = "Look into your mail"
HINT = "The one that you applied with."
FILL_IN = "Fill this in, please."
NO_ADDRESS = "This is not a complete e-mail address, such as name@example.org."
INVISIBLE = "Remove the line breaks or invisible characters, please."
TOO_LONG = "Use at most 254 characters."
ME = MIRA.applicant_email


def _ask(visitor: Visitor, email: str) -> TestResponse:
    return press(visitor, visitor.get(FORM), ASK, {"email": email})


def test_from_the_start_page_to_the_status_view(client: Visitor, story: Story) -> None:
    applied = [story.apply(), story.apply(submit=False)]
    story.deliver()
    page = client.get(links_of(client.get("/"))["have it mailed again"])
    assert (page.status_code, heading(page), form_labels(page)) == (200, TITLE, [ASK])
    assert near_field(page, "email") == [HINT]
    answer = press(client, page, ASK, {"email": f" {ME.upper()} "})
    assert (answer.status_code, heading(answer)) == (200, SENT)
    assert lead(answer) == (
        "If an application was made with this address, a mail with the links to all of them is "
        "on its way."
    )
    assert story.deliver() == 1
    mails = read_folder(story.house.mail_folder)
    [mail] = [one for one in mails if "Your links" in str(one["Subject"])]
    assert parseaddr(str(mail["To"]))[1] == ME
    links = [word for word in text_of(mail).split() if "/application/" in word]
    opened = [client.get(path_of(link)) for link in links]
    assert [heading(one) for one in opened] == ["Letters for Mira Lindqvist"] * 2
    assert links == [
        f"{story.house.settings.base_url}/application/{story.status_token(one)}"
        for one in reversed(applied)
    ]
    assert breaches(story.house) == []


def test_the_answer_does_not_say_who_applied(app: Flask, story: Story) -> None:
    story.apply()
    owed = mails_owed(story.house)
    known = _ask(visitor_of(app), ME)
    assert mails_owed(story.house) == [*owed, MessageKind.STATUS_LINKS]
    with unchanged(story.house.database):
        unknown = _ask(visitor_of(app), "nobody@example.com")
    assert (unknown.status_code, unknown.data) == (known.status_code, known.data)
    assert [name for name, _ in unknown.headers] == [name for name, _ in known.headers]


@on_sqlite
def test_what_is_no_address_is_asked_for_again(
    app: Flask, story: Story, subtests: pytest.Subtests
) -> None:
    story.apply()
    for typed, problem in (
        ("", FILL_IN),
        ("   ", FILL_IN),
        ("mira", NO_ADDRESS),
        ("mira@example", NO_ADDRESS),
        ("\ufb00@example.org", NO_ADDRESS),
        ('"><script>alert(1)</script>', NO_ADDRESS),
        (f"{ME}\x00", INVISIBLE),
        ("\x00", INVISIBLE),
        ("mira\x07@example.com", INVISIBLE),
        (f"{ME}\r\nBcc: everyone@example.org", INVISIBLE),
        ("a" * 1_000_000, TOO_LONG),
    ):
        with subtests.test(typed[:40]), unchanged(story.house.database):
            answer = _ask(visitor_of(app), typed)
            assert (answer.status_code, heading(answer)) == (422, TITLE)
            assert near_field(answer, "email") == [problem, HINT]
            root, _ = parse(answer.text)
            field = next(e for e in elements(root, "input") if e.get("name") == "email")
            assert field.get("aria-invalid") == "true"
            kept = "".join(c for c in typed if c.isprintable() or c in "\r\n")
            assert " ".join(field.get("value", "").split()) == " ".join(kept.split())


@on_sqlite
def test_a_form_without_the_field_asks_for_it(client: Visitor, story: Story) -> None:
    token = csrf_token(client.get(FORM))
    with unchanged(story.house.database):
        answer = client.post(FORM, data={"csrf_token": token})
    assert (answer.status_code, near_field(answer, "email")) == (422, [FILL_IN, HINT])


@on_sqlite
def test_a_form_that_is_not_ours_mails_nothing(client: Visitor, story: Story) -> None:
    story.apply()
    with unchanged(story.house.database):
        assert client.post(FORM, data={"email": ME}).status_code == 400


@on_sqlite
def test_no_mailbox_is_flooded_in_whatever_spelling(app: Flask, story: Story) -> None:
    spelled = ["mira.l@gmail.com", "MIRAL@gmail.com", "miral+1@gmail.com", " miral@googlemail.com"]
    for typed in (*spelled, spelled[0]):
        assert _ask(visitor_of(app), typed).status_code == 200
    with unchanged(story.house.database):
        refused = _ask(visitor_of(app), "miral+2@gmail.com")
    assert (refused.status_code, heading(refused)) == (429, "Too many attempts")
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert _ask(visitor_of(app), "somebody.else@gmail.com").status_code == 200


@on_sqlite
@pytest.mark.usefixtures("story")
def test_nobody_tries_address_after_address(client: Visitor) -> None:
    for number in range(30):
        assert _ask(client, f"somebody.{number}@example.org").status_code == 200
    assert _ask(client, "one.more@example.org").status_code == 429


@on_sqlite
def test_the_limits_look_the_same_for_who_applied_and_who_did_not(app: Flask, story: Story) -> None:
    story.apply()
    codes = [
        [_ask(visitor_of(app), typed).status_code for _ in range(6)]
        for typed in (ME, "nobody@example.com")
    ]
    assert codes == [[*5 * [200], 429]] * 2


@on_sqlite
def test_coordinators_see_that_it_was_asked_for_and_not_by_whom(
    cora: Visitor, story: Story, clock: TestClock
) -> None:
    application_id = story.apply()
    clock.advance(A_DAY)
    sign_in_again(cora, story.house)
    assert _ask(cora, ME).status_code == 200
    told = content(cora.get(f"/coordinate/applications/{application_id}"))
    assert "Status links asked for and mailed to the applicant (Letters)" in told
    assert "Status links for the applicant" in told
