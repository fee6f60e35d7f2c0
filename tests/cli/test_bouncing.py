"""The pipe of a mail server: what comes back is taken, and nothing is ever answered."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from letters.cli import letters
from letters.domain.bounces import LARGEST
from letters.records import OutboxMessage, OutboxStatus
from letters.settings import Settings
from tests.services.returns import back_to, row_of, sent_to
from tests.services.scenes import outbox, requested
from tests.support.bounces import ADA, postfix
from tests.support.houses import settings_for
from tests.support.people import SYSTEM, Story

Pipe = Callable[..., Result]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation that takes mails that come back."""
    plain = settings_for(database_url, tmp_path)
    return replace(plain, bounce_address="bounces@letters.example.org")


@pytest.fixture
def went(internship: Story) -> OutboxMessage:
    """A mail that went to Ada."""
    requested(internship)
    internship.deliver()
    return sent_to(internship, ADA)


@pytest.fixture
def pipe() -> Pipe:
    """Bring a mail as a mail server does."""

    def bring(content: bytes, *arguments: str, **environment: str) -> Result:
        return CliRunner(env=environment).invoke(
            letters, ["bounce", *arguments], input=content, catch_exceptions=False
        )

    return bring


def test_what_came_back_is_taken_in_silence(
    pipe: Pipe, internship: Story, went: OutboxMessage
) -> None:
    done = pipe(postfix(), "--recipient", back_to(internship, went))
    assert (done.exit_code, done.stdout) == (0, "")
    (line,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert (line["event"], line["effect"]) == ("return", "unreachable")
    assert "@" not in done.stderr
    bounced_at = row_of(internship, went.id).bounced_at
    assert bounced_at is not None
    assert bounced_at <= datetime.now(UTC)


@pytest.mark.parametrize("header", ["X-Original-To", "To"])
def test_who_it_came_to_may_stand_in_a_header(
    pipe: Pipe, internship: Story, went: OutboxMessage, header: str
) -> None:
    content = f"{header}: <{back_to(internship, went)}>\r\n".encode() + postfix()
    assert pipe(content).exit_code == 0
    assert row_of(internship, went.id).bounced_at is not None


def test_who_it_came_to_may_stand_in_the_environment(
    pipe: Pipe, internship: Story, went: OutboxMessage
) -> None:
    content = b"To: somebody.else@example.org\r\n" + postfix()
    assert pipe(content, RECIPIENT=back_to(internship, went).upper()).exit_code == 0
    assert row_of(internship, went.id).bounced_at is not None


def test_a_mail_without_an_end_is_read_and_its_beginning_counts(
    pipe: Pipe, internship: Story, went: OutboxMessage
) -> None:
    endless = postfix() + b"x" * (3 * LARGEST)
    assert pipe(endless, "--recipient", back_to(internship, went)).exit_code == 0
    assert row_of(internship, went.id).bounced_at is not None


@pytest.mark.usefixtures("went")
def test_without_a_genuine_tag_it_ends_well_and_changes_nothing(
    pipe: Pipe, internship: Story
) -> None:
    for recipient in ("bounces@letters.example.org", "", "\x00"):
        for content in (postfix(), b"\xff\x00"):
            done = pipe(content, "--recipient", recipient)
            assert (done.exit_code, done.stdout) == (0, "")
    assert [row.bounced_at for row in outbox(internship.house)] == [None] * 4


def test_what_cannot_be_written_down_is_to_be_brought_again(
    pipe: Pipe, internship: Story, went: OutboxMessage, tmp_path: Path
) -> None:
    back = back_to(internship, went)
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    for broken in ({"LETTERS_DATABASE_URL": empty}, {"LETTERS_SECRET_KEYS": "short"}):
        done = pipe(postfix(), "--recipient", back, **broken)
        assert (done.exit_code, done.stdout) == (os.EX_TEMPFAIL, "")
        assert done.stderr
        assert back not in done.stderr
    assert row_of(internship, went.id).bounced_at is None


def test_what_is_being_sent_is_to_be_brought_again(
    pipe: Pipe, internship: Story, went: OutboxMessage
) -> None:
    with internship.house.works.change(SYSTEM) as work:
        row = work.session.get_one(OutboxMessage, went.id)
        row.status, row.sent_at, row.lease_until = OutboxStatus.SENDING, None, datetime.now(UTC)
    done = pipe(postfix(), "--recipient", back_to(internship, went))
    assert (done.exit_code, done.stdout) == (os.EX_TEMPFAIL, "")
