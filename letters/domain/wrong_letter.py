"""Whether a letter looks like another one than was asked for, by its text alone.

A mark is a question to the referee, never a reason to refuse. So the applicant is found rather
too easily, and another applicant only where the text can hardly mean anyone else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain

from letters.domain.documents import LOOKED_AT, PageText
from letters.domain.folding import FoldedText, Reading, fold, fold_text, settle, words_in
from letters.domain.names import is_meant, is_named, is_unspaced, phrase_of

OLD_AFTER_DAYS = 365


class Mark(StrEnum):
    """What makes a letter look wrong."""

    APPLICANT_MISSING = "applicant_missing"
    OTHER_APPLICANT = "other_applicant"
    OTHER_ORGANIZATION = "other_organization"
    NO_TEXT = "no_text"
    BLANK_PAGES = "blank_pages"
    TOO_MANY_PAGES = "too_many_pages"
    OLD_DATE = "old_date"


@dataclass(frozen=True)
class Expected:
    """What the letter was asked for, and what it might be mistaken for.

    `other_applicants` are those for whom the same referee is also asked. Fewer than one wished
    page means that the program has no wish.
    """

    applicant_name: str
    other_applicants: Sequence[str]
    organization: str
    other_organizations: Sequence[str]
    wished_pages: int
    today: date


def marks(pages: Sequence[PageText], expected: Expected) -> tuple[Mark, ...]:
    """Return what makes a letter of these pages look wrong, in the order of Mark."""
    readable = [_has_text(page) for page in pages]
    blank = [page.blank and not has for page, has in zip(pages, readable, strict=True)]
    if all(blank):
        return (Mark.BLANK_PAGES,) if pages else ()
    found = set(_marks_of_text(pages, expected) if any(readable) else (Mark.NO_TEXT,))
    if any(blank[:-1]):
        found.add(Mark.BLANK_PAGES)
    if len(pages) > expected.wished_pages > 0:
        found.add(Mark.TOO_MANY_PAGES)
    return tuple(mark for mark in Mark if mark in found)


_LETTER = re.compile(r"[^\W\d_]")


def _has_text(page: PageText) -> bool:
    """Whether a word can be read; a page number that was stamped on a scan is not one."""
    return _LETTER.search(page.text, 0, LOOKED_AT) is not None


def _marks_of_text(pages: Sequence[PageText], expected: Expected) -> Iterator[Mark]:
    text = fold_text(_beginning(pages))
    own = expected.applicant_name
    if not is_named(text, own):
        yield Mark.APPLICANT_MISSING
    if any(is_meant(text, other, own) for other in expected.other_applicants):
        yield Mark.OTHER_APPLICANT
    if _is_for_another(text, expected.organization, expected.other_organizations):
        yield Mark.OTHER_ORGANIZATION
    if _is_old([page for page in pages if _has_text(page)], expected.today):
        yield Mark.OLD_DATE


def _beginning(pages: Sequence[PageText]) -> str:
    parts: list[str] = []
    left = LOOKED_AT
    for page in pages:
        parts.append(page.text[:left])
        left -= len(parts[-1])
        if left <= 0:
            break
    return "\n".join(parts)


# --- the organization -------------------------------------------------------------------------

_SMALL = words_in(
    "the of for and in at a an de la le les du des der die das dem den fur und et e y da do di del "
    "della delle dell d l van voor het en"
)
_GENERIC = words_in(
    "university universitat universite universidad universidade universita universiteit college "
    "hochschule institute institut instituto istituto instituut school schule ecole escuela scuola "
    "department faculty academy akademie foundation stiftung fundacion center centre centro "
    "zentrum laboratory lab hospital program programme fellowship internship society association "
    "council research graduate organization company"
)
_SHORTEST = 3
_SEGMENT = re.compile(r"[,;()|]|\s[-\u2013\u2014]\s")


def _is_for_another(text: FoldedText, own: str, others: Sequence[str]) -> bool:
    if not others or not _is_telling(own):
        return False
    readings = (text.split.without(_SMALL), text.closed.without(_SMALL))
    segments = [part for part in _SEGMENT.split(own) if len(fold(part).split()) > 1]
    if any(_stands(text, readings, part, sure=False) for part in (own, *segments)):
        return False
    if not _acronyms(own).isdisjoint(text.split.written):
        return False
    mine = set(fold(own).split())
    return any(
        _stands(text, readings, other, sure=True)
        for other in others
        if not set(fold(other).split()) - _SMALL <= mine
    )


def _is_telling(organization: str) -> bool:
    """Whether it is named by more than words like "University", or by a letter or two."""
    words = fold(organization).split()
    long_enough = len("".join(words)) >= _SHORTEST or is_unspaced(organization)
    return long_enough and not set(words) <= _SMALL | _GENERIC


def _stands(
    text: FoldedText, readings: Sequence[Reading], organization: str, *, sure: bool
) -> bool:
    """Whether the organization stands in the text; when `sure`, as a name, with its capital."""
    if not _is_telling(organization):
        return False
    if is_unspaced(organization):
        return fold(organization).replace(" ", "") in text.glued
    for reading, phrase in zip(readings, phrase_of(organization, _SMALL), strict=True):
        spots = reading.spots(phrase)
        alone = len(phrase) == 1
        if sure or alone:
            spots = {spot for spot in spots if reading.has_capital(spot)}
        if alone and organization.isupper():
            spots = {spot for spot in spots if reading.written[spot].isupper()}
        if spots:
            return True
    return False


def _acronyms(organization: str) -> set[str]:
    """Return what the organization may be called in capitals, from its initials or as it says."""
    words = re.findall(r"\w+", settle(organization.partition("(")[0]))
    found = [words, [word for word in words if fold(word) not in _SMALL]]
    acronyms = {"".join(word[0] for word in some).upper() for some in found}
    if not organization.isupper():
        said = re.findall(r"\w+", settle(organization))
        acronyms.update(word for word in said if word.isupper())
    return {acronym for acronym in acronyms if len(acronym) >= _SHORTEST}


# --- the date ---------------------------------------------------------------------------------

_FIRST_LINES, _LAST_LINES = 40, 15
_WINDOW = 10_000
_SHORT_LINE = 12
_LONG_LINE, _EDGE = 200, 60
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar janner janvier enero gennaio janeiro januari jan janv ene gen",
            "february februar feber fevrier febrero febbraio fevereiro februari feb fevr febr fev",
            "march marz maerz mars marzo marco maart mar mrz mrt",
            "april avril abril aprile apr avr abr",
            "may mai mayo maggio maio mei mag",
            "june juni juin junio giugno junho jun giu",
            "july juli juillet julio luglio julho jul juil lug",
            "august aout agosto augustus aug ago",
            "september septembre septiembre setiembre settembre setembro sep sept set",
            "october oktober octobre octubre ottobre outubro oct okt ott out",
            "november novembre noviembre novembro nov",
            "december dezember decembre diciembre dicembre dezembro dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY = r"(?<!\d)(?P<day>\d{1,2})"
_MONTH = r"(?P<month>[a-z]{3,10})\.?"
_FORMS = (
    re.compile(
        rf"{_DAY}(?:st|nd|rd|th|er|\.?[oa]|\.)?[ -]?(?:of |de |d-)?"
        rf"{_MONTH},?[ -]?(?:of |del? )?{_YEAR}",
        re.ASCII,
    ),
    re.compile(rf"(?<![a-z]){_MONTH} {_DAY}(?:st|nd|rd|th)?,? ?{_YEAR}", re.ASCII),
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d) ?[-/.年년] ?(?P<month>\d{1,2}) ?[-/.月월] ?"
        r"(?P<day>\d{1,2})(?!\d)",
        re.ASCII,
    ),
    re.compile(rf"{_DAY}\. ?(?P<month>\d{{1,2}})\. ?{_YEAR}", re.ASCII),
    re.compile(rf"{_DAY}(?P<sign>[/-])(?P<month>\d{{1,2}})(?P=sign){_YEAR}", re.ASCII),
)
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:since|born|birth|dob|from|until|seit|geboren|geb|bis|depuis|nee?|desde|nacid[oa]|dal|"
    r"nat[oa]|sinds)\W{0,3}(?:on|am|le|el|il|den|the)?\W{0,2}$"
)


def _is_old(pages: Sequence[PageText], today: date) -> bool:
    """Whether the newest date at the head or at the foot is old, and one dates the letter."""
    head = _lines(pages[0].text[:_WINDOW])[:_FIRST_LINES]
    foot = _lines(pages[-1].text[-_WINDOW:])[-_LAST_LINES:]
    dates = list(chain.from_iterable(map(_dates_in, chain(head, foot))))
    newest = max((day for day, _ in dates), default=today)
    return (today - newest).days > OLD_AFTER_DAYS and any(own for _, own in dates)


def _lines(text: str) -> list[str]:
    lines = (" ".join(settle(line).casefold().split()) for line in text.splitlines())
    return [line for line in lines if line]


def _dates_in(line: str) -> Iterator[tuple[date, bool]]:
    """Yield each date, and whether it may be the letter's own: one that stands by itself.

    Where an extractor lost the line breaks, that is one at the beginning or at the end.
    """
    alone = len(line.split()) <= _SHORT_LINE
    broken = len(line) <= _LONG_LINE
    for match in chain.from_iterable(form.finditer(line) for form in _FORMS):
        at_an_edge = match.end() <= _EDGE or match.start() >= len(line) - _EDGE
        before = line[max(match.start() - _EDGE, 0) : match.start()]
        own = alone or (at_an_edge and not broken)
        for day in _date_of(match):
            yield day, own and not _OF_SOMETHING_ELSE.search(before)


def _date_of(match: re.Match[str]) -> Iterator[date]:
    """Yield the date that is written here, the older one if day and month could be swapped."""
    month = match["month"]
    year, day = int(match["year"]), int(match["day"])
    number = int(month) if month.isdigit() else _MONTHS.get(month, 0)
    readings = [(number, day)]
    if "sign" in match.groupdict():
        readings.append((day, number))
    valid = [found for m, d in readings if (found := _valid_date(year, m, d))]
    yield from [min(valid)] if valid else []


def _valid_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
