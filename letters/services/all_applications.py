"""All applications of one person, shown to whoever reads the mail to their address.

A status link alone proves nothing about the others: a portal may have shown it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from letters.domain.errors import LinkExpired
from letters.domain.progress import Standing
from letters.ports import Purpose
from letters.records import Application
from letters.services import finding, viewing
from letters.services.lost_links import MOST_NAMED, applications_by, promise_links
from letters.services.work import Work


def mail_link(work: Work, token: str) -> None:
    """Mail the links to the address on file behind a status link.

    Raises LinkInvalid or LinkReplaced.
    """
    promise_links(work, finding.application_behind(work, token, lock=True))


def mail_link_again(work: Work, token: str) -> None:
    """Mail a fresh link in place of one that expired or was replaced. Raises LinkInvalid."""
    promise_links(work, finding.application_once_behind(work, Purpose.APPLICATIONS, token))


@dataclass(frozen=True)
class Applied:
    """One application, where it stands, and the link to its status view."""

    application: Application
    standing: Standing
    url: str


@dataclass(frozen=True)
class AllApplications:
    """The applications of one mailbox, newest first; `asked_from` is the one it was asked from.

    `are_all` is false where there are older ones than those that are shown.
    """

    asked_from: Application
    applied: Sequence[Applied]
    are_all: bool


def all_applications(work: Work, token: str) -> AllApplications:
    """Return what the mailed link shows. Raises LinkInvalid, LinkReplaced or LinkExpired."""
    asked_from = finding.application_behind(work, token, Purpose.APPLICATIONS)
    if asked_from.list_until is None or work.now > asked_from.list_until:
        raise LinkExpired(Purpose.APPLICATIONS, asked_from.id)
    found = applications_by(work, asked_from.applicant_key, MOST_NAMED + 1)
    applied = [_applied(work, one) for one in found[:MOST_NAMED]]
    return AllApplications(asked_from, applied, are_all=len(found) <= MOST_NAMED)


def _applied(work: Work, application: Application) -> Applied:
    return Applied(
        application,
        viewing.progress_of(work, application).standing,
        work.tools.links.url(Purpose.STATUS, application.id, application.link_generation),
    )
