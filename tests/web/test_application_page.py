"""One application as its coordinator sees it, and the download of a letter."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from letters.domain.journal import ActorKind, Fact
from letters.house import House
from letters.records import JournalEntry, OutboxMessage, OutboxStatus, new_id
from letters.services import administering, applying, noticing, requesting, verifying
from letters.services.applying import NewReferee
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.markup import elements, parse, words
from tests.support.people import (
    API,
    FELLOWSHIP,
    MIRA,
    OPERATOR,
    REFEREES,
    SYSTEM,
    Story,
    tell,
)
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    form_labels,
    heading,
    lead,
    links_of,
    on_sqlite,
    press,
    sign_in_again,
    signed_in,
    text_of_section,
)

DOWNLOAD = "Download the letter of Prof. Ada Ferreira"


def _page(visitor: Visitor, application_id: UUID) -> TestResponse:
    page = visitor.get(f"/coordinate/applications/{application_id}")
    assert page.status_code == 200
    return page


# --- what it says -----------------------------------------------------------------------------


def test_it_says_who_applied_and_where_it_stands(cora: Visitor, story: Story) -> None:
    new = replace(
        MIRA,
        external_id="A-17",
        waived=False,
        referees=[NewReferee("Prof. Ada", "ada@example.edu", "Example U", "Adviser"), REFEREES[1]],
    )
    asked = scenes.requested(story, new)
    scenes.letter_in(story, asked, 1, pdfs.letter_pdf(pages=2), "For <Mira>.pdf")
    scenes.decline(story, asked, 2, "I am on leave.\n<b>Sorry!</b>")
    page = _page(cora, asked)
    assert heading(page) == "Mira Lindqvist"
    assert lead(page) == "partly in 1 of 2 letters received"
    assert text_of_section(page, "who") == (
        "The application Address mira@example.com External id A-17 Right to view not waived "
        "Submitted 1 February 2027, 10:00 Selected 1 February 2027, 10:00 "
        "Due Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2) Withdraw the application "
        "Set a legal hold"
    )
    at = "1 February 2027, 10:00"
    asked_at = f"Named, {at} Letter requested, {at}"
    assert text_of_section(page, "referees") == (
        "Referees Prof. Ada received ada@example.edu · Example U · Adviser "
        f"{asked_at} Letter received, {at} "
        "For <Mira>.pdf, 1 kB, 2 pages, 1 February 2027, 10:00 "
        "View the letter of Prof. Ada Download the letter of Prof. Ada "
        "Mail again of Prof. Ada Return the letter of Prof. Ada "
        "Dr. Bram de Wit declined b.dewit@example.org · Example Institute "
        f"{asked_at} Declined, {at} "
        "Reason: I am on leave. <b>Sorry!</b> "
        "Request the letter again of Dr. Bram de Wit "
        "Name somebody else in place of Dr. Bram de Wit "
        "Enter a letter of Dr. Bram de Wit "
        "Download all letters in one PDF "
        "With a cover sheet; the journal says of each letter that you took it. Add another referee"
    )
    assert links_of(page)["ada@example.edu"] == "mailto:ada@example.edu"


@on_sqlite
def test_more_letters_than_are_needed_are_counted_as_more(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story, replace(MIRA, referees=REFEREES))
    for position in (1, 2, 3):
        scenes.letter_in(story, asked, position)
    assert lead(_page(cora, asked)) == "complete 3 letters received, 2 needed"
    listed = cora.get(f"/coordinate/programs/{story.slug}")
    assert "Mira Lindqvist complete 3, 2 needed 1 February 2027" in content(listed)


@on_sqlite
def test_a_draft_says_what_has_not_happened_yet(cora: Visitor, story: Story) -> None:
    page = _page(cora, story.apply(submit=False))
    assert lead(page) == "draft 0 of 2 letters received"
    assert "Right to view waived Submitted not yet Due" in text_of_section(page, "who")
    assert text_of_section(page, "mails") == "Mails None so far."
    assert form_labels(page) == ["Sign out", "Leave the note"]


@on_sqlite
def test_a_replaced_letter_says_its_version(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    scenes.letter_in(story, asked)
    assert "1 February 2027, 10:00, version 2 View" in text_of_section(
        _page(cora, asked), "referees"
    )


def _timeline(page: TestResponse) -> list[str]:
    root, _ = parse(page.text)
    [happened] = [e for e in elements(root, "section") if e.get("aria-labelledby") == "happened"]
    return [words(entry) for entry in elements(happened, "li")]


def test_all_that_happened_stands_there_in_order(
    app: Flask, cora: Visitor, story: Story, clock: TestClock
) -> None:
    application_id = story.apply(submit=False)
    with story.house.works.change(API) as work:
        noticing.give_notices(work, application_id)
    clock.advance(timedelta(days=1))
    sign_in_again(cora, story.house)
    with story.house.works.change(API) as work:
        applying.submit(work, application_id)
    press(cora, _page(cora, application_id), "Select and request letters")
    scenes.decline(story, application_id, 2)
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    declined = visitor.get(f"/letter/{story.upload_token(application_id, 2)}")
    press(visitor, declined, "I can write after all")
    clock.advance(timedelta(days=1))
    sign_in_again(cora, story.house)
    scenes.letter_in(story, application_id, 1)
    scenes.letter_in(story, application_id, 1)
    scenes.letter_in(story, application_id, 2)
    press(cora, _page(cora, application_id), DOWNLOAD)
    with story.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, "olaf@example.org", "Olaf", [story.slug])
    olaf = signed_in(app, story.house, "olaf@example.org")
    press(olaf, _page(olaf, application_id), DOWNLOAD)
    first, second, third = (f"{day} February 2027, 10:00" for day in (1, 2, 3))
    assert _timeline(_page(cora, application_id)) == [
        f"Application saved (the portal), {first}",
        f"Advance notice to Prof. Ada Ferreira (the portal), {first}",
        f"Advance notice to Dr. Bram de Wit (the portal), {first}",
        f"Application submitted (the portal), {second}",
        f"Selected (you), {second}",
        f"Letter requested from Prof. Ada Ferreira (you), {second}",
        f"Letter requested from Dr. Bram de Wit (you), {second}",
        f"News for the applicant: letters requested (you), {second}",
        f"Dr. Bram de Wit declined (the referee), {second}",
        f"News for the applicant: Dr. Bram de Wit cannot write (the referee), {second}",
        f"Dr. Bram de Wit can write after all (the referee), {second}",
        f"Letter received from Prof. Ada Ferreira (the referee), {third}",
        f"Letter replaced by Prof. Ada Ferreira (the referee), {third}",
        f"Letter received from Dr. Bram de Wit (the referee), {third}",
        f"Complete, {third}",
        f"News for the applicant: all letters are in (the referee), {third}",
        f"Letter of Prof. Ada Ferreira opened (you), {third}",
        f"Letter of Prof. Ada Ferreira opened (Olaf), {third}",
    ]


def _mails(page: TestResponse) -> list[str]:
    root, _ = parse(page.text)
    [section] = [e for e in elements(root, "section") if e.get("aria-labelledby") == "mails"]
    return [words(line) for line in elements(section, "li")]


def test_every_mail_is_listed_with_what_became_of_it(cora: Visitor, story: Story) -> None:
    application_id = story.apply()
    story.deliver()
    with story.house.works.change(API) as work:
        requesting.select(work, application_id)
    with story.house.works.change(SYSTEM) as work:
        dead = select(OutboxMessage.id).where(
            OutboxMessage.request_id == story.application(application_id).requests[1].id
        )
        work.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(dead))
            .values(status=OutboxStatus.DEAD, last_error="550 No such mailbox")
        )
    moment = "1 February 2027, 10:00"
    assert sorted(_mails(_page(cora, application_id))) == [
        f"Letter request for Dr. Bram de Wit given up {moment} 550 No such mailbox",
        f"Letter request for Prof. Ada Ferreira on its way {moment}",
        f"News for the applicant: letters requested on its way {moment}",
        f"News for the applicant: submitted to mira@example.com sent {moment}",
    ]


# --- the download -----------------------------------------------------------------------------


@pytest.fixture
def answered(story: Story) -> UUID:
    """An application with one letter in."""
    application_id = scenes.requested(story)
    scenes.letter_in(story, application_id, 1, name="Für Mira “final”.pdf")
    return application_id


def _readings(house: House) -> list[tuple[ActorKind, UUID | None, UUID | None]]:
    with house.works.look(SYSTEM) as work:
        entries = work.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.fact == Fact.LETTER_READ)
            .order_by(JournalEntry.seq)
        )
        return [(entry.actor_kind, entry.actor_id, entry.request_id) for entry in entries]


def test_a_letter_comes_as_it_was_sent_and_can_do_nothing_in_the_browser(
    cora: Visitor, answered: UUID
) -> None:
    answer = press(cora, _page(cora, answered), DOWNLOAD)
    assert (answer.status_code, answer.data) == (200, pdfs.letter_pdf())
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert (
        "filename*=UTF-8''F%C3%BCr%20Mira%20%E2%80%9Cfinal%E2%80%9D.pdf"
        in (headers["Content-Disposition"])
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert {"ETag", "Last-Modified"} & set(headers.keys()) == set()


def test_every_look_is_written_down_with_who_looked(
    cora: Visitor, story: Story, answered: UUID
) -> None:
    page = _page(cora, answered)
    for _ in range(2):
        press(cora, page, DOWNLOAD)
    coordinator = story.add_coordinator()
    request_id = story.application(answered).requests[0].id
    assert _readings(story.house) == [(ActorKind.COORDINATOR, coordinator, request_id)] * 2
    with story.house.works.look(SYSTEM) as work:
        assert verifying.verify(work) == []


def test_the_newest_version_is_what_is_read(cora: Visitor, story: Story, answered: UUID) -> None:
    newer = pdfs.letter_pdf(("A better version",))
    scenes.letter_in(story, answered, 1, newer)
    assert press(cora, _page(cora, answered), DOWNLOAD).data == newer


def _ask_for(visitor: Visitor, request_id: UUID) -> TestResponse:
    token = csrf_token(visitor.get("/coordinate/"))
    return visitor.post(f"/coordinate/requests/{request_id}/letter", data={"csrf_token": token})


def test_a_coordinator_of_another_program_reads_nothing(
    app: Flask, house: House, story: Story, answered: UUID
) -> None:
    tell(house, FELLOWSHIP).add_coordinator("olaf@example.org", "Olaf")
    olaf = signed_in(app, house, "olaf@example.org")
    with unchanged(house.database):
        answer = _ask_for(olaf, story.application(answered).requests[0].id)
    assert (answer.status_code, heading(answer)) == (403, "No access")


@on_sqlite
def test_where_no_letter_is_in_there_is_none_to_read(
    cora: Visitor, story: Story, answered: UUID
) -> None:
    with unchanged(story.house.database):
        answer = _ask_for(cora, story.application(answered).requests[1].id)
    assert (answer.status_code, heading(answer)) == (404, "Not found")
    assert "No letter has been received for this request." in content(answer)


@on_sqlite
def test_a_request_that_is_not_there_is_not_found(cora: Visitor, story: Story) -> None:
    with unchanged(story.house.database):
        answer = _ask_for(cora, new_id())
    assert (answer.status_code, heading(answer)) == (404, "Not found")


@on_sqlite
def test_a_letter_is_not_read_by_opening_an_address(
    cora: Visitor, story: Story, answered: UUID
) -> None:
    request_id = story.application(answered).requests[0].id
    with unchanged(story.house.database):
        answer = cora.get(f"/coordinate/requests/{request_id}/letter")
    assert (answer.status_code, heading(answer)) == (405, "Not possible this way")


@on_sqlite
def test_a_letter_that_was_changed_in_the_store_is_not_handed_over(
    cora: Visitor, story: Story, answered: UUID
) -> None:
    store = Path(story.house.settings.store_url.removeprefix("file:"))
    [kept] = [path for path in store.rglob("*") if path.is_file()]
    sealed = bytearray(kept.read_bytes())
    sealed[-1] ^= 1
    kept.write_bytes(sealed)
    page = _page(cora, answered)
    with unchanged(story.house.database):
        answer = press(cora, page, DOWNLOAD)
    assert (answer.status_code, heading(answer)) == (500, "The letter cannot be read")
    assert (
        "The stored letter cannot be read. The people who run this service must look."
        in content(answer)
    )
    assert b"%PDF" not in answer.data
