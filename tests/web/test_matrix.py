"""Every route, used by everybody: each answer is the one in the table of tests/web/matrix.py."""

from contextlib import closing
from http import HTTPStatus

import pytest
from flask import Flask

from letters.web.guards import Guard, guard_of
from tests.support.apps import shared_app_on
from tests.support.people import Story
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
    for name in MATRIX.keys() & routes.keys():
        behind_link = guard_of(cast.app, routes[name]) is Guard.LINK
        for party in Party:
            with subtests.test(route=name, party=party):
                _is_answered(cast, party, name, behind_link=behind_link)


def _is_answered(cast: Cast, party: Party, name: str, *, behind_link: bool) -> None:
    """Check status, what is told and what is written by one call; the call is taken back."""
    row = MATRIX[name]
    method, rule = name.split(maxsplit=1)
    held = cast.held[party]
    token = held.token(row.opened_by or purpose_of(rule)) if behind_link else ""
    path = _filled(cast, row, rule.replace("<token>", token))
    for one in ("GET", "HEAD") if method == "GET" else (method,):
        data = {"csrf_token": held.csrf, **row.form} if one == "POST" else None
        with cast.put_back() as told:
            answer = cast.browser(party).open(path, method=one, data=data)
        with closing(answer):
            assert answer.status_code == row.answers[party], f"{one} {path}"
            if party in STRANGERS:
                raw = str(answer.headers).encode() + answer.data
                assert not [secret for secret in SECRETS if secret in raw], f"{one} {path}"
        sent_to_sign_in = party not in ROLES and answer.location == "/coordinate/sign-in"
        if one != "POST" or answer.status_code >= HTTPStatus.BAD_REQUEST or sent_to_sign_in:
            assert not told["wrote"], f"{one} {path} wrote"


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
