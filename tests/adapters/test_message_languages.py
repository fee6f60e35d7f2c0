"""Mails in other languages, and that every word of them can be translated."""

import re
from pathlib import Path

import pytest

from letters.adapters.messages import TemplateMessages
from letters.domain.journal import MessageKind
from letters.ports import MessageRenderer
from letters.resources import templates_folder
from letters.sample_facts import (
    INTERNSHIP,
    ORGANIZATION,
    SAMPLES,
    Sample,
    facts_of,
)
from tests.support import markup
from tests.support.catalogues import write_catalogue
from tests.support.mails import messages, rendered

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


@pytest.mark.parametrize("locale", ["de", "ar", "pt_BR", "xx", "../../etc"])
def test_without_a_catalogue_all_is_english(locale: str, tmp_path: Path) -> None:
    untranslated = TemplateMessages(templates_folder(), tmp_path / "absent")
    for sample in SAMPLES:
        assert untranslated.render(sample.kind, sample.facts, locale) == rendered(sample)


def test_american_english_needs_no_catalogue() -> None:
    mail = messages().render(
        MessageKind.LETTER_REQUEST, facts_of(MessageKind.LETTER_REQUEST), "en_US"
    )
    assert mail.subject.endswith("due April 1, 2027")
    assert '<html lang="en-US" dir="ltr"' in mail.html


OPEN, CLOSE = "⟦", "⟧"


@pytest.fixture(scope="module")
def bracketed(tmp_path_factory: pytest.TempPathFactory) -> MessageRenderer:
    """Mails in languages in which every translated sentence stands in brackets."""
    folder = tmp_path_factory.mktemp("translations")
    for language in ("de", "ar"):
        write_catalogue(folder, language, lambda sentence: f"{OPEN}{sentence}{CLOSE}")
    return TemplateMessages(templates_folder(), folder)


def test_a_translated_mail_follows_its_language(bracketed: MessageRenderer) -> None:
    facts = facts_of(MessageKind.LETTER_REQUEST)
    german = bracketed.render(MessageKind.LETTER_REQUEST, facts, "de")
    assert "Donnerstag, 1. April 2027, 23:59 (Zürich, UTC+2)" in german.text
    assert '<html lang="de" dir="ltr"' in german.html
    arabic = bracketed.render(MessageKind.LETTER_REQUEST, facts, "ar")
    assert '<html lang="ar" dir="rtl"' in arabic.html


@each_sample
def test_every_word_can_be_translated(bracketed: MessageRenderer, sample: Sample) -> None:
    """What stands outside the brackets is what people wrote, a date, an address or our name."""
    wordless = {name: wordlessly(name, fact) for name, fact in sample.facts.items()}
    mail = bracketed.render(sample.kind, wordless, "de")
    for part in (mail.subject, mail.text, markup.text(mail.html)):
        outside = re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", "", part)
        outside = re.sub(r"https://\S+|\d+\. März 2027|\bLetters\b|Mina Okafor \d+", "", outside)
        for people_wrote in (INTERNSHIP, ORGANIZATION, "Northern Graduate Fellowship", "214 kB"):
            outside = outside.replace(people_wrote, "")
        assert not [word for word in outside.split() if any(c.isalpha() for c in word)]


def wordlessly(name: str, fact: object) -> object:
    """Replace the words of people by a sign, so that only those of the templates are left."""
    if name == "marks":
        return fact
    if isinstance(fact, list) and all(isinstance(one, str) for one in fact):
        return ["•" for _ in fact]
    is_link = name != "personal_line" and "://" in str(fact)
    kept = name in {"zone", "policy"} or not isinstance(fact, str) or is_link
    return fact if kept or not fact else "•"
