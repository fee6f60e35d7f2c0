"""A page as a browser without scripts reads it: its words, and the forms it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

UNSEEN = frozenset({"title", "script", "style"})
PRESSED = frozenset({"submit", "button", "image", "reset"})
CHOSEN = frozenset({"checkbox", "radio"})


class Unexpected(Exception):
    """What was to be seen or done is not there; the text says what."""


@dataclass
class Form:
    """A form: where it goes, what it sends untouched, and what else can be entered."""

    action: str
    method: str
    multipart: bool
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what is sent with `values` entered.

        Raises Unexpected for what the form does not offer.
        """
        for name, value in values.items():
            if name not in self.fields and value not in self.choices.get(name, ()):
                message = f"the form to {self.action} does not offer {name}={value}"
                raise Unexpected(message)
        return {**self.fields, **values}


class Page(HTMLParser):
    """A page that was read from `html`; `url` is its own address."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._links: list[str] = []
        self._url = url
        self._pieces: list[str] = []
        self._inside: list[str] = []
        self._area: str | None = None
        self.feed(html)
        self.close()

    @property
    def words(self) -> str:
        """What a reader sees, with single spaces."""
        return " ".join("".join(self._pieces).split())

    def form(self, ending: str) -> Form:
        """Return the form whose action ends with `ending`. Raises Unexpected."""
        for form in self.forms:
            if urlsplit(form.action).path.endswith(ending):
                return form
        message = f"there is no form to …{ending} on {self._url}: {self.words[:200]}"
        raise Unexpected(message)

    def link(self, ending: str) -> str:
        """Return the first link that ends with `ending`. Raises Unexpected."""
        for link in self._links:
            if link.endswith(ending):
                return link
        message = f"there is no link to …{ending} on {self._url}: {self.words[:200]}"
        raise Unexpected(message)

    # --- reading ------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin an element."""
        given = {name: value or "" for name, value in attrs}
        if tag in UNSEEN:
            self._inside.append(tag)
        elif tag == "a" and "href" in given:
            self._links.append(urljoin(self._url, given["href"]))
        elif tag == "form":
            self._begin_form(given)
        elif self.forms and tag == "input":
            self._add_input(given)
        elif self.forms and tag == "textarea":
            self._area = given.get("name")
            self._enter(self._area, "")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """Read text."""
        if self._area:
            self._enter(self._area, self.forms[-1].fields[self._area] + data)
        elif not self._inside:
            self._pieces.append(data)

    def _begin_form(self, given: Mapping[str, str]) -> None:
        form = Form(
            action=urljoin(self._url, given.get("action", "")),
            method=given.get("method", "get").lower(),
            multipart=given.get("enctype") == "multipart/form-data",
        )
        self.forms.append(form)

    def _add_input(self, given: Mapping[str, str]) -> None:
        name, kind, value = given.get("name"), given.get("type", "text"), given.get("value", "")
        if not name or kind in PRESSED:
            return
        if kind == "file":
            self.forms[-1].files.append(name)
        elif kind in CHOSEN:
            self.forms[-1].choices.setdefault(name, []).append(value)
        else:
            self._enter(name, value)

    def _enter(self, name: str | None, value: str) -> None:
        if name:
            self.forms[-1].fields[name] = value
