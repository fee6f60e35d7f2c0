"""A likely slip in an address is asked about; what may be right is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.domain.slips import ENDINGS, FREE_MAIL, REAL_NEIGHBOURS, distance, is_free_mail, meant

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = st.text(LETTERS, max_size=8)
LONG = sorted(known for known in FREE_MAIL if len(known) >= 9)


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("ada@gmial.com", "ada@gmail.com"),
        ("ada@gmai.com", "ada@gmail.com"),
        ("ada@gmail.con", "ada@gmail.com"),
        ("ada@gmal.con", "ada@gmail.com"),
        ("ada@gmail.co", "ada@gmail.com"),
        ("Ada.F+x@GMIAL.com ", "Ada.F+x@gmail.com"),
        ("ada@hotmial.com", "ada@hotmail.com"),
        ("ada@outlok.com", "ada@outlook.com"),
        ("ada@yaho.com", "ada@yahoo.com"),
        ("ada@icloud.cmo", "ada@icloud.com"),
        ("ada@protonmail.cm", "ada@protonmail.com"),
        ("ada@gxm.de", "ada@gmx.de"),
        ("ada@example.con", "ada@example.com"),
        ("ada@physics.example.eud", "ada@physics.example.edu"),
        ("ada@example.ogr", "ada@example.org"),
        ("ada@example.nte", "ada@example.net"),
    ],
)
def test_the_domain_that_was_meant(typed: str, better: str) -> None:
    assert meant(typed) == better


@pytest.mark.parametrize(
    "typed",
    [
        *("ada@gmail.com", "ada@mail.com", "ada@email.com", "ada@cloud.com", "ada@ymail.com"),
        *(
            "ada@gmx.org",
            "ada@wob.de",
            "ada@ma.com",
            "ada@aon.com",
            "ada@hmail.com",
            "ada@q.com",
            "ada@man.ru",
        ),
        *("ada@yahoo.ca", "ada@yahoo.de", "ada@hotmail.de", "ada@line.com", "ada@outlook.co"),
        *("ada@example.co", "ada@ethz.ch", "ada@unknown.example.org"),
        *("", "@", "ada", "ada@", "@gmial.com", "ada@.", "ada@..con", " "),
        "ada@" + "gmail.con" * 100_000,
    ],
)
def test_what_may_be_right_is_left_alone(typed: str) -> None:
    assert meant(typed) in {None, "ada@..com"}


def test_a_slip_in_the_domain_of_somebody_else_in_the_form() -> None:
    others = ["bram@alpine.example.edu", "chiyo@lakeside.example.org", "", "nobody"]
    assert meant("ada@apline.example.edu", others) == "ada@alpine.example.edu"
    assert meant("ada@lakside.example.org", others) == "ada@lakeside.example.org"
    assert meant("ada@etzh.ch", ["bram@ethz.ch"]) == "ada@ethz.ch"
    assert meant("ada@alpine.example.edu", others) is None
    assert meant("ada@lakside.example.edu", others) is None


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("ada@uio.no", "bram@uib.no"),
        ("ada@fu-berlin.example", "bram@tu-berlin.example"),
        ("ada@lakeside.ch", "bram@lakeside.com"),
        ("ada@mathe.example.edu", "bram@match.example.edu"),
    ],
)
def test_neighbours_among_institutions_are_not_taken_for_slips(typed: str, other: str) -> None:
    assert meant(typed, [other]) is None


def test_what_fits_two_domains_equally_well_is_left_alone() -> None:
    assert meant("ada@labs.example.edu", ["b@labs1.example.edu", "c@labs2.example.edu"]) is None


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "acb", 1),
        ("abc", "axc", 1),
        ("abc", "abcd", 1),
        ("ca", "abc", 3),
        ("gmial.con", "gmail.com", 2),
    ],
)
def test_the_distance_of_two_words(one: str, other: str, apart: int) -> None:
    assert distance(one, other) == apart


@given(WORDS, WORDS)
def test_the_distance_is_one_both_ways_and_none_to_oneself(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@given(st.data())
def test_one_slip_in_a_long_name_is_found_or_ambiguous(data: st.DataObject) -> None:
    known = data.draw(st.sampled_from(LONG))
    at = data.draw(st.integers(0, known.index(".") - 2))
    slip = data.draw(
        st.sampled_from(
            [
                known[:at] + known[at + 1] + known[at] + known[at + 2 :],
                known[:at] + known[at + 1 :],
                known[:at] + known[at] + known[at:],
            ]
        )
    )
    found = meant(f"ada@{slip}")
    near = [other for other in FREE_MAIL | REAL_NEIGHBOURS if distance(slip, other) <= 1]
    assert found in {None, *(f"ada@{other}" for other in near)}
    if near == [known] and slip != known:
        assert found == f"ada@{known}"


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=4))
def test_whatever_is_typed_the_name_before_the_at_stays(typed: str, others: list[str]) -> None:
    better = meant(typed, others)
    if better is not None:
        assert better.rpartition("@")[0] == typed.strip().rpartition("@")[0]
        assert better.lower() != typed.strip().lower()


@given(st.sampled_from(sorted(FREE_MAIL)), st.sampled_from(["ada", "Ada.F", "a+b"]))
def test_a_provider_for_everybody_is_known_and_no_slip(domain: str, local: str) -> None:
    assert is_free_mail(f" {local}@{domain.upper()} ")
    assert meant(f"{local}@{domain}") is None


def test_an_institution_is_no_provider_for_everybody() -> None:
    assert not any(map(is_free_mail, ["ada@example.edu", "ada@gmail.example.org", "", "gmail"]))


def test_no_ending_that_is_corrected_leads_to_another_one() -> None:
    assert set(ENDINGS).isdisjoint(ENDINGS.values())
