"""Mails in a program's own words: the facts stay, and words stay words."""

import re

import pytest

from letters.demo.sample_mails import DOMAIN
from letters.domain.journal import MessageKind
from letters.domain.mail_words import NO_WORDS, PLACEHOLDERS, Place
from letters.ports import Rendered
from letters.sample_facts import APPLICANT, INTERNSHIP, ORGANIZATION, REFEREE, facts_of
from tests.support import markup
from tests.support.mails import LARGEST, due, first_two_lines, links, usual

REQUEST = MessageKind.LETTER_REQUEST


def reworded(kind: MessageKind = REQUEST, **words: str) -> Rendered:
    return usual(kind, words={**NO_WORDS, **words})


def test_no_words_are_the_usual_ones() -> None:
    assert reworded() == usual(REQUEST)


@pytest.mark.parametrize("kind", PLACEHOLDERS)
def test_the_facts_stay_whatever_the_words(kind: MessageKind) -> None:
    every = " ".join(f"{{{one}}}" for one in PLACEHOLDERS[kind])
    plain, mail = usual(kind), reworded(kind, **dict.fromkeys(Place, f"We say {every}."))
    assert mail.subject == plain.subject
    assert links(mail) == links(plain)
    lines = mail.text.splitlines()
    greeting, ending = plain.text.splitlines()[0], "Kind regards,"
    assert [line for line in plain.text.splitlines() if line and line not in lines] == [
        greeting,
        ending,
    ]
    said = [line for line in lines if line.startswith("We say ")]
    assert len(said) == 3
    assert all(not re.search(r"[{}]", line) for line in said)
    assert f"{APPLICANT} {INTERNSHIP} {ORGANIZATION} {due()}." in said[0]
    _, mistakes = markup.parse(mail.html)
    assert mistakes == []
    assert len((mail.text + mail.html).encode()) < LARGEST


def test_the_facts_stay_among_the_first_two_lines() -> None:
    mail = reworded(greeting="Good day {referee},", beginning="This year we read blind.")
    assert first_two_lines(mail).startswith(f"Good day {REFEREE},\n{ORGANIZATION} asks you")
    assert "\n\nThis year we read blind.\n\nSending it takes two steps" in mail.text


def test_words_are_never_evaluated_and_never_markup() -> None:
    for hostile in ("{{ 7 * 7 }}", "{% include 'base.html' %}", "{referee.__class__}", "%(due)s"):
        mail = reworded(beginning=hostile)
        for said in (mail.text, markup.text(mail.html)):
            assert hostile in said.replace("\N{WORD JOINER}", "")
    mail = reworded(beginning="<script>alert(1)</script> {applicant}\n& more")
    assert "<script" not in mail.html
    assert f"&lt;script&gt;alert(1)&lt;/script&gt; {APPLICANT}<br>\n&amp; more" in mail.html


def test_a_name_that_looks_like_a_placeholder_is_a_name() -> None:
    facts = facts_of(REQUEST, applicant_name="{due}", words={**NO_WORDS, "ending": "{applicant}"})
    assert "\n{due}\n" in usual(REQUEST, **facts).text


def test_what_looks_like_an_address_is_no_link() -> None:
    mail = reworded(beginning=f"Write to help@{DOMAIN} or see evil.example.")
    assert f"help@{DOMAIN}" not in mail.text
    assert f"help@{DOMAIN}" in mail.text.replace("\N{WORD JOINER}", "")
    assert "evil.example" not in mail.html


def test_a_name_that_runs_the_other_way_is_set_apart() -> None:
    facts = facts_of(
        REQUEST, applicant_name="נגה", words={**NO_WORDS, "ending": "For {applicant}."}
    )
    mail = usual(REQUEST, **facts)
    assert "For \N{FIRST STRONG ISOLATE}נגה\N{POP DIRECTIONAL ISOLATE}." in mail.text
    assert "For <bdi>נגה</bdi>." in mail.html
