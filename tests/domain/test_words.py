"""Marking of sentences for the translators."""

from hypothesis import given
from hypothesis import strategies as st

from letters.domain.words import N_


@given(st.text())
def test_marking_a_sentence_changes_nothing_in_it(sentence: str) -> None:
    assert N_(sentence) == sentence
