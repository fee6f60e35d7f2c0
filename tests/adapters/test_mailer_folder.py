"""Mail into a folder: whole files, private, in order, and one for each message."""

import errno
import os
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from letters.adapters.mailer import FileMailer, SmtpMailer, mailer_from_url, read_folder
from letters.domain.errors import DeliveryDeferred
from letters.ports import Mailer
from tests.adapters.mails import MESSAGE, SENDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "mail"


@pytest.fixture
def mailer(folder: Path) -> Mailer:
    return FileMailer(folder, SENDER)


class TestWriting:
    def test_a_mail_is_a_private_file(self, mailer: Mailer, folder: Path) -> None:
        mailer.send(MESSAGE)
        (file,) = folder.iterdir()
        assert file.suffix == ".eml"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_what_is_read_back(self, mailer: Mailer, folder: Path) -> None:
        mailer.send(MESSAGE)
        (mail,) = read_folder(folder)
        assert mail["To"] == "referee@example.org"
        assert mail["From"] == "Summer Research <letters@letters.example.org>"
        assert mail["Message-ID"] == "<0190f1c2@letters.example.org>"
        body = mail.get_body(("html",))
        assert body is not None
        assert body.get_content().strip() == "<p>Please write for Ada.</p>"

    def test_one_message_twice_is_one_file(self, mailer: Mailer, folder: Path) -> None:
        mailer.send(MESSAGE)
        mailer.send(MESSAGE)
        assert len(list(folder.iterdir())) == 1

    def test_two_messages_of_one_instant_are_two(self, mailer: Mailer, folder: Path) -> None:
        mailer.send(MESSAGE)
        mailer.send(replace(MESSAGE, message_id="<0190f1c3@letters.example.org>"))
        assert len(read_folder(folder)) == 2

    def test_the_newest_comes_last(self, mailer: Mailer, folder: Path) -> None:
        for n in (3, 1, 2):
            date = MESSAGE.date + timedelta(microseconds=n)
            number = f"<{n}@letters.example.org>"
            mailer.send(replace(MESSAGE, subject=str(n), date=date, message_id=number))
        assert [mail["Subject"] for mail in read_folder(folder)] == ["1", "2", "3"]

    def test_what_no_server_would_get_is_not_written(self, mailer: Mailer, folder: Path) -> None:
        with pytest.raises(ValueError, match="control character"):
            mailer.send(replace(MESSAGE, subject="a\x0bBcc: b@example.org"))
        assert not folder.exists()

    def test_there_is_no_mail_in_a_folder_that_is_not_there(self, folder: Path) -> None:
        assert read_folder(folder) == []


class TestFaults:
    @pytest.mark.parametrize("step", ["open", "fsync"])
    def test_a_disk_that_fails(
        self, mailer: Mailer, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _no_room)
            with pytest.raises(DeliveryDeferred, match="No space left"):
                mailer.send(MESSAGE)
            with pytest.raises(DeliveryDeferred, match="No space left"):
                mailer.check()
        assert list(folder.iterdir()) == []

    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_bytes(b"")
        with pytest.raises(DeliveryDeferred):
            FileMailer(tmp_path / "taken", SENDER).send(MESSAGE)

    def test_checking_leaves_nothing_behind(self, mailer: Mailer, folder: Path) -> None:
        mailer.check()
        assert list(folder.iterdir()) == []


class TestChoosing:
    def test_a_folder_of_the_present_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        mailer_from_url("file:instance/mail%20box", SENDER).send(MESSAGE)
        assert len(read_folder(tmp_path / "instance" / "mail box")) == 1

    @pytest.mark.parametrize("beginning", ["file:", "file://", "file://localhost", "FILE:"])
    def test_a_folder_by_its_whole_path(self, tmp_path: Path, beginning: str) -> None:
        mailer_from_url(f"{beginning}{tmp_path}/mail", SENDER).send(MESSAGE)
        assert len(read_folder(tmp_path / "mail")) == 1

    @pytest.mark.parametrize("url", ["smtp://localhost", "smtps://mail.example.org", "SMTP://x"])
    def test_a_server(self, url: str) -> None:
        assert isinstance(mailer_from_url(url, SENDER), SmtpMailer)

    @pytest.mark.parametrize("url", ["file:", "file:///", "file://elsewhere/mail"])
    def test_a_folder_that_is_none(self, url: str) -> None:
        with pytest.raises(ValueError, match="file:FOLDER"):
            mailer_from_url(url, SENDER)

    @pytest.mark.parametrize("url", ["", "mail", "imap://user:secret@host", "null:", "/var/mail"])
    def test_any_other_way_is_refused_in_clear_words(self, url: str) -> None:
        with pytest.raises(ValueError, match="use file:, smtp:// or smtps://") as caught:
            mailer_from_url(url, SENDER)
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize("url", ["file:mail", "smtp://localhost"])
    @pytest.mark.parametrize("sender", ["", "Letters", "a@b.org, c@d.org", "a@b.org\nBcc: c@d.org"])
    def test_a_sender_without_one_address(self, url: str, sender: str) -> None:
        with pytest.raises(ValueError, match="the sender"):
            mailer_from_url(url, sender)


def _no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
