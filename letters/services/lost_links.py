"""For the applicant who lost the link: one mail with the links to all of their applications."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from letters.addresses import clean_address
from letters.domain.errors import InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.text import mailbox_key
from letters.records import Application
from letters.services import finding
from letters.services.happening import happened
from letters.services.work import Work

LINK_LIFETIME = timedelta(days=2)
"""How long the link to all applications works."""

MOST_NAMED = 50
"""How many applications one mail names, and the page that its link opens."""


def mail_status_links(work: Work, typed: str) -> bool:
    """Mail the links to whoever applied from the mailbox that was typed; say whether anybody did.

    The mail goes to the address on file of the newest application, and is written into its
    chain. The page that calls this must answer the same either way. Raises InvalidInput when what
    was typed is no address.
    """
    problems: list[Problem] = []
    address = clean_address("email", typed, problems)
    if problems:
        raise InvalidInput(problems)
    newest = applications_by(work, mailbox_key(address), 1)
    if not newest:
        return False
    promise_links(work, finding.application(work, newest[0].id, lock=True))
    return True


def promise_links(work: Work, application: Application) -> None:
    """Owe the mail with the links to all applications. The caller holds the lock.

    The new link to all of them ends the one before, or one that has expired would live again.
    """
    application.list_until = work.now + LINK_LIFETIME
    application.lists_mailed += 1
    happened(work, Fact.STATUS_LINKS_ASKED, application)


def applications_by(work: Work, applicant_key: str, most: int) -> Sequence[Application]:
    """Return the applications by one mailbox with their programs and requests, newest first."""
    query = (
        select(Application)
        .join(Application.program)
        .options(contains_eager(Application.program), selectinload(Application.requests))
        .where(Application.applicant_key == applicant_key)
        .order_by(Application.created_at.desc(), Application.id.desc())
        .limit(most)
    )
    return work.session.scalars(query).all()
