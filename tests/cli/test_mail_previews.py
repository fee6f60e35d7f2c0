"""Mails to look at, made of sample data, without settings and without sending anything."""

import json
from email import message_from_bytes, policy
from pathlib import Path

from letters.domain.journal import MessageKind
from letters.sample_facts import SAMPLES
from tests.cli.conftest import Run


def test_the_kinds_are_listed(run: Run) -> None:
    listed = json.loads(run("mail", "list", "--json").stdout)
    assert [one["kind"] for one in listed] == [kind.value for kind in MessageKind]
    assert sum(len(one["samples"]) for one in listed) == len(SAMPLES)
    assert "reminder: reminder-before-due, " in run("mail", "list").stdout


def test_one_kind_is_written_in_all_its_forms(run: Run, tmp_path: Path) -> None:
    result = run("mail", "preview", "receipt", "--output", str(tmp_path / "a" / "b"))
    assert result.exit_code == 0
    written = [Path(line) for line in result.stdout.splitlines()]
    assert sorted(written) == sorted((tmp_path / "a" / "b").iterdir())
    assert {file.suffix for file in written} == {".eml", ".html", ".txt"}
    assert {file.stem for file in written} == {
        sample.name for sample in SAMPLES if sample.kind is MessageKind.RECEIPT
    }
    raw = (tmp_path / "a" / "b" / "receipt-first.eml").read_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["To"] == "halvorsen@fjord.example.org"
    assert (tmp_path / "a" / "b" / "receipt-first.txt").read_text().startswith("Subject: ")


def test_all_of_them_are_written_over_those_of_before(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        result = run("mail", "preview", "--all", "--output", str(tmp_path), "--json")
        assert len(json.loads(result.stdout)["written"]) == 3 * len(SAMPLES)
    assert len(list(tmp_path.glob("*.eml"))) == len(SAMPLES)


def test_what_to_write_must_be_said(run: Run) -> None:
    for arguments in ([], ["receipt", "--all"]):
        result = run("mail", "preview", *arguments)
        assert result.exit_code == 2
        assert "name one KIND, or say --all" in result.stderr
    unknown = run("mail", "preview", "telegram")
    assert unknown.exit_code == 2
    assert "letter_request" in unknown.stderr


def test_a_folder_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    result = run("mail", "preview", "sign_in", "--output", str(tmp_path / "taken" / "in"))
    assert result.exit_code == 1
    assert "The mails could not be written" in result.stderr
