"""The short names of browsers in the list of sessions."""

import pytest

from letters.web.browsers import named
from tests.support.hostile import HOSTILE

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/130.0 Safari/537.36", "Chrome, Windows"),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/130.0 Safari/5 Edg/130", "Edge, Windows"),
        (f"{MOZILLA} (X11; CrOS x86_64) {WEBKIT} Chrome/130.0 Safari/537.36", "Chrome, ChromeOS"),
        (f"{MOZILLA} (Linux; Android 14) {WEBKIT} Chrome/130.0 Safari/537.36", "Chrome, Android"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605.1", "Safari, Mac"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        (f"{MOZILLA} (iPhone; like Mac OS X) CriOS/130 Safari/604.1", "Chrome, iPhone"),
        ("curl/8.0", "curl"),
        ("something else", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_so_that_its_owner_knows_it(user_agent: str, name: str) -> None:
    assert named(user_agent) == name


def test_what_a_browser_says_of_itself_does_not_get_in() -> None:
    names = {named(said) for word in HOSTILE for said in (word, f"Firefox/1 {word}")}
    assert names == {"", "Windows", "Firefox", "Firefox, Windows"}
