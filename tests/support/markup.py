"""HTML read as a browser reads it: the tree and its mistakes, the visible words, the forms."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as _PARSE_ERRORS

_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_INLINE = frozenset(
    [
        *("a", "abbr", "b", "bdi", "cite", "code", "dfn", "em", "i", "kbd", "mark"),
        *("q", "s", "small", "span", "strong", "sub", "sup", "time", "u"),
    ]
)


@lru_cache(maxsize=16)
def parse(html: str) -> tuple[Element, list[str]]:
    """Return the root element, and a line for every mistake in the markup.

    A page is checked and then read several times: whoever reads leaves the tree as it is.
    """
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    mistakes = [
        f"line {line}, column {column}: {_PARSE_ERRORS[code] % values}"
        for (line, column), code, values in parser.errors
    ]
    return root, mistakes


def elements(root: Element, *names: str) -> Iterator[Element]:
    """Walk the elements under `root` (itself included), or those of the given names among them."""
    for element in root.iter():
        if _is_element(element) and (not names or element.tag in names):
            yield element


def words(element: Element, *, without: Set[str] = frozenset()) -> str:
    """Return what a reader sees of the element, with single spaces, `without` some tags."""
    return " ".join("".join(_pieces(element, _UNSEEN | without)).split())


def text(html: str) -> str:
    """Return what a reader sees of the page, with single spaces."""
    return words(parse(html)[0])


def _is_element(node: Element) -> bool:
    """Tell an element from a comment, whose tag is no text whatever its annotation says."""
    return isinstance(node.tag, str)


def _pieces(element: Element, unseen: Set[str]) -> Iterator[str]:
    if not _is_element(element) or element.tag in unseen or "hidden" in element.attrib:
        return
    edge = "" if element.tag in _INLINE else " "
    yield edge
    yield element.text or ""
    for child in element:
        yield from _pieces(child, unseen)
        yield child.tail or ""
    yield edge


@dataclass(frozen=True)
class Button:
    """A button that submits its form; `action` is empty unless it sends the form elsewhere."""

    label: str
    name: str
    value: str
    action: str


@dataclass(frozen=True)
class Form:
    """A form as the page offers it.

    `fields` is what would be sent untouched, `choices` what the radio buttons, check boxes and
    selections offer, `files` the names of the file fields.
    """

    id: str
    action: str
    method: str
    enctype: str
    fields: Mapping[str, list[str]]
    choices: Mapping[str, list[str]]
    files: tuple[str, ...]
    buttons: tuple[Button, ...]

    def filled(
        self, values: Mapping[str, object] | None = None, *, press: str | None = None
    ) -> dict[str, object]:
        """Return the data of the form with `values` entered and the button `press` pressed.

        What the page does not offer cannot be entered: that raises AssertionError.
        """
        values = values or {}
        for name, value in values.items():
            self._check_offered(name, value)
        data: dict[str, object] = {**self.fields, **values}
        if press is None:
            return data
        button = self.button(press)
        return data | {button.name: button.value} if button.name else data

    def button(self, label: str) -> Button:
        """Return the button with this label; AssertionError if there is none."""
        for button in self.buttons:
            if button.label == label:
                return button
        offered = [button.label for button in self.buttons]
        raise AssertionError(f"The form has no button {label!r}, only {offered}")

    def _check_offered(self, name: str, value: object) -> None:
        if name in self.choices:
            chosen = value if isinstance(value, list | tuple) else [value]
            foreign = [one for one in chosen if one not in self.choices[name]]
            if foreign:
                raise AssertionError(f"{name!r} offers {self.choices[name]}, not {foreign}")
        elif name not in self.fields and name not in self.files:
            offered = sorted({*self.fields, *self.choices, *self.files})
            raise AssertionError(f"The form has no field {name!r}, only {offered}")


def forms(html: str, path: str = "") -> list[Form]:
    """Return the page's forms in order; `path` is the page's own, for actions relative to it."""
    root, _ = parse(html)
    return [_form(root, form, path) for form in elements(root, "form")]


def _form(root: Element, form: Element, path: str) -> Form:
    controls = list(_controls(root, form))
    fields: dict[str, list[str]] = {}
    choices: dict[str, list[str]] = {}
    for control in controls:
        name = control.get("name", "")
        if not name or _kind(control) in {"file", "button"}:
            continue
        offered = _offered(control)
        if offered is not None:
            choices.setdefault(name, []).extend(offered)
        sent = _sent(control)
        if sent:
            fields.setdefault(name, []).extend(sent)
    return Form(
        id=form.get("id", ""),
        action=urljoin(path, form.get("action", "")),
        method=form.get("method", "get").lower(),
        enctype=form.get("enctype", ""),
        fields=fields,
        choices=choices,
        files=tuple(c.get("name", "") for c in controls if _kind(c) == "file"),
        buttons=tuple(_button(c, path) for c in controls if _kind(c) == "button"),
    )


def _controls(root: Element, form: Element) -> Iterator[Element]:
    own = set(form.iter())
    for control in elements(root, "input", "select", "textarea", "button"):
        owner = control.get("form")
        belongs = control in own if owner is None else owner == form.get("id")
        if belongs and "disabled" not in control.attrib:
            yield control


def _kind(control: Element) -> str:
    if control.tag == "button":
        return "button" if control.get("type", "submit") == "submit" else "idle"
    if control.tag != "input":
        return str(control.tag)
    kind = control.get("type", "text")
    return "button" if kind in {"submit", "image"} else kind


def _offered(control: Element) -> list[str] | None:
    """Return the values that can be chosen here, or None where anything can be entered."""
    if control.tag == "select":
        return [_option(option) for option in elements(control, "option")]
    if _kind(control) in {"radio", "checkbox"}:
        return [control.get("value", "on")]
    return None


def _sent(control: Element) -> list[str]:
    """Return what the untouched control sends."""
    kind = _kind(control)
    if kind == "select":
        return _selected(control)
    if kind in {"radio", "checkbox"}:
        return [control.get("value", "on")] if "checked" in control.attrib else []
    if kind == "textarea":
        return [control.text or ""]
    return [] if kind in {"idle", "reset"} else [control.get("value", "")]


def _selected(control: Element) -> list[str]:
    options = list(elements(control, "option"))
    chosen = [option for option in options if "selected" in option.attrib]
    if not chosen and "multiple" not in control.attrib:
        chosen = options[:1]
    return [_option(option) for option in chosen]


def _option(option: Element) -> str:
    return option.get("value", words(option))


def _button(control: Element, path: str) -> Button:
    action = control.get("formaction", "")
    return Button(
        label=words(control) if control.tag == "button" else control.get("value", ""),
        name=control.get("name", ""),
        value=control.get("value", ""),
        action=urljoin(path, action) if action else "",
    )
