"""Mail scanners open every link, again and again: nothing changes, and the person's turn comes."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import mailbags
from tests.support.clock import TestClock
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.support.thorough import rounds, share
from tests.web.visiting import send, stored_files, visitor_of

TIMES = rounds(short=1, long=50)


def _expected(link: str) -> set[int]:
    """Return the answers that a link of some mail may get by now."""
    if "/coordinate/sign-in/" in link:
        return {403}  # It opens in the browser that asked for it, and this is another one.
    if link.endswith("/decline"):
        return {200, 303, 409}  # Of a letter that was returned, and kept after all.
    return {200, 303}


@pytest.mark.timeout(300)
def test_links_of_all_mails_can_be_opened_any_number_of_times(
    app: Flask, story: Story, clock: TestClock
) -> None:
    asked = mailbags.send_every_kind(story, clock)
    links = mailbags.links_of(story)
    assert {urlsplit(link).path.split("/")[1] for link in links} >= {
        *("letter", "notice", "application", "coordinate"),
    }
    scanner = FlaskClient(app, app.response_class)
    headed = set(share(links, story.house.database.is_sqlite, of=2))
    files = stored_files(story.house)
    with unchanged(story.house.database):
        for link in links * TIMES:
            for method in ("GET", "HEAD") if link in headed else ("GET",):
                answer = scanner.open(link, method=method, base_url=story.house.settings.base_url)
                assert answer.status_code in _expected(link), (link, answer.status_code)
    assert stored_files(story.house) == files
    assert send(visitor_of(app), story.upload_token(asked)).status_code == 303
