"""The pages are there under the base URL, and nowhere else."""

from dataclasses import replace

import pytest

from letters.house import House
from tests.support.apps import shared_app_on
from tests.support.people import Story
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    heading,
    on_sqlite,
    visitor_of,
)

pytestmark = on_sqlite


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example.com", "127.0.0.1:8001", "127.0.0.1", "127.0.0.1:8000.evil.example.com"),
        *("a b", "no..host", "h" * 64),
    ],
)
def test_under_another_host_there_is_nothing_but_the_way_back(client: Visitor, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert (answer.status_code, heading(answer)) == (400, "Not at this address")
    assert "This service answers at http://127.0.0.1:8000 only. Open it there." in content(answer)
    assert host.partition(":")[0] not in answer.text.replace("http://127.0.0.1:8000", "")


@pytest.mark.parametrize(
    "path", ["/programs/alpine-summer", "/coordinate/", "/letter/x", "/static/letters.css"]
)
@pytest.mark.usefixtures("story")
def test_no_page_is_there_under_another_host(client: Visitor, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example.com"})
    assert (answer.status_code, heading(answer)) == (400, "Not at this address")


@pytest.mark.parametrize(
    "host", ["letters.example.org.example.com", "letters.example.organic", "x.letters.example.org"]
)
def test_a_host_that_only_looks_like_ours_is_another(house: House, host: str) -> None:
    app = shared_app_on(house, replace(house.settings, base_url="https://letters.example.org"))
    answer = visitor_of(app).get("/", base_url=f"https://{host}")
    assert (answer.status_code, heading(answer)) == (400, "Not at this address")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.0.0.7:9000", "no..host"])
def test_health_is_told_under_any_name_the_machine_has(
    client: Visitor, path: str, host: str
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Original-Host", "X-Host", "Forwarded", "X-Forwarded-Server"]
)
def test_a_forwarded_host_moves_no_link(client: Visitor, story: Story, header: str) -> None:
    path = f"/letter/{story.upload_token(scenes.requested(story))}"
    value = "host=evil.example.com" if header == "Forwarded" else "evil.example.com"
    plain, forwarded = (client.get(path, headers=h) for h in ({}, {header: value}))
    assert forwarded.status_code == 200
    assert "evil.example.com" not in forwarded.text
    assert len(forwarded.text) == len(plain.text)


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://letters.example.org", "letters.example.org"),
        ("https://letters.example.org", "LETTERS.example.org"),
        ("https://letters.example.org", "letters.example.org:443"),
        ("https://letters.example.org:443", "letters.example.org"),
        ("https://Letters.Example.org", "letters.example.org"),
        ("https://letters.example.org:8443", "letters.example.org:8443"),
        ("http://localhost:80", "localhost"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_base_url_is_the_address_however_it_is_spelled(
    house: House, base_url: str, host: str, scheme: str
) -> None:
    """A proxy in front may speak plain http to us, and browsers leave the usual port out."""
    app = shared_app_on(house, replace(house.settings, base_url=base_url))
    answer = visitor_of(app).get("/healthz", base_url=f"{scheme}://{host}")
    assert answer.status_code == 200
    page = visitor_of(app).get("/", base_url=f"{scheme}://{host}")
    assert (page.status_code, heading(page)) == (200, "Reference letters, collected with care")
