"""What axe looks at anew, and what it need not look at again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support import axe
from tests.support.browser import DESKTOP, PHONE, Corner, new_page

pytestmark = pytest.mark.browser

GOOD = """<!doctype html><html lang="en"><head><title>Hello</title>
<meta name="viewport" content="width=device-width"><style></style></head>
<body><main><h1>Hello</h1><p>Words.</p><div><label>Name <input></label></div></main></body></html>
"""
NAMELESS = GOOD.replace("Name", "")
LIGHT: Corner = (DESKTOP, "light")
DARK: Corner = (DESKTOP, "dark")
NARROW: Corner = (PHONE, "light")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page."""
    with new_page(chromium) as opened:
        yield opened


def _styled(html: str, style: str) -> str:
    return html.replace("<style>", f"<style>{style}")


def _found(inspector: axe.Inspector, page: Page, html: str, corner: Corner) -> set[str]:
    page.set_viewport_size(corner[0])
    page.emulate_media(color_scheme=corner[1])
    page.set_content(html)
    return {line.partition(" ")[0] for line in inspector.violations(page, corner)}


def test_it_names_what_is_built_badly_and_what_the_colours_break(page: Page) -> None:
    page.set_content(_styled(NAMELESS, "p { color: #bbb; }"))
    found = {line.partition(":")[0] for line in axe.violations(page)}
    assert found == {"color-contrast (serious)", "label (critical)"}


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (GOOD.replace("Words.", "Other words."), True),
        (GOOD.replace("Words.", ""), False),
        (GOOD.replace("<p>", "<p class=note>"), False),
        (GOOD.replace("<p>", "<p hidden>"), False),
        (GOOD.replace("<p>", "<p>Words.</p><p>"), False),
        (NAMELESS, False),
    ],
    ids=["other words", "no words", "another class", "not shown", "one more", "no name"],
)
def test_pages_are_of_one_build_if_only_their_words_differ(
    page: Page, other: str, alike: bool
) -> None:
    page.set_content(GOOD)
    build = axe.build(page)
    page.set_content(other)
    assert (axe.build(page) == build) is alike


PALE = "{ color: #bbb; }"
IN_THE_DARK = _styled(GOOD, f"@media (prefers-color-scheme: dark) {{ p {PALE} }}")
NAMELESS_ON_A_PHONE = _styled(
    GOOD.replace("Name", "<span>Name</span>"),
    "@media (max-width: 400px) { span { display: none; } }",
)
TINY_ON_A_PHONE = _styled(
    GOOD.replace("<div>", "<div><button>x</button><button>y</button></div><div>"),
    "button { padding: 9px; } @media (max-width: 400px) { button { font-size: 2px; padding: 0; } }",
)


LISTED = _styled(
    GOOD.replace("<p>", "<ul><li>One.<li>Two.</ul><p>"),
    f"li:nth-child(3), li:nth-child(2):not(:last-child) {PALE}",
)
META = "meta-viewport"


@pytest.mark.parametrize(
    ("first", "then", "corner", "finds"),
    [
        (GOOD, NAMELESS, LIGHT, "label"),
        (GOOD, GOOD.replace("<p>", '<p><b style="color: #bbb">So</b> '), LIGHT, "color-contrast"),
        (
            _styled(GOOD, f".pale p {PALE}"),
            _styled(GOOD.replace("<main>", "<main class=pale>"), f".pale p {PALE}"),
            LIGHT,
            "color-contrast",
        ),
        (
            _styled(GOOD, f"h2 + p {PALE}"),
            _styled(GOOD.replace("</h1>", "</h1><h2>So</h2>"), f"h2 + p {PALE}"),
            LIGHT,
            "color-contrast",
        ),
        (LISTED, LISTED.replace("<li>", "<li>Two.<li>", 1), LIGHT, "color-contrast"),
        (LISTED, LISTED.replace("</ul>", "<li>Last.</ul>"), LIGHT, "color-contrast"),
        (GOOD, _styled(GOOD, f"p {PALE}"), LIGHT, "color-contrast"),
        (GOOD, GOOD.replace("device-width", "device-width, user-scalable=no"), LIGHT, META),
        (IN_THE_DARK, IN_THE_DARK, DARK, "color-contrast"),
        (NAMELESS_ON_A_PHONE, NAMELESS_ON_A_PHONE, NARROW, "label"),
        (TINY_ON_A_PHONE, TINY_ON_A_PHONE, NARROW, "target-size"),
    ],
    ids=[
        *("build", "part", "around a part", "before a part", "a third one", "not the last one"),
        *("style sheet", "what a meta says", "scheme", "what is shown", "size"),
    ],
)
def test_what_is_new_is_looked_at_and_found_until_it_is_mended(
    page: Page, first: str, then: str, corner: Corner, finds: str
) -> None:
    inspector = axe.Inspector()
    assert _found(inspector, page, first, LIGHT) == set()
    assert _found(inspector, page, then, corner) == {finds}
    assert _found(inspector, page, then, corner) == {finds}
    assert _found(inspector, page, GOOD, corner) == set()


def test_a_state_in_which_it_was_not_seen_is_new(page: Page) -> None:
    inspector = axe.Inspector()
    form = _styled(GOOD.replace("<input>", "<input value=words>"), f"input:focus {PALE}")
    assert _found(inspector, page, form, LIGHT) == set()
    page.focus("input")
    [found] = inspector.violations(page, LIGHT)
    assert found.startswith("color-contrast")
