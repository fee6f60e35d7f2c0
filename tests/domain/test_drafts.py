"""A draft's form: what is read from a request, kept, and moved about by its buttons."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from letters.domain.drafts import (
    LONGEST_TYPED,
    MOST_GROUPS,
    TYPED_FIELDS,
    Choice,
    Do,
    Press,
    Typed,
    TypedReferee,
    blank,
    from_form,
    from_json,
    hints_for,
    press_from,
    pressed,
)

TEXTS = st.text(max_size=8)
REFEREES = st.builds(TypedReferee, *[TEXTS] * (len(TYPED_FIELDS) + 1))
FORMS = st.builds(
    Typed,
    TEXTS,
    st.lists(REFEREES, max_size=MOST_GROUPS).map(tuple),
    st.sampled_from(["", *Choice]),
    TEXTS,
)
PRESSES = st.builds(Press, st.sampled_from(Do), st.integers(0, MOST_GROUPS + 1))


def fields_of(typed: Typed) -> dict[str, str]:
    """Return the form as a browser sends it."""
    sent = {"applicant.name": typed.name, "waiver": typed.waiver, "signature": typed.signature}
    for index, referee in enumerate(typed.referees):
        for name in ("id", *TYPED_FIELDS):
            sent[f"referees.{index}.{name}"] = getattr(referee, name)
    return sent


@given(FORMS)
def test_what_was_typed_comes_back_as_it_was(typed: Typed) -> None:
    assert from_form(fields_of(typed)) == typed
    assert from_json(json.loads(json.dumps(typed.as_json()))) == typed
    assert typed.says_the_same(typed)


@given(FORMS, PRESSES)
def test_no_button_loses_a_referee_but_remove(typed: Typed, press: Press) -> None:
    after = pressed(typed, press, "mira@example.com")
    assert (after.name, after.waiver, after.signature) == (
        *(typed.name, typed.waiver, typed.signature),
    )
    if press.do is Do.REMOVE and press.at < len(typed.referees):
        rest = (*typed.referees[: press.at], *typed.referees[press.at + 1 :])
        assert after.referees == rest
        return
    kept = [(one.id, one.name) for one in after.referees]
    for one in typed.referees:
        kept.remove((one.id, one.name))
    assert kept == ([("", "")] if press.do is Do.ADD and len(typed.referees) < MOST_GROUPS else [])


def test_up_and_down_change_places_with_the_neighbour() -> None:
    one, two, three = (TypedReferee(name=name) for name in ("one", "two", "three"))
    form = Typed(referees=(one, two, three))
    assert pressed(form, Press(Do.UP, 2)).referees == (one, three, two)
    assert pressed(form, Press(Do.DOWN, 0)).referees == (two, one, three)
    assert pressed(form, Press(Do.UP, 0)) == form
    assert pressed(form, Press(Do.DOWN, 2)) == form


def test_the_address_that_was_meant_is_taken() -> None:
    form = Typed(referees=(TypedReferee(email="ada@gmial.com"), TypedReferee(email="b@gmail.com")))
    assert [(hint.meant, hint.free_mail) for hint in hints_for(form, "")] == [
        ("ada@gmail.com", False),
        (None, True),
    ]
    taken = pressed(form, Press(Do.TAKE, 0))
    assert [one.email for one in taken.referees] == ["ada@gmail.com", "b@gmail.com"]
    assert pressed(taken, Press(Do.TAKE, 1)) == taken


def test_empty_groups_make_no_difference() -> None:
    assert blank("Mira", 2).says_the_same(blank("Mira", 3))
    assert not blank("Mira", 2).says_the_same(blank("Mina", 2))
    assert blank("Mira", 2).filled == ()
    assert TypedReferee(id="x", name=" ").is_blank


def test_a_form_from_before_the_review_is_told_which_requests_it_speaks_of() -> None:
    ada, bram = TypedReferee(name="Ada"), TypedReferee(name="Bram")
    named = Typed("Mira", (replace(ada, id="a"), replace(bram, id="b")))
    older = Typed("Mira", (ada, TypedReferee(), bram))
    assert older.says_the_same(named)
    assert [one.id for one in older.with_ids_of(named).referees] == ["a", "", "b"]
    assert not older.says_the_same(replace(named, referees=named.referees[::-1]))


def test_what_is_sent_is_bounded_in_length_and_number() -> None:
    long = "x" * (LONGEST_TYPED + 1)
    sent = {f"referees.{n}.{name}": long for n in range(30) for name in ("id", *TYPED_FIELDS)}
    typed = from_form({**sent, "applicant.name": long, "signature": long, "waiver": long})
    assert len(typed.referees) == MOST_GROUPS
    assert {len(getattr(typed.referees[0], name)) for name in TYPED_FIELDS} == {LONGEST_TYPED}
    assert (len(typed.name), len(typed.signature), typed.waiver) == (*[LONGEST_TYPED] * 2, "")
    assert len(typed.referees[0].id) == 36
    assert from_form({}) == Typed()
    assert from_form({"referees.1.email": "ada@example.edu"}).referees == ()


@given(st.text(max_size=12))
def test_what_is_no_button_only_saves(value: str) -> None:
    found = press_from(value)
    assert found.do is Do.SAVE or value.partition(".")[0] == found.do
    assert 0 <= found.at < 100


def test_a_button_says_what_it_does_and_where() -> None:
    assert press_from("up.12") == Press(Do.UP, 12)
    assert press_from("review") == Press(Do.REVIEW)
    assert press_from("down.x") == press_from("down.100") == Press(Do.DOWN, 0)
