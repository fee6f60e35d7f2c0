"""The worker's log says what happened and where, and nothing about a person."""

import json
import logging
from io import StringIO
from uuid import UUID

import pytest
import structlog
from uvicorn.logging import AccessFormatter

from letters.adapters.links import SignedLinks
from letters.cli import letters
from letters.domain.text import mailbox_key
from letters.logs import ACCESS_LOGS, mask_access_logs, write_json_lines
from letters.ports import Purpose

SECRET = "mira@example.com via https://letters.example.org/letter/token"


def test_an_error_keeps_its_words_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    write_json_lines()

    try:
        raise ValueError(SECRET)
    except ValueError:
        structlog.get_logger("test").exception("mail.not_written", mail="id")

    line = json.loads(capsys.readouterr().out)
    assert line["event"] == "mail.not_written"
    assert line["level"] == "error"
    assert line["error"] == "ValueError"
    assert line["where"] == []
    assert "mira" not in str(line)
    assert "token" not in str(line)


def test_a_command_keeps_its_log_away_from_what_it_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        letters.main(["program", "--help"])

    structlog.get_logger("test").warning("store.slow")
    shown = capsys.readouterr()
    assert "store.slow" not in shown.out
    assert json.loads(shown.err)["event"] == "store.slow"


def test_an_error_in_our_own_code_is_told_with_its_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_json_lines()

    try:
        mailbox_key(None)  # type: ignore[arg-type]  # to make it fail
    except AttributeError:
        structlog.get_logger("test").exception("mail.not_written")

    where = json.loads(capsys.readouterr().out)["where"]
    assert len(where) == 1
    assert where[0].startswith("letters/domain/text.py:")


@pytest.mark.parametrize("name", ACCESS_LOGS)
def test_what_a_server_writes_down_of_a_request_opens_nothing(
    name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = SignedLinks(("a-secret-key-that-has-at-least-32-characters",), "")
    token = links.mint(Purpose.UPLOAD, UUID(int=1), 1)
    monkeypatch.setattr(logging.getLogger(name), "filters", [])
    mask_access_logs(links.masked)

    with caplog.at_level(logging.INFO, logger=name):
        logging.getLogger(name).info('"%s" %s', f"POST /letter/{token}/decline HTTP/1.1", 303)

    assert caplog.messages == ['"POST /letter/…/decline HTTP/1.1" 303']


def test_a_server_that_takes_its_own_line_apart_again_finds_no_token_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written, logger = StringIO(), logging.getLogger("uvicorn.access")
    handler = logging.StreamHandler(written)
    handler.setFormatter(AccessFormatter("%(request_line)s %(status_code)s", use_colors=False))
    for name, value in (("filters", []), ("handlers", [handler]), ("level", logging.INFO)):
        monkeypatch.setattr(logger, name, value)
    links = SignedLinks(("a-secret-key-that-has-at-least-32-characters",), "")
    mask_access_logs(links.masked)

    path = f"/letter/{links.mint(Purpose.UPLOAD, UUID(int=1), 1)}"
    logger.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", path, "1.1", 200)

    assert written.getvalue() == "GET /letter/… HTTP/1.1 200 OK\n"
