"""Mails that come back: what servers report, brought to the address that each mail has for it."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.records import OutboxMessage
from letters.services.returning import Effect, Returns
from letters.settings import Settings
from tests.services import scenes
from tests.services.scenes import outbox
from tests.support.bounces import ADA, postfix
from tests.support.houses import settings_for
from tests.support.people import SYSTEM, Story

BOUNCES = "bounces@letters.example.org"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a house that takes mails that come back."""
    return replace(settings_for(database_url, tmp_path), bounce_address=BOUNCES)


@pytest.fixture
def asked(story: Story) -> UUID:
    """An application whose requests went out."""
    application_id = scenes.requested(story)
    scenes.mail_all(story.house)
    return application_id


def returns_of(story: Story) -> Returns:
    """Return what takes mails that come back."""
    return Returns(story.house.works, story.house.reports, SYSTEM)


def sent_to(story: Story, address: str = ADA) -> OutboxMessage:
    """Return the newest mail that went to an address."""
    return [row for row in outbox(story.house) if row.sent_to == address][-1]


def row_of(story: Story, mail_id: UUID) -> OutboxMessage:
    """Return a mail as it is stored now."""
    with story.house.works.look(SYSTEM) as work:
        return work.session.scalars(select(OutboxMessage).where(OutboxMessage.id == mail_id)).one()


def back_to(story: Story, row: OutboxMessage, claim: int | None = None) -> str:
    """Return the address that a sending of a mail comes back to, the last one if not said."""
    tag = story.house.works.tools.returns.mint(row.id, row.claim if claim is None else claim)
    assert tag, "the house takes no bounces"
    return tag


def come_back(story: Story, row: OutboxMessage, report: bytes | None = None) -> Effect:
    """Let a mail come back: for good, if nothing else is said."""
    return returns_of(story).take([back_to(story, row)], postfix() if report is None else report)
