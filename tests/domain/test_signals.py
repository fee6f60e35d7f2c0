"""What hints that a referee is not who they are said to be: each rule, and what is no hint."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.domain.signals import (
    DISPOSABLE,
    PLACE_LIFETIME,
    PLACES_KEPT,
    How,
    SignalKind,
    address_signals,
    how_from_there,
    is_other_name,
    noted,
)
from letters.domain.slips import FREE_MAIL

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
KNOWN = {"uni-example.org"}


def test_an_address_at_an_institution_is_no_signal() -> None:
    assert address_signals("ada@uni-example.org", KNOWN, 1) == {}
    assert address_signals("ada@elsewhere.example.edu", KNOWN, 4) == {}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("ada@gmail.com", {SignalKind.FREE_MAIL: {"domain": "gmail.com"}}),
        ("Ada@GMAIL.com", {SignalKind.FREE_MAIL: {"domain": "gmail.com"}}),
        ("ada@mailinator.com", {SignalKind.DISPOSABLE: {"domain": "mailinator.com"}}),
        (
            "ada@uni-exampel.org",
            {SignalKind.LOOKALIKE: {"domain": "uni-exampel.org", "known": "uni-example.org"}},
        ),
    ],
)
def test_a_domain_is_told_by_what_it_is(address: str, found: dict[SignalKind, object]) -> None:
    assert address_signals(address, KNOWN, 1) == found


def test_no_provider_is_both() -> None:
    assert not FREE_MAIL & DISPOSABLE


@pytest.mark.parametrize(
    ("applicants", "at_least"), [(4, None), (5, 5), (9, 5), (10, 10), (39, 20), (40, 40)]
)
def test_many_applicants_are_told_in_steps(applicants: int, at_least: int | None) -> None:
    found = address_signals("ada@uni-example.org", KNOWN, applicants)
    expected = {} if at_least is None else {SignalKind.MANY_APPLICANTS: {"at_least": at_least}}
    assert found == expected


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("Ada Ferreira", "Prof. Ada Ferreira"),
        ("A. Ferreira", "Prof. Dr. Ada Ferreira, PhD"),
        ("Ada King", "Ada Ferreira"),
        ("ADA FERRÉIRA", "Ada Ferreira"),
        ("Ferreira, Ada", "Ada Ferreira"),
        ("\u738b\u5c0f\u660e", "\u738b \u5c0f\u660e"),
        ("J. R.", "Jo Rey"),
        ("Prof.", "Prof. Ada Ferreira"),
    ],
)
def test_names_that_can_be_one_persons_are_no_signal(name: str, usual: str) -> None:
    assert not is_other_name(name, usual)
    assert not is_other_name(usual, name)


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("Bram de Wit", "Prof. Ada Ferreira"),
        ("Dr. Jo van Dam", "Dr. Al van Rijn"),
        ("\u738b\u5c0f\u660e", "\u674e\u534e"),
    ],
)
def test_names_that_share_nothing_are_another_persons(name: str, usual: str) -> None:
    assert is_other_name(name, usual)
    assert is_other_name(usual, name)


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_whatever_a_name_is_it_is_its_own(name: str) -> None:
    assert not is_other_name(name, name)


# --- places -----------------------------------------------------------------------------------


def test_from_the_same_browser_the_network_does_not_matter() -> None:
    assert how_from_there({}, "", NOW, same_browser=True) is How.BROWSER


def test_the_same_network_is_told_for_sixty_days() -> None:
    places = noted({}, "here", NOW)
    last = NOW + PLACE_LIFETIME
    assert how_from_there(places, "here", last, same_browser=False) is How.NETWORK
    later = last + timedelta(seconds=1)
    assert how_from_there(places, "here", later, same_browser=False) is None
    assert how_from_there(places, "elsewhere", NOW, same_browser=False) is None
    assert how_from_there(places, "", NOW, same_browser=False) is None


def test_the_newest_places_are_kept_each_once() -> None:
    places: dict[str, str] = {}
    for hour, place in enumerate([*"abcdef", "c"]):
        places = noted(places, place, NOW + timedelta(hours=hour))
    assert list(places) == ["b", "d", "e", "f", "c"]
    assert len(places) == PLACES_KEPT
    assert list(noted(places, "g", NOW + 2 * PLACE_LIFETIME)) == ["g"]
