"""Whatever breaks an invariant is found and named, and nothing else is."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Executable, delete, select, text, update

from letters.domain.errors import LetterUnreadable
from letters.domain.journal import Fact, MessageKind, owed_key
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.house import House
from letters.records import (
    Application,
    JournalEntry,
    Letter,
    LetterRequest,
    OutboxMessage,
    OutboxStatus,
    Program,
)
from letters.services import finding, receiving, verifying
from letters.services.happening import happened, post
from letters.services.sweeping import UNTOUCHED_FOR
from letters.services.verifying import Breach
from tests.services import scenes
from tests.services.scenes import BLINK, breaches
from tests.support.clock import TestClock
from tests.support.people import START, SYSTEM, Story


def by_hand(house: House, *statements: Executable) -> None:
    """Write into the database past all its rules, as only somebody with the keys to it could."""
    with house.database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if house.database.is_sqlite:
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS journal_no_{act}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.invalidate()


@pytest.fixture
def application_id(story: Story) -> UUID:
    """An application with one letter in, one awaited, and every mail delivered."""
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    story.add_coordinator()
    scenes.mail_all(story.house)
    return application_id


def stored_file(house: House) -> Path:
    (file,) = [path for path in scenes.store_folder(house).rglob("*") if path.is_file()]
    return file


def entry(house: House, application_id: UUID, fact: Fact) -> JournalEntry:
    return next(one for one in scenes.journal(house, application_id) if one.fact is fact)


# --- all is well ------------------------------------------------------------------------------


def test_an_empty_house_breaks_nothing(house: House) -> None:
    assert breaches(house) == []


def test_a_house_full_of_everything_breaks_nothing(story: Story, clock: TestClock) -> None:
    story.add_coordinator()
    story.apply(submit=False)
    scenes.give_notices(story, story.apply())
    asked = scenes.requested(story, scenes.NOOR)
    for position in (1, 1, 2):
        scenes.send_letter(story, asked, position)
    scenes.decline(story, asked, 3)
    scenes.withdraw(story, scenes.requested(story))
    scenes.mail_all(story.house)
    clock.advance(timedelta(days=400))
    assert breaches(story.house) == []


def test_each_check_is_announced(house: House) -> None:
    told: list[str] = []
    with house.works.look(SYSTEM) as work:
        verifying.verify(work, told.append)
    assert told == [
        "mails owed",
        "mails said together",
        "letters readable",
        "files known",
        "mails ended",
        "requests",
        "journal chain",
        "no secrets",
    ]


# --- mails ------------------------------------------------------------------------------------


def test_a_mail_that_was_promised_and_is_not_there(story: Story, application_id: UUID) -> None:
    receipt = scenes.mail(story.house, MessageKind.RECEIPT)
    by_hand(story.house, delete(OutboxMessage).where(OutboxMessage.id == receipt.id))
    position = entry(story.house, application_id, Fact.LETTER_RECEIVED).position
    key = owed_key(MessageKind.RECEIPT, str(application_id), position)
    assert breaches(story.house) == [Breach("mails owed", f"nothing queued for {key}")]


def test_a_mail_that_nothing_promised(story: Story, application_id: UUID) -> None:
    with story.house.works.change(SYSTEM) as work:
        post(work, MessageKind.LETTER_ARRIVED, "out of the blue", application_id=application_id)
        post(work, MessageKind.SIGN_IN, "asked for by a person")
    assert breaches(story.house) == [Breach("mails owed", "queued without cause: out of the blue")]


def test_a_mail_that_was_given_up_and_nobody_was_told(story: Story, application_id: UUID) -> None:
    receipt = scenes.mail(story.house, MessageKind.RECEIPT)
    dead = {"status": OutboxStatus.DEAD, "sent_at": None}
    by_hand(story.house, update(OutboxMessage).where(OutboxMessage.id == receipt.id).values(dead))
    assert breaches(story.house) == [
        Breach("mails ended", f"receipt {receipt.id} was given up and nobody was told")
    ]
    assert receipt.application_id == application_id


# --- letters ----------------------------------------------------------------------------------

UNREADABLE = "The stored letter cannot be read. The people who run this service must look."


def damaged(house: House, why: str) -> list[Breach]:
    (letter,) = scenes.letters(house)
    return [Breach("letters readable", f"letter {letter.id}: {why}")]


@pytest.mark.usefixtures("application_id")
def test_a_letter_whose_file_is_gone(story: Story) -> None:
    stored_file(story.house).unlink()
    (letter,) = scenes.letters(story.house)
    missing = f"its file {letter.stored_as} is missing"
    assert breaches(story.house) == damaged(story.house, missing)


@pytest.mark.usefixtures("application_id")
@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_letter_in_which_one_bit_has_changed(story: Story, place: int) -> None:
    file = stored_file(story.house)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert breaches(story.house) == damaged(story.house, UNREADABLE)


@pytest.mark.usefixtures("application_id")
def test_a_letter_that_was_cut_off(story: Story, subtests: pytest.Subtests) -> None:
    file = stored_file(story.house)
    whole = file.read_bytes()
    (letter,) = scenes.letters(story.house)
    partial = f"its file {letter.stored_as} is cut off"
    for content, why in ((whole[:-1], UNREADABLE), (whole[:100], partial), (b"", partial)):
        with subtests.test(length=len(content)):
            file.write_bytes(content)
            assert breaches(story.house) == damaged(story.house, why)


@pytest.mark.usefixtures("application_id")
@pytest.mark.parametrize("gone", [b"", b"lost"])
def test_a_letter_whose_key_is_gone_is_unreadable_for_good(story: Story, gone: bytes) -> None:
    by_hand(story.house, update(Letter).values(wrapped_key=gone))
    assert breaches(story.house) == damaged(story.house, UNREADABLE)
    with story.house.works.look(SYSTEM) as work, pytest.raises(LetterUnreadable):
        receiving.decrypted(work, work.session.scalars(select(Letter)).one())


def test_two_letters_that_were_exchanged(story: Story, application_id: UUID) -> None:
    scenes.send_letter(story, application_id, 2, words="another")
    files = [path for path in scenes.store_folder(story.house).rglob("*") if path.is_file()]
    first, second = (file.read_bytes() for file in files)
    files[0].write_bytes(second)
    files[1].write_bytes(first)
    assert [breach.invariant for breach in breaches(story.house)] == ["letters readable"] * 2


@pytest.mark.usefixtures("application_id")
@pytest.mark.parametrize("changes", [{"sha256": "0" * 64}, {"size": 1}], ids=str)
def test_a_letter_that_is_not_what_was_received(story: Story, changes: dict[str, object]) -> None:
    by_hand(story.house, update(Letter).values(changes))
    assert breaches(story.house) == damaged(story.house, "not what was received")


@pytest.mark.usefixtures("application_id")
def test_a_store_that_is_not_there(story: Story) -> None:
    folder = scenes.store_folder(story.house)
    folder.rename(folder.with_name("away"))
    (breach,) = breaches(story.house)
    (letter,) = scenes.letters(story.house)
    assert breach.invariant == "letters readable"
    assert breach.what.startswith(f"letter {letter.id}: out of reach ([Errno 2] No such file")


# --- files ------------------------------------------------------------------------------------


def leave_file(house: House, clock: TestClock, age: timedelta) -> str:
    """Store something that no row speaks of, so long ago."""
    name = "0000/orphan"
    house.works.tools.store.put(name, b"left behind")
    stored_at = (clock.now() - age).timestamp()
    os.utime(scenes.store_folder(house) / name, (stored_at, stored_at))
    return name


@pytest.mark.usefixtures("application_id")
def test_a_file_that_belongs_to_no_letter(story: Story, clock: TestClock) -> None:
    name = leave_file(story.house, clock, UNTOUCHED_FOR + timedelta(seconds=1))
    assert breaches(story.house) == [
        Breach("files known", f"{name} belongs to no letter; `letters sweep` removes it")
    ]


@pytest.mark.usefixtures("application_id")
def test_a_file_of_an_upload_that_is_under_way_is_no_breach(story: Story, clock: TestClock) -> None:
    leave_file(story.house, clock, UNTOUCHED_FOR - timedelta(seconds=1))
    assert breaches(story.house) == []


# --- requests ---------------------------------------------------------------------------------


def test_a_request_of_an_application_that_was_not_submitted(house: House) -> None:
    story = scenes.automatic(house)
    application_id = story.apply(scenes.NOOR)
    draft = {"status": ApplicationStatus.DRAFT, "submitted_at": None}
    by_hand(house, update(Application).values(draft))
    requests = story.application(application_id).requests
    assert set(breaches(house)) == {
        Breach("requests", f"{request.id}: asked before submission") for request in requests
    }


def test_a_request_of_an_application_that_was_not_selected(
    story: Story, application_id: UUID
) -> None:
    submitted = {"status": ApplicationStatus.SUBMITTED, "selected_at": None}
    by_hand(story.house, update(Application).values(submitted))
    requests = story.application(application_id).requests
    assert set(breaches(story.house)) == {
        Breach("requests", f"{request.id}: asked without selection") for request in requests
    }


def test_a_request_that_is_received_without_a_letter(story: Story, application_id: UUID) -> None:
    _, awaited = story.application(application_id).requests
    received = {
        "status": RequestStatus.RECEIVED,
        "received_at": START,
        "current_version": 7,
    }
    by_hand(
        story.house, update(LetterRequest).where(LetterRequest.id == awaited.id).values(received)
    )
    assert breaches(story.house) == [Breach("requests", f"{awaited.id}: received, and no letter")]


# --- the journal ------------------------------------------------------------------------------


def chain_breach(chain: UUID, what: str) -> Breach:
    return Breach("journal chain", f"{chain}: {what}")


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "cli"},
        {"details": {"referees": 7}},
        {"at": START + BLINK},
        {"actor_kind": "operator"},
        {"hash": "f" * 64},
        {"previous_hash": "f" * 64},
    ],
    ids=str,
)
def test_an_entry_that_was_changed(
    story: Story, application_id: UUID, changes: dict[str, object]
) -> None:
    created = entry(story.house, application_id, Fact.APPLICATION_CREATED)
    by_hand(
        story.house, update(JournalEntry).where(JournalEntry.seq == created.seq).values(changes)
    )
    assert breaches(story.house)[0] == chain_breach(application_id, "broken at position 1")


def test_an_entry_that_was_taken_out(story: Story, application_id: UUID) -> None:
    selected = entry(story.house, application_id, Fact.APPLICATION_SELECTED)
    by_hand(story.house, delete(JournalEntry).where(JournalEntry.seq == selected.seq))
    assert breaches(story.house) == [
        chain_breach(application_id, f"broken at position {selected.position + 1}")
    ]


def test_an_entry_that_was_taken_off_the_end(story: Story, application_id: UUID) -> None:
    with story.house.works.change(SYSTEM) as work:
        application = finding.application(work, application_id, lock=True)
        last = happened(work, Fact.LETTER_READ, application)
    by_hand(story.house, delete(JournalEntry).where(JournalEntry.seq == last.seq))
    assert breaches(story.house) == [
        chain_breach(application_id, "does not end where its head says")
    ]


def test_a_chain_that_is_gone_altogether(story: Story) -> None:
    application_id = story.apply(submit=False)
    of_it = JournalEntry.chain_id == application_id
    by_hand(story.house, delete(JournalEntry).where(of_it))
    assert breaches(story.house) == [chain_breach(application_id, "all entries are missing")]


def test_a_head_that_was_changed(story: Story, application_id: UUID) -> None:
    by_hand(story.house, update(Application).values(journal_hash="f" * 64))
    assert breaches(story.house) == [
        chain_breach(application_id, "does not end where its head says")
    ]


def test_entries_of_something_that_is_not_there(story: Story) -> None:
    application_id = story.apply(submit=False)
    by_hand(story.house, delete(LetterRequest), delete(Application))
    assert breaches(story.house) == [
        chain_breach(application_id, "does not end where its head says")
    ]


def test_a_programs_own_chain_is_checked_too(story: Story, application_id: UUID) -> None:
    by_hand(story.house, update(Program).values(journal_length=1))
    program_id = story.application(application_id).program_id
    assert breaches(story.house) == [chain_breach(program_id, "does not end where its head says")]


# --- secrets ----------------------------------------------------------------------------------

LINKS = [
    "https://letters.example.org/letter/abc",
    "https://letters.example.org/notice/abc",
    "https://letters.example.org/application/abc",
    "https://letters.example.org/coordinate/sign-in/abc",
]


@pytest.mark.usefixtures("application_id")
@pytest.mark.parametrize("column", ["last_error", "details"])
def test_a_mail_that_holds_a_link(story: Story, column: str) -> None:
    receipt = scenes.mail(story.house, MessageKind.RECEIPT)
    for link in LINKS:
        value: object = link if column == "last_error" else {"url": link}
        of_it = update(OutboxMessage).where(OutboxMessage.id == receipt.id)
        by_hand(story.house, of_it.values({column: value}))
        assert breaches(story.house) == [
            Breach("no secrets", f"outbox row {receipt.id} holds a link")
        ]


def test_an_entry_that_holds_a_link(story: Story, application_id: UUID) -> None:
    with story.house.works.change(SYSTEM) as work:
        application = finding.application(work, application_id, lock=True)
        written = [
            happened(work, Fact.LETTER_READ, application, details={"url": link}) for link in LINKS
        ]
    found = breaches(story.house)
    assert len(found) == len(LINKS)
    # Which entry is read first is the database's business.
    assert set(found) == {
        Breach("no secrets", f"journal {entry.seq} holds a link") for entry in written
    }
