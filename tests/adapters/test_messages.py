"""What holds for every mail: its words, its form, and what becomes of what people wrote."""

from collections.abc import Mapping

import pytest
from jinja2 import UndefinedError
from syrupy.assertion import SnapshotAssertion

from letters.adapters.messages import in_paragraphs, on_one_line
from letters.domain.journal import MessageKind
from letters.domain.telling import NEWS
from letters.resources import templates_folder
from letters.sample_facts import (
    APPLICANT,
    COORDINATOR,
    ORGANIZATION,
    REFEREE,
    SAMPLES,
    Sample,
    application_in,
    facts_of,
    program_with,
    section_of,
)
from tests.support import markup
from tests.support.files_of_mails import HtmlFile, TextFile
from tests.support.mails import LARGEST, links, messages, rendered, usual

TO_REFEREES = (
    MessageKind.REMINDER,
    MessageKind.ADVANCE_NOTICE,
    MessageKind.LETTER_REQUEST,
    MessageKind.OVERVIEW,
    MessageKind.RECEIPT,
    MessageKind.CONFIRM_LETTER,
    MessageKind.MORE_TIME_ANSWERED,
    MessageKind.REFEREE_DUE_MOVED,
    MessageKind.REQUEST_CANCELLED,
    MessageKind.REQUEST_RELEASED,
    MessageKind.LETTER_ENTERED,
    MessageKind.LETTER_RETURNED,
    MessageKind.LETTER_KEPT,
)
TO_APPLICANTS = (
    *sorted(NEWS),
    MessageKind.APPLICATION_SUBMITTED,
    MessageKind.DRAFT_LINK,
    MessageKind.WITHDRAWN,
    MessageKind.DUE_MOVED,
)
FROM_A_PROGRAM = TO_REFEREES + TO_APPLICANTS
ABOUT_A_PROGRAM = (*FROM_A_PROGRAM, MessageKind.MORE_TIME_ASKED)
READERS = {
    **dict.fromkeys(TO_REFEREES, REFEREE),
    **dict.fromkeys(TO_APPLICANTS, APPLICANT),
    MessageKind.STATUS_LINKS: APPLICANT,
    MessageKind.MORE_TIME_ASKED: "coordinators",
    MessageKind.SIGN_IN: COORDINATOR,
    MessageKind.INVITATION: COORDINATOR,
    MessageKind.ERASURE_LIST: COORDINATOR,
    MessageKind.DIGEST: COORDINATOR,
}

WITH_MORE_LINKS = {
    MessageKind.LETTER_REQUEST,
    MessageKind.REMINDER,
    MessageKind.STATUS_LINKS,
    MessageKind.ERASURE_LIST,
    MessageKind.DIGEST,
}

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


# --- all of them --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_has_its_folder_and_a_sample(kind: MessageKind) -> None:
    folder = templates_folder() / "email" / kind.value
    assert all((folder / name).is_file() for name in ("subject.txt", "body.txt", "body.html"))
    assert any(sample.kind == kind for sample in SAMPLES)


@each_sample
def test_text_is_as_agreed(sample: Sample, snapshot: SnapshotAssertion) -> None:
    mail = rendered(sample)
    assert f"Subject: {mail.subject}\n\n{mail.text}" == snapshot(extension_class=TextFile)


@each_sample
def test_html_is_as_agreed(sample: Sample, snapshot: SnapshotAssertion) -> None:
    assert rendered(sample).html == snapshot(extension_class=HtmlFile)


@each_sample
def test_html_is_without_mistakes(sample: Sample) -> None:
    _, mistakes = markup.parse(rendered(sample).html)
    assert mistakes == []


@each_sample
def test_html_stands_alone_and_knows_the_dark(sample: Sample) -> None:
    html = rendered(sample).html
    assert "@media (prefers-color-scheme: dark)" in html
    assert '<html lang="en-GB" dir="ltr"' in html
    for fetched in ("<img", "<link", "<script", "src=", "url(", "@import", "@font-face"):
        assert fetched not in html


@each_sample
def test_html_and_text_say_the_same(sample: Sample) -> None:
    mail = rendered(sample)
    shown = without_punctuation(markup.text(mail.html))
    for line in mail.text.splitlines():
        if "https://" not in line:
            assert without_punctuation(line) in shown


def without_punctuation(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


@each_sample
def test_the_link_that_matters_can_be_copied(sample: Sample) -> None:
    mail = rendered(sample)
    that_matters = str(sample.facts["url"])
    assert that_matters in mail.text.splitlines()
    assert that_matters in markup.text(mail.html)
    assert links(mail)[0] == that_matters
    if sample.kind not in WITH_MORE_LINKS:
        assert links(mail) == [that_matters]


@each_sample
def test_the_subject_is_one_line_and_the_mail_is_small(sample: Sample) -> None:
    mail = rendered(sample)
    assert mail.subject == on_one_line(mail.subject)
    assert mail.subject
    assert len(mail.subject) < 100
    assert len((mail.text + mail.html).encode()) < LARGEST


@each_sample
def test_the_reader_is_greeted_by_name(sample: Sample) -> None:
    mail = rendered(sample)
    assert mail.text.startswith(f"Dear {READERS[sample.kind]},\n")


@pytest.mark.parametrize("kind", FROM_A_PROGRAM)
def test_the_signature_says_who_to_write_to(kind: MessageKind) -> None:
    for words in (usual(kind).text, markup.text(usual(kind).html)):
        assert "write to internship@glaciers.example.org: a person reads it." in words
        assert f"Sent by Letters on behalf of {ORGANIZATION}." in words


FACTS_NOT_READ: Mapping[MessageKind, set[str]] = {
    MessageKind.ADVANCE_NOTICE: {"closes_at"},
    MessageKind.DIGEST: {"risk_days"},
    MessageKind.REFEREE_DECLINED: {"closes_at", "wanted"},
    MessageKind.REQUESTS_SENT: {"closes_at", "policy"},
    MessageKind.ALL_IN: {"closes_at", "due_at", "policy"},
    MessageKind.ADDRESS_BOUNCED: {"closes_at"},
    MessageKind.TIME_LEFT: {"policy"},
    MessageKind.CLOSED_INCOMPLETE: {"due_at", "policy"},
    MessageKind.LETTER_REQUEST: {"policy"},
    MessageKind.OVERVIEW: {"applicant_name", "policy", "due_at", "closes_at"},
    MessageKind.CONFIRM_LETTER: {"policy", "due_at"},
    MessageKind.MORE_TIME_ASKED: {"contact_email", "policy", "closes_at"},
    MessageKind.MORE_TIME_ANSWERED: {"policy", "closes_at"},
    MessageKind.REFEREE_DUE_MOVED: {"policy", "closes_at"},
    MessageKind.DUE_MOVED: {"policy", "closes_at"},
    MessageKind.RECEIPT: {"policy", "due_at"},
    MessageKind.REMINDER: {"policy", "closes_at", "more"},
    MessageKind.LETTER_ARRIVED: {"policy", "closes_at"},
    MessageKind.APPLICATION_SUBMITTED: {"closes_at", "choice"},
    MessageKind.REQUEST_CANCELLED: {"policy", "zone", "due_at", "closes_at"},
    MessageKind.REQUEST_RELEASED: {"policy", "zone", "due_at", "closes_at"},
    MessageKind.LETTER_ENTERED: {"policy", "due_at"},
    MessageKind.LETTER_RETURNED: {"policy", "closes_at"},
    MessageKind.LETTER_KEPT: {"policy", "zone", "due_at", "closes_at"},
    MessageKind.DRAFT_LINK: {"policy", "closes_at"},
    MessageKind.WITHDRAWN: {"policy", "due_at", "closes_at"},
}


# Newer Pythons warn of a plural that is no number before the template finds that it is missing.
@pytest.mark.filterwarnings("ignore:Plural value must be an integer:DeprecationWarning")
@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        (kind, fact)
        for kind in MessageKind
        for fact in facts_of(kind)
        if fact not in FACTS_NOT_READ.get(kind, set())
    ],
)
def test_a_missing_fact_is_an_error(kind: MessageKind, fact: str) -> None:
    facts = facts_of(kind)
    del facts[fact]
    with pytest.raises(UndefinedError, match=f"'{fact}' is undefined"):
        messages().render(kind, facts, "en")


# --- what people have written -------------------------------------------------------------------


@pytest.mark.parametrize("kind", ABOUT_A_PROGRAM)
def test_what_people_wrote_is_never_markup(kind: MessageKind) -> None:
    hostile = "<script>alert(1)</script>"
    texts = dict.fromkeys(("applicant_name", "referee_name", "program_title"), hostile)
    texts |= dict.fromkeys(("organization", "instructions", "file_name", "note"), hostile)
    texts |= {"personal_line": hostile}
    facts = facts_of(kind) | texts | {"referee_names": [hostile] * 2}
    mail = messages().render(kind, facts, "en")
    root, mistakes = markup.parse(mail.html)
    assert mistakes == []
    assert not list(markup.elements(root, "script"))
    assert hostile in markup.text(mail.html)
    assert hostile in mail.text


def test_what_people_wrote_is_never_markup_in_a_digest() -> None:
    hostile = "<script>alert(1)</script>"
    program = program_with(section_of("declined", 1, referee=hostile), title=hostile)
    mail = usual(MessageKind.DIGEST, programs=[program], coordinator_name=hostile)
    root, _ = markup.parse(mail.html)
    assert not list(markup.elements(root, "script"))
    assert markup.text(mail.html).count(hostile) == 3  # greeting, title, referee


def test_what_people_wrote_is_never_markup_in_a_list_of_links() -> None:
    hostile = "<script>alert(1)</script>"
    applications = [{**application_in("draft", hostile), "organization": hostile}]
    mail = usual(MessageKind.STATUS_LINKS, applications=applications, applicant_name=hostile)
    root, _ = markup.parse(mail.html)
    assert not list(markup.elements(root, "script"))
    assert markup.text(mail.html).count(hostile) == 3  # greeting, title, organization


@pytest.mark.parametrize("kind", ABOUT_A_PROGRAM)
def test_plain_text_is_plain(kind: MessageKind) -> None:
    name = "O'Brien & Söhne"
    mail = usual(kind, applicant_name=name, referee_name=name, organization="R&D <Zürich>")
    assert "O'Brien & Söhne" in mail.text
    assert "R&D <Zürich>" in mail.text
    assert "&amp;" not in mail.subject + mail.text


@pytest.mark.parametrize("kind", sorted(set(ABOUT_A_PROGRAM) - {MessageKind.OVERVIEW}))
def test_a_name_cannot_add_a_header(kind: MessageKind) -> None:
    forged = "Eve\r\nBcc: everyone@example.org\x0b\x0c\x1c\x1d\x1e\x85\u2028\x00end"
    texts = ("applicant_name", "referee_name", "program_title")
    subject = usual(kind, **dict.fromkeys(texts, forged)).subject
    assert len(subject.splitlines()) == 1
    assert subject.isprintable()
    assert "Eve Bcc: everyone@example.org end" in subject


def test_a_subject_keeps_the_joiners_that_names_are_written_with() -> None:
    persian = "نیک\N{ZERO WIDTH NON-JOINER}پور"
    overridden = "\N{RIGHT-TO-LEFT OVERRIDE}evil"
    assert on_one_line(f" {persian}\t{overridden}\n") == f"{persian} evil"


def test_paragraphs_are_set_apart_by_one_line() -> None:
    assert in_paragraphs("\n\n one  \n\n \n\ntwo\nthree\n\n\n") == " one\n\ntwo\nthree\n"
