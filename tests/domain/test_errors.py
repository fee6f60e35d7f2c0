"""Errors speak in sentences that a person can act on."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from letters.domain import errors
from letters.domain.errors import (
    AddressRefused,
    DeliveryDeferred,
    DeliveryRefused,
    InvalidInput,
    LettersError,
    LinkError,
    LinkExpired,
    LinkInvalid,
    LinkKnown,
    LinkReplaced,
    MailServerUnavailable,
    NotPdf,
    Problem,
    ScannerUnavailable,
    TooFewReferees,
    TooLarge,
)

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ROW_ID = UUID("0195f7a2-12b3-7c4d-9e5f-6a7b8c9d0e1f")

HAND_ON_A_REASON = {
    AddressRefused,
    DeliveryDeferred,
    DeliveryRefused,
    MailServerUnavailable,
    ScannerUnavailable,
}
"""They end with what the server said, for the operator."""


def descendants(kind: type[LettersError]) -> Iterator[type[LettersError]]:
    """Yield every error below `kind`."""
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


ALL: list[type[LettersError]] = [
    LettersError,
    *sorted(
        {
            kind
            for kind in descendants(LettersError)
            if kind.__module__.startswith(f"{errors.__name__}.")
        },
        key=lambda kind: kind.__name__,
    ),
]


def example(kind: type[LettersError]) -> LettersError:
    """Return an error of this kind with something in each of its placeholders."""
    if issubclass(kind, InvalidInput):
        return kind([])
    if issubclass(kind, LinkKnown):
        return kind("referee-upload", ROW_ID)
    return kind(**{name: f"<{name}>" for name in PLACEHOLDER.findall(kind.sentence)})


@pytest.mark.parametrize("kind", ALL)
def test_every_error_says_something_in_a_sentence_that_is_cleanly_set(
    kind: type[LettersError],
) -> None:
    first, ending = kind.sentence[0], ": %(reason)s" if kind in HAND_ON_A_REASON else "."
    assert first == "“" or first == first.upper()
    assert kind.sentence[-len(ending) :] == ending
    assert " ".join(kind.sentence.split()) == kind.sentence
    assert [mark for mark in ('"', "'", "!", "..", "...") if mark in kind.sentence] == []


@pytest.mark.parametrize("kind", ALL)
def test_every_error_fills_its_placeholders_and_reads_as_its_sentence(
    kind: type[LettersError],
) -> None:
    assert PLACEHOLDER.sub("", kind.sentence).count("%") == 0, "nothing else is marked"
    error = example(kind)
    filled = PLACEHOLDER.sub(lambda found: f"<{found[1]}>", kind.sentence)
    assert error.args == (filled,)
    assert error.values == {name: f"<{name}>" for name in PLACEHOLDER.findall(kind.sentence)}
    assert issubclass(kind, InvalidInput) or str(error) == kind.sentence % error.values


@pytest.mark.parametrize("kind", [kind for kind in ALL if PLACEHOLDER.search(kind.sentence)])
def test_no_sentence_is_shown_with_a_hole_in_it(kind: type[LettersError]) -> None:
    with pytest.raises(KeyError):
        kind()


def test_no_two_errors_say_the_same() -> None:
    own = [kind.sentence for kind in ALL if "sentence" in vars(kind)]
    assert sorted(set(own)) == sorted(own)


def test_only_roots_have_no_sentence_of_their_own() -> None:
    silent = {kind.__name__ for kind in ALL if "sentence" not in vars(kind)}
    assert silent == {
        "LinkError",
        "LinkKnown",
        "LetterRefused",
        "OpenIdRefused",
        "PictureRefused",
    }


def test_every_error_says_in_its_docstring_when_it_is_raised() -> None:
    assert [kind for kind in ALL if str(vars(kind)["__doc__"]).strip()[-1] != "."] == []


def test_a_family_can_be_caught_by_its_root() -> None:
    roots = {
        kind.__name__: {child.__name__ for child in descendants(kind)}
        for kind in (errors.NotFound, errors.UploadNotPossible, LinkError, errors.LetterRefused)
    }
    assert roots == {
        "NotFound": {
            "UnknownProgram",
            "UnknownApplication",
            "UnknownBulkJob",
            "UnknownRequest",
            "UnknownLetter",
            "UnknownCoordinator",
            "UnknownMail",
            "UnknownMailKind",
            "UnknownMember",
            "UnknownPerson",
            "UnknownRemark",
            "UnknownSession",
            "UnknownSignal",
        },
        "UploadNotPossible": {
            "AnswerTooLate",
            "UploadClosed",
            "RequestCancelled",
            "RequestDeclined",
            "NotRequestedYet",
        },
        "LinkError": {
            "LinkInvalid",
            "LinkErased",
            "LinkKnown",
            "LinkOfAnotherBrowser",
            "LinkReplaced",
            "LinkUsed",
            "LinkExpired",
        },
        "LetterRefused": {
            "NoFile",
            "EmptyFile",
            "TooLarge",
            "NotPdf",
            "WordFile",
            "EncryptedPdf",
            "ForeignFile",
            "DamagedPdf",
            "ActiveContent",
            "InfectedFile",
        },
    }


def test_an_error_keeps_its_values_apart_from_its_sentence_so_that_it_can_be_translated() -> None:
    error = TooFewReferees(min_letters=2, count=1)
    assert error.sentence == TooFewReferees.sentence
    assert error.values == {"min_letters": 2, "count": 1}


def test_an_error_without_placeholders_needs_no_values() -> None:
    assert NotPdf().values == {}


def test_a_size_limit_is_said_in_megabytes() -> None:
    assert str(TooLarge(limit=10)) == (
        "The file is larger than 10 MB. Save it with smaller pictures, or scan it at a lower "
        "resolution, then try again."
    )


# --- bad input --------------------------------------------------------------------------------

NO_NAME = Problem("applicant.name", "Fill this in, please.")
TOO_LONG = Problem("referees.1.name", "Use at most %(longest)s characters.", {"longest": 120})
OF_THE_WHOLE = Problem("", "Nothing was entered.")


def test_a_problem_reads_as_its_sentence_with_the_values_filled_in() -> None:
    assert str(NO_NAME) == "Fill this in, please."
    assert str(TOO_LONG) == "Use at most 120 characters."


def test_invalid_input_lists_all_problems_in_the_order_they_came_in() -> None:
    error = InvalidInput(problem for problem in (TOO_LONG, OF_THE_WHOLE, NO_NAME))
    assert error.problems == (TOO_LONG, OF_THE_WHOLE, NO_NAME)
    assert str(error) == (
        "referees.1.name: Use at most 120 characters. "
        "Nothing was entered. "
        "applicant.name: Fill this in, please."
    )


def test_invalid_input_has_a_sentence_for_the_whole() -> None:
    assert InvalidInput([NO_NAME]).sentence == "Some of what was entered needs correcting."


# --- links ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [LinkReplaced, LinkExpired])
def test_a_genuine_link_says_what_it_was_for_so_that_a_new_one_can_be_offered(
    kind: type[LinkKnown],
) -> None:
    error = kind("referee-upload", ROW_ID)
    assert (error.purpose, error.row_id) == ("referee-upload", ROW_ID)


def test_a_link_that_is_not_ours_says_nothing_of_what_it_was_for() -> None:
    assert vars(LinkInvalid()) == {"values": {}}


@pytest.mark.parametrize("kind", [LinkInvalid, LinkReplaced, LinkExpired])
def test_no_sentence_about_a_link_tells_which_row_it_opens(kind: type[LinkError]) -> None:
    assert str(ROW_ID) not in str(example(kind))
