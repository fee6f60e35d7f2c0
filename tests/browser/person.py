"""Somebody before a browser, who is counted: what they do, and how often a page loads."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import Site

MOST_STEPS = 40


class Person:
    """Somebody with a mailbox and a mouse. `look` is called on every page they come to."""

    def __init__(self, site: Site, page: Page, address: str, look: Callable[[Page], None]) -> None:
        self.site = site
        self.page = page
        self.address = address
        self.actions = 0
        self.loads = 0
        self._look = look
        # Not "load": a page that somebody leaves at once has come all the same.
        page.on("framenavigated", self._count)

    def _count(self, frame: Frame) -> None:
        self.loads += frame.parent_frame is None

    def open_mail(self, path: str) -> str:
        """Click the link with this path in the newest mail; return where it leads."""
        link = self.site.link_to(self.address, path)
        self.open(link)
        return link

    def open(self, link: str) -> None:
        """Click a link that was mailed earlier."""
        self.actions += 1
        self.page.goto(link)

    def follow(self, words: str) -> None:
        """Follow a link on the page, the first one of those that are called alike."""
        self.actions += 1
        self._press(self.page.get_by_role("link", name=words, exact=True).first)

    def press(self, words: str) -> None:
        """Press a button on the page, a minute later than whatever happened before."""
        self.actions += 1
        self.site.clock.advance(timedelta(minutes=1))
        self._press(self.page.get_by_role("button", name=words, exact=True))

    def choose(self, letter: Path) -> None:
        """Choose the file with the letter."""
        self.actions += 1
        self._choose(self.page.locator("#letter"), letter)

    def type(self, label: str, words: str, group: str = "") -> None:
        """Type into a field of the page, or of a group of fields that other groups have too."""
        self.actions += 1
        if group:
            fields = self.page.get_by_role("group", name=group, exact=True)
            self._type(fields.get_by_label(label, exact=True), words)
        else:
            self._type(self.page.get_by_label(label), words)

    def tick(self, label: str) -> None:
        """Tick a box, or choose one of several."""
        self.actions += 1
        self._tick(self.page.get_by_label(label))

    def pick(self, label: str, words: str) -> None:
        """Pick one of a list by its words."""
        self.actions += 1
        field = self.page.get_by_label(label)
        self._pick(field, words)
        expect(field.locator("option:checked")).to_have_text(words)

    def date(self, label: str, at: datetime) -> None:
        """Enter a date and a time of day."""
        self.actions += 1
        field = self.page.get_by_label(label)
        self._date(field, at)
        expect(field).to_have_value(f"{at:%Y-%m-%dT%H:%M}")

    def submit(self, words: str) -> None:
        """Send the form that was just typed into; `words` are its button's."""
        self.actions += 1
        self.site.clock.advance(timedelta(minutes=1))
        self._submit(self.page.get_by_role("button", name=words, exact=True))

    def reads(self, *sentences: str, title: str = "") -> None:
        """Wait for what stands on the page, and look whether all of it is well made."""
        if title:
            expect(self.page.locator("h1")).to_have_text(title)
        for sentence in sentences:
            expect(self.page.locator("main").get_by_text(sentence).first).to_be_visible()
        self._look(self.page)

    def took(self, actions: int, loads: int) -> None:
        """Raise AssertionError if it took other clicks and choices, or page loads, up to here."""
        self.page.wait_for_load_state()
        assert (self.actions, self.loads) == (actions, loads)

    def _press(self, target: Locator) -> None:
        target.click()

    def _type(self, field: Locator, words: str) -> None:
        field.fill(words)

    def _pick(self, field: Locator, words: str) -> None:
        field.select_option(words)

    def _date(self, field: Locator, at: datetime) -> None:
        field.fill(f"{at:%Y-%m-%dT%H:%M}")

    def _submit(self, button: Locator) -> None:
        button.click()

    def _tick(self, box: Locator) -> None:
        box.check()

    def _choose(self, field: Locator, letter: Path) -> None:
        field.set_input_files(letter)


class KeyboardPerson(Person):
    """Somebody who has no mouse: Tab, Space, Enter and the letters are all they use."""

    def _press(self, target: Locator) -> None:
        self._tab_to(target)
        self.page.keyboard.press("Enter")

    def _type(self, field: Locator, words: str) -> None:
        self._tab_to(field)
        self.page.keyboard.type(words)

    def _pick(self, field: Locator, words: str) -> None:
        self._type(field, words)

    def _date(self, field: Locator, at: datetime) -> None:
        """The parts of a date stand in the order of the browser's own language: American."""
        self._type(field, f"{at:%m%d%Y}")
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(f"{at:%I%M%p}")

    def _submit(self, button: Locator) -> None:
        expect(button).to_be_visible()
        self.page.keyboard.press("Enter")

    def _tick(self, box: Locator) -> None:
        self._tab_to(box)
        self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def _choose(self, field: Locator, letter: Path) -> None:
        self._tab_to(field)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(letter)

    def _tab_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus, and see that the focus is drawn."""
        expect(target).to_be_visible()
        # Looked up once: to find it by its role and name takes longer than all the rest.
        element = target.element_handle()
        for _ in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            if element.evaluate("e => e === document.activeElement"):
                assert element.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
                return
        raise AssertionError(f"{target} cannot be reached with the Tab key")
