"""All letters that are asked of one address: behind a link that was mailed there, and no other."""

from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from letters.adapters.mailer import read_folder
from letters.domain.status import RequestStatus
from letters.records import Program
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse, words
from tests.support.people import DUE, INTERNSHIP, MIRA, SYSTEM, Story, tell
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    form_labels,
    form_with,
    heading,
    kept_letters,
    lead,
    links_of,
    on_sqlite,
    press,
    text_of,
    text_of_section,
    visitor_of,
)

TITLE = "All letters that are asked of you"
ADA = "ada.ferreira@example.edu"
USE = "Use this letter for these too"
VALLEY = replace(
    INTERNSHIP, slug="valley", title="Valley Fellowship", due_at=DUE - timedelta(days=30)
)
COAST = replace(INTERNSHIP, slug="coast", title="Coast School", due_at=DUE + timedelta(days=30))
NOOR = replace(
    MIRA, applicant_name="Noor Haddad", applicant_email="noor@example.com", external_id="N-1"
)


@dataclass(frozen=True)
class Asked:
    """Four applications of which Ada is a referee: three of Mira's, one of Noor's."""

    story: Story
    mira: UUID
    valley: UUID
    coast: UUID
    noor: UUID

    def request_of(self, application_id: UUID, position: int = 1) -> str:
        """Return the id of a request, as a form sends it."""
        return str(self.story.application(application_id).requests[position - 1].id)

    def statuses(self) -> list[RequestStatus]:
        """Return the status of each of Ada's requests, Mira's first."""
        of = (self.mira, self.valley, self.coast, self.noor)
        return [self.story.application(one).requests[0].status for one in of]


@pytest.fixture
def ada(story: Story) -> Asked:
    """What Ada is asked for."""
    valley, coast = tell(story.house, VALLEY), tell(story.house, COAST)
    return Asked(
        story,
        mira=scenes.requested(story),
        valley=scenes.requested(valley),
        coast=scenes.requested(coast),
        noor=scenes.requested(story, NOOR),
    )


def _mails_with_all(story: Story) -> list[EmailMessage]:
    story.deliver()
    mails = read_folder(story.house.mail_folder)
    return [one for one in mails if any(link.endswith("/all") for link in text_of(one).split())]


def _mailed_path(client: Visitor, ada: Asked) -> str:
    """Ask for the link from one letter's page, and take it out of the mail."""
    page = client.get(f"/letter/{ada.story.upload_token(ada.mira)}/all")
    assert heading(press(client, page, "Mail me the link")) == "Look into your mail"
    mail = _mails_with_all(ada.story)[-1]
    assert mail["To"] == ADA
    return next(urlsplit(one).path for one in text_of(mail).split() if one.endswith("/all"))


def _names(page: TestResponse, section: str) -> list[tuple[str, str]]:
    """Return the links of a section: the words and where they lead."""
    root, _ = parse(page.text)
    [found] = [e for e in elements(root, "section") if e.get("aria-labelledby") == section]
    return [(words(a), urlsplit(a.get("href", "")).path) for a in elements(found, "a")]


# --- which link opens it ----------------------------------------------------------------------


@on_sqlite
def test_the_link_to_one_letter_opens_no_other(client: Visitor, ada: Asked) -> None:
    token = ada.story.upload_token(ada.mira)
    assert links_of(client.get(f"/letter/{token}"))["See all that is asked of you"] == (
        f"/letter/{token}/all"
    )
    with unchanged(ada.story.house.database):
        page = client.get(f"/letter/{token}/all")
    assert (heading(page), form_labels(page)) == (TITLE, ["Mail me the link"])
    assert links_of(page)["Back to the letter for Mira Lindqvist"] == f"/letter/{token}"
    for foreign in ("Noor", VALLEY.title, COAST.title, ADA):
        assert foreign not in page.text


def test_the_mailed_link_shows_all_of_them_soonest_first(
    client: Visitor, app: Flask, ada: Asked
) -> None:
    path = _mailed_path(client, ada)
    page = visitor_of(app).get(path)
    assert (page.status_code, heading(page)) == (200, TITLE)
    assert lead(page) == "4 letters are still awaited from you."
    found = _names(page, "open")
    assert [name for name, _ in found[:1] + found[3:]] == ["Mira Lindqvist"] * 2
    tokens = [ada.story.upload_token(one) for one in (ada.valley, ada.mira, ada.noor, ada.coast)]
    paths = [f"/letter/{token}" for token in tokens]
    assert found[0][1] == paths[0]
    assert {where for _, where in found[1:3]} == set(paths[1:3])
    assert found[3][1] == paths[3]
    for _, where in found:
        assert visitor_of(app).get(where).status_code == 200


@on_sqlite
def test_what_is_over_stands_below_with_what_became_of_it(client: Visitor, ada: Asked) -> None:
    scenes.letter_in(ada.story, ada.mira)
    scenes.decline(ada.story, ada.valley)
    scenes.withdraw(ada.story, ada.noor)
    page = client.get(_mailed_path(client, ada))
    assert lead(page) == "One letter is still awaited from you."
    assert [name for name, _ in _names(page, "open")] == ["Mira Lindqvist"]
    done = text_of_section(page, "done")
    for said in (
        f"Mira Lindqvist, {INTERNSHIP.title} received",
        f"Mira Lindqvist, {VALLEY.title} declined",
        f"Noor Haddad, {INTERNSHIP.title} no longer needed",
    ):
        assert said in done


@on_sqlite
def test_when_nothing_is_open_it_says_thank_you(client: Visitor, story: Story, asked: UUID) -> None:
    path = _mailed_path(client, Asked(story, asked, asked, asked, asked))
    scenes.letter_in(story, asked)
    page = client.get(path)
    assert lead(page) == "No letter is awaited from you. Thank you!"
    assert form_labels(page) == []


@on_sqlite
def test_after_two_days_the_link_brings_a_new_one(
    client: Visitor, ada: Asked, clock: TestClock
) -> None:
    path = _mailed_path(client, ada)
    clock.advance(timedelta(days=2))
    assert client.get(path).status_code == 200
    clock.advance(timedelta(seconds=1))
    expired = client.get(path)
    assert (expired.status_code, heading(expired)) == (410, "This link has expired")
    assert (
        "This link has expired A new one goes to the address we have on file, and nowhere else. "
        "Send me a new link" in content(expired)
    )
    assert content(expired).count("expired") == 1
    assert "Noor" not in expired.text
    assert heading(press(client, expired, "Send me a new link")) == "Look into your mail"
    mails = _mails_with_all(ada.story)
    assert [mail["To"] for mail in mails] == [ADA, ADA]
    replaced = client.get(path)
    assert (replaced.status_code, form_labels(replaced)) == (410, ["Send me a new link"])
    fresh = next(one for one in text_of(mails[-1]).split() if one.endswith("/all"))
    assert heading(client.get(urlsplit(fresh).path)) == TITLE


@on_sqlite
def test_links_of_another_kind_and_made_up_ones_open_nothing(
    client: Visitor, ada: Asked, subtests: pytest.Subtests
) -> None:
    _mailed_path(client, ada)
    form_token = csrf_token(client.get(f"/letter/{ada.story.upload_token(ada.mira)}"))
    notice, status = ada.story.notice_token(ada.mira), ada.story.status_token(ada.mira)
    data = {"csrf_token": form_token, "letter": ada.request_of(ada.mira)}
    for token in ("made-up", notice, status):
        with subtests.test(token[:9]), unchanged(ada.story.house.database):
            answers = [client.get(f"/letter/{token}/all")]
            for action in ("all", "all/again", "all/use"):
                answers.append(client.post(f"/letter/{token}/{action}", data=data))
            for answer in answers:
                assert (answer.status_code, heading(answer)) == (404, "This link does not work")
    with unchanged(ada.story.house.database):
        data["request"] = ada.request_of(ada.valley)
        of_one = ada.story.upload_token(ada.mira)
        answer = client.post(f"/letter/{of_one}/all/use", data=data)
    assert (answer.status_code, heading(answer)) == (404, "This link does not work")


# --- one letter for several -------------------------------------------------------------------


def test_one_letter_serves_the_other_applications_of_the_same_person(
    client: Visitor, ada: Asked
) -> None:
    scenes.letter_in(ada.story, ada.mira)
    page = client.get(_mailed_path(client, ada))
    form = form_with(page, USE)
    assert set(form.choices["request"]) == {ada.request_of(ada.valley), ada.request_of(ada.coast)}
    assert set(form.fields["request"]) == set(form.choices["request"])
    after = follow(client, press(client, page, USE))
    received = RequestStatus.RECEIVED
    assert ada.statuses() == [received, received, received, RequestStatus.REQUESTED]
    assert [letter[-1] for letter in kept_letters(ada.story.house)] == [pdfs.letter_pdf()] * 3
    assert [name for name, _ in _names(after, "open")] == ["Noor Haddad"]
    assert USE not in form_labels(after)


@on_sqlite
def test_only_those_that_stay_ticked_get_it(client: Visitor, ada: Asked) -> None:
    scenes.letter_in(ada.story, ada.mira)
    page = client.get(_mailed_path(client, ada))
    press(client, page, USE, {"request": [ada.request_of(ada.coast)]})
    received, requested = RequestStatus.RECEIVED, RequestStatus.REQUESTED
    assert ada.statuses() == [received, requested, received, requested]


@on_sqlite
def test_without_a_tick_it_says_what_to_do(client: Visitor, ada: Asked) -> None:
    scenes.letter_in(ada.story, ada.mira)
    path = _mailed_path(client, ada)
    page = client.get(path)
    good = {"csrf_token": csrf_token(page), "letter": ada.request_of(ada.mira)}
    with unchanged(ada.story.house.database):
        for data in (
            good,
            good | {"request": "garbage"},
            good | {"request": ada.request_of(ada.valley), "letter": "garbage"},
        ):
            answer = client.post(f"{path}/use", data=data)
            assert (answer.status_code, heading(answer)) == (422, TITLE)
            assert "Tick at least one, then press the button again." in content(answer)


@on_sqlite
def test_a_forged_form_sends_nothing(
    client: Visitor, ada: Asked, subtests: pytest.Subtests
) -> None:
    scenes.letter_in(ada.story, ada.mira)
    scenes.letter_in(ada.story, ada.mira, 2)
    path = _mailed_path(client, ada)
    token = csrf_token(client.get(path))
    mira, valley = ada.request_of(ada.mira), ada.request_of(ada.valley)
    not_same, unknown = (409, "Not possible now"), (404, "Not found")
    for name, letter, requests, expected in (
        ("another applicant", mira, [ada.request_of(ada.noor)], not_same),
        ("one more that is another's", mira, [valley, ada.request_of(ada.noor)], not_same),
        ("another referee's request", mira, [ada.request_of(ada.valley, 2)], not_same),
        ("itself", mira, [mira], not_same),
        ("no request at all", mira, [valley, str(uuid4())], not_same),
        ("another referee's letter", ada.request_of(ada.mira, 2), [valley], unknown),
        ("a letter that is not in", ada.request_of(ada.coast), [valley], unknown),
        ("no letter at all", str(uuid4()), [valley], unknown),
    ):
        data = {"csrf_token": token, "letter": letter, "request": requests}
        with subtests.test(name), unchanged(ada.story.house.database):
            answer = client.post(f"{path}/use", data=data)
            assert (answer.status_code, heading(answer)) == expected


@on_sqlite
def test_all_of_them_get_it_or_none(client: Visitor, ada: Asked) -> None:
    scenes.letter_in(ada.story, ada.mira)
    page = client.get(_mailed_path(client, ada))
    scenes.decline(ada.story, ada.coast)
    with unchanged(ada.story.house.database):
        declined = press(client, page, USE)
    assert (declined.status_code, heading(declined)) == (409, "Not possible now")


@on_sqlite
def test_a_program_that_takes_smaller_files_only_is_told_of(client: Visitor, ada: Asked) -> None:
    scenes.letter_in(ada.story, ada.mira, content=pdfs.scanned_pdf(1400))
    page = client.get(_mailed_path(client, ada))
    with ada.story.house.works.change(SYSTEM) as work:
        smaller = update(Program).where(Program.slug == COAST.slug)
        work.session.execute(smaller.values(largest_file=1024 * 1024))
    with unchanged(ada.story.house.database):
        answer = press(client, page, USE)
    assert (answer.status_code, heading(answer)) == (413, TITLE)
    assert "The file is larger than 1 MB." in content(answer)
    assert form_labels(answer) == [USE]
