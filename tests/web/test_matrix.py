"""Every route, used by everybody: each answer is the one in the table of tests/web/matrix.py.

Of those who come to a route with the same in their hands, such as the same wrong kind of link, one
comes for all, another one at the next route; all of them within `make chaos`.
"""

from collections.abc import Collection, Sequence
from contextlib import closing
from http import HTTPStatus

import pytest
from flask import Flask

from letters.ports import Purpose
from letters.web.guards import Guard, guard_of
from tests.support.apps import shared_app_on
from tests.support.people import Story
from tests.support.thorough import LONG, share
from tests.web.links_by_path import purpose_of
from tests.web.matrix import MATRIX, STRANGERS, Row
from tests.web.readers import ROLES, WHO_APPLIES, Cast, Party, cast_in
from tests.web.visiting import on_sqlite

SECRETS = (WHO_APPLIES.applicant_name.encode(), WHO_APPLIES.applicant_email.encode())
HOW = (
    "Routes and the table differ. State in tests/web/matrix.py what everybody is answered: a line "
    "such as '\"POST /coordinate/programs/<slug>/…\": by_right(Right.MANAGE, 303)'. Missing: "
    "{missing}; no route any more: {gone}."
)


def _routes(app: Flask) -> dict[str, str]:
    """Return the endpoint of every route, by what the table calls it. HEAD answers as GET does."""
    return {
        f"{method} {rule.rule}": rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
    }


@on_sqlite
def test_every_route_is_in_the_table(story: Story) -> None:
    routes = _routes(shared_app_on(story.house)).keys()
    missing, gone = sorted(routes - MATRIX.keys()), sorted(MATRIX.keys() - routes)
    assert (missing, gone) == ([], []), HOW.format(missing=missing, gone=gone)


@pytest.mark.timeout(600)
@on_sqlite
def test_everybody_is_answered_what_the_table_says(story: Story, subtests: pytest.Subtests) -> None:
    cast = cast_in(story, shared_app_on(story.house))
    routes = _routes(cast.app)
    for turn, name in enumerate(sorted(MATRIX.keys() & routes.keys())):
        guard = guard_of(cast.app, routes[name])
        groups = _who_come_alike(cast, name, guard)
        with subtests.test(route=name):
            for number, group in enumerate(groups):
                assert len({MATRIX[name].answers[party] for party in group}) == 1, group
                for party in share(group, turn, of=len(group)):
                    asks_for_head = LONG or (turn + number) % 3 == 0
                    _is_answered(cast, party, name, guard, asks_for_head=asks_for_head)


def _who_come_alike(cast: Cast, name: str, guard: Guard | None) -> Collection[Sequence[Party]]:
    """Return everybody, together with those who come to a route with the same in their hands."""
    groups: dict[object, list[Party]] = {}
    purpose = _opened_by(name) if guard is Guard.LINK else None
    for party in Party:
        comes_with: object = party
        if purpose is not None and purpose not in cast.held[party].links:
            comes_with = next(iter(cast.held[party].links), None)
        elif guard is Guard.COORDINATOR and party not in ROLES:
            comes_with = None
        elif guard in {Guard.API_KEY, Guard.METRICS}:
            comes_with = party in ROLES
        groups.setdefault(comes_with, []).append(party)
    return groups.values()


def _opened_by(name: str) -> Purpose:
    return MATRIX[name].opened_by or purpose_of(name.split(maxsplit=1)[1])


def _is_answered(
    cast: Cast, party: Party, name: str, guard: Guard | None, *, asks_for_head: bool
) -> None:
    """Check status, what is told and what is written by one call; the call is taken back."""
    row = MATRIX[name]
    method, rule = name.split(maxsplit=1)
    held = cast.held[party]
    token = held.token(_opened_by(name)) if guard is Guard.LINK else ""
    path = _filled(cast, row, rule.replace("<token>", token))
    for one in ("GET", "HEAD") if method == "GET" and asks_for_head else (method,):
        data = {"csrf_token": held.csrf, **row.form} if one == "POST" else None
        with cast.put_back() as told:
            answer = cast.browser(party).open(path, method=one, data=data)
        said = f"{party}: {one} {path}"
        with closing(answer):
            assert answer.status_code == row.answers[party], said
            if party in STRANGERS:
                raw = str(answer.headers).encode() + answer.data
                assert not [secret for secret in SECRETS if secret in raw], said
        sent_to_sign_in = party not in ROLES and answer.location == "/coordinate/sign-in"
        if one != "POST" or answer.status_code >= HTTPStatus.BAD_REQUEST or sent_to_sign_in:
            assert not told["wrote"], said


def _filled(cast: Cast, row: Row, path: str) -> str:
    """Fill in the ids of what is Runa's."""
    request_id = cast.received if row.letter_is_in else cast.asked
    values = {
        "<slug>": cast.story.slug,
        "<colour>": "not-one",
        "<uuid:application_id>": str(cast.application_id),
        "<uuid:request_id>": str(request_id),
        "<uuid:coordinator_id>": str(cast.colleague),
        "<uuid:remark_id>": str(cast.colleague),
        "<uuid:outbox_id>": str(cast.mail),
        "<uuid:signal_id>": str(cast.signal),
        "<any(release, withdraw):application_act>": "withdraw",
        "<any(request, remind, resend, cancel, return, keep, restore):request_act>": "cancel",
        "<any(request, remind, extend, release, withdraw):bulk_act>": "remind",
        "<mail_kind>": "letter_request",
        "<uuid:job_id>": str(cast.colleague),
        "<uuid:sign_in_id>": str(cast.colleague),
        "<path:filename>": row.file_name,
        "<any(close, reopen, archive, unarchive):act>": "close",
    }
    for placeholder, value in values.items():
        path = path.replace(placeholder, value)
    assert "<" not in path, f"Say in _filled what stands for the rest of {path}"
    return path
