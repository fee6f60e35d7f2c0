"""The words of its own that a program gives its mails, around the facts that stay what they are.

Three places of a mail can be reworded. Words hold text and placeholders from a short list, such as
{applicant}; they are no template, and nothing in them is ever evaluated.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from letters.domain.errors import Problem
from letters.domain.journal import MessageKind
from letters.domain.text import clean_line, clean_text
from letters.domain.words import N_


class Place(StrEnum):
    """Where words of a program stand in a mail."""

    GREETING = "greeting"
    """In the place of “Dear …,”."""
    BEGINNING = "beginning"
    """A paragraph of its own, below the sentence that says who asks what by when."""
    ENDING = "ending"
    """In the place of “Kind regards,”."""


LONGEST: Mapping[Place, int] = MappingProxyType(
    {Place.GREETING: 120, Place.BEGINNING: 1000, Place.ENDING: 300}
)
"""Characters, so that a mail stays small and its button is seen without scrolling."""


class Placeholder(StrEnum):
    """What words can name in braces; who reads the mail knows it already."""

    REFEREE = "referee"
    APPLICANT = "applicant"
    PROGRAM = "program"
    ORGANIZATION = "organization"
    DUE = "due"


_TO_APPLICANT = (
    Placeholder.APPLICANT,
    Placeholder.PROGRAM,
    Placeholder.ORGANIZATION,
    Placeholder.DUE,
)
_TO_REFEREE = (Placeholder.REFEREE, *_TO_APPLICANT)

PLACEHOLDERS: Mapping[MessageKind, tuple[Placeholder, ...]] = MappingProxyType(
    {
        MessageKind.ADVANCE_NOTICE: _TO_REFEREE,
        MessageKind.LETTER_REQUEST: _TO_REFEREE,
        MessageKind.REMINDER: _TO_REFEREE,
        MessageKind.REFEREE_DUE_MOVED: _TO_REFEREE,
        MessageKind.MORE_TIME_ANSWERED: _TO_REFEREE,
        MessageKind.RECEIPT: _TO_REFEREE,
        MessageKind.CONFIRM_LETTER: _TO_REFEREE,
        MessageKind.LETTER_ENTERED: _TO_REFEREE,
        MessageKind.LETTER_RETURNED: _TO_REFEREE,
        MessageKind.LETTER_KEPT: _TO_REFEREE,
        MessageKind.REQUEST_RELEASED: _TO_REFEREE,
        MessageKind.REQUEST_CANCELLED: _TO_REFEREE,
        MessageKind.DRAFT_LINK: _TO_APPLICANT,
        MessageKind.APPLICATION_SUBMITTED: _TO_APPLICANT,
        MessageKind.REQUESTS_SENT: _TO_APPLICANT,
        MessageKind.LETTER_ARRIVED: _TO_APPLICANT,
        MessageKind.ALL_IN: _TO_APPLICANT,
        MessageKind.REFEREE_DECLINED: _TO_APPLICANT,
        MessageKind.ADDRESS_BOUNCED: _TO_APPLICANT,
        MessageKind.TIME_LEFT: _TO_APPLICANT,
        MessageKind.DUE_MOVED: _TO_APPLICANT,
        MessageKind.CLOSED_INCOMPLETE: _TO_APPLICANT,
        MessageKind.WITHDRAWN: _TO_APPLICANT,
    }
)
"""The kinds that a program can reword, and what their words can name.

All others come in no program's name, speak of several programs, or go to those who run one.
"""

Words = Mapping[str, str]
"""Text by place."""

NO_WORDS: Words = MappingProxyType(dict.fromkeys(Place, ""))

_BRACED = re.compile(r"\{([^{}]*)\}")
_A_LINK = re.compile(r"://|\bwww\.|\bmailto:", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A part of somebody's words: text as it is, or the name of a placeholder."""

    text: str = ""
    placeholder: str = ""


def pieces(words: str) -> Iterator[Piece]:
    """Take words apart at their placeholders; braces that name none of them are text."""
    end = 0
    for found in _BRACED.finditer(words):
        if found[1] in set(Placeholder):
            yield Piece(text=words[end : found.start()])
            yield Piece(placeholder=found[1])
            end = found.end()
    yield Piece(text=words[end:])


def words_for(kind: MessageKind, given: Mapping[str, Words]) -> Words:
    """Return what a program that gave words by kind says in a mail, with every place in it."""
    return {**NO_WORDS, **given.get(kind.value, {})}


def clean_words(kind: MessageKind, typed: Words, problems: list[Problem]) -> dict[str, str]:
    """Return tidy words by place, without the empty ones, or append to `problems` what is wrong."""
    tidy: dict[str, str] = {}
    for place in Place:
        clean = clean_line if place is Place.GREETING else clean_text
        text = clean(place.value, typed.get(place.value, ""), problems, LONGEST[place])
        problems.extend(_wrong_in(kind, place, text))
        if text:
            tidy[place.value] = text
    return tidy


def _wrong_in(kind: MessageKind, place: Place, text: str) -> Iterator[Problem]:
    allowed = PLACEHOLDERS[kind]
    for name in dict.fromkeys(_BRACED.findall(text)):
        if name not in set(allowed):
            yield Problem(
                place.value,
                N_("{%(name)s} cannot be filled in here. Choose from: %(allowed)s."),
                {"name": name, "allowed": ", ".join(f"{{{one}}}" for one in allowed)},
            )
    if set("{}") & set(_BRACED.sub("", text)):
        yield Problem(place.value, N_("Write braces only around the name of a placeholder."))
    if _A_LINK.search(text):
        yield Problem(
            place.value,
            N_("Leave addresses of pages out: the mail has one link that matters, its own."),
        )
