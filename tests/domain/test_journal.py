"""What is written down, what each fact owes by mail, and how entries are chained."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.journal import (
    CHAIN_START,
    OWED,
    ActorKind,
    Fact,
    MessageKind,
    entry_hash,
    owed_key,
)

# --- what is owed -----------------------------------------------------------------------------

EXPECTED: dict[Fact, tuple[MessageKind, ...]] = {
    Fact.PROGRAM_CREATED: (),
    Fact.PROGRAM_CHANGED: (),
    Fact.PROGRAM_CLOSED: (),
    Fact.PROGRAM_REOPENED: (),
    Fact.PROGRAM_ARCHIVED: (),
    Fact.PROGRAM_UNARCHIVED: (),
    Fact.PROGRAM_HELD: (),
    Fact.PROGRAM_HOLD_LIFTED: (),
    Fact.ERASURE_LISTED: (),
    Fact.TOLD_OF_ERASURE: (MessageKind.ERASURE_LIST,),
    Fact.APPLICATION_HELD: (),
    Fact.APPLICANT_ERASED: (),
    Fact.REFEREE_ERASED: (),
    Fact.APPLICATION_HOLD_LIFTED: (),
    Fact.COORDINATOR_ADDED: (),
    Fact.COORDINATOR_INVITED: (MessageKind.INVITATION,),
    Fact.COORDINATOR_REMOVED: (),
    Fact.ROLE_CHANGED: (),
    Fact.DUE_MOVED: (MessageKind.DUE_MOVED,),
    Fact.REQUEST_DUE_MOVED: (MessageKind.REFEREE_DUE_MOVED,),
    Fact.FIELDS_CHANGED: (),
    Fact.APPLICATION_CREATED: (),
    Fact.APPLICATION_AMENDED: (),
    Fact.DRAFT_LINK_ASKED: (MessageKind.DRAFT_LINK,),
    Fact.APPLICATION_SUBMITTED: (MessageKind.APPLICATION_SUBMITTED,),
    Fact.APPLICATION_SELECTED: (),
    Fact.APPLICATION_COMPLETED: (),
    Fact.APPLICATION_WITHDRAWN: (MessageKind.WITHDRAWN,),
    Fact.LETTERS_REQUESTED: (MessageKind.REQUESTS_SENT,),
    Fact.LETTERS_COMPLETE: (MessageKind.ALL_IN,),
    Fact.WEEK_LEFT: (MessageKind.TIME_LEFT,),
    Fact.DAY_LEFT: (MessageKind.TIME_LEFT,),
    Fact.CLOSED_INCOMPLETE: (MessageKind.CLOSED_INCOMPLETE,),
    Fact.REFEREE_LOST: (MessageKind.REFEREE_DECLINED,),
    Fact.MAIL_CHOICE_CHANGED: (),
    Fact.WAIVER_CHANGED: (),
    Fact.NOTICE_GIVEN: (MessageKind.ADVANCE_NOTICE,),
    Fact.NOTICE_SENT_AGAIN: (MessageKind.ADVANCE_NOTICE,),
    Fact.NOTICE_WELCOMED: (),
    Fact.NOTICE_DECLINED: (MessageKind.REFEREE_DECLINED,),
    Fact.NOTICE_RECONSIDERED: (),
    Fact.ADDRESS_CORRECTED: (MessageKind.ADVANCE_NOTICE,),
    Fact.ADDRESS_BOUNCED: (MessageKind.ADDRESS_BOUNCED,),
    Fact.ADDRESS_CHANGED: (),
    Fact.REFEREE_REPLACED: (),
    Fact.REFEREE_ADDED: (),
    Fact.LETTER_REQUESTED: (MessageKind.LETTER_REQUEST,),
    Fact.LETTER_RECEIVED: (MessageKind.RECEIPT, MessageKind.LETTER_ARRIVED),
    Fact.LETTER_REPLACED: (MessageKind.RECEIPT,),
    Fact.LETTER_MARKED: (MessageKind.CONFIRM_LETTER,),
    Fact.LETTER_CONFIRMED: (),
    Fact.LETTER_RELEASED: (),
    Fact.LETTER_READ: (),
    Fact.LETTERS_EXPORTED: (),
    Fact.LETTER_PURGED: (),
    Fact.MORE_TIME_ASKED: (MessageKind.MORE_TIME_ASKED,),
    Fact.MORE_TIME_REFUSED: (MessageKind.MORE_TIME_ANSWERED,),
    Fact.DATE_EXTENDED: (MessageKind.MORE_TIME_ANSWERED,),
    Fact.OVERVIEW_ASKED: (MessageKind.OVERVIEW,),
    Fact.REQUEST_DECLINED: (),
    Fact.REQUEST_CANCELLED: (MessageKind.REQUEST_CANCELLED,),
    Fact.REQUEST_RELEASED: (MessageKind.REQUEST_RELEASED,),
    Fact.LETTER_ENTERED: (MessageKind.LETTER_ENTERED, MessageKind.LETTER_ARRIVED),
    Fact.LETTER_RETURNED: (MessageKind.LETTER_RETURNED,),
    Fact.LETTER_KEPT: (MessageKind.LETTER_KEPT,),
    Fact.REFEREE_REMINDED: (),
    Fact.REMINDER_SKIPPED: (),
    Fact.REMINDERS_CHOSEN: (),
    Fact.REQUEST_RESTORED: (),
    Fact.SIGNAL_FOUND: (),
    Fact.SIGNAL_CHECKED: (),
    Fact.SIGNAL_UNCHECKED: (),
    Fact.NOTE_LEFT: (),
    Fact.NOTE_REMOVED: (),
    Fact.REFEREE_NUDGED: (),
    Fact.DECLINE_TAKEN_BACK: (MessageKind.LETTER_REQUEST,),
    Fact.LINK_SENT_AGAIN: (MessageKind.LETTER_REQUEST,),
    Fact.STATUS_LINK_SENT_AGAIN: (MessageKind.APPLICATION_SUBMITTED,),
    Fact.STATUS_LINKS_ASKED: (MessageKind.STATUS_LINKS,),
    Fact.MAIL_GIVEN_UP: (),
    Fact.MAIL_QUEUED_AGAIN: (),
}


@pytest.mark.parametrize("fact", Fact)
def test_each_fact_owes_the_mails_that_were_promised_with_it(fact: Fact) -> None:
    assert OWED.get(fact, ()) == EXPECTED[fact]


def test_a_fact_owes_no_mail_twice() -> None:
    assert [len(set(kinds)) for kinds in OWED.values()] == [len(k) for k in OWED.values()]


def test_every_mail_is_owed_by_a_fact_but_those_asked_for_or_planned_by_the_clock() -> None:
    owed = {kind for kinds in OWED.values() for kind in kinds}
    assert set(MessageKind) - owed == {
        MessageKind.SIGN_IN,
        MessageKind.DIGEST,
        MessageKind.REMINDER,
    }


def test_a_mail_given_up_owes_no_further_mail_that_could_be_given_up_too() -> None:
    assert OWED.get(Fact.MAIL_GIVEN_UP, ()) == ()


def test_the_promises_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        OWED[Fact.LETTER_READ] = ()  # type: ignore[index] # the point of the test


def test_facts_are_named_after_what_they_are_about() -> None:
    assert {fact.value.partition(".")[0] for fact in Fact} == {
        "program",
        "coordinator",
        "application",
        "notice",
        "referee",
        "letter",
        "request",
        "link",
        "mail",
        "waiver",
        "note",
        "signal",
    }
    assert [fact.value.count(".") for fact in Fact] == [1 for _ in Fact]


def test_the_kinds_of_actors_are_those_that_can_do_something() -> None:
    assert {kind.value for kind in ActorKind} == {
        "system",
        "operator",
        "api",
        "coordinator",
        "applicant",
        "referee",
    }


# --- the keys of what is owed -----------------------------------------------------------------

OWED_BY = st.tuples(st.sampled_from(MessageKind), st.uuids().map(str), st.integers(1, 10**6))


def test_the_key_names_kind_chain_and_position() -> None:
    assert owed_key(MessageKind.RECEIPT, "0195f7a2", 7) == "receipt:0195f7a2:7"


@given(OWED_BY, OWED_BY)
def test_two_keys_are_equal_only_for_the_same_mail_of_the_same_entry(
    one: tuple[MessageKind, str, int], other: tuple[MessageKind, str, int]
) -> None:
    assert (owed_key(*one) == owed_key(*other)) is (one == other)


@given(st.uuids().map(str), st.integers(1, 10**6))
def test_the_mails_that_one_entry_owes_have_different_keys(chain: str, position: int) -> None:
    for kinds in OWED.values():
        assert len({owed_key(kind, chain, position) for kind in kinds}) == len(kinds)


# --- the chain --------------------------------------------------------------------------------

ENTRY: dict[str, object] = {
    "chain_id": "0195f7a2-12b3-7c4d-9e5f-6a7b8c9d0e1f",
    "position": 1,
    "fact": "letter.received",
    "at": "2027-03-29T07:30:00+00:00",
    "actor_kind": "referee",
    "actor_id": None,
    "request_id": "0195f7a2-12b3-7c4d-9e5f-000000000001",
    "details": {"version": 1},
}
SIMPLE = st.none() | st.integers() | st.text(max_size=8)
ENTRIES = st.dictionaries(
    st.text(max_size=8),
    SIMPLE | st.dictionaries(st.text(max_size=4), SIMPLE, max_size=3),
    max_size=6,
)


def test_a_chain_starts_with_what_no_entry_hashes_to() -> None:
    assert CHAIN_START == "0" * 64


def test_the_hash_of_a_known_entry_never_changes_or_old_chains_would_break() -> None:
    assert entry_hash(CHAIN_START, ENTRY) == (
        "17e3458d6be7ba4176a7735b6c292ca27f62f0569712d7ee4f5709f26a4229be"
    )


@given(ENTRIES)
def test_a_hash_is_64_hex_digits(entry: Mapping[str, object]) -> None:
    found = entry_hash(CHAIN_START, entry)
    assert len(found) == 64
    assert set(found) <= set("0123456789abcdef")


@pytest.mark.parametrize("field", ENTRY)
def test_the_hash_changes_with_every_field(field: str) -> None:
    original = entry_hash(CHAIN_START, ENTRY)
    without = {name: value for name, value in ENTRY.items() if name != field}
    changed = [
        entry_hash(CHAIN_START, {**ENTRY, field: "something else"}),
        entry_hash(CHAIN_START, {**ENTRY, field: 2}),
        entry_hash(CHAIN_START, without),
        entry_hash(CHAIN_START, {**without, f"{field}_": ENTRY[field]}),
    ]
    assert len({original, *changed}) == 5


def test_the_hash_changes_with_a_detail() -> None:
    other = {**ENTRY, "details": {"version": 2}}
    assert entry_hash(CHAIN_START, ENTRY) != entry_hash(CHAIN_START, other)


def test_the_hash_changes_with_a_field_more() -> None:
    assert entry_hash(CHAIN_START, ENTRY) != entry_hash(CHAIN_START, {**ENTRY, "letter_id": None})


def test_the_hash_changes_with_the_entry_before() -> None:
    assert entry_hash(CHAIN_START, ENTRY) != entry_hash("1" + CHAIN_START[1:], ENTRY)


def test_a_number_and_its_text_are_different_entries() -> None:
    assert entry_hash(CHAIN_START, {"position": 1}) != entry_hash(CHAIN_START, {"position": "1"})


def test_the_order_of_the_fields_does_not_matter() -> None:
    backwards = dict(reversed(ENTRY.items()))
    assert list(backwards) != list(ENTRY)
    assert entry_hash(CHAIN_START, backwards) == entry_hash(CHAIN_START, ENTRY)


@given(ENTRIES, ENTRIES)
def test_two_entries_share_a_hash_only_if_they_are_equal(
    one: Mapping[str, object], other: Mapping[str, object]
) -> None:
    assert (entry_hash(CHAIN_START, one) == entry_hash(CHAIN_START, other)) is (one == other)


@given(ENTRIES)
def test_an_entry_hashes_alike_after_a_round_through_the_database(
    entry: Mapping[str, object],
) -> None:
    read_back = json.loads(json.dumps(entry))
    assert entry_hash(CHAIN_START, read_back) == entry_hash(CHAIN_START, entry)


@given(st.lists(ENTRIES, min_size=1, max_size=6), st.data())
def test_a_changed_entry_breaks_every_link_after_it(
    entries: list[dict[str, object]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    tampered = [*entries]
    tampered[place] = {**entries[place], "tampered": 1}
    honest, broken = _chain(entries), _chain(tampered)
    assert broken[:place] == honest[:place]
    assert [a == b for a, b in zip(honest[place:], broken[place:], strict=True)] == [
        False for _ in entries[place:]
    ]


def _chain(entries: list[dict[str, object]]) -> list[str]:
    hashes = [CHAIN_START]
    for entry in entries:
        hashes.append(entry_hash(hashes[-1], entry))
    return hashes[1:]
