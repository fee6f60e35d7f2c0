"""Mails in languages that run from right to left, and names that run against their sentence."""

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from letters import wording
from letters.adapters.messages import TemplateMessages
from letters.domain.journal import MessageKind
from letters.ports import MessageRenderer
from letters.resources import templates_folder
from letters.sample_facts import SAMPLES, facts_of
from tests.support import markup
from tests.support.catalogues import write_catalogue
from tests.support.files_of_mails import HtmlFile, TextFile
from tests.support.mails import usual

HEBREW = dict(zip("abcdefghijklmnopqrstuvwxyz", "אבגדהוזחטיכלמנסעפצקרשתםןףץ", strict=True))
_PLACEHOLDER = re.compile(r"(%\([a-z0-9_]+\)[sd]|%%)")
ISOLATES = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
FIRST, LAST = ISOLATES


def in_hebrew_letters(sentence: str) -> str:
    """Return a sentence letter by letter in Hebrew ones, with its placeholders as they are."""
    parts = _PLACEHOLDER.split(sentence.lower())
    parts[::2] = ["".join(HEBREW.get(letter, letter) for letter in part) for part in parts[::2]]
    return "".join(parts)


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory: pytest.TempPathFactory) -> MessageRenderer:
    """Mails whose sentences run from right to left."""
    folder: Path = tmp_path_factory.mktemp("translations")
    write_catalogue(folder, "he", in_hebrew_letters)
    return TemplateMessages(templates_folder(), folder)


@pytest.mark.parametrize("kind", MessageKind)
def test_it_is_as_agreed(
    kind: MessageKind, hebrew: MessageRenderer, snapshot: SnapshotAssertion
) -> None:
    sample = next(sample for sample in SAMPLES if sample.kind is kind)
    mail = hebrew.render(kind, sample.facts, "he")
    _, mistakes = markup.parse(mail.html)
    assert mistakes == []
    assert '<html lang="he" dir="rtl"' in mail.html
    assert mail.text.count(FIRST) == mail.text.count(LAST)
    assert not set(mail.subject) & set(ISOLATES)
    assert str(sample.facts["url"]) in mail.text.splitlines()
    assert f"Subject: {mail.subject}\n\n{mail.text}" == snapshot(extension_class=TextFile)
    assert mail.html == snapshot(extension_class=HtmlFile)


def test_a_name_that_runs_against_its_sentence_is_set_apart() -> None:
    name = "נועה (בר) 2"
    mail = usual(MessageKind.LETTER_REQUEST, applicant_name=name, referee_name=name)
    assert mail.text.startswith(f"Dear {FIRST}{name}{LAST},\n")
    assert f"a letter for {FIRST}{name}{LAST}, who has named you" in mail.text
    assert f"a letter for <bdi>{name}</bdi>, who has named you" in mail.html
    assert mail.subject == f"Letter for {name}, due 1 April 2027"


def test_a_name_that_runs_with_its_sentence_is_left_alone() -> None:
    mail = usual(MessageKind.LETTER_REQUEST, applicant_name="Zoë Müller-Łuczak 3")
    assert not set(mail.text) & set(ISOLATES)
    assert "<bdi>" not in mail.html


def test_what_is_set_apart_is_never_markup() -> None:
    mail = usual(MessageKind.LETTER_REQUEST, applicant_name="<b>נועה</b>")
    assert "<bdi>&lt;b&gt;נועה&lt;/b&gt;</bdi>" in mail.html


def test_names_in_lists_are_set_apart_too() -> None:
    mail = usual(MessageKind.REQUESTS_SENT, referee_names=["נועה", "Ines"])
    assert f"\n- {FIRST}נועה{LAST}\n- Ines\n" in mail.text
    assert "<li><bdi>נועה</bdi></li>" in mail.html.replace(' style="margin: 0 0 4px;"', "")


def test_a_note_takes_its_own_direction() -> None:
    facts = facts_of(MessageKind.MORE_TIME_ASKED, note="אחרי החג.")
    mail = usual(MessageKind.MORE_TIME_ASKED, **facts)
    assert '<blockquote class="quote" dir="auto"' in mail.html


@pytest.mark.parametrize(
    ("text", "direction", "apart"),
    [
        ("Ada", "ltr", False),
        ("Ada", "rtl", True),
        ("נועה", "rtl", False),
        ("נועה", "ltr", True),
        ("محمد", "ltr", True),
        ("Ada נועה", "ltr", True),
        ("12:30", "rtl", False),
        ("", "rtl", False),
        ("https://letters.example.org/a", "rtl", False),
    ],
)
def test_only_what_runs_the_other_way_is_set_apart(text: str, direction: str, apart: bool) -> None:
    assert wording.apart(text, direction) == (f"{FIRST}{text}{LAST}" if apart else text)
