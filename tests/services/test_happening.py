"""What happens is written down, chained, and what it owes is queued: all of it or nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from letters.domain.journal import (
    CHAIN_START,
    OWED,
    SAID_TOGETHER,
    Fact,
    MessageKind,
    entry_hash,
    owed_key,
)
from letters.ports import Purpose
from letters.records import Application, JournalEntry, LetterRequest, OutboxMessage
from letters.services import finding
from letters.services.happening import happened, happened_to_program, post
from letters.services.work import Work
from tests.services import scenes
from tests.services.scenes import nothing_changed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, SYSTEM, Story

OF_PROGRAMS = {Fact.PROGRAM_CREATED, Fact.COORDINATOR_ADDED}


def write_down(
    story: Story, fact: Fact, application_id: UUID
) -> tuple[JournalEntry, list[OutboxMessage]]:
    """Let a fact happen to an application with a letter; return its entry and its mails."""
    with story.house.works.change(SYSTEM) as work:
        newest = work.session.scalar(select(OutboxMessage.id).order_by(OutboxMessage.id.desc()))
        application, request = subject(work, story, application_id)
        entry = happened(work, fact, application, request, scenes.letters(story.house)[0])
    query = select(OutboxMessage).where(OutboxMessage.id > newest).order_by(OutboxMessage.id)
    with story.house.works.look(SYSTEM) as work:
        return entry, list(work.session.scalars(query))


def with_letter(story: Story) -> UUID:
    """Take in an application of which one letter is in."""
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    return application_id


def subject(work: Work, story: Story, application_id: UUID) -> tuple[Application, LetterRequest]:
    token = story.upload_token(application_id)
    return finding.request_behind(work, Purpose.UPLOAD, token, lock=True)


# --- what is owed -----------------------------------------------------------------------------


def test_a_fact_queues_the_mails_it_owes_and_each_once(
    story: Story, subtests: pytest.Subtests
) -> None:
    application_id = with_letter(story)
    for fact in [fact for fact in Fact if fact not in OF_PROGRAMS | SAID_TOGETHER]:
        with subtests.test(fact=fact.value):
            entry, rows = write_down(story, fact, application_id)
            assert [(row.kind, row.dedupe_key, row.details) for row in rows] == [
                (kind, owed_key(kind, str(entry.chain_id), entry.position), {"fact": fact})
                for kind in OWED.get(fact, ())
            ]
            spoken_of = (entry.application_id, entry.request_id, entry.letter_id)
            for row in rows:
                assert (row.application_id, row.request_id, row.letter_id) == spoken_of
                assert (row.status, row.attempts) == ("queued", 0)
    assert scenes.breaches(story.house) == []


def test_a_promised_mail_is_due_at_once_under_a_name_of_its_own(story: Story) -> None:
    _, rows = write_down(story, Fact.LETTER_RECEIVED, with_letter(story))
    assert [(row.created_at, row.not_before) for row in rows] == [(START, START)] * 2
    names = [row.message_id for row in scenes.outbox(story.house)]
    assert len(set(names)) == len(names)
    assert all(name.endswith("@letters.example.org>") for name in names)


def test_a_mail_can_be_kept_for_later(story: Story) -> None:
    with story.house.works.change(SYSTEM) as work:
        post(work, MessageKind.SIGN_IN, "later", not_before=work.now + A_DAY)
    row = scenes.mail(story.house, MessageKind.SIGN_IN)
    assert (row.created_at, row.not_before) == (START, START + A_DAY)


def test_one_fact_is_not_mailed_twice(story: Story) -> None:
    with story.house.works.change(SYSTEM) as work:
        post(work, MessageKind.SIGN_IN, "once")
    with (
        nothing_changed(story.house),
        pytest.raises(DBAPIError),
        story.house.works.change(SYSTEM) as work,
    ):
        post(work, MessageKind.SIGN_IN, "once")


def test_what_is_rolled_back_leaves_neither_an_entry_nor_a_mail(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(KeyboardInterrupt):
        interrupted(story, application_id)


def interrupted(story: Story, application_id: UUID) -> None:
    with story.house.works.change(SYSTEM) as work:
        application, request = subject(work, story, application_id)
        happened(work, Fact.LINK_SENT_AGAIN, application, request)
        work.session.flush()
        raise KeyboardInterrupt


def test_a_look_changes_nothing(story: Story) -> None:
    application_id = story.apply()
    with nothing_changed(story.house), story.house.works.look(SYSTEM) as work:
        finding.application(work, application_id).applicant_name = "Somebody Else"


# --- the chain --------------------------------------------------------------------------------


def test_entries_of_an_application_are_chained(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    clock.advance(timedelta(microseconds=1))
    scenes.decline(story, application_id)
    entries = scenes.journal(story.house, application_id)
    previous = CHAIN_START
    for position, entry in enumerate(entries, start=1):
        assert (entry.chain_id, entry.position) == (application_id, position)
        assert entry.previous_hash == previous
        assert entry.hash == entry_hash(previous, entry.hashed_fields())
        previous = entry.hash
    head = story.application(application_id)
    assert (head.journal_length, head.journal_hash) == (len(entries), previous)


def test_each_application_and_program_has_a_chain_of_its_own(story: Story) -> None:
    story.add_coordinator()
    applied = [story.apply(), story.apply(scenes.NOOR)]
    chains = [(entry.chain_id, entry.position) for entry in scenes.journal(story.house)]
    program = story.application(applied[0]).program_id
    assert chains == [
        (program, 1),
        (program, 2),
        (applied[0], 1),
        (applied[0], 2),
        (applied[1], 1),
        (applied[1], 2),
    ]


def test_a_chain_does_not_fork_when_much_happens_at_once(story: Story) -> None:
    application_id = scenes.requested(story)

    def look_again() -> None:
        with story.house.works.change(SYSTEM) as work:
            application = finding.application(work, application_id, lock=True)
            happened(work, Fact.LETTER_READ, application)

    before = len(scenes.journal(story.house, application_id))
    scenes.at_once(*[look_again] * 8)
    positions = [entry.position for entry in scenes.journal(story.house, application_id)]
    assert positions == list(range(1, before + 8 + 1))
    assert scenes.breaches(story.house) == []


def test_the_journal_names_ids_and_no_people(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    scenes.decline(story, application_id, 2, "A private matter")
    written = str([entry.hashed_fields() for entry in scenes.journal(story.house)])
    for word in ("Mira", "mira@", "Ferreira", "example.edu", "private", "letter.pdf"):
        assert word not in written


def test_what_is_written_about_a_program_stands_in_its_chain(story: Story) -> None:
    with story.house.works.change(SYSTEM) as work:
        program = finding.program_by_slug(work, story.slug)
        entry = happened_to_program(work, Fact.COORDINATOR_ADDED, program, {"coordinator": "1"})
    assert (entry.chain_id, entry.application_id, entry.position) == (program.id, None, 2)
    assert entry.details == {"coordinator": "1"}
