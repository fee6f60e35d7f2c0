"""A letter is taken when it is stored, and nothing is called received that is not."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from letters.domain.documents import UNCHECKED, Findings
from letters.domain.errors import (
    ActiveContent,
    DamagedPdf,
    DeclineNotPossible,
    EmptyFile,
    EncryptedPdf,
    LetterRefused,
    LettersError,
    LinkInvalid,
    LinkReplaced,
    NotPdf,
    NotRequestedYet,
    RequestCancelled,
    RequestDeclined,
    StoreFull,
    StoreUnavailable,
    TooLarge,
    UploadClosed,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.slots import Slot
from letters.house import House
from letters.records import Letter
from letters.services import receiving, sweeping
from letters.services.receiving import Upload, decrypted, look_at, may_send
from letters.services.sweeping import UNTOUCHED_FOR
from tests.services import scenes
from tests.services.failing import FailingStore, UndeletableStore
from tests.services.scenes import BLINK, CLOSES, LARGEST, NOOR, nothing_changed, upload_of
from tests.support import pdfs
from tests.support.clock import TestClock
from tests.support.people import A_DAY, REFEREE, START, SYSTEM, Story
from tests.support.rows import all_rows

NOT_TAKEN: dict[Slot, type[LettersError]] = {
    Slot.NOT_REQUESTED: NotRequestedYet,
    Slot.RECEIVED_FINAL: UploadClosed,
    Slot.DECLINED: RequestDeclined,
    Slot.DECLINED_FINAL: UploadClosed,
    Slot.CANCELLED: RequestCancelled,
    Slot.CLOSED: UploadClosed,
}


def contents(house: House) -> list[bytes]:
    """Return every stored version in clear, oldest first."""
    with house.works.look(SYSTEM) as work:
        return [decrypted(work, letter) for letter in scenes.letters(house)]


def current(story: Story, application_id: UUID, position: int = 1) -> Letter:
    """Return the version that counts."""
    request = scenes.request_of(story, application_id, position)
    (letter,) = [
        letter
        for letter in scenes.letters(story.house)
        if (letter.request_id, letter.version) == (request.id, request.current_version)
    ]
    return letter


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
    assert contents(story.house) == [upload.content]


def test_what_lies_in_the_store_is_encrypted(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    ((name, stored),) = scenes.files(story.house).items()
    letter = current(story, application_id)
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
    assert scenes.facts(story, application_id)[-4:] == [
        Fact.LETTER_RECEIVED,
        Fact.LETTER_RECEIVED,
        Fact.APPLICATION_COMPLETED,
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
    letter = current(story, application_id)
    assert (letter.checked, letter.pages) == (False, None)
    assert scenes.breaches(story.house) == []


# --- a letter that replaces another -----------------------------------------------------------


def test_a_replacement_counts_from_then_on_and_the_first_is_kept(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id, words="first")
    clock.advance(A_DAY)
    replacement = scenes.send_letter(story, application_id, words="second")

    letter = current(story, application_id)
    assert (letter.id, letter.version, letter.received_at) == (replacement, 2, START + A_DAY)
    assert scenes.request_of(story, application_id).received_at == START
    assert scenes.facts(story, application_id)[-1] is Fact.LETTER_REPLACED
    assert contents(story.house) == [
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
def test_where_no_letter_is_taken_nothing_changes(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    application_id = scenes.reach(story, clock, slot)
    with nothing_changed(story.house), pytest.raises(NOT_TAKEN[slot]):
        scenes.send_letter(story, application_id)


@pytest.mark.parametrize("slot", Slot)
def test_before_the_file_is_looked_at_the_same_is_said(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    token = story.upload_token(scenes.reach(story, clock, slot))
    with story.house.works.look(REFEREE) as work:
        if slot in NOT_TAKEN:
            with pytest.raises(NOT_TAKEN[slot]):
                may_send(work, token)
        else:
            assert may_send(work, token) == LARGEST


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
        look_at(BytesIO(content), "letter.pdf", 5_000, house.inspector)
    assert type(refused.value) is refusal


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_of_exactly_the_largest_size_is_taken(house: House) -> None:
    content = pdfs.letter_pdf()
    upload = look_at(BytesIO(content), None, len(content), house.inspector)
    assert (upload.content, upload.file_name) == (content, "letter.pdf")
    with pytest.raises(TooLarge):
        look_at(BytesIO(content), None, len(content) - 1, house.inspector)


def test_no_more_is_read_than_decides() -> None:
    stream = BytesIO(bytes(5000))
    with pytest.raises(TooLarge):
        look_at(stream, None, 1000, NeverAsked())
    assert stream.tell() == 1001


class NeverAsked:
    """An inspector that must not be asked."""

    def inspect(self, content: bytes) -> Findings:
        """Fail."""
        raise AssertionError(content)


# --- two at once ------------------------------------------------------------------------------


def test_two_letters_at_once_through_one_link_both_count_in_turn(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    uploads = [upload_of(story.house, words) for words in ("one", "other")]

    def send(upload: Upload) -> tuple[UUID, int]:
        with story.house.works.change(REFEREE) as work:
            letter = receiving.receive(work, token, upload)
        return letter.id, letter.version

    versions = 0
    for _ in range(20):
        outcomes = scenes.at_once(*(partial(send, upload) for upload in uploads))
        acknowledged: dict[UUID, int] = dict(x for x in outcomes if isinstance(x, tuple))
        assert sorted(acknowledged.values()) == [versions + 1, versions + 2]
        versions += 2
        last = current(story, application_id)
        assert (acknowledged[last.id], last.version) == (versions, versions)
        last_written = scenes.journal(story.house, application_id)[-1]
        assert last_written.letter_id == last.id
    assert len(contents(story.house)) == versions
    assert scenes.breaches(story.house) == []


def test_a_letter_that_meets_a_decline_is_in_or_refused_and_so_is_the_decline(
    story: Story,
) -> None:
    refused = {"received": DeclineNotPossible, "declined": RequestDeclined}
    for _ in range(10):
        application_id = scenes.requested(story)
        outcomes = scenes.at_once(
            partial(scenes.send_letter, story, application_id),
            partial(scenes.decline, story, application_id),
        )
        status = scenes.request_of(story, application_id).status.value
        loser = 1 if status == "received" else 0
        assert type(outcomes[loser]) is refused[status]
        assert not isinstance(outcomes[1 - loser], LettersError)
    assert scenes.breaches(story.house) == []


# --- a store that fails -----------------------------------------------------------------------


FULL = StoreFull(reason="no room")
UNAVAILABLE = StoreUnavailable(reason="gone")


@pytest.mark.parametrize("error", [FULL, UNAVAILABLE], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("leaves_something", [False, True])
def test_a_letter_that_is_not_stored_leaves_nothing(
    story: Story, error: StoreUnavailable, leaves_something: bool
) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    store = FailingStore(story.house.works.tools.store, error, leaves_something)
    failing = scenes.with_store(story.house, store)
    with nothing_changed(story.house), pytest.raises(type(error)):
        scenes.send_by(failing, token)


def test_what_went_wrong_first_is_what_is_said(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    store = UndeletableStore(story.house.works.tools.store, FULL, leaves_something=True)
    with pytest.raises(StoreFull):
        scenes.send_by(scenes.with_store(story.house, store), token)
    assert scenes.statuses(story, application_id) == ["selected", "requested", "requested"]


def test_a_letter_whose_recording_fails_is_removed_again(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    with nothing_changed(story.house), pytest.raises(RuntimeError):
        receive_and_then(story, token, RuntimeError())


def test_a_replacement_whose_recording_fails_leaves_the_first_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    token = story.upload_token(application_id)
    with nothing_changed(story.house), pytest.raises(KeyboardInterrupt):
        receive_and_then(story, token, KeyboardInterrupt())


def receive_and_then(story: Story, token: str, error: BaseException) -> None:
    """Take a letter in, and let something go wrong before the commit."""
    files = len(scenes.files(story.house))
    with story.house.works.change(REFEREE) as work:
        receiving.receive(work, token, upload_of(story.house))
        assert len(scenes.files(story.house)) == files + 1
        raise error


# --- a commit that fails ----------------------------------------------------------------------


@contextmanager
def commits_fail(house: House, *, after_all: bool) -> Iterator[None]:
    """Let every commit be answered by an error; with `after_all` it has happened nevertheless."""
    lost = OperationalError("COMMIT", None, ConnectionError("the answer was lost"))
    dialect = house.database.engine.dialect
    end = dialect.do_commit if after_all else dialect.do_rollback

    def fail(connection: PoolProxiedConnection) -> None:
        end(connection)
        raise lost

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialect, "do_commit", fail)
        yield


def test_a_commit_that_fails_acknowledges_nothing_and_the_file_is_swept(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    before = all_rows(story.house.database)
    with pytest.raises(OperationalError), commits_fail(story.house, after_all=False):
        scenes.send_by(story.house, token)
    assert all_rows(story.house.database) == before
    assert len(scenes.files(story.house)) == 1

    clock.set(datetime.now(tz=START.tzinfo) + UNTOUCHED_FOR + A_DAY)
    with story.house.works.look(SYSTEM) as work:
        assert sweeping.sweep(work) == sweeping.Swept(temporary=0, orphans=1)
    assert scenes.files(story.house) == {}


def test_a_commit_whose_answer_was_lost_keeps_the_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    with pytest.raises(OperationalError), commits_fail(story.house, after_all=True):
        scenes.send_by(story.house, token, "kept")
    assert scenes.statuses(story, application_id) == ["selected", "received", "requested"]
    assert contents(story.house) == [upload_of(story.house, "kept").content]
    assert scenes.breaches(story.house) == []
