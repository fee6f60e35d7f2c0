"""How often something may be asked for.

Counts are kept per process: with several processes each allows as much. They stop a flood of
mails and guesses; what is right or wrong is never decided by them.
"""

import time
from http import HTTPStatus

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from letters.domain.errors import LinkInvalid
from letters.domain.text import mailbox_key
from letters.ports import Purpose
from letters.web.state import house

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=False)

UPLOADS = "30 per hour"
LINKS_AGAIN = "5 per hour"
SIGN_INS_PER_ADDRESS = "5 per 15 minutes"
SIGN_INS_PER_CALLER = "30 per hour"
LINKS_GUESSED = "30 per hour"
"""Sign-in links and invitations that open nothing, whoever they were made up for."""
INVITATIONS = "30 per hour"
LOST_LINKS_PER_MAILBOX = "5 per hour"
LOST_LINKS_PER_CALLER = "30 per hour"
CHANGES = "60 per hour"
LOOKS = "30 per minute"
"""Of a status view that is open in a few windows, each of which asks three times a minute."""
DRAFT_SAVES = "1200 per hour"
"""A draft saves itself while somebody types."""


def seconds_to_wait() -> int:
    """Return after how many seconds the limit that was reached lets this caller through again."""
    reached = limiter.current_limit
    return max(1, int(reached.reset_at - time.time())) if reached else 1


def was_a_guess(answer: Response) -> bool:
    """Say whether a link opened nothing; one that has expired or was used is no guess."""
    return answer.status_code == HTTPStatus.NOT_FOUND


def was_done(answer: Response) -> bool:
    """Say whether what was asked for was done; what was refused mailed nothing.

    It is counted afterwards: of those that are answered at the same time all may get through.
    """
    return answer.status_code < HTTPStatus.BAD_REQUEST


guesses_end = limiter.shared_limit(
    LINKS_GUESSED, scope="links that sign in", deduct_when=was_a_guess
)
"""What the pages behind links that sign somebody in share: guesses at any of them add up."""


def by_link(purpose: Purpose) -> str:
    """Count by the row that the link opens: several spellings of one signature count as one."""
    token = (request.view_args or {}).get("token", "")
    try:
        row_id = house().works.tools.links.read(purpose, token).row_id
    except LinkInvalid:
        return f"invalid link from {get_remote_address()}"
    return f"{purpose}:{row_id}"


def by_upload_link() -> str:
    """Count by letter request."""
    return by_link(Purpose.UPLOAD)


def by_notice_link() -> str:
    """Count by alerted referee."""
    return by_link(Purpose.NOTICE)


def by_overview_link() -> str:
    """Count by the letter request that the overview was asked from."""
    return by_link(Purpose.OVERVIEW)


def by_status_link() -> str:
    """Count by application."""
    return by_link(Purpose.STATUS)


def by_applications_link() -> str:
    """Count by the application that the link to all of them was asked from."""
    return by_link(Purpose.APPLICATIONS)


def by_digest_link() -> str:
    """Count by the coordinator whose digests the link is about."""
    return by_link(Purpose.DIGEST)


def by_sign_in_link() -> str:
    """Count by the signing in that the link was asked for."""
    return by_link(Purpose.SIGN_IN)


def by_typed_address() -> str:
    """Count by the address that was typed, whatever its case."""
    return f"address:{request.form.get('email', '').strip().lower()[:254]}"


def by_typed_mailbox() -> str:
    """Count by the mailbox that was typed, in whichever of its spellings."""
    return f"mailbox:{mailbox_key(request.form.get('email', ''))[:254]}"
