"""Debian's Chromium, driven by Playwright, and what is measured in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, Playwright, ViewportSize

HOW = "install Debian's chromium-headless-shell, or chromium"
HOW_WHOLE = "install Debian's chromium"

PHONE: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}

ColorScheme = Literal["light", "dark"]
COLOR_SCHEMES: tuple[ColorScheme, ...] = ("light", "dark")

Corner = tuple[ViewportSize, ColorScheme]
CORNERS: tuple[Corner, Corner] = ((PHONE, "light"), (DESKTOP, "dark"))
"""Who has seen these two has seen each size and each colour scheme: the one has nothing to do with
the other."""

_PROGRAMS = ("chromium-headless-shell", "chromium")
"""The browser without its windows shows a page in half the time, so it is taken first."""

_ARGUMENTS = (
    # Chromium's own sandbox does not start for root, which is who runs tests in a container.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

_WIDER_THAN_THE_WINDOW = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const name = (e) => e.tagName.toLowerCase() + (e.id && "#" + e.id)
        + [...e.classList].map((c) => "." + c).join("");
    const end = (e) => {
        const box = e.getBoundingClientRect();
        return Math.ceil(box.left + Math.max(box.width, e.scrollWidth));
    };
    const wide = [...document.body.querySelectorAll("*")].filter((e) => end(e) > width);
    const innermost = wide.filter((e) => !wide.some((other) => other !== e && e.contains(other)));
    return [`${document.documentElement.scrollWidth} px in ${width} px`]
        .concat(innermost.map((e) => `${name(e)} ends at ${end(e)} px`));
}"""


def chromium() -> Path | None:
    """Return the browser's executable, if this machine has it."""
    found = filter(None, map(shutil.which, _PROGRAMS))
    return next(map(Path, found), None)


def whole_chromium() -> Path | None:
    """Return the browser that has a viewer of PDFs too, if this machine has it."""
    found = shutil.which("chromium")
    return Path(found) if found else None


@contextmanager
def browser(playwright: Playwright, program: Path | None) -> Iterator[Browser]:
    """Run a browser without showing it. Ask first whether this machine has the program."""
    running = playwright.chromium.launch(executable_path=program, headless=True, args=_ARGUMENTS)
    try:
        yield running
    finally:
        running.close()


@contextmanager
def new_page(
    browser: Browser,
    *,
    viewport: ViewportSize = DESKTOP,
    color_scheme: ColorScheme = "light",
    javascript: bool = True,
) -> Iterator[Page]:
    """Open an empty page in a profile of its own, with no cookies from any other."""
    context = browser.new_context(
        viewport=viewport,
        color_scheme=color_scheme,
        # What glides is drawn again and again: here everything is at once where it belongs.
        reduced_motion="reduce",
        java_script_enabled=javascript,
        locale="en-GB",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def no_horizontal_scroll(page: Page) -> None:
    """Raise AssertionError, naming the culprits, if the page is wider than its window."""
    wide = page.evaluate(_WIDER_THAN_THE_WINDOW)
    if wide:
        raise AssertionError(f"{page.url} scrolls sideways: " + "; ".join(wide))


def screenshot(page: Page, folder: Path, name: str) -> Path:
    """Save a picture of the whole page as `folder`/`name`.png and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
