"""What everybody is answered at every route. A route that is not here fails tests/web/test_matrix.

Each row says what one call is answered, as an HTTP status, for each Party. Links: everybody comes
with the best they hold, a link of their own or a made-up one; so "another applicant" opens their
own page where the path has nothing but the link, and is refused where it names Runa's request.
A call is taken back before the next one is made, so that the order of rows says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from letters.domain.roles import RIGHTS, Right
from letters.ports import Purpose
from tests.web.readers import ROLES, Party

TO_SIGN_IN = 303
STRANGERS = frozenset(
    {Party.ANONYMOUS, Party.ANOTHER_APPLICANT, Party.ANOTHER_REFEREE, Party.OTHER_MANAGER}
)
"""Those who must not even learn from an answer that Runa applies."""


@dataclass(frozen=True)
class Row:
    """What a call is answered; with which form, and about the request of Runa's that fits."""

    answers: Mapping[Party, int]
    form: Mapping[str, str] = field(default_factory=dict)
    letter_is_in: bool = False
    file_name: str = ""
    opened_by: Purpose | None = None
    """The kind of link, where the path does not tell."""


def everybody(status: int, file_name: str = "") -> Row:
    """The same answer for all."""
    return Row(dict.fromkeys(Party, status), file_name=file_name)


def status_link(mine: int, theirs: int | None = None) -> Row:
    """A page behind an applicant's link; `theirs` is what another applicant's own link opens."""
    both = {Party.APPLICANT: mine, Party.ANOTHER_APPLICANT: mine if theirs is None else theirs}
    return Row(dict.fromkeys(Party, 404) | both)


def referee_link(status: int, opened_by: Purpose | None = None) -> Row:
    """A page behind a referee's link: each of them has one of their own."""
    both = dict.fromkeys((Party.REFEREE, Party.ANOTHER_REFEREE), status)
    return Row(dict.fromkeys(Party, 404) | both, opened_by=opened_by)


def sign_in_link(status: int) -> Row:
    """A page behind a sign-in link: everybody who can sign in has one."""
    return Row({party: status if party in ROLES else 404 for party in Party})


def used_invitation(status: int) -> Row:
    """A page behind an invitation: everybody who can sign in had one, and is in by now."""
    return sign_in_link(status)


def digest_link(status: int) -> Row:
    """A page behind the link of a digest: everybody who gets digests has one."""
    return sign_in_link(status)


def signed_in(status: int) -> Row:
    """A page for whoever is signed in; the others are sent to do so."""
    return Row({party: status if party in ROLES else TO_SIGN_IN for party in Party})


def by_right(right: Right, status: int, *, letter_is_in: bool = False, **form: str) -> Row:
    """A page or an act of a program, for those who have a right on it."""
    may = {party: status for party, role in ROLES.items() if role and right in RIGHTS[role]}
    may |= {Party.OTHER_MANAGER: 403, Party.ADMINISTRATOR: status}
    return Row({**signed_in(403).answers, **may}, form, letter_is_in)


def for_administrators(status: int) -> Row:
    """A page for those who look after the site."""
    return Row({**signed_in(403).answers, Party.ADMINISTRATOR: status})


BEHIND_A_KEY = everybody(401)
"""The API: no link and no session opens it."""

MATRIX: Mapping[str, Row] = {
    # --- open to everybody ----------------------------------------------------------------------
    "GET /": everybody(200),
    "GET /api/openapi.json": everybody(200),
    "GET /application": everybody(200),
    "POST /application": everybody(422),
    "GET /bootstrap/static/<path:filename>": everybody(200, "css/bootstrap.min.css"),
    "GET /colours/<colour>.css": everybody(404),
    "GET /coordinate/sign-in": everybody(200),
    "POST /coordinate/sign-in": everybody(422),
    "GET /healthz": everybody(200),
    "GET /metrics": everybody(404),
    "GET /programs/<slug>": everybody(200),
    "GET /programs/<slug>/apply": everybody(200),
    "GET /programs/<slug>/logo.png": everybody(404),
    "POST /programs/<slug>/apply": everybody(422),
    "GET /readyz": everybody(200),
    "GET /static/<path:filename>": everybody(200, "letters.css"),
    # --- the API, with no key -------------------------------------------------------------------
    "GET /api/v1/applications": BEHIND_A_KEY,
    "POST /api/v1/applications": BEHIND_A_KEY,
    "GET /api/v1/applications/<uuid:application_id>": BEHIND_A_KEY,
    "POST /api/v1/applications/<uuid:application_id>/fields": BEHIND_A_KEY,
    "POST /api/v1/applications/<uuid:application_id>/notices": BEHIND_A_KEY,
    "POST /api/v1/applications/<uuid:application_id>/select": BEHIND_A_KEY,
    "POST /api/v1/applications/<uuid:application_id>/submit": BEHIND_A_KEY,
    "POST /api/v1/programs": BEHIND_A_KEY,
    "GET /api/v1/programs/<slug>": BEHIND_A_KEY,
    "PATCH /api/v1/programs/<slug>": BEHIND_A_KEY,
    "POST /api/v1/applications/<uuid:application_id>/referees": BEHIND_A_KEY,
    "POST /api/v1/applications/<uuid:application_id>/withdraw": BEHIND_A_KEY,
    "GET /api/v1/requests/<uuid:request_id>/letter": BEHIND_A_KEY,
    "POST /api/v1/requests/<uuid:request_id>/cancel": BEHIND_A_KEY,
    "POST /api/v1/requests/<uuid:request_id>/replace": BEHIND_A_KEY,
    "POST /api/v1/requests/<uuid:request_id>/resend": BEHIND_A_KEY,
    "POST /api/v1/requests/<uuid:request_id>/return": BEHIND_A_KEY,
    # --- behind links ---------------------------------------------------------------------------
    "GET /application/<token>": status_link(200),
    "POST /application/<token>/again": status_link(200),
    "GET /application/<token>/alert": status_link(409),
    "POST /application/<token>/alert": status_link(409),
    "POST /application/<token>/alert/preview": status_link(409),
    "POST /application/<token>/all": status_link(200),
    "GET /application/<token>/draft": status_link(303),
    "POST /application/<token>/draft": status_link(303),
    "GET /application/<token>/mails": status_link(200),
    "POST /application/<token>/mails": status_link(422),
    "GET /application/<token>/referees/<uuid:request_id>/address": status_link(200, theirs=404),
    "POST /application/<token>/referees/<uuid:request_id>/address": status_link(422, theirs=404),
    "GET /application/<token>/referees/<uuid:request_id>/nudge": status_link(409, theirs=404),
    "POST /application/<token>/referees/<uuid:request_id>/nudge": status_link(409, theirs=404),
    "GET /application/<token>/referees/<uuid:request_id>/replace": status_link(200, theirs=404),
    "POST /application/<token>/referees/<uuid:request_id>/replace": status_link(422, theirs=404),
    "GET /application/<token>/referees/new": status_link(200),
    "POST /application/<token>/referees/new": status_link(422),
    "GET /application/<token>/review": status_link(303),
    "GET /application/<token>/seen": status_link(200),
    "POST /application/<token>/submit": status_link(303),
    "GET /application/<token>/waiver": status_link(409),
    "POST /application/<token>/waiver": status_link(409),
    "GET /application/<token>/withdraw": status_link(200),
    "POST /application/<token>/withdraw": status_link(303),
    "GET /applications/<token>": status_link(200),
    "POST /applications/<token>/again": status_link(200),
    "GET /coordinate/sign-in/<token>": sign_in_link(200),
    "POST /coordinate/sign-in/<token>": sign_in_link(303),
    "POST /coordinate/sign-in/<token>/again": sign_in_link(200),
    "GET /coordinate/invitation/<token>": used_invitation(410),
    "POST /coordinate/invitation/<token>": used_invitation(410),
    "POST /coordinate/invitation/<token>/again": used_invitation(200),
    "GET /letter/<token>": referee_link(200),
    "POST /letter/<token>": referee_link(400),
    "POST /letter/<token>/again": referee_link(200),
    "GET /letter/<token>/all": referee_link(200),
    "POST /letter/<token>/all": referee_link(200, Purpose.UPLOAD),
    "POST /letter/<token>/all/again": referee_link(200),
    "POST /letter/<token>/all/use": referee_link(422),
    "POST /letter/<token>/confirm": referee_link(409),
    "GET /letter/<token>/decline": referee_link(200),
    "POST /letter/<token>/decline": referee_link(303),
    "GET /letter/<token>/due.ics": referee_link(200),
    "GET /letter/<token>/first-page.png": referee_link(404),
    "GET /letter/<token>/more-time": referee_link(200),
    "POST /letter/<token>/more-time": referee_link(303),
    "GET /letter/<token>/receipt": referee_link(303),
    "GET /letter/<token>/reminders": referee_link(200),
    "POST /letter/<token>/reminders": referee_link(422),
    "POST /letter/<token>/reminders/off": referee_link(303),
    "POST /letter/<token>/reminders/on": referee_link(303),
    "POST /letter/<token>/take-back": referee_link(303),
    "GET /notice/<token>": referee_link(200),
    "POST /notice/<token>/address": referee_link(409),
    "POST /notice/<token>/again": referee_link(200),
    "POST /notice/<token>/decline": referee_link(409),
    "GET /notice/<token>/due.ics": referee_link(303),
    "POST /notice/<token>/welcome": referee_link(409),
    # --- for whoever signs in -------------------------------------------------------------------
    "GET /coordinate/": signed_in(200),
    "GET /coordinate/applications/<uuid:application_id>": by_right(Right.SEE, 200),
    "POST /coordinate/applications/<uuid:application_id>/select": by_right(Right.MANAGE, 409),
    "GET /coordinate/programs/<slug>": by_right(Right.SEE, 200),
    "GET /coordinate/programs/<slug>/fields": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/fields": by_right(Right.MANAGE, 409),
    "GET /coordinate/programs/<slug>/words": by_right(Right.MANAGE, 200),
    "GET /coordinate/programs/<slug>/words/<mail_kind>": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/words/<mail_kind>": by_right(Right.MANAGE, 409),
    "GET /coordinate/programs/<slug>/rule": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/rule": by_right(Right.MANAGE, 409),
    "POST /coordinate/programs/<slug>/rule/try": by_right(Right.MANAGE, 200),
    "GET /coordinate/programs/<slug>/bulk": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/bulk"
    "/<any(request, remind, extend, release, withdraw):bulk_act>": (
        by_right(Right.MANAGE, 200, all="yes")
    ),
    "POST /coordinate/programs/<slug>/bulk"
    "/<any(request, remind, extend, release, withdraw):bulk_act>/start": (
        by_right(Right.MANAGE, 303, all="yes", foreseen="9", form=str(UUID(int=7)))
    ),
    "GET /coordinate/programs/<slug>/bulk/jobs/<uuid:job_id>": by_right(Right.MANAGE, 404),
    "GET /coordinate/programs/<slug>/bulk/jobs/<uuid:job_id>/outcome.csv": (
        by_right(Right.MANAGE, 404)
    ),
    "GET /coordinate/programs/<slug>/bulk/jobs/<uuid:job_id>/progress": (
        by_right(Right.MANAGE, 404)
    ),
    "POST /coordinate/programs/<slug>/bulk/jobs/<uuid:job_id>/stop": by_right(Right.MANAGE, 404),
    "POST /coordinate/applications/<uuid:application_id>/notes": by_right(Right.READ_LETTERS, 422),
    "POST /coordinate/applications/<uuid:application_id>/notes/<uuid:remark_id>/remove": by_right(
        Right.READ_LETTERS, 404
    ),
    "GET /coordinate/applications/<uuid:application_id>"
    "/<any(release, withdraw):application_act>": by_right(Right.MANAGE, 200),
    "POST /coordinate/applications/<uuid:application_id>"
    "/<any(release, withdraw):application_act>": by_right(Right.MANAGE, 422),
    "GET /coordinate/requests/<uuid:request_id>"
    "/<any(request, remind, resend, cancel, return, keep, restore):request_act>": by_right(
        Right.MANAGE, 200
    ),
    "POST /coordinate/requests/<uuid:request_id>"
    "/<any(request, remind, resend, cancel, return, keep, restore):request_act>": by_right(
        Right.MANAGE, 422
    ),
    "GET /coordinate/applications/<uuid:application_id>/referees/new": by_right(Right.MANAGE, 200),
    "POST /coordinate/applications/<uuid:application_id>/referees/new": by_right(Right.MANAGE, 422),
    "GET /coordinate/requests/<uuid:request_id>/address": by_right(Right.MANAGE, 200),
    "POST /coordinate/requests/<uuid:request_id>/address": by_right(Right.MANAGE, 422),
    "GET /coordinate/requests/<uuid:request_id>/due": by_right(Right.MANAGE, 200),
    "POST /coordinate/requests/<uuid:request_id>/due": by_right(Right.MANAGE, 422),
    "GET /coordinate/requests/<uuid:request_id>/replace": by_right(Right.MANAGE, 200),
    "POST /coordinate/requests/<uuid:request_id>/replace": by_right(Right.MANAGE, 422),
    "POST /coordinate/signals/<uuid:signal_id>/check": by_right(Right.MANAGE, 303),
    "POST /coordinate/signals/<uuid:signal_id>/uncheck": by_right(Right.MANAGE, 303),
    "POST /coordinate/requests/<uuid:request_id>/extend": by_right(Right.MANAGE, 303, days="7"),
    "POST /coordinate/requests/<uuid:request_id>/letter": (
        by_right(Right.READ_LETTERS, 200, letter_is_in=True)
    ),
    "GET /coordinate/requests/<uuid:request_id>/enter": by_right(Right.MANAGE, 200),
    "POST /coordinate/requests/<uuid:request_id>/enter": by_right(Right.MANAGE, 400),
    "POST /coordinate/requests/<uuid:request_id>/view": (
        by_right(Right.READ_LETTERS, 200, letter_is_in=True)
    ),
    "GET /coordinate/requests/<uuid:request_id>/shown": (
        by_right(Right.READ_LETTERS, 404, letter_is_in=True)
    ),
    "POST /coordinate/requests/<uuid:request_id>/no-more-time": by_right(Right.MANAGE, 409),
    "POST /coordinate/requests/<uuid:request_id>/release": by_right(Right.MANAGE, 409),
    "POST /coordinate/applications/<uuid:application_id>/packet.pdf": (
        by_right(Right.READ_LETTERS, 200)
    ),
    "GET /coordinate/mails/<uuid:outbox_id>": by_right(Right.MANAGE, 200),
    "POST /coordinate/mails/<uuid:outbox_id>/again": by_right(Right.MANAGE, 409),
    "GET /coordinate/account": signed_in(200),
    "POST /coordinate/account/sessions/<uuid:sign_in_id>/end": signed_in(404),
    "POST /coordinate/account/sessions/others/end": signed_in(303),
    "GET /coordinate/digest": signed_in(200),
    "POST /coordinate/digest": signed_in(422),
    "GET /coordinate/digest/<token>": digest_link(200),
    "POST /coordinate/digest/<token>": digest_link(422),
    "GET /coordinate/digest/<token>/unsubscribe": digest_link(200),
    "POST /coordinate/digest/<token>/unsubscribe": digest_link(200),
    "GET /coordinate/programs/<slug>/<any(close, reopen, archive, unarchive):act>": (
        by_right(Right.MANAGE, 200)
    ),
    "POST /coordinate/programs/<slug>/<any(close, reopen, archive, unarchive):act>": (
        by_right(Right.MANAGE, 303)
    ),
    "GET /coordinate/programs/<slug>/logo": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/logo": by_right(Right.MANAGE, 422),
    "POST /coordinate/programs/<slug>/logo/remove": by_right(Right.MANAGE, 303),
    "POST /coordinate/programs/<slug>/preview": by_right(Right.MANAGE, 422),
    "GET /coordinate/programs/<slug>/copy": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/copy": by_right(Right.MANAGE, 422),
    "GET /coordinate/programs/<slug>/pictures": by_right(Right.SEE, 200),
    "GET /coordinate/programs/<slug>/export": by_right(Right.SEE, 200),
    "POST /coordinate/programs/<slug>/export/letters.zip": by_right(Right.READ_LETTERS, 200),
    "GET /coordinate/programs/<slug>/export/states.csv": by_right(Right.SEE, 200),
    "GET /coordinate/new-program": for_administrators(200),
    "POST /coordinate/new-program": for_administrators(422),
    "POST /coordinate/new-program/preview": for_administrators(422),
    "GET /coordinate/person": for_administrators(200),
    "POST /coordinate/person": for_administrators(422),
    "POST /coordinate/person/erase": for_administrators(422),
    "POST /coordinate/person/export": for_administrators(422),
    "GET /coordinate/programs/<slug>/erasures": by_right(Right.SEE, 200),
    "GET /coordinate/programs/<slug>/hold": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/hold": by_right(Right.MANAGE, 422),
    "POST /coordinate/programs/<slug>/hold/lift": by_right(Right.MANAGE, 409),
    "GET /coordinate/applications/<uuid:application_id>/hold": by_right(Right.MANAGE, 200),
    "POST /coordinate/applications/<uuid:application_id>/hold": by_right(Right.MANAGE, 422),
    "POST /coordinate/applications/<uuid:application_id>/hold/lift": by_right(Right.MANAGE, 409),
    "GET /coordinate/people": for_administrators(200),
    "GET /coordinate/programs/<slug>/people": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/people": by_right(Right.MANAGE, 422),
    "GET /coordinate/programs/<slug>/people/<uuid:coordinator_id>": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/people/<uuid:coordinator_id>/invitation": (
        by_right(Right.MANAGE, 409)
    ),
    "GET /coordinate/programs/<slug>/people/<uuid:coordinator_id>/remove": (
        by_right(Right.MANAGE, 200)
    ),
    "POST /coordinate/programs/<slug>/people/<uuid:coordinator_id>/remove": (
        by_right(Right.MANAGE, 303)
    ),
    "POST /coordinate/programs/<slug>/people/<uuid:coordinator_id>/role": (
        by_right(Right.MANAGE, 303, role="reader")
    ),
    "GET /coordinate/programs/<slug>/settings": by_right(Right.MANAGE, 200),
    "POST /coordinate/programs/<slug>/settings": by_right(Right.MANAGE, 422),
    "POST /coordinate/sign-out": signed_in(303),
}
"""By method and path; HEAD is answered as GET. Conflicts (409) and empty forms (422) are let in."""
