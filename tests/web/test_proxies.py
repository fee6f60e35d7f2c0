"""Behind a reverse proxy the limits count callers, and nobody chooses who they are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from letters.house import House
from tests.support.apps import shared_app_on
from tests.web.visiting import form_with, on_sqlite, visitor_of

pytestmark = on_sqlite

LIMIT = 30
"""So many sign-in links an hour may be asked for by one caller, for whatever addresses."""


def answers(house: House, proxies: int, forwarded_for: Iterable[str]) -> Counter[int]:
    """Ask once for each of these headers, every time for another address; count the answers."""
    visitor = visitor_of(shared_app_on(house, replace(house.settings, proxies=proxies)))
    form = form_with(visitor.get("/coordinate/sign-in"), "Mail me the link")
    statuses: Counter[int] = Counter()
    for number, value in enumerate(forwarded_for):
        sent = form.filled({"email": f"n{number}@example.org"}, press="Mail me the link")
        answer = visitor.post(form.action, data=sent, headers={"X-Forwarded-For": value})
        statuses[answer.status_code] += 1
    return statuses


def test_without_a_proxy_a_caller_cannot_say_who_they_are(house: House) -> None:
    callers = [f"192.0.2.{n}" for n in range(LIMIT + 2)]
    assert answers(house, 0, callers) == {200: LIMIT, 429: 2}


def test_behind_one_proxy_each_caller_is_counted_alone(house: House) -> None:
    callers = [f"192.0.2.{n % 2}" for n in range(2 * LIMIT + 2)]
    assert answers(house, 1, callers) == {200: 2 * LIMIT, 429: 2}


def test_what_a_caller_wrote_before_the_proxy_is_not_believed(house: House) -> None:
    headers = [f"203.0.113.{n}, 192.0.2.9" for n in range(LIMIT + 2)]
    assert answers(house, 1, headers) == {200: LIMIT, 429: 2}
