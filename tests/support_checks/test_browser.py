"""What is measured in the browser finds what is wrong, under a strict policy too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page

from tests.support import axe
from tests.support import browser as support
from tests.support.server import free_port, serve

pytestmark = pytest.mark.browser

GOOD = """<!doctype html><html lang="en"><head><title>Hello</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Hello</h1><p>Words.</p></main></body></html>"""
NAMELESS = GOOD.replace("Words.", "<input>")
WIDE = GOOD.replace("<p>Words.", f'<p id="wide">{"W" * 400}')


@contextmanager
def _showing(chromium: Browser, html: str) -> Iterator[Page]:
    app = Flask(__name__, static_folder=None)
    headers = {"Content-Security-Policy": "default-src 'none'"}

    @app.get("/")
    def page() -> Response:
        return Response(html, headers=headers)

    with (
        serve(app, free_port()) as base,
        support.new_page(chromium, viewport=support.PHONE) as shown,
    ):
        shown.goto(base)
        yield shown


def test_a_good_page_passes(chromium: Browser) -> None:
    with _showing(chromium, GOOD) as page:
        assert axe.violations(page) == []
        support.no_horizontal_scroll(page)


def test_axe_names_what_is_wrong(chromium: Browser) -> None:
    with _showing(chromium, NAMELESS) as page:
        (violation,) = axe.violations(page)
    assert violation.startswith("label (critical)")


def test_a_page_wider_than_its_window_fails(chromium: Browser) -> None:
    with _showing(chromium, WIDE) as page, pytest.raises(AssertionError, match="#wide"):
        support.no_horizontal_scroll(page)


@pytest.mark.parametrize("scheme", support.COLOR_SCHEMES)
def test_the_page_has_the_viewport_and_the_scheme_it_was_given(
    chromium: Browser, scheme: support.ColorScheme
) -> None:
    with support.new_page(chromium, viewport=support.PHONE, color_scheme=scheme) as page:
        assert page.evaluate("innerWidth") == 320
        assert page.evaluate(f"matchMedia('(prefers-color-scheme: {scheme})').matches")


def test_a_screenshot_is_a_picture(chromium: Browser, tmp_path: Path) -> None:
    with _showing(chromium, GOOD) as page:
        picture = support.screenshot(page, tmp_path / "new", "hello")
    assert picture.read_bytes().startswith(b"\x89PNG")
