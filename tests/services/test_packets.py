"""A packet: all letters of an application in one PDF, and what is missing said on its cover."""

import io
from uuid import UUID

import pikepdf
import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import select, update

from letters.adapters.binder import SheetBinder, fonts
from letters.domain.erasing import ERASED
from letters.domain.errors import PacketNotMade, StoreUnavailable
from letters.domain.journal import Fact
from letters.domain.keeping import Quarantine
from letters.domain.text import LONGEST_NAME
from letters.domain.wrong_letter import Mark
from letters.records import JournalEntry, Letter, LetterRequest
from letters.resources import templates_folder, translations_folder
from letters.services import finding, packets
from tests.services import scenes
from tests.services.scenes import COORDINATOR
from tests.support import pdfs
from tests.support.hostile import HOSTILE, REFUSED
from tests.support.people import MIRA, REFEREES, START, SYSTEM, Story
from tests.web import scenes as web_scenes
from tests.web.visiting import on_sqlite


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application with three referees, who are asked."""
    return web_scenes.requested(story, web_scenes.with_referees(MIRA, REFEREES))


def _packet(story: Story, application_id: UUID) -> bytes:
    house = story.house
    made = packets.make(
        house.works,
        COORDINATOR,
        house.binder,
        lambda work: finding.application(work, application_id, lock=True),
        "Cora",
    )
    with made.file:
        return made.file.read()


def _pages(packet: bytes) -> list[str]:
    with PdfDocument(packet) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [" ".join(text.split()) for text in texts]


def _bookmarks(packet: bytes) -> list[tuple[str, int]]:
    with PdfDocument(packet) as document:
        return [(one.get_title(), one.get_dest().get_index()) for one in document.get_toc()]


def _lines_of(strings: list[str], longest: int) -> list[str]:
    """Put as many strings into a line as it has room for."""
    lines = [""]
    for one in strings:
        together = " ".join(f"{lines[-1]} {one}".split())
        lines[-1:] = [together] if len(together) <= longest else [lines[-1], one]
    return lines


def _acts_in(packet: bytes) -> list[str]:
    """Return what does something by itself, or when it is clicked."""
    with pikepdf.open(io.BytesIO(packet)) as pdf:
        found = [key for key in ("/OpenAction", "/AA", "/AcroForm") if key in pdf.Root]
        return found + [f"page {page.index}" for page in pdf.pages if "/Annots" in page]


def _change(story: Story, position: int, **values: object) -> None:
    of_referee = select(LetterRequest.id).where(LetterRequest.position == position)
    with story.house.works.change(SYSTEM) as work:
        letter = Letter.request_id.in_(of_referee)
        work.session.execute(update(Letter).where(letter).values(values))


def _looks(story: Story) -> list[object]:
    with story.house.works.look(SYSTEM) as work:
        read = select(JournalEntry).where(JournalEntry.fact == Fact.LETTER_READ)
        return [entry.details["how"] for entry in work.session.scalars(read)]


# --- what is in it ----------------------------------------------------------------------------


def test_the_letters_come_in_order_below_a_sheet_that_says_what_they_are(
    story: Story, asked: UUID
) -> None:
    second = pdfs.letter_pdf(("The second letter.",), pages=2)
    web_scenes.letter_in(story, asked, 2, second)
    web_scenes.letter_in(story, asked, 1, pdfs.letter_pdf(("The first letter.",)))
    packet = _packet(story, asked)
    cover, *letters = _pages(packet)
    assert letters == ["The first letter.", "The second letter.", "The second letter."]
    assert _bookmarks(packet) == [
        ("Cover sheet", 0),
        ("Prof. Ada Ferreira", 1),
        ("Dr. Bram de Wit", 2),
    ]
    for words in (
        "Alpine Summer Research Internship · Institute for Alpine Studies Letters for Mira",
        "Right to view waived",
        "Letters 2 of 2 received",
        "Dr. Bram de Wit from page 3",
        "Letter received on 1 February 2027, 10:00.",
        scenes.current_letter(story, asked, 2).sha256,
        "Prof. Chiyo Tanaka tanaka@example.net · Example College Asked on 1 February 2027, 10:00",
        "Made on Monday, 1 February 2027, 10:00 (Zurich Time, UTC+1) for Cora.",
    ):
        assert words in cover
    assert _looks(story) == ["packet", "packet"]
    assert scenes.breaches(story.house) == []


def test_what_cannot_be_in_it_is_said_and_not_written_down_as_read(
    story: Story, asked: UUID
) -> None:
    for position in (1, 2, 3):
        web_scenes.letter_in(story, asked, position)
    _change(story, 1, quarantine=Quarantine.NOT_SCANNED)
    _change(
        story,
        2,
        quarantine=Quarantine.UNCHECKED,
        released_at=START,
        checked=False,
        pages=None,
    )
    _change(story, 3, marks=[Mark.APPLICANT_MISSING.value], sent_by="an assistant")
    cover, *letters = _pages(_packet(story, asked))
    assert len(letters) == 1
    for words in (
        "Not in this packet: the file is held back until it is released.",
        "Not in this packet: the file could not be looked into.",
        "This may be the wrong letter: The name Mira Lindqvist was not found in it.",
        "sent by an assistant",
    ):
        assert words in cover
    assert _looks(story) == ["packet"]


def test_a_store_that_fails_or_lost_a_file_spoils_only_that_letter(
    story: Story, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_scenes.letter_in(story, asked, 1)
    web_scenes.letter_in(story, asked, 2)
    story.house.works.tools.store.delete(scenes.current_letter(story, asked, 1).stored_as)
    cover, *letters = _pages(_packet(story, asked))
    assert len(letters) == 1
    assert "Not in this packet: the stored file cannot be read." in cover

    def fail(_name: str) -> bytes:
        raise StoreUnavailable(reason="no answer")

    monkeypatch.setattr(story.house.works.tools.store, "get", fail)
    cover, *letters = _pages(_packet(story, asked))
    assert letters == []
    assert "could not be reached just now. Make the packet again." in cover


def test_a_letter_that_cannot_be_joined_to_others_is_said(
    story: Story, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_scenes.letter_in(story, asked, 1)
    web_scenes.letter_in(story, asked, 2)
    broken = iter([b"%PDF-1.7 and no more", pdfs.letter_pdf()])
    monkeypatch.setattr(packets, "decrypted", lambda *_: next(broken))
    packet = _packet(story, asked)
    assert "the file cannot be joined to others" in _pages(packet)[0]
    assert [title for title, _ in _bookmarks(packet)] == ["Cover sheet", "Dr. Bram de Wit"]


def test_without_a_letter_the_sheet_is_alone(story: Story, asked: UUID) -> None:
    assert len(_pages(_packet(story, asked))) == 1
    assert _looks(story) == []


def test_a_script_of_the_file_does_not_come_along(story: Story, asked: UUID) -> None:
    web_scenes.letter_in(story, asked, 1)
    with_script = pdfs.pdf_with_javascript()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packets, "decrypted", lambda *_: with_script)
        packet = _packet(story, asked)
    with pikepdf.Pdf.open(io.BytesIO(packet)) as pdf:
        assert {"/OpenAction", "/Names", "/AA"} & set(pdf.Root.keys()) == set()


# --- words and limits -------------------------------------------------------------------------


@on_sqlite
def test_words_of_every_script_and_every_hostile_one_stay_words(story: Story, asked: UUID) -> None:
    web_scenes.letter_in(story, asked, 1)
    lines = _lines_of([one for one in HOSTILE if one not in REFUSED], LONGEST_NAME)
    for begin in range(0, len(lines), 6):
        applicant, affiliation, *referees = (lines[begin : begin + 6] + lines)[:6]
        scenes.change_application(story, asked, applicant_name=applicant, external_id=referees[3])
        for position, name in enumerate(referees[:3], start=1):
            changed = {"referee_name": name, "affiliation": f"#let x = 1; *b* @y {affiliation}"}
            scenes.change_request(story, asked, position, **changed)
        packet = _packet(story, asked)
        assert _bookmarks(packet)[1] == (referees[0], len(_pages(packet)) - 1)
        assert "#let x = 1; *b* @y" in _pages(packet)[0]
        assert _acts_in(packet) == []
    name = "דב עמשל محمد 田中千代 Zoë Åström"
    scenes.change_request(story, asked, referee_name=name)
    assert _bookmarks(_packet(story, asked))[1][0] == name


def test_names_that_no_font_can_show_are_no_boxes(
    story: Story, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_scenes.letter_in(story, asked, 1)
    scenes.change_request(story, asked, referee_name="田中 千代 (Tanaka Chiyo)")
    scenes.change_application(story, asked, applicant_name="สมชาย ใจดี")
    monkeypatch.setattr(fonts, "can_show", str.isascii)
    packet = _packet(story, asked)
    cover = _pages(packet)[0]
    assert "Letters for (no font for it)" in cover
    assert "(no font for it) (Tanaka Chiyo)" in cover
    assert "This machine has no font for some of the names on this sheet." in cover
    assert _bookmarks(packet)[1][0] == "田中 千代 (Tanaka Chiyo)"
    monkeypatch.setattr(fonts, "can_show", lambda _words: True)
    assert "no font" not in _pages(_packet(story, asked))[0]


def test_the_fonts_are_asked_for_each_script() -> None:
    assert "Hebrew" not in fonts.scripts_without_fonts()
    assert fonts.can_show("Zoë Åström Ελένη Владимир דב")
    # Nobody has a font for what is no character.
    assert not fonts.can_show("\ufdd0")


def test_beyond_its_limits_there_is_no_packet(story: Story, asked: UUID) -> None:
    web_scenes.letter_in(story, asked, 1)
    binder = SheetBinder(templates_folder(), translations_folder(), memory=20_000_000)
    with pytest.raises(PacketNotMade):
        packets.make(
            story.house.works,
            COORDINATOR,
            binder,
            lambda work: finding.application(work, asked, lock=True),
            "Cora",
        )


def test_who_was_erased_has_no_address_on_the_sheet(story: Story, asked: UUID) -> None:
    with story.house.works.change(SYSTEM) as work:
        application = finding.application(work, asked, lock=True)
        application.applicant_name, application.applicant_email = ERASED, ""
    [cover] = _pages(_packet(story, asked))
    assert "Letters for erased" in cover
    assert "Applicant erased Right to view" in cover
