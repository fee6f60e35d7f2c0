"""Coordinators sign in by a mailed link; no password exists.

A link works once, and only in the browser that asked for it: whoever asks with somebody else's
address, hoping that they click, gets nothing by it.
"""

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from letters.addresses import clean_address
from letters.domain.errors import (
    InvalidInput,
    LinkExpired,
    LinkInvalid,
    LinkOfAnotherBrowser,
    LinkReplaced,
    LinkUsed,
    Problem,
    UnknownCoordinator,
)
from letters.domain.journal import MessageKind
from letters.ports import Purpose
from letters.records import Coordinator, HowSignedIn, SignIn
from letters.services import finding, sessions
from letters.services.happening import post
from letters.services.work import Work

LINK_LIFETIME = timedelta(minutes=15)

_GENERATION = 1
"""A link is used up in its row, which is its own."""


def mail_link_to(work: Work, typed: str, secret: str) -> bool:
    """Queue a sign-in link for the address that was typed, as mail_link does.

    Raises InvalidInput when what was typed is no address.
    """
    problems: list[Problem] = []
    address = clean_address("email", typed, problems)
    if problems:
        raise InvalidInput(problems)
    return mail_link(work, address, secret)


def mail_link(work: Work, email: str, secret: str) -> bool:
    """Queue a sign-in link for a coordinator; say whether there is one by this address.

    `secret` is what the browser that asks can prove itself with. The page that calls this must
    answer the same either way.
    """
    try:
        coordinator = finding.coordinator_by_email(work, email.strip())
    except UnknownCoordinator:
        return False
    asked = _new_link(work, coordinator, HowSignedIn.MAILED_LINK, _hashed(secret))
    post(
        work,
        MessageKind.SIGN_IN,
        f"sign_in:{asked.id}",
        coordinator_id=coordinator.id,
        details={"sign_in": str(asked.id)},
        urgent=True,
    )
    return True


def make_link(work: Work, email: str) -> str:
    """Return a sign-in link for an operator to hand over; it opens in any browser.

    Raises UnknownCoordinator.
    """
    coordinator = finding.coordinator_by_email(work, email.strip())
    return sign_in_url(work, _new_link(work, coordinator, HowSignedIn.OPERATORS_LINK, None))


def sign_in_url(work: Work, asked: SignIn) -> str:
    """Return the address of a sign-in link."""
    return work.tools.links.url(Purpose.SIGN_IN, asked.id, _GENERATION)


def still_opens(work: Work, asked: SignIn) -> bool:
    """Say whether a link can still be used."""
    is_used = asked.began_at is not None or asked.ended_at is not None
    return not is_used and asked.link_until is not None and work.now <= asked.link_until


def check_link(work: Work, token: str, secret: str | None) -> Coordinator:
    """Return whom a sign-in link would sign in, without using it up.

    Raises LinkInvalid, LinkUsed, LinkReplaced when another signing in ended it, LinkExpired, or
    LinkOfAnotherBrowser when `secret` is not the one of the browser that asked.
    """
    return _checked(work, _link_behind(work, token), secret).coordinator


def use_link(work: Work, token: str, secret: str | None, browser: str) -> SignIn:
    """Use a link up, and return the session that it begins. Raises what check_link raises."""
    asked = _link_behind(work, token)
    work.session.refresh(asked.coordinator, with_for_update=True)
    work.session.refresh(asked)
    _checked(work, asked, secret)
    return sessions.begin(work, asked.coordinator, asked.how, browser, asked)


def mail_link_again(work: Work, token: str, secret: str) -> None:
    """Mail a new link, for the browser that asks now, to the address on file. Raises LinkInvalid.

    The old link may have been used, or asked for in another browser, or have expired.
    """
    mail_link(work, _link_behind(work, token).coordinator.email, secret)


def _new_link(
    work: Work, coordinator: Coordinator, how: HowSignedIn, browser_hash: str | None
) -> SignIn:
    sessions.forget_old(work, coordinator.id)
    asked = SignIn(
        coordinator_id=coordinator.id,
        how=how,
        asked_at=work.now,
        link_until=work.now + LINK_LIFETIME,
        browser_hash=browser_hash,
    )
    work.session.add(asked)
    work.session.flush()
    return asked


def _link_behind(work: Work, token: str) -> SignIn:
    payload = work.tools.links.read(Purpose.SIGN_IN, token)
    query = select(SignIn).where(SignIn.id == payload.row_id)
    found = work.session.scalar(query.options(joinedload(SignIn.coordinator)))
    if found is None or payload.generation != _GENERATION:
        raise LinkInvalid
    return found


def _checked(work: Work, asked: SignIn, secret: str | None) -> SignIn:
    if asked.began_at is not None:
        raise LinkUsed(Purpose.SIGN_IN, asked.id)
    if asked.ended_at is not None:
        raise LinkReplaced(Purpose.SIGN_IN, asked.id)
    if not still_opens(work, asked):
        raise LinkExpired(Purpose.SIGN_IN, asked.id)
    if asked.browser_hash is not None and not _is_hash_of(asked.browser_hash, secret):
        raise LinkOfAnotherBrowser(Purpose.SIGN_IN, asked.id)
    return asked


def _is_hash_of(expected: str, secret: str | None) -> bool:
    return secret is not None and hmac.compare_digest(expected, _hashed(secret))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
