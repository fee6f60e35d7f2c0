"""The applicant alerts referees: chooses, writes a line, looks at the mail, and sends it."""

from dataclasses import replace
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.adapters.mailer import read_folder
from letters.domain.journal import MessageKind
from letters.records import new_id
from tests.support.clock import TestClock
from tests.support.markup import elements, parse
from tests.support.people import MIRA, REFEREES, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.status_states import CLOSED
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    form_with,
    heading,
    lead,
    links_of,
    mails_owed,
    near_field,
    on_sqlite,
    press,
    text_of,
    text_of_section,
)

ADA, BRAM, CHIYO = (referee.name for referee in REFEREES)
TITLE = "Alert your referees"
LOOK, CHANGE = "Look at the mail", "Change it"
HINT = "It stands in the mail as your words. At most 500 characters; links in it cannot be clicked."
LINE = 'Dear all,\r\nmy <b>plan</b> & "more": https://mira.example.com/plan'
NOT_NOW = "Not possible now"


@pytest.fixture
def application(story: Story) -> UUID:
    """A submitted application with three referees, whom nobody has alerted."""
    return story.apply(replace(MIRA, referees=REFEREES))


def _path(story: Story, application: UUID) -> str:
    return f"/application/{story.status_token(application)}/alert"


def _ids(story: Story, application: UUID) -> list[str]:
    return [str(request.id) for request in story.application(application).requests]


def _ticked(page: TestResponse) -> list[str]:
    root, _ = parse(page.text)
    boxes = [e for e in elements(root, "input") if e.get("type") == "checkbox"]
    return [box.get("value", "") for box in boxes if "checked" in box.attrib]


def _line(page: TestResponse) -> str:
    root, _ = parse(page.text)
    return (next(elements(root, "textarea")).text or "").removeprefix("\n")


def _notices(story: Story) -> int:
    return mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE)


# --- the way ----------------------------------------------------------------------------------


@pytest.mark.parametrize("submit", [True, False], ids=["submitted", "draft"])
def test_the_applicant_chooses_writes_looks_and_sends(
    client: Visitor, story: Story, submit: bool
) -> None:
    application = story.apply(replace(MIRA, referees=REFEREES), submit=submit)
    status = client.get(f"/application/{story.status_token(application)}")
    page = client.get(links_of(status)[TITLE])
    first, second, third = _ids(story, application)
    assert (heading(page), _ticked(page)) == (TITLE, [first, second, third])
    assert near_field(page, "personal_line") == [HINT]

    with unchanged(story.house.database):
        shown = press(client, page, LOOK, {"referee": [first, third], "personal_line": LINE})
    assert (shown.status_code, heading(shown)) == (200, "Look at the mail, then send it")
    assert lead(shown) == f"This is the mail to {ADA}. It has not been sent."
    assert f"The same mail, with their own name and link, goes to: {CHIYO}." in content(shown)
    assert BRAM not in content(shown)

    answer = press(client, shown, "Send the 2 mails")
    assert answer.location == f"/application/{story.status_token(application)}"
    after = text_of_section(follow(client, answer), "referees")
    assert f"Alerted so far: {ADA}, {CHIYO}. {TITLE}" in after
    assert after.count("Advance notice sent, 1 February 2027, 10:00") == 2
    assert _notices(story) == 2
    assert {r.status for r in story.application(application).requests} == {"named"}


@on_sqlite
def test_the_mail_goes_out_as_it_was_shown(
    client: Visitor, story: Story, application: UUID
) -> None:
    page = client.get(_path(story, application))
    shown = press(client, page, LOOK, {"personal_line": LINE})
    root, _ = parse(shown.text)
    (text,) = (e.text or "" for e in elements(root, "div") if e.get("class") == "text")
    assert "/notice/" not in shown.text.replace("/notice/…", "")
    assert '> my <b>plan</b> & "more"' in text
    press(client, shown, "Send the 3 mails")
    story.deliver()
    mail = next(m for m in read_folder(story.house.mail_folder) if m["To"] == REFEREES[0].email)
    token = story.notice_token(application)
    assert text_of(mail).replace("\r\n", "\n").replace(token, "…") == text
    assert f"{mail['Subject']} Dear {ADA}," in text_of_section(shown, "mail")


@on_sqlite
def test_what_was_typed_is_kept_for_who_changes_it(
    client: Visitor, story: Story, application: UUID
) -> None:
    page = client.get(_path(story, application))
    _, second, _ = _ids(story, application)
    shown = press(client, page, LOOK, {"referee": [second], "personal_line": LINE})
    assert "Send the mail" in [b.label for b in form_with(shown, CHANGE).buttons]
    with unchanged(story.house.database):
        again = press(client, shown, CHANGE)
    assert (again.status_code, heading(again), _ticked(again)) == (200, TITLE, [second])
    assert _line(again) == LINE.replace("\r\n", "\n")


@on_sqlite
def test_it_is_offered_only_while_somebody_can_be_alerted(
    client: Visitor, story: Story, clock: TestClock
) -> None:
    over = [scenes.alerted(story), scenes.requested(story), story.apply()]
    scenes.withdraw(story, over[-1])
    late = story.apply()
    assert TITLE in links_of(client.get(f"/application/{story.status_token(late)}"))
    for one in over:
        assert TITLE not in links_of(client.get(f"/application/{story.status_token(one)}"))
    clock.set(CLOSED)
    assert TITLE not in links_of(client.get(f"/application/{story.status_token(late)}"))


@on_sqlite
def test_an_alert_opens_no_upload(client: Visitor, story: Story, application: UUID) -> None:
    page = client.get(_path(story, application))
    press(client, press(client, page, LOOK), "Send the 3 mails")
    upload = client.get(f"/letter/{story.upload_token(application)}")
    assert "This letter has not been requested yet." in content(upload)
    assert client.get(f"/letter/{story.notice_token(application)}").status_code == 404


# --- what is refused --------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize("action", ["", "/preview"])
def test_what_needs_correcting_is_said_and_kept(
    client: Visitor, story: Story, application: UUID, action: str, subtests: pytest.Subtests
) -> None:
    path = _path(story, application)
    token = csrf_token(client.get(path))
    first, *_ = _ids(story, application)
    for chosen, line, said in (
        ([], LINE, "Choose at least one referee."),
        ([first], "x" * 501, "Use at most 500 characters."),
        ([first], "a bell \x07", "Remove the invisible characters, please."),
        ([first], "a NUL \x00", "Remove the invisible characters, please."),
    ):
        data = {"csrf_token": token, "referee": chosen, "personal_line": line}
        with subtests.test(said, line=line[:9]), unchanged(story.house.database):
            answer = client.post(path + action, data=data)
            assert (answer.status_code, heading(answer)) == (422, TITLE)
            assert (said in content(answer), _ticked(answer)) == (True, chosen)
            assert _line(answer).strip() == line.replace("\r\n", "\n").rstrip("\x00\x07 ")
            wrong = [] if not chosen else [said]
            assert near_field(answer, "personal_line") == [*wrong, HINT]


@on_sqlite
@pytest.mark.parametrize("action", ["", "/preview"])
def test_who_cannot_be_alerted_is_refused_with_a_sentence(
    client: Visitor, story: Story, application: UUID, action: str, subtests: pytest.Subtests
) -> None:
    path = _path(story, application)
    page = client.get(path)
    first, second, _ = _ids(story, application)
    shown = press(client, page, LOOK, {"referee": [first]})
    press(client, shown, "Send the mail")
    stranger = _ids(story, story.apply())[0]
    alerted = (
        f"{ADA} was alerted or asked before, or declined, so no mail was sent to anybody. "
        "Open the form again and choose from those who are left."
    )
    unknown = (404, "Not found", "referee")
    for chosen, (status, title, said) in (
        ([first, second], (409, NOT_NOW, alerted)),
        ([second, stranger], unknown),
        ([str(new_id())], unknown),
        (["no id at all"], unknown),
    ):
        data = {"csrf_token": csrf_token(page), "referee": chosen}
        with subtests.test(chosen=chosen), unchanged(story.house.database):
            answer = client.post(path + action, data=data)
            assert (answer.status_code, heading(answer)) == (status, title)
            assert said in content(answer) or said == "referee"
    assert _notices(story) == 1


@on_sqlite
def test_when_nobody_can_be_alerted_every_page_says_why(
    client: Visitor, story: Story, clock: TestClock, subtests: pytest.Subtests
) -> None:
    token = csrf_token(client.get(_path(story, story.apply())))
    alerted, withdrawn, closed = scenes.alerted(story), story.apply(), story.apply()
    scenes.withdraw(story, withdrawn)
    for one, said in (
        (alerted, "There is no referee left to alert"),
        (withdrawn, "This application was withdrawn"),
        (closed, "This program has closed, so nothing was changed."),
    ):
        if one == closed:
            clock.set(CLOSED)
        path = _path(story, one)
        data = {"csrf_token": token, "referee": _ids(story, one)}
        with subtests.test(said), unchanged(story.house.database):
            for answer in (
                client.get(path),
                client.post(path, data=data),
                client.post(f"{path}/preview", data=data),
                client.post(f"{path}/preview", data={**data, "change": "yes"}),
            ):
                assert (answer.status_code, heading(answer)) == (409, NOT_NOW)
                assert said in content(answer)


@on_sqlite
def test_alerting_has_a_limit(client: Visitor, story: Story, application: UUID) -> None:
    path = _path(story, application)
    data = {"csrf_token": csrf_token(client.get(path))}
    assert {client.post(path, data=data).status_code for _ in range(60)} == {422}
    assert client.post(path, data=data).status_code == 429
