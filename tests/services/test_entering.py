"""A letter that came in another way counts like any other, and is marked as entered."""

import csv
import io
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import update

from letters.domain.errors import InvalidInput, LetterIsIn, LettersNotRequested, RequestEnded
from letters.domain.exports import MANIFEST
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.domain.managing import RequestAct
from letters.records import Letter, LetterRequest, Program
from letters.services import entering, exporting, finding, remarks
from letters.services.work import Actor
from tests.services import scenes
from tests.services.letter_acts import enter, manage
from tests.services.scenes import (
    BLINK,
    CLOSES,
    Postbox,
    current_letter,
    deliver_to,
    mail_all,
    upload_of,
)
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

ADA = "ada.ferreira@example.edu"


def _to_ada(story: Story) -> list[str]:
    box = Postbox()
    deliver_to(story.house, box)
    return [message.subject for message in box.messages if message.to == ADA]


def test_it_counts_as_received_and_completes_the_application(story: Story) -> None:
    asked = scenes.requested(story)
    scenes.send_letter(story, asked, 2)
    enter(story, asked)
    found = story.application(asked)
    assert scenes.statuses(story, asked)[1:] == ["received", "received"]
    assert found.completed_at is not None
    assert scenes.facts(story, asked)[-3:] == [
        Fact.LETTER_ENTERED,
        Fact.APPLICATION_COMPLETED,
        Fact.LETTERS_COMPLETE,
    ]
    assert {row.kind for row in scenes.outbox(story.house)} >= {
        MessageKind.LETTER_ENTERED,
        MessageKind.LETTER_ARRIVED,
    }
    assert scenes.breaches(story.house) == []


def test_the_referee_is_told_and_gets_no_receipt(story: Story) -> None:
    asked = scenes.requested(story)
    mail_all(story.house)
    enter(story, asked)
    assert _to_ada(story) == ["Your letter for Mira Lindqvist is in"]
    assert MessageKind.RECEIPT not in {row.kind for row in scenes.outbox(story.house)}


def test_who_was_neither_asked_nor_alerted_hears_nothing(story: Story) -> None:
    asked = scenes.requested(story)
    with story.house.works.change(SYSTEM) as work:
        application = finding.application(work, asked, lock=True)
        application.requests.append(
            LetterRequest(
                position=3,
                referee_name="Prof. Ada Ferreira",
                referee_email=ADA,
                referee_key="nobody",
                named_at=work.now,
            )
        )
    mail_all(story.house)
    enter(story, asked, 3)
    request = story.application(asked).requests[2]
    assert (request.status, request.requested_at, request.waived) == ("received", START, True)
    assert _to_ada(story) == []
    assert scenes.breaches(story.house) == []


def test_a_decline_is_over(story: Story) -> None:
    asked = scenes.requested(story)
    scenes.decline(story, asked, 1, "No time.")
    enter(story, asked)
    request = story.application(asked).requests[0]
    assert (request.status, request.declined_at, request.decline_reason) == ("received", None, None)
    assert scenes.breaches(story.house) == []


def test_after_closing_too_and_returned_then_it_can_be_entered_again(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    mail_all(story.house)
    clock.set(CLOSES + BLINK)
    enter(story, asked, words="About somebody else.")
    assert _to_ada(story) == ["Your letter for Mira Lindqvist is in"]
    manage(story, asked, 1, RequestAct.RETURN, "The wrong envelope.")
    enter(story, asked)
    assert current_letter(story, asked).version == 2
    assert scenes.breaches(story.house) == []


def test_the_referee_may_replace_it_while_the_time_is_not_over(story: Story) -> None:
    asked = scenes.requested(story)
    enter(story, asked)
    scenes.send_letter(story, asked, 1, "A better one.")
    letter = current_letter(story, asked)
    assert (letter.version, letter.entered, letter.entered_by_name) == (2, False, "")


def test_it_is_not_entered_where_it_may_not_be(story: Story) -> None:
    waiting = story.apply()
    with scenes.nothing_changed(story.house), pytest.raises(LettersNotRequested):
        enter(story, waiting)
    asked = scenes.requested(story)
    enter(story, asked)
    with scenes.nothing_changed(story.house), pytest.raises(LetterIsIn):
        enter(story, asked)
    manage(story, asked, 2, RequestAct.CANCEL)
    with scenes.nothing_changed(story.house), pytest.raises(RequestEnded):
        enter(story, asked, 2)
    assert scenes.breaches(story.house) == []


def test_without_a_reason_nothing_is_kept(story: Story) -> None:
    asked = scenes.requested(story)
    files = scenes.files(story.house)
    with scenes.nothing_changed(story.house), pytest.raises(InvalidInput):
        _enter_and_forget_the_reason(story, asked)
    assert scenes.files(story.house) == files


def _enter_and_forget_the_reason(story: Story, application_id: UUID) -> None:
    with story.house.works.change(scenes.COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        request = application.requests[0]
        entering.enter(work, application, request, upload_of(story.house))
        remarks.because(work, application, " ", request, needed=True)


def test_it_is_marked_in_the_manifest_by_whom(story: Story) -> None:
    cora = story.add_coordinator()
    asked = scenes.requested(story)
    with story.house.works.change(Actor(ActorKind.COORDINATOR, "web", cora)) as work:
        application = finding.application(work, asked, lock=True)
        entering.enter(work, application, application.requests[0], upload_of(story.house))
    scenes.send_letter(story, asked, 2)
    assert _entered_by(story) == ["Cora", ""]
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(Letter).values(entered_by_id=None))
    assert _entered_by(story) == ["an operator", ""]


def _entered_by(story: Story) -> list[str]:
    with story.house.works.look(SYSTEM) as work:
        program = work.session.query(Program).one()
    zipped = b"".join(exporting.archive(story.house.works, SYSTEM, program.id))
    manifest = ZipFile(io.BytesIO(zipped)).read(MANIFEST).decode("utf-8-sig")
    return [row["entered by"] for row in csv.DictReader(io.StringIO(manifest, newline=""))]


def test_the_mail_is_dropped_when_the_letter_was_returned_since(
    story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    mail_all(story.house)
    enter(story, asked)
    manage(story, asked, 1, RequestAct.RETURN, "The wrong envelope.")
    clock.advance(A_DAY)
    assert _to_ada(story) == ["Please send your letter for Mira Lindqvist once more"]
