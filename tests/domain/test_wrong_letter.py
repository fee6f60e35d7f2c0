"""What makes a letter look wrong: its pages, its organization, its date."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.domain.documents import LOOKED_AT, PageText
from letters.domain.folding import settle
from letters.domain.wrong_letter import Expected, Mark, marks

TODAY = date(2027, 4, 1)
EXPECTED = Expected(
    applicant_name="Mira Lindqvist",
    other_applicants=("Adaobi Okafor",),
    organization="Institute for Alpine Studies",
    other_organizations=("University of Oslo", "Marine Biology Center"),
    wished_pages=3,
    today=TODAY,
)
MISSING, OTHER, ORGANIZATION = list(Mark)[:3]
NO_TEXT, BLANK, TOO_MANY, OLD = list(Mark)[3:]
GOOD = PageText("Mira Lindqvist would do well at the Institute for Alpine Studies.", blank=False)
BAD = PageText("Adaobi Okafor would do well at the University of Oslo.\n3 May 2019", blank=False)
SCAN = PageText("", blank=False)
EMPTY = PageText(" \n\x0c", blank=True)


def says(text: str, expected: Expected = EXPECTED) -> tuple[Mark, ...]:
    """Return the marks of a letter of one page that names the applicant and says `text`."""
    return marks([PageText(f"Mira Lindqvist\n{text}", blank=False)], expected)


def test_the_values_are_what_is_stored() -> None:
    assert [str(mark) for mark in Mark] == [
        *("applicant_missing", "other_applicant", "other_organization"),
        *("no_text", "blank_pages", "too_many_pages", "old_date"),
    ]


# --- pages ------------------------------------------------------------------------------------

PAGES = [
    ("no pages", [], ()),
    ("a good letter", [GOOD], ()),
    ("three good pages", [GOOD] * 3, ()),
    ("all wrong", [BAD, EMPTY, BAD, BAD], (MISSING, OTHER, ORGANIZATION, BLANK, TOO_MANY, OLD)),
    ("a scan", [SCAN], (NO_TEXT,)),
    ("a long scan", [SCAN] * 4, (NO_TEXT, TOO_MANY)),
    ("a scan with a page number", [PageText("- 1 -", blank=False)], (NO_TEXT,)),
    ("a scan that says 3.5.2019", [PageText("3.5.2019", blank=False)], (NO_TEXT,)),
    ("a scan and its empty back", [SCAN, EMPTY], (NO_TEXT,)),
    ("a scan after an empty page", [EMPTY, SCAN], (NO_TEXT, BLANK)),
    ("a scan and a page of text", [SCAN, GOOD], ()),
    ("one blank page", [EMPTY], (BLANK,)),
    ("only blank pages", [EMPTY] * 9, (BLANK,)),
    ("a blank last page", [GOOD, EMPTY], ()),
    ("two blank last pages", [GOOD, EMPTY, EMPTY], (BLANK,)),
    ("a blank first page", [EMPTY, GOOD], (BLANK,)),
    ("a blank page within", [GOOD, EMPTY, GOOD], (BLANK,)),
    ("two blank pages, one last", [GOOD, EMPTY, GOOD, EMPTY], (BLANK, TOO_MANY)),
    ("text on a page called blank", [replace(GOOD, blank=True), GOOD], ()),
    ("four pages", [GOOD] * 4, (TOO_MANY,)),
    ("the name on the last page", [PageText("Dear committee", blank=False), GOOD], ()),
    (
        "the name across two pages",
        [PageText("Lind-", blank=False), PageText("qvist", blank=False)],
        (),
    ),
]


@pytest.mark.parametrize(
    ("pages", "found"), [pytest.param(pages, found, id=name) for name, pages, found in PAGES]
)
def test_pages(pages: Sequence[PageText], found: tuple[Mark, ...]) -> None:
    assert marks(pages, EXPECTED) == found


@pytest.mark.parametrize(("wished", "found"), [(0, ()), (-1, ()), (1, (TOO_MANY,)), (2, ())])
def test_a_program_may_have_no_wish(wished: int, found: tuple[Mark, ...]) -> None:
    assert marks([GOOD, GOOD], replace(EXPECTED, wished_pages=wished)) == found


# --- the organization -------------------------------------------------------------------------

ORGANIZATIONS = [
    ("neither", "She is good.", ()),
    ("the own", "the Institute for Alpine Studies", ()),
    ("another", "the University of Oslo", (ORGANIZATION,)),
    ("both", "University of Oslo and Institute for Alpine Studies", ()),
    ("another, without small words", "Oslo, Norway; University Oslo", (ORGANIZATION,)),
    ("another, in capitals", "UNIVERSITY OF OSLO", (ORGANIZATION,)),
    ("another, over two lines", "the Univer-\nsity of\nOslo", (ORGANIZATION,)),
    ("another, words swapped", "Oslo University", ()),
    ("another, taken apart", "a University in the north, Oslo", ()),
    ("a part of another", "the University", ()),
    ("another as plain words", "a marine biology center", ()),
    ("the third", "at the Marine Biology Center", (ORGANIZATION,)),
    ("the own in capitals", "INSTITUTE FOR ALPINE STUDIES, University of Oslo", ()),
    ("the own, folded", "Institute of Alp\u00adine Stud\u00adies; University of Oslo", ()),
    ("the own as acronym", "IAS and University of Oslo", ()),
    ("the own as genitive acronym", "IAS\u2019s aims; University of Oslo", ()),
    ("small letters are no acronym", "ias and University of Oslo", (ORGANIZATION,)),
    ("a part of a word is no acronym", "BIAS and University of Oslo", (ORGANIZATION,)),
]


@pytest.mark.parametrize(
    ("text", "found"), [pytest.param(text, found, id=name) for name, text, found in ORGANIZATIONS]
)
def test_organization(text: str, found: tuple[Mark, ...]) -> None:
    assert says(text) == found


OTHER_NAMES = [
    ("no others", "Alpine Institute", (), "University of Oslo", False),
    ("generic other", "Alpine Institute", ("University",), "the University", False),
    ("generic others", "Alpine Institute", ("Research Council",), "Research Council", False),
    ("closed other", "Alpine Institute", ("F-or",), "For her", False),
    ("small other", "Alpine Institute", ("3M", "The"), "The 3M", False),
    ("generic own", "University", ("Oslo College",), "Oslo College", False),
    ("no own", "", ("Oslo College",), "Oslo College", False),
    ("one word", "Alpine Institute", ("Princeton",), "at Princeton", True),
    ("one word, not as a name", "Alpine Institute", ("Nature",), "by nature", False),
    ("capitals", "Alpine Institute", ("MIT",), "at MIT", True),
    ("capitals, not as written", "Alpine Institute", ("MIT",), "Mit Freude", False),
    ("part of own", "Oslo Alpine Institute", ("Alpine Institute",), "Alpine Institute", False),
    ("own with its place", "Alpine Institute, Davos", ("Oslo",), "Alpine Institute, Oslo", False),
    ("own says its acronym", "Alpine Lab (XYZ)", ("Oslo College",), "XYZ, Oslo College", False),
    ("own says its short name", "ETH Zürich", ("Oslo College",), "ETH, Oslo College", False),
    ("initials of all words", "House of Snow", ("Oslo College",), "HOS, Oslo College", False),
    ("own in capitals", "ART FOR ALL", ("Oslo College",), "FOR Oslo College", True),
    ("own is one word", "Helmholtz", ("Oslo College",), "Helmholtz, Oslo College", False),
    ("umlauts", "Alpine Institute", ("Universität Zürich",), "Universitaet Zuerich", True),
    ("hyphens", "Alpine Institute", ("Max-Planck-Institut",), "Max Planck Institut", True),
    ("joined", "Alpine Institute", ("Max-Planck-Institut",), "MaxPlanck-Institut", True),
    ("no spaces", "東京大学", ("京都大学",), "京都 大学", True),
    ("no spaces, own", "東京大学", ("京都大学",), "京都大学、東京大学", False),
    ("inflected", "Alpine Institute", ("Институт физики",), "Института физики", True),
]


@pytest.mark.parametrize(
    ("own", "others", "text", "marked"),
    [pytest.param(*case[1:], id=case[0]) for case in OTHER_NAMES],
)
def test_organizations_of_all_kinds(
    own: str, others: tuple[str, ...], text: str, marked: bool
) -> None:
    expected = replace(EXPECTED, organization=own, other_organizations=others)
    assert says(text, expected) == ((ORGANIZATION,) if marked else ())


# --- the date ---------------------------------------------------------------------------------

OLD_DATES = [
    *("3 May 2019", "3rd May 2019", "3rd of May, 2019", "03 May, 2019", "3-May-2019", "3 MAY 2019"),
    *("May 3, 2019", "May 3rd, 2019", "May 3 2019", "Sept. 3, 2019", "Zurich, 3 May 2019"),
    *(
        "2019-05-03",
        "2019/5/3",
        "2019.05.03",
        "2019\u201105\u201103",
        "2019年5月3日",
        "2019년 5월 3일",
    ),
    *("03.05.2019", "3. 5. 2019", "3.5.2019", "31/12/2019", "12/31/2019", "3/5/2019", "31-12-2019"),
    *("3. Mai 2019", "den 3. März 2019", "3. Maerz 2019", "3. Jänner 2019", "3. Dez. 2019"),
    *("1er avril 2019", "le 3 août 2019", "3 février 2019", "Paris, le 3 déc. 2019"),
    *("1 de abril de 2019", "3 de enero del 2019", "1.º de maio de 2019", "1º de março de 2019"),
    *("3 gennaio 2019", "3 mag. 2019", "3 mei 2019", "3 maart 2019", "d.d. 3 okt. 2019"),
    *("Date: 3 May 2019", "29 February 2024", "3 May 2019 (revised)", "31.12.1999"),
]
NO_OLD_DATES = [
    *("", "1 April 2027", "1 April 2026", "2 April 2026", "31.12.2026", "12 May 2031"),
    *("31 February 2019", "2019-13-01", "0 May 2019", "13/13/2019", "3 Foo 2019", "32.1.2019"),
    *("May 2019", "2019", "3 May 19", "3 May 20190", "3/5-2019", "+41 3.5.20191"),
    *("born 3 May 2019", "geb. am 3.5.1999", "since 3 May 2019", "desde el 3 de mayo de 2019"),
    "In our group, which she joined on 3 May 2019, she has been the one whom all others ask.",
    "3 May 2019\nIn our group, which she joined on 3 March 2027, she is the one whom all ask.",
    *("1 April 2027\nCV of 3 May 2019", "3 May 2019\nvisit from 12 May 2027", "4/1/2027"),
]


@pytest.mark.parametrize("text", OLD_DATES)
def test_an_old_date(text: str) -> None:
    assert says(text) == (OLD,)


@pytest.mark.parametrize("text", NO_OLD_DATES)
def test_no_old_date(text: str) -> None:
    assert says(text) == ()


@pytest.mark.parametrize(("days", "found"), [(366, (OLD,)), (365, ()), (0, ()), (-1, ())])
def test_a_letter_is_old_after_a_year(days: int, found: tuple[Mark, ...]) -> None:
    day = TODAY - timedelta(days)
    assert says(day.isoformat()) == found
    assert says(f"{day:%d.%m.%Y}") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("5/2/2026", (OLD,), id="5 February"),
        pytest.param("2/5/2026", (OLD,), id="2 May, or 5 February"),
        pytest.param("5/6/2026", (), id="either way not old"),
        pytest.param("2/13/2027", (), id="13 February only"),
    ],
)
def test_of_a_date_with_two_readings_the_older_counts(text: str, found: tuple[Mark, ...]) -> None:
    assert says(text) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(0, 60, (OLD,), id="at the top"),
        pytest.param(38, 60, (OLD,), id="on the fortieth line"),
        pytest.param(39, 60, (), id="on the forty-first line"),
        pytest.param(60, 14, (OLD,), id="on the last line but fourteen"),
        pytest.param(60, 15, (), id="on the last line but fifteen"),
        pytest.param(60, 0, (OLD,), id="at the end"),
    ],
)
def test_a_date_is_looked_for_at_the_head_and_at_the_foot(
    before: int, after: int, found: tuple[Mark, ...]
) -> None:
    assert says("She is good.\n\n" * before + "3 May 2019\n" + "She is good.\n" * after) == found


def test_a_date_is_looked_for_on_the_first_and_the_last_page_that_have_text() -> None:
    dated = PageText("3 May 2019\nYours", blank=False)
    assert marks([SCAN, dated, GOOD, SCAN], EXPECTED) == (TOO_MANY, OLD)
    assert marks([GOOD, dated, EMPTY], EXPECTED) == (OLD,)
    assert marks([GOOD, dated, GOOD], EXPECTED) == ()


@pytest.mark.parametrize("order", [1, -1])
def test_a_date_is_found_in_a_text_without_line_breaks(order: int) -> None:
    words = ["3 May 2019", *["She is good."] * 50, "Mira Lindqvist"]
    assert marks([PageText(" ".join(words[::order]), blank=False)], EXPECTED) == (OLD,)


@pytest.mark.parametrize("today", [date.min, date.max])
def test_the_ends_of_time(today: date) -> None:
    found = says("3 May 2019", replace(EXPECTED, today=today))
    assert found == ((OLD,) if today == date.max else ())


# --- whatever is sent -------------------------------------------------------------------------

WRITTEN = st.text(st.characters(), max_size=200) | st.text(
    st.sampled_from("Mira Lindqvist\n\r-1230./,MayIAS\u00ad\u0301\u094d\ufdfa山Ив\ud800\x00 "),
    max_size=200,
)
SHEETS = st.lists(st.builds(PageText, WRITTEN, st.booleans()), max_size=4)
ASKED = st.builds(
    Expected,
    applicant_name=WRITTEN,
    other_applicants=st.lists(WRITTEN, max_size=3),
    organization=WRITTEN,
    other_organizations=st.lists(WRITTEN, max_size=3),
    wished_pages=st.integers(-1, 5),
    today=st.dates(),
)


@settings(max_examples=60)
@given(SHEETS, ASKED)
def test_any_text_has_its_marks_in_order_and_once(
    pages: list[PageText], expected: Expected
) -> None:
    found = marks(pages, expected)
    assert found == tuple(mark for mark in Mark if mark in found)
    assert NO_TEXT not in found or {*found} <= {NO_TEXT, BLANK, TOO_MANY}


@settings(max_examples=60)
@given(st.lists(st.sampled_from([GOOD, BAD, SCAN, EMPTY]), max_size=5), st.integers(0, 5))
def test_pages_alone_decide_on_the_marks_of_pages(pages: list[PageText], wished: int) -> None:
    found = set(marks(pages, replace(EXPECTED, wished_pages=wished)))
    blank = [page is EMPTY for page in pages]
    all_blank = bool(pages) and all(blank)
    scans = not {GOOD, BAD}.intersection(pages) and SCAN in pages
    assert (NO_TEXT in found) is scans
    assert (BLANK in found) is (all_blank or any(blank[:-1]))
    assert (TOO_MANY in found) is (not all_blank and 0 < wished < len(pages))


def test_what_stands_behind_the_first_many_characters_is_not_read() -> None:
    filler = PageText("word " * (LOOKED_AT // 5 - 20), blank=False)
    assert marks([filler, GOOD], EXPECTED) == ()
    beyond = PageText(f"{filler.text}{filler.text}Mira Lindqvist", blank=False)
    assert marks([beyond, GOOD], EXPECTED) == (MISSING,)


def _calls(text: str) -> int:
    """Count the calls of functions that it takes to look at `text`."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        marks([PageText(text, blank=False)], EXPECTED)
    finally:
        sys.setprofile(before)
    return count


HOSTILE = [
    *("Adaobi d d d Okafor ", "Okafor ", "M. Lindqvist-", "1 May 2019 ", "\n1.1.", "a-\n", "ива "),
    *("\u0640\u094d\u093c", "\u00ad\n", "University of ", "ä ö", "2019-", "\ufdfa", "May 1, "),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_takes_twice_the_steps(piece: str) -> None:
    _calls(piece * 4)
    once, twice = _calls(f"{piece * 150} {GOOD.text}"), _calls(f"{piece * 300} {GOOD.text}")
    assert twice < 2.2 * once + 200


@pytest.mark.parametrize("piece", ["\u094d\u093c", "\u0640" + "\u094d\u093c" * 14, "\u0301"])
def test_heaps_of_marks_become_gaps(piece: str) -> None:
    settled = settle("a" + piece * 3000 + "b")
    assert (settled[0], settled[-1]) == ("a", "b")
    assert max(map(len, settled.split())) <= 30


def test_ten_megabytes_are_looked_at_in_part() -> None:
    many = [PageText("Lindqvist\n" * 1_000_000, blank=False)] * 3
    assert marks(many, EXPECTED) == ()


@pytest.mark.parametrize(
    ("text", "blank"), list(product(["", "a", "\ud800", "\x00"], [True, False]))
)
def test_a_page_of_hardly_anything(text: str, blank: bool) -> None:
    found = marks([PageText(text, blank)], EXPECTED)
    assert found == ((MISSING,) if text == "a" else (BLANK,) if blank else (NO_TEXT,))
