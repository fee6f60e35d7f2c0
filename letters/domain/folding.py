"""Text folded to what its spellings have in common.

A text is read twice: with hyphens, apostrophes and stray accents as gaps between words
("Lind-Qvist" is two), and with them closed ("Lind-" at the end of a line and "qvist" are one).
All of it takes time in proportion to the text, whatever that holds.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

Part = tuple[frozenset[str], ...]
"""A part of a name: its words in order, each in all the ways it may be spelt."""

_ORDINARY = 6
"""A word of up to so many letters may be an ordinary one as well; as a name it has its capital."""
STEM = 3
_ENDING = 3
_LONGEST_LIGATURE = 6
_MOST_ENDINGS = 1000


def words_in(text: str) -> frozenset[str]:
    """Return the words of a list that is easier to read as text."""
    return frozenset(text.split())


# --- folding ----------------------------------------------------------------------------------

JOINT = "-"
_JOINTS = frozenset(
    "\x02\ufffe\u00ad\u200c'`\u00b4\u00a8\u02c6\u02dc\u00af\u00ac\u00b8\u00b7\u02d8\u02d9\u02da"
    "\u02db\u02dd\u02c7\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2018\u2019\u201b\u2032\u2212"
    "\u05f3\u05f4"
)
"""Apostrophes, accents that an extractor left beside their letters, what it takes for hyphens."""
_STRIPPED = (
    *((0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05BD), (0x05BF, 0x05C7), (0x0610, 0x061A)),
    *((0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC), (0x06DF, 0x06E4)),
    *((0x06E7, 0x06ED), (0x08CA, 0x08FF), (0x115F, 0x1160), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF)),
    *((0x20D0, 0x20FF), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xFFA0, 0xFFA0)),
    (0xE0100, 0xE01EF),
)
"""Accents and points that are written or left out at will; no Indic vowel sign is among them."""
_LETTERS = {
    **dict(zip("\u0131øØđĐðÐłŁŋŊħĦŧŦəƏ", "ioOdDdDlLnNhHtTeE", strict=True)),
    **dict(zip("æÆœŒþÞ", ("ae", "Ae", "oe", "Oe", "th", "Th"), strict=True)),
    # alef wasla; yeh without dots, Persian and final; Persian kaf; teh marbuta and three hehs
    **dict(
        zip(
            "\u0671\u06cc\u0649\u06a9\u0629\u06c1\u06be\u06d5",
            "\u0627\u064a\u064a\u0643\u0647\u0647\u0647\u0647",
            strict=True,
        )
    ),
}
_EXPANDED = str.maketrans(
    dict(
        zip(
            "äÄöÖüÜåÅøØəƏ",
            ("ae", "Ae", "oe", "Oe", "ue", "Ue", "aa", "Aa", "oe", "Oe", "a", "A"),
            strict=True,
        )
    )
)
_RUN = re.compile(r"[^\w\s]{30,}")
_CLOSING = re.compile(rf"{JOINT}+\s*")


class _Plain(dict[int, str | None]):
    """What each character becomes: a plain letter, a joint, nothing, or itself."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        category = unicodedata.category(character)
        plain: str | None = _LETTERS.get(character, character)
        if character in _JOINTS or category == "Pd":
            plain = JOINT
        elif len(unicodedata.normalize("NFKD", character)) > _LONGEST_LIGATURE:
            plain = " "
        elif category == "Cf" or any(first <= code <= last for first, last in _STRIPPED):
            plain = None
        self[code] = plain
        return plain


class _Wordy(dict[int, str]):
    """Letters, marks, digits and joints stay; anything else becomes a gap."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        stays = character == JOINT or unicodedata.category(character)[0] in "LMN"
        self[code] = character if stays else " "
        return self[code]


_PLAIN, _WORDY = _Plain(), _Wordy()


def _strip(text: str) -> str:
    """Make each character plain, and a gap of long runs of marks.

    Putting such runs into their canonical order would not be linear.
    """
    return _RUN.sub(" ", text.translate(_PLAIN))


def settle(text: str) -> str:
    """Return `text` in plain letters of the same case, with "-" for every kind of joint."""
    plain = _strip(unicodedata.normalize("NFKD", _strip(text)))
    return unicodedata.normalize("NFC", plain)


def expand(text: str) -> str:
    """Return `text` settled, with "ue" for "ü" and so on, as those write who lack the letters."""
    return settle(unicodedata.normalize("NFC", _RUN.sub(" ", text)).translate(_EXPANDED))


def words_of(settled: str) -> list[str]:
    return settled.translate(_WORDY).split()


def fold_word(word: str) -> str:
    if word.isascii() and word.isalnum():
        return word.lower()
    return settle(word.casefold()).replace(JOINT, "")


def _fold_all(words: Sequence[str]) -> list[str]:
    once = {word: fold_word(word) for word in set(words)}
    return [once[word] for word in words]


def fold(text: str) -> str:
    """Return the words of `text`, folded, with one space between them; joints are gaps."""
    return " ".join(filter(None, _fold_all(words_of(settle(text).replace(JOINT, " ")))))


# --- a text to look into ----------------------------------------------------------------------

_INFLECTED = re.compile("[\u0370-\u058f\u10a0-\u10ff]")
_OPEN_ENDINGS = frozenset("аяиьоеηασ")


@dataclass(frozen=True)
class Reading:
    """The words of a text, folded and as written, and where each stands."""

    words: Sequence[str]
    written: Sequence[str]
    index: Mapping[str, Sequence[int]]
    stems: Mapping[str, Sequence[str]]

    def without(self, ignored: frozenset[str]) -> "Reading":
        """Return the reading as if these words were not there."""
        kept = [spot for spot, word in enumerate(self.words) if word not in ignored]
        place = {old: new for new, old in enumerate(kept)}
        return Reading(
            [self.words[spot] for spot in kept],
            [self.written[spot] for spot in kept],
            {
                word: [place[spot] for spot in spots if spot in place]
                for word, spots in self.index.items()
            },
            self.stems,
        )

    def spots(self, part: Part, *, possessive: bool = False) -> set[int]:
        """Return where `part` begins, in any spelling, inflected where its script is."""
        if not part:
            return set()
        each = [self._spots_of(spellings, possessive) for spellings in part]
        return {spot for spot in each[0] if all(spot + n in spots for n, spots in enumerate(each))}

    def _spots_of(self, spellings: frozenset[str], possessive: bool) -> set[int]:
        forms = set(spellings)
        for spelling in spellings:
            forms.update(w for w in self.stems.get(spelling[:STEM], ()) if same(w, spelling))
            if possessive and len(spelling) > STEM:
                forms.add(f"{spelling}s")
        return set(chain.from_iterable(self.index.get(form, ()) for form in forms))

    def name_spots(self, part: Part, *, possessive: bool = False) -> set[int]:
        """Like spots, without those where an ordinary word in lower case could be meant."""
        return {
            spot
            for spot in self.spots(part, possessive=possessive)
            if len(self.written[spot]) > _ORDINARY or self.has_capital(spot)
        }

    def has_capital(self, spot: int) -> bool:
        """Whether the word there is not all in lower case; a script without cases has no other."""
        written = self.written[spot]
        return written != written.lower() or written == written.upper()


def same(word: str, name: str) -> bool:
    """Whether `word` is `name`, with another ending if names of its script are inflected."""
    if word == name or not _INFLECTED.match(name):
        return word == name
    pairs = enumerate(zip(word, name, strict=False))
    common = next((n for n, (a, b) in pairs if a != b), min(len(word), len(name)))
    if len(name) > STEM + 1:
        least = max(STEM + 1, len(name) - 2)
    else:
        least = max(STEM, len(name) - (name[-1] in _OPEN_ENDINGS))
    return common >= least and len(word) - common <= _ENDING


def _reading(plain: str, expanded: str) -> Reading:
    written = words_of(plain)
    words, others = _fold_all(written), _fold_all(words_of(expanded))
    index: dict[str, list[int]] = defaultdict(list)
    for spot, word in enumerate(words):
        index[word].append(spot)
    # The two differ in length only where marks stand in heaps.
    if len(others) == len(words):
        for spot, other in enumerate(others):
            if other != words[spot]:
                index[other].append(spot)
    stems: dict[str, list[str]] = defaultdict(list)
    for word in index:
        if _INFLECTED.match(word) and len(stems[word[:STEM]]) < _MOST_ENDINGS:
            stems[word[:STEM]].append(word)
    return Reading(words, written, dict(index), dict(stems))


@dataclass(frozen=True)
class FoldedText:
    """A text in its two readings, joints as gaps and joints closed, and without any spaces."""

    split: Reading
    closed: Reading
    line: str
    glued: str


def fold_text(text: str) -> FoldedText:
    """Fold `text` so that names can be looked for in it."""
    plain, expanded = settle(text), expand(text)
    split = _reading(plain.replace(JOINT, " "), expanded.replace(JOINT, " "))
    closed = _reading(_CLOSING.sub("", plain), _CLOSING.sub("", expanded))
    words = list(filter(None, split.words))
    return FoldedText(split, closed, f" {' '.join(words)} ", "".join(words))
