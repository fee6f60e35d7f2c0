"""Whether a page is well made, as axe judges it in the browser."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.support.browser import ColorScheme, Corner

PATH = "/axe.js"
"""Where a site may serve `SCRIPT`: a page takes it from there much quicker than from outside."""

SCRIPT: bytes = AXE_SCRIPT.encode()

_LOAD = """(path) => typeof axe !== "undefined" || new Promise((tell) => {
    const script = document.createElement("script");
    const end = (loaded) => { script.remove(); tell(loaded); };
    script.onload = () => end(true);
    script.onerror = () => end(false);
    script.src = path;
    document.head.append(script);
})"""

_STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_DRAWN = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""What depends on the size of the window or on the scheme. All other rules depend on how the page
is built and on what of it is shown; save that two parts of a page must not have one name, which is
looked at where a build is new."""

_Drawing = tuple[int, ColorScheme]
"""The width of the window and the scheme."""

_LOOK = """async ([rules, coloured]) => {
    const elements = document.querySelectorAll("*");
    const parts = coloured.map((place) => elements[place]);
    parts.forEach((part) => part.toggleAttribute("data-coloured"));
    const selector = "[data-coloured], [data-coloured] *";
    axe.configure({ rules: [{ id: "color-contrast", selector }] });
    try {
        // It would wait in vain for those of itself in the frames.
        const options = { runOnly: rules, resultTypes: ["violations"], iframes: false };
        return (await axe.run(options)).violations;
    } finally {
        parts.forEach((part) => part.toggleAttribute("data-coloured"));
    }
}"""

# What a page says and where its links lead is not part of how it is built; its style sheets are.
_ELEMENTS = """() => {
    const elements = [...document.querySelectorAll("*")];
    const places = new Map(elements.map((element, place) => [element, place]));
    const wordy = (element) => element.matches("meta, input[type=submit]")
        ? ["href", "action"] : ["href", "action", "value", "src", "content", "datetime"];
    const tag = (element) => [element.tagName, ...[...element.attributes].map((a) =>
        wordy(element).includes(a.name) || a.name.startsWith("data-")
            ? a.name : `${a.name}="${a.value}"`)];
    const states = (element) => [":focus", ":checked", ":invalid", ":placeholder-shown"]
        .filter((state) => element.matches(state));
    const sheets = (element) => element === document.documentElement
        ? [...document.styleSheets].map((sheet) => sheet.href ?? sheet.ownerNode.textContent) : [];
    const words = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
    return JSON.stringify(elements.map((element) => ({
        tag: [...tag(element), ...states(element), ...sheets(element)].join(" "),
        shown: element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
        inside: [...element.childNodes].filter((node) => places.has(node) || words(node))
            .map((node) => places.get(node) ?? null),
        whole: !element.children.length || element.matches("select")
            || [...element.childNodes].some(words),
    })));
}"""


def violations(page: Page) -> list[str]:
    """Return what breaks WCAG 2.2 AA on the page as it now stands, a line for each element."""
    return _look(page, _STANDARD, coloured=[0])


def build(page: Page) -> int:
    """Return a number that pages share if only their words and links differ."""
    return _parts(page)[0].build


class Inspector:
    """Finds the same, and remembers what was well made: what is built and shown like it, is too.

    Of a page built in a new way, colours are looked at in those parts that are new themselves or
    stand in new surroundings.
    """

    def __init__(self) -> None:
        self._built: set[int] = set()
        self._drawn: set[tuple[_Drawing, int]] = set()
        self._coloured: set[tuple[_Drawing, int]] = set()

    def violations(self, page: Page, corner: Corner) -> list[str]:
        """Return what breaks WCAG 2.2 AA on the page, which stands at this size and scheme."""
        parts, drawing = _parts(page), (corner[0]["width"], corner[1])
        whole = parts[0].build
        if (drawing, whole) in self._drawn:
            return []
        new = [part.place for part in self._new(parts, drawing)]
        found = _look(page, _DRAWN if whole in self._built else _STANDARD, coloured=new)
        if not found:
            self._built.add(whole)
            self._drawn.add((drawing, whole))
            self._coloured.update((drawing, part.build) for part in parts)
        return found

    def _new(self, parts: Sequence["_Part"], drawing: "_Drawing") -> Iterator["_Part"]:
        """Give the outermost parts with words of their own that were not seen like this."""
        waiting = [parts[0]]
        while waiting:
            part = waiting.pop()
            if (drawing, part.build) in self._coloured:
                continue
            if part.whole:
                yield part
            else:
                waiting.extend(parts[place] for place in part.inside)


@dataclass
class _Part:
    """An element of a page and all that is in it. Numbers stand for how something is built."""

    place: int
    inside: list[int]
    whole: bool
    within: int = 0
    """All of it, and what of it is shown, without its words and links."""
    around: int = 0
    """The tags in which it stands, and the place of each among those beside it."""

    @property
    def build(self) -> int:
        """What has the same colours wherever it is found, as far as our style sheets can tell.

        They know what an element is in, its state, the one before it, and whether it is among the
        first or the last; not what stands further off, nor what a data attribute says.
        """
        return hash((self.around, self.within))


def _parts(page: Page) -> list[_Part]:
    elements: list[dict[str, Any]] = json.loads(page.evaluate(_ELEMENTS))
    parts = [
        _Part(place, [inner for inner in element["inside"] if inner is not None], element["whole"])
        for place, element in enumerate(elements)
    ]
    # What is in an element comes after it.
    for part, element in reversed(list(zip(parts, elements, strict=True))):
        inside = [None if inner is None else parts[inner].within for inner in element["inside"]]
        part.within = hash((element["tag"], element["shown"], *inside))
    for part in parts:
        tags = [elements[inner]["tag"] for inner in part.inside]
        for number, inner in enumerate(part.inside):
            beside = _beside(tags, number)
            parts[inner].around = hash((part.around, beside, elements[part.place]["tag"]))
    return parts


def _beside(tags: Sequence[str], number: int) -> tuple[str | int | bool, ...]:
    """Say of one among others whether it is the first, the second or a later one, and the last.

    And which one is before it.
    """
    return min(number, 2), number + 1 == len(tags), *tags[max(0, number - 1) : number]


def _look(page: Page, rules: list[str], coloured: list[int]) -> list[str]:
    # A page that may not load it is handed it.
    if not page.evaluate(_LOAD, PATH):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html']}"
        for violation in page.evaluate(_LOOK, [rules, coloured])
        for node in violation["nodes"]
    ]
