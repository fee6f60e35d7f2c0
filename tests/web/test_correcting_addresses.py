"""A referee says where they are better reached, through the link of an advance notice."""

from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.domain.status import RequestStatus
from letters.services import requesting
from tests.support.markup import elements, parse
from tests.support.people import API, Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    form_labels,
    heading,
    lead,
    mails_owed,
    near_field,
    on_sqlite,
    press,
)

TITLE = "Advance notice: a letter for Mira Lindqvist"
EMAIL_HINT = "The notice is mailed there, this link stops working, and the program sees the change."
YES, YES_AFTER_ALL = "I can write", "I can write after all"
NO, ADDRESS = "I cannot write this letter", "Use this address"
NEW_ADDRESS = "ada@college.example.edu"


def _page(client: Visitor, story: Story, alerted: UUID) -> TestResponse:
    page = client.get(f"/notice/{story.notice_token(alerted)}")
    assert (page.status_code, heading(page)) == (200, TITLE)
    return page


def test_an_address_is_put_right_and_the_link_ends(
    client: Visitor, cora: Visitor, story: Story, alerted: UUID
) -> None:
    old = f"/notice/{story.notice_token(alerted)}"
    owed = mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE)
    answer = press(client, _page(client, story, alerted), ADDRESS, {"email": f" {NEW_ADDRESS} "})
    assert (answer.status_code, heading(answer)) == (200, "Your address is corrected")
    assert lead(answer) == (
        f"Thank you. The notice is on its way to {NEW_ADDRESS}, with a link of its own."
    )
    request = story.application(alerted).requests[0]
    assert (request.referee_email, request.former_email) == (
        NEW_ADDRESS,
        "ada.ferreira@example.edu",
    )
    assert mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE) == owed + 1
    replaced = client.get(old)
    assert (replaced.status_code, heading(replaced)) == (410, "This link was replaced")
    assert form_labels(replaced) == ["Send me a new link"]
    assert form_labels(_page(client, story, alerted)) == [YES, NO, ADDRESS]
    seen = content(cora.get(f"/coordinate/applications/{alerted}"))
    assert "This address was corrected; it was ada.ferreira@example.edu." in seen
    assert "Prof. Ada Ferreira corrected their address (the referee)" in seen


@on_sqlite
def test_an_address_that_cannot_be_used_is_given_back_with_what_to_do(
    client: Visitor, story: Story, alerted: UUID, subtests: pytest.Subtests
) -> None:
    page = _page(client, story, alerted)
    incomplete = "This is not a complete e-mail address, such as name@example.org."
    taken = "Somebody else in this application is reached there. Give your own address."
    invisible = "Remove the line breaks or invisible characters, please."
    for email, problem in (
        ("", "Fill this in, please."),
        ("   ", "Fill this in, please."),
        ("ada", incomplete),
        ("ada@", incomplete),
        ("Ada <ada@example.edu>", incomplete),
        ("ada@example.edu, bram@example.org", incomplete),
        ("ada@example.edu\r\nBcc: all@example.org", invisible),
        ("ada\x00@example.edu", invisible),
        (f"{'a' * 250}@example.edu", "Use at most 254 characters."),
        ("b.dewit@example.org", taken),
        ("B.DeWit@Example.Org", taken),
        ("mira@example.com", taken),
        (
            "Ada.Ferreira@Example.edu",
            "That is the address we have on file already, so nothing was changed.",
        ),
    ):
        with subtests.test(email), unchanged(story.house.database):
            answer = press(client, page, ADDRESS, {"email": email})
            assert (answer.status_code, heading(answer)) == (422, TITLE)
            assert near_field(answer, "email") == [problem, EMAIL_HINT]
            root, _ = parse(answer.text)
            field = next(e for e in elements(root, "input") if e.get("name") == "email")
            assert field.get("aria-invalid") == "true"
            kept = "".join(c for c in email if c.isprintable() or c in "\r\n")
            assert " ".join(field.get("value", "").split()) == " ".join(kept.split())


@on_sqlite
def test_who_had_declined_at_a_wrong_address_can_still_be_reached(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    declined = follow(client, press(client, _page(client, story, alerted), NO))
    press(client, declined, ADDRESS, {"email": NEW_ADDRESS})
    request = story.application(alerted).requests[0]
    assert (request.status, request.referee_email) == (RequestStatus.NAMED, NEW_ADDRESS)
    assert form_labels(_page(client, story, alerted)) == [YES, NO, ADDRESS]


@on_sqlite
def test_an_address_that_is_corrected_after_the_letters_were_requested_gets_the_request(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    declined = follow(client, press(client, _page(client, story, alerted), NO))
    with story.house.works.change(API) as work:
        requesting.select(work, alerted)
    owed = mails_owed(story.house).count(MessageKind.LETTER_REQUEST)
    answer = press(client, declined, ADDRESS, {"email": NEW_ADDRESS})
    assert lead(answer) == (
        "Thank you. Letters are being asked for by now, so the request is on its way to "
        f"{NEW_ADDRESS}, with a link of its own."
    )
    assert mails_owed(story.house).count(MessageKind.LETTER_REQUEST) == owed + 1


@on_sqlite
def test_a_replaced_link_brings_the_current_one_to_the_address_on_file(
    client: Visitor, story: Story, alerted: UUID
) -> None:
    old = f"/notice/{story.notice_token(alerted)}"
    press(client, client.get(old), ADDRESS, {"email": NEW_ADDRESS})
    owed = mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE)
    answer = press(client, client.get(old), "Send me a new link")
    assert (answer.status_code, heading(answer)) == (200, "Look into your mail")
    assert mails_owed(story.house).count(MessageKind.ADVANCE_NOTICE) == owed + 1
    assert NEW_ADDRESS not in answer.text
