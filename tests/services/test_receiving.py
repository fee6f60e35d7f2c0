"""A letter is taken when it is stored, and nothing is called received that is not."""

import hashlib
from functools import partial
from io import BytesIO

import pytest

from letters.domain.documents import UNCHECKED, Findings
from letters.domain.errors import (
    ActiveContent,
    DamagedPdf,
    EmptyFile,
    EncryptedPdf,
    LetterRefused,
    LettersError,
    LetterUnreadable,
    LinkInvalid,
    LinkReplaced,
    NotPdf,
    NotRequestedYet,
    RequestCancelled,
    RequestDeclined,
    TooLarge,
    UploadClosed,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.slots import Slot
from letters.house import House
from letters.records import Letter
from letters.services import receiving
from letters.services.inspecting import Examiners, Upload, look_at
from letters.services.receiving import may_send
from tests.services import scenes
from tests.services.scenes import BLINK, CLOSES, NOOR, nothing_changed, upload_of
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector
from tests.support.people import A_DAY, REFEREE, START, SYSTEM, Story
from tests.support.wanted import LARGEST, any_letter

NOT_TAKEN: dict[Slot, type[LettersError]] = {
    Slot.NOT_REQUESTED: NotRequestedYet,
    Slot.RECEIVED_FINAL: UploadClosed,
    Slot.DECLINED: RequestDeclined,
    Slot.DECLINED_FINAL: UploadClosed,
    Slot.CANCELLED: RequestCancelled,
    Slot.CLOSED: UploadClosed,
}


# --- the first letter -------------------------------------------------------------------------


def test_a_letter_is_stored_and_written_down(story: Story) -> None:
    application_id = scenes.requested(story)
    upload = upload_of(story.house, "I recommend Mira.", "C:\\letters\\Mira.pdf")
    with story.house.works.change(REFEREE) as work:
        letter = receiving.receive(work, story.upload_token(application_id), upload)
    request = scenes.request_of(story, application_id)
    assert (request.status, request.received_at, request.current_version) == ("received", START, 1)
    assert (letter.version, letter.received_at, letter.pages) == (1, START, 1)
    assert (letter.file_name, letter.size) == ("Mira.pdf", len(upload.content))
    assert letter.sha256 == hashlib.sha256(upload.content).hexdigest()
    assert scenes.contents(story.house) == [upload.content]


def test_what_lies_in_the_store_is_encrypted(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    ((name, stored),) = scenes.files(story.house).items()
    letter = scenes.current_letter(story, application_id)
    assert name == letter.stored_as == f"{letter.request_id}/1-{letter.id}"
    assert b"PDF" not in stored


def test_the_referee_and_the_applicant_are_told(story: Story) -> None:
    application_id = scenes.requested(story)
    letter_id = scenes.send_letter(story, application_id)
    assert scenes.facts(story, application_id)[-1] is Fact.LETTER_RECEIVED
    told = [
        scenes.mail(story.house, kind) for kind in (MessageKind.RECEIPT, MessageKind.LETTER_ARRIVED)
    ]
    assert {row.letter_id for row in told} == {letter_id}


def test_with_enough_letters_the_application_is_complete_once(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story, NOOR)
    for position in (1, 2, 3):
        clock.advance(A_DAY)
        scenes.send_letter(story, application_id, position)
    assert story.application(application_id).completed_at == START + 2 * A_DAY
    assert scenes.facts(story, application_id)[-5:] == [
        Fact.LETTER_RECEIVED,
        Fact.LETTER_RECEIVED,
        Fact.APPLICATION_COMPLETED,
        Fact.LETTERS_COMPLETE,
        Fact.LETTER_RECEIVED,
    ]


def test_two_letters_at_once_complete_an_application_once(story: Story) -> None:
    application_id = scenes.requested(story)
    calls = [partial(scenes.send_letter, story, application_id, position) for position in (1, 2)]
    scenes.at_once(*calls)
    assert scenes.statuses(story, application_id) == ["selected", "received", "received"]
    assert scenes.facts(story, application_id).count(Fact.APPLICATION_COMPLETED) == 1
    assert scenes.breaches(story.house) == []


def test_a_letter_that_could_not_be_checked_is_taken_and_says_so(story: Story) -> None:
    application_id = scenes.requested(story)
    checked = upload_of(story.house)
    upload = Upload(checked.content, checked.file_name, checked.sha256, UNCHECKED)
    with story.house.works.change(REFEREE) as work:
        receiving.receive(work, story.upload_token(application_id), upload)
    letter = scenes.current_letter(story, application_id)
    assert (letter.checked, letter.pages) == (False, None)
    assert scenes.breaches(story.house) == []


# --- a letter that replaces another -----------------------------------------------------------


def test_no_version_can_be_read_in_the_place_of_another(story: Story) -> None:
    application_id = scenes.requested(story)
    for words in ("first", "second"):
        scenes.send_letter(story, application_id, words=words)
    first, second = scenes.letters(story.house)
    folder = scenes.store_folder(story.house)
    (folder / second.stored_as).write_bytes((folder / first.stored_as).read_bytes())
    with story.house.works.change(SYSTEM) as work:
        work.session.get_one(Letter, second.id).wrapped_key = first.wrapped_key
    with story.house.works.look(SYSTEM) as work, pytest.raises(LetterUnreadable):
        receiving.decrypted(work, scenes.current_letter(story, application_id))


def test_a_replacement_counts_from_then_on_and_the_first_is_kept(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id, words="first")
    clock.advance(A_DAY)
    replacement = scenes.send_letter(story, application_id, words="second")

    letter = scenes.current_letter(story, application_id)
    assert (letter.id, letter.version, letter.received_at) == (replacement, 2, START + A_DAY)
    assert scenes.request_of(story, application_id).received_at == START
    assert scenes.facts(story, application_id)[-1] is Fact.LETTER_REPLACED
    assert scenes.contents(story.house) == [
        upload_of(story.house, words).content for words in ("first", "second")
    ]


def test_a_replacement_is_acknowledged_to_the_referee_alone(story: Story) -> None:
    application_id = scenes.requested(story)
    for _ in range(2):
        scenes.send_letter(story, application_id)
    assert len(scenes.outbox(story.house, MessageKind.RECEIPT)) == 2
    assert len(scenes.outbox(story.house, MessageKind.LETTER_ARRIVED)) == 1


def test_a_replacement_does_not_complete_an_application_again(story: Story) -> None:
    application_id = scenes.requested(story)
    for position in (1, 2, 2):
        scenes.send_letter(story, application_id, position)
    assert scenes.facts(story, application_id).count(Fact.APPLICATION_COMPLETED) == 1


# --- refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slot", NOT_TAKEN)
def test_where_no_letter_is_taken_nothing_changes_and_that_is_said_beforehand_too(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    application_id = scenes.reach(story, clock, slot)
    with nothing_changed(story.house):
        with pytest.raises(NOT_TAKEN[slot]):
            scenes.send_letter(story, application_id)
        with pytest.raises(NOT_TAKEN[slot]), story.house.works.look(REFEREE) as work:
            may_send(work, story.upload_token(application_id))


@pytest.mark.parametrize("slot", [Slot.OPEN, Slot.RECEIVED])
def test_where_a_letter_is_taken_the_largest_size_is_said_beforehand(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    token = story.upload_token(scenes.reach(story, clock, slot))
    with story.house.works.look(REFEREE) as work:
        assert may_send(work, token)[0].largest == LARGEST
    scenes.send_by(story.house, token)


def test_a_link_for_something_else_takes_no_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(LinkInvalid):
        scenes.send_by(story.house, story.status_token(application_id))


def test_a_replaced_link_takes_no_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    scenes.change_request(story, application_id, link_generation=2)
    with nothing_changed(story.house), pytest.raises(LinkReplaced):
        scenes.send_by(story.house, token)


def test_an_extended_date_keeps_the_link_open(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    scenes.change_request(story, application_id, extended_due_at=CLOSES + A_DAY)
    clock.set(CLOSES + BLINK)
    scenes.send_by(story.house, token)
    with nothing_changed(story.house), pytest.raises(UploadClosed):
        scenes.send_letter(story, application_id, 2)
    assert scenes.statuses(story, application_id) == ["selected", "received", "requested"]


# --- the file itself --------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyFile),
        (b"Dear committee, I recommend her.", NotPdf),
        (b"PK\x03\x04 a Word document", NotPdf),
        (pdfs.encrypted_pdf(), EncryptedPdf),
        (pdfs.truncated_pdf(), DamagedPdf),
        (pdfs.pdf_without_pages(), DamagedPdf),
        (pdfs.pdf_with_javascript(), ActiveContent),
        (pdfs.letter_pdf() + b" " * 10_000, TooLarge),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_file_that_is_no_letter_is_refused_before_the_database_is_asked(
    house: House, content: bytes, refusal: type[LetterRefused]
) -> None:
    with pytest.raises(LetterRefused) as refused:
        look_at(BytesIO(content), "letter.pdf", any_letter(5_000), house.examiners)
    assert type(refused.value) is refusal


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_of_exactly_the_largest_size_is_taken(house: House) -> None:
    content = pdfs.letter_pdf()
    upload = look_at(BytesIO(content), None, any_letter(len(content)), house.examiners)
    assert (upload.content, upload.file_name) == (content, "letter.pdf")
    with pytest.raises(TooLarge):
        look_at(BytesIO(content), None, any_letter(len(content) - 1), house.examiners)


def test_no_more_is_read_than_decides() -> None:
    stream = BytesIO(bytes(5000))
    with pytest.raises(TooLarge):
        look_at(stream, None, any_letter(1000), Examiners(NeverAsked()))
    assert stream.tell() == 1001


class NeverAsked(InProcessInspector):
    """An inspector that must not be asked."""

    def inspect(self, content: bytes) -> Findings:
        """Fail."""
        raise AssertionError(content)

    def picture(self, content: bytes) -> bytes | None:
        """Fail."""
        raise AssertionError(content)
