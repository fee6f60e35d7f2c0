"""Whether a name stands in a text: found easily for the one looked for, strictly for others."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from letters.domain.folding import (
    JOINT,
    STEM,
    FoldedText,
    Part,
    Reading,
    expand,
    fold,
    fold_word,
    same,
    settle,
    words_in,
    words_of,
)
from letters.domain.titles import HONORIFICS, PARTICLES, SUFFIXES, TITLES_AFTER

_BRIDGE = 4
_EXPANDABLE = 5
_GLUED = 9
_HALF = 4

_CJK = "\u3005-\u3007\u3040-\u309f\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
_FAMILY_FIRST = re.compile(f"[{_CJK}]")
_UNSPACED = re.compile(f"[{_CJK}\u30a0-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_PREFIXED = (("\u05d0", "\u05ea", "ובהכלמש"), ("\u0621", "\u064a", "وبلفك"))
_EXPANSION = re.compile("(a)[ae]|([ou])e")
_COMMA = re.compile("[,\u060c\uff0c]")


@dataclass(frozen=True)
class Name:
    """A name to look for: its parts, the given name first, in the forms of the two readings.

    `orders` holds its words without spaces, in each order. `family` is told for scripts that
    are written without spaces; it is empty for the others.
    """

    split: Sequence[Part]
    closed: Sequence[Part]
    initials: frozenset[str]
    orders: Sequence[str]
    unspaced: bool
    family: str


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.lower() != word.upper()


def _spellings(plain: str, expanded: str) -> frozenset[str]:
    word = fold_word(plain)
    found = {word, fold_word(expanded)}
    if len(word) >= _EXPANDABLE:
        found.add(_EXPANSION.sub(lambda match: match[1] or match[2], word))
    for first, last, prefixes in _PREFIXED:
        if len(word) >= STEM and first <= word[0] <= last:
            found.update(prefix + word for prefix in prefixes)
    return frozenset(found)


def _split_part(plain: str, expanded: str) -> Part:
    words = list(zip(plain.split(JOINT), expanded.split(JOINT), strict=False))
    weighty = [pair for pair in words if fold_word(pair[0]) not in {"", *PARTICLES}]
    return tuple(_spellings(*pair) for pair in weighty or words)


def _pieces(raw: str) -> list[tuple[str, str]]:
    """Return the parts of a name, the given name first, without what is not looked for."""
    before, *after = _COMMA.split(raw, maxsplit=1)
    if after and not _UNSPACED.search(raw) and not set(fold(after[0]).split()) <= SUFFIXES:
        raw = f"{after[0]} {before}"
    found = [
        (plain.strip(JOINT), expanded.strip(JOINT))
        for plain, expanded in zip(words_of(settle(raw)), words_of(expand(raw)), strict=False)
        if plain.strip(JOINT)
    ]
    while found[2:] and fold_word(found[0][0]) in HONORIFICS:
        del found[0]
    while found[2:] and fold_word(found[-1][0]) in SUFFIXES:
        del found[-1]
    inner = [pair for pair in found[1:-1] if fold_word(pair[0]) not in PARTICLES]
    return [*found[:1], *inner, *found[1:][-1:]]


def _family(words: Sequence[str]) -> str:
    """Return the family name in a script without spaces: in East Asia the first, else the last."""
    if not _FAMILY_FIRST.search("".join(words)):
        return "".join(words[1:][-1:])
    return words[0] if len(words) > 1 else words[0][: 2 if len(words[0]) > STEM else 1]


def _name(pieces: Sequence[tuple[str, str]], unspaced: bool) -> Name:
    full = [pair for pair in pieces if not _is_initial(fold_word(pair[0]))] or pieces
    words = [fold_word(plain) for plain, _ in full]
    return Name(
        split=[_split_part(*pair) for pair in full],
        closed=[(_spellings(*(form.replace(JOINT, "") for form in pair)),) for pair in full],
        initials=frozenset(
            fold_word(word)[:1] for plain, _ in pieces[:-1] for word in plain.split(JOINT)
        ),
        orders=["".join(words[n:] + words[:n]) for n in range(len(words))],
        unspaced=unspaced,
        family=_family(words) if unspaced else "",
    )


def names_of(raw: str) -> Sequence[Name]:
    """Return what to look for; a name given in two kinds of script is two names."""
    pieces = _pieces(raw)
    spaced = [pair for pair in pieces if not _UNSPACED.search(pair[0])]
    unspaced = [pair for pair in pieces if _UNSPACED.search(pair[0])]
    return [_name(kind, kind is unspaced) for kind in (spaced, unspaced) if kind]


def is_unspaced(raw: str) -> bool:
    """Whether `raw` holds a script that is written without spaces between words."""
    return _UNSPACED.search(raw) is not None


def phrase_of(raw: str, ignored: frozenset[str]) -> tuple[Part, Part]:
    """Return the words of a title in order, without those ignored: joints as gaps, and closed."""
    plain, expanded = settle(raw), expand(raw)

    def phrase(gap: str) -> Part:
        words = words_of(plain.replace(JOINT, gap)), words_of(expanded.replace(JOINT, gap))
        pairs = zip(*words, strict=False)
        return tuple(_spellings(*pair) for pair in pairs if fold_word(pair[0]) not in ignored)

    return phrase(" "), phrase("")


# --- the one that is looked for, found easily -------------------------------------------------

_COMMON = words_in(
    "am an and any as at be best but by can dean dear do english for from german grant had has "
    "he her his how if in is it kind last long major march may me more my new no not now of on "
    "one or our out page she since so than that the then this to two up us we when who why will "
    "with yes you your die das er sie es ich wir im ihr ist mit il elle un une et en je nous sin "
    "con por para per che non sono een zij hij wij"
)
"""Words that letters are full of. A family name that is one of them never counts alone."""


def is_named(text: FoldedText, raw: str) -> bool:
    """Whether any trace of this name stands in the text; no name at all is never missed."""
    literal = fold(raw)
    if not literal or f" {literal} " in text.line:
        return True
    return any(_is_found(text, name) for name in names_of(raw))


def _is_found(text: FoldedText, name: Name) -> bool:
    if name.unspaced:
        alone = len(name.family) > 1 and name.family in text.glued
        return alone or _has_title_after(text, name) or any(o in text.glued for o in name.orders)
    return (
        any(len(order) >= _GLUED and order in text.glued for order in name.orders)
        or _is_found_in(text.split, name.split, name.initials)
        or _is_found_in(text.closed, name.closed, name.initials)
    )


def _is_found_in(reading: Reading, parts: Sequence[Part], initials: frozenset[str]) -> bool:
    given, *families = parts
    for family in families or [given]:
        spots = reading.name_spots(family, possessive=True)
        if (
            (spots and _counts_alone(family))
            or any(_is_introduced(reading, spot, initials) for spot in spots)
            or any(_stand_together(reading, given, family, parts, spots))
            or any(_counts_as_half(half) and reading.name_spots((half,)) for half in family)
        ):
            return True
    return any(_is_introduced(reading, spot, frozenset()) for spot in reading.name_spots(given))


def _counts_alone(part: Part) -> bool:
    return len(part) > 1 or (not part[0] & _COMMON and max(map(len, part[0])) > 1)


def _counts_as_half(half: frozenset[str]) -> bool:
    """Whether one of two joined family names counts as both, as after a marriage."""
    return not half & _COMMON and min(map(len, half)) >= _HALF


def _is_introduced(reading: Reading, spot: int, initials: frozenset[str]) -> bool:
    """Whether a title, or an initial in capitals, stands before the name at `spot`."""
    for before in range(spot - 1, max(spot - 1 - _BRIDGE, -1), -1):
        word, written = reading.words[before], reading.written[before]
        if word in HONORIFICS or (word in initials and written == written.upper()):
            return True
        if word not in PARTICLES:
            return False
    return False


def _stand_together(
    reading: Reading, given: Part, family: Part, parts: Sequence[Part], spots: set[int]
) -> Iterator[int]:
    """Yield where the given name begins, beside the family name at one of `spots`.

    Between the two there may be particles, initials and other parts of the name.
    """
    between = PARTICLES.union(*(spellings for part in parts for spellings in part))
    starts = reading.name_spots(given)
    words = reading.words
    for spot in spots if starts else ():
        at = spot - len(given)
        for _ in range(_BRIDGE):
            if at in starts:
                yield at
            at -= 1
            passed = at + len(given)
            if passed < 0 or not _may_stand_between(words[passed], between):
                break
        at = spot + len(family)
        for _ in range(_BRIDGE):
            if at in starts:
                yield at
            if at >= len(words) or not _may_stand_between(words[at], between):
                break
            at += 1


def _may_stand_between(word: str, between: frozenset[str]) -> bool:
    return len(word) == 1 or word in between


def _has_title_after(text: FoldedText, name: Name) -> bool:
    return bool(name.family) and any(f"{name.family}{t}" in text.glued for t in TITLES_AFTER)


# --- another one, found only when meant -------------------------------------------------------


def is_meant(text: FoldedText, raw: str, own: str) -> bool:
    """Whether the text speaks of this person, and not of the one whose name is `own`."""
    mine = names_of(own)
    return any(_is_meant(text, name, mine) for name in names_of(raw))


def _is_meant(text: FoldedText, name: Name, own: Sequence[Name]) -> bool:
    if name.unspaced:
        if name.family not in {mine.family for mine in own} and _has_title_after(text, name):
            return True
        mine = [order for each in own for order in each.orders]
        return any(
            len(order) > 1 and order in text.glued and not any(order in each for each in mine)
            for order in name.orders
        )
    split = [part for mine in own for part in mine.split]
    closed = [part for mine in own for part in mine.closed]
    return _is_meant_in(text.split, name.split, name.initials, [*split, *closed]) or _is_meant_in(
        text.closed, name.closed, name.initials, [*closed, *split]
    )


def _is_meant_in(
    reading: Reading, parts: Sequence[Part], initials: frozenset[str], own: Sequence[Part]
) -> bool:
    if all(_is_shared(part, own) for part in parts):
        return False
    given, *families = parts
    after_own_given = {spot + len(part) for part in own[:1] for spot in reading.name_spots(part)}
    for family in families or [given]:
        spots = reading.name_spots(family)
        shared = _is_shared(family, own)
        if not shared and any(_is_introduced(reading, spot, initials) for spot in spots):
            return True
        if not families or (shared and _is_shared(given, own)):
            continue
        # "Ana Maria Silva" is Ana Silva, whoever else is called Maria Silva.
        taken = after_own_given if shared else set()
        found = _stand_together(reading, given, family, parts, spots - taken)
        if any(at not in taken for at in found):
            return True
    return False


def _is_shared(part: Part, own: Sequence[Part]) -> bool:
    words = frozenset().union(*(spellings for mine in own for spellings in mine))
    return all(
        any(same(word, spelling) for spelling in spellings for word in words) for spellings in part
    )
