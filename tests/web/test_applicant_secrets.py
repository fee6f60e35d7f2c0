"""What applicants must never get: anything of a letter, a private reason, somebody else's things.

Two stories that an applicant could not tell apart are told in two houses. Whatever the status links
open, and whatever is mailed, must be the same in both, byte for byte.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from letters.adapters.mailer import read_folder
from letters.domain.telling import BETWEEN_NEWS
from letters.house import House
from letters.ports import Purpose
from tests.services import acts
from tests.support.apps import shared_app_on
from tests.support.clock import TestClock
from tests.support.houses import SqliteDatabases, house_on, settings_for
from tests.support.people import A_DAY, DUE, MIRA, START, tell
from tests.web.forms_of_drafts import REVIEW, complete
from tests.web.reach import (
    Seen,
    addressee,
    reader_of,
    routes_of,
    seen,
    walk,
    whole,
    without_what_differs,
)
from tests.web.secrets_kept import ALERTED, ASKED, BEGUN, DRAFT, MARKED, PLAIN, Alike, told_with
from tests.web.visiting import (
    csrf_token,
    press,
    replace_status_links,
)

STATES = {"asked": ASKED, "alerted": ALERTED, "draft": DRAFT, "begun here": BEGUN}


@dataclass(frozen=True)
class Twin:
    """One of the two stories, with the clock it goes by."""

    alike: Alike
    clock: TestClock

    @property
    def house(self) -> House:
        """Its house."""
        return self.alike.story.house


@pytest.fixture
def twins(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[tuple[Twin, Twin]]:
    """The story that is plain, and the one that is full of what nobody may know."""
    with ExitStack() as closing:

        def told(name: str) -> Twin:
            clock = TestClock(START)
            url = closing.enter_context(sqlite_databases.fresh())
            house = closing.enter_context(house_on(settings_for(url, tmp_path / name), clock))
            secrets = {"plain": PLAIN, "marked": MARKED}[name]
            return Twin(told_with(tell(house), clock, secrets), clock)

        yield told("plain"), told("marked")


def _walked(twin: Twin, number: int) -> list[Seen]:
    alike = twin.alike
    token, app = alike.story.status_token(alike.applications[number]), shared_app_on(twin.house)
    if number == BEGUN:
        visitor = reader_of(app)
        page = visitor.get(f"/application/{token}/draft")
        assert press(visitor, page, REVIEW, complete()).status_code == 303
    requests = [one.id for one in alike.requests(number)]
    return list(walk(app, token, requests, turn=number, of=len(STATES)))


def _assert_alike(
    plain: Sequence[Seen], marked: Sequence[Seen], canaries: frozenset[bytes]
) -> None:
    assert [(one.comparable[0], one.status) for one in plain] == [
        (one.comparable[0], one.status) for one in marked
    ]
    for one, other in zip(plain, marked, strict=True):
        assert one.bare == other.bare, one.how
    told = [(one.how, canary) for one in marked for canary in canaries if _holds(one.raw, canary)]
    assert told == []


def _holds(raw: bytes, canary: bytes) -> bool:
    return canary in raw.lower()


# --- pages ------------------------------------------------------------------------------------


def test_no_page_tells_one_letter_from_another(
    twins: tuple[Twin, Twin], subtests: pytest.Subtests
) -> None:
    plain, marked = twins
    shown = set()
    for state, number in STATES.items():
        with subtests.test(state):
            one = _walked(plain, number)
            _assert_alike(one, _walked(marked, number), marked.alike.canaries)
            shown |= {(x.endpoint, x.how.split()[0]) for x in one if x.status == 200}
    pages = {(x.endpoint, x.method) for x in routes_of(shared_app_on(plain.house))}
    assert {x for x in pages if x[1] == "GET"} - shown == set()


def test_no_error_tells_one_letter_from_another(twins: tuple[Twin, Twin]) -> None:
    plain, marked = (list(_errors(twin)) for twin in twins)
    _assert_alike(plain, marked, twins[1].alike.canaries)
    assert {one.status for one in plain} == {400, 404, 405, 410}


def _errors(twin: Twin) -> Iterator[Seen]:
    """Make every mistake that can be made with a link, and come with one that was replaced."""
    alike, visitor = twin.alike, reader_of(shared_app_on(twin.house))
    request = alike.requests(ASKED)[0]
    token = alike.story.status_token(alike.applications[ASKED])
    routes = [r for r in routes_of(shared_app_on(twin.house)) if r.method != "OPTIONS"]
    for route in routes:
        yield seen(visitor.open(route.to(token[:-5], request.id), method=route.method), "cut")
        path = route.to(token, request.id) + "/x"
        yield seen(visitor.open(path, method=route.method), "nowhere")
    yield seen(visitor.post(f"/application/{token}/withdraw"), "without a form")
    yield seen(visitor.delete(f"/application/{token}"), "another method")
    replace_status_links(twin.house)
    for route in routes:
        if route.method == "GET":
            yield seen(visitor.get(route.to(token, request.id)), "replaced")


# --- mails ------------------------------------------------------------------------------------


def test_no_mail_tells_one_letter_from_another(twins: tuple[Twin, Twin]) -> None:
    plain, marked = map(_mailed, twins)
    assert len(plain) > 3
    # Mails of one moment go out in any order.
    first, second = (sorted(map(without_what_differs, sent)) for sent in (plain, marked))
    for one, other in zip(first, second, strict=True):
        assert one == other
    canaries = twins[1].alike.canaries
    assert [one for one in marked for canary in canaries if _holds(one, canary)] == []


def _mailed(twin: Twin) -> list[bytes]:
    """Let the season pass; return all that the applicant is mailed."""
    visitor = reader_of(shared_app_on(twin.house))
    visitor.post(
        "/application",
        data={"csrf_token": csrf_token(visitor.get("/application")), "email": MIRA.applicant_email},
    )
    now = twin.clock.now()
    for moment in (now, now + BETWEEN_NEWS, now + A_DAY, DUE - A_DAY, DUE + A_DAY):
        twin.clock.set(moment)
        twin.alike.story.deliver()
    mails = read_folder(twin.house.mail_folder)
    return [whole(one) for one in mails if addressee(one) == MIRA.applicant_email]


def test_no_list_of_applications_tells_one_letter_from_another(twins: tuple[Twin, Twin]) -> None:
    plain, marked = (_listed(twin) for twin in twins)
    _assert_alike(plain, marked, twins[1].alike.canaries)
    assert {one.status for one in plain} >= {200}


def _listed(twin: Twin) -> list[Seen]:
    """Have the links mailed, and use all that the link in that mail opens."""
    assert acts.lose_status_link(twin.alike.story)
    twin.alike.story.deliver()
    said = "".join(whole(mail).decode() for mail in read_folder(twin.house.mail_folder))
    found = re.search(r"/applications/([\w.-]+)", said)
    assert found is not None
    return list(walk(shared_app_on(twin.house), found[1], [], Purpose.APPLICATIONS))
