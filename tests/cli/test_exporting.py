"""`letters export`: a file that is whole, or none."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from pypdfium2 import PdfDocument

from letters.domain.errors import UnknownProgram
from letters.records import new_id
from letters.services import exporting
from tests.cli.conftest import Run
from tests.services import scenes
from tests.support.people import Story


@pytest.fixture
def with_a_letter(internship: Story) -> Story:
    scenes.send_letter(internship, scenes.requested(internship))
    return internship


def test_a_zip_with_all_letters(run: Run, with_a_letter: Story, tmp_path: Path) -> None:
    file = tmp_path / "letters.zip"

    assert run("export", with_a_letter.slug, "--output", str(file)).exit_code == 0

    assert len(ZipFile(file).namelist()) == 2
    assert run("verify").exit_code == 0


def test_the_states_go_to_standard_output(run: Run, with_a_letter: Story) -> None:
    done = run("export", with_a_letter.slug, "--states")

    assert done.exit_code == 0
    assert "Mira Lindqvist" in done.stdout


def test_the_packet_of_one_application(run: Run, internship: Story, tmp_path: Path) -> None:
    asked = scenes.requested(internship)
    scenes.send_letter(internship, asked)
    file = tmp_path / "mira.pdf"

    done = run("export", internship.slug, "--packet", str(asked), "--output", str(file))

    assert done.exit_code == 0, done.stderr
    with PdfDocument(file) as packet:
        assert len(packet) == 2
        assert "for the operator of this service" in packet[0].get_textpage().get_text_bounded()
    assert run("verify").exit_code == 0


def test_a_packet_of_another_program_is_not_made(
    run: Run, with_a_letter: Story, tmp_path: Path
) -> None:
    file, slug = tmp_path / "x.pdf", with_a_letter.slug
    unknown = run("export", slug, "--packet", str(new_id()), "--output", str(file))
    assert (unknown.exit_code, file.exists()) == (1, False)
    assert run("export", slug, "--packet", str(new_id()), "--states").exit_code == 2


def test_a_file_that_is_there_stays(run: Run, with_a_letter: Story, tmp_path: Path) -> None:
    file = tmp_path / "letters.zip"
    file.write_text("mine")

    done = run("export", with_a_letter.slug, "--output", str(file))

    assert (done.exit_code, file.read_text()) == (1, "mine")
    assert "cannot be written: File exists" in done.stderr


def test_what_could_not_be_finished_is_removed(
    run: Run, with_a_letter: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        yield b"PK"
        raise UnknownProgram(slug="x")

    monkeypatch.setattr(exporting, "archive", broken)
    file = tmp_path / "letters.zip"

    assert run("export", with_a_letter.slug, "--output", str(file)).exit_code == 1
    assert not file.exists()


@pytest.mark.usefixtures("environment")
def test_an_unknown_program_is_named(run: Run, internship: Story, tmp_path: Path) -> None:
    done = run("export", f"not-{internship.slug}", "--output", str(tmp_path / "x.zip"))

    assert done.exit_code == 1
    assert "program" in done.stderr
    assert not (tmp_path / "x.zip").exists()
