"""What holds for every page: checked on each answer that any test fetches through the client."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.markup import Button, Form, elements, forms, parse, text, words

__all__ = ["Button", "CheckedClient", "Form", "check_page", "forms", "text"]

PERSONAL = ("/letter/", "/application/", "/applications/", "/notice/", "/coordinate")

_NEEDS_NO_LABEL = {"hidden", "submit", "reset", "button", "image"}
_LABELABLE = ("button", "input", "meter", "output", "progress", "select", "textarea")
_ADDRESSES = {"href", "src", "action", "formaction"}


class CheckedClient(FlaskClient):
    """A test client that runs `check_page` on every answer, the redirects on the way included.

    For `app.test_client_class`. A request over https is held to Secure cookies.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 -- Werkzeug's own
        """Make a request and check its answer."""
        response = super().open(*args, **kwargs)
        for answer in (*response.history, response):
            check_page(answer, secure=answer.request.is_secure)
        return response


def check_page(response: TestResponse, *, secure: bool) -> None:
    """Raise AssertionError with all that is wrong with the answer and, if it is HTML, the page."""
    problems = [*_cookie_problems(response, secure=secure), *_personal_problems(response)]
    if response.mimetype == "text/html":
        problems += _header_problems(response)
        if response.request.method not in {"HEAD", "OPTIONS"}:
            problems += _page_problems(response.text)
            problems += _form_problems(response)
    if problems:
        request = response.request
        head = f"{request.method} {request.path} ({response.status_code}) is not as pages must be:"
        raise AssertionError("\n  - ".join([head, *problems]))


# --- headers -----------------------------------------------------------------------------------


def _cookie_problems(response: TestResponse, *, secure: bool) -> Iterator[str]:
    wanted = {"httponly", "samesite"} | ({"secure"} if secure else set())
    for cookie in response.headers.getlist("Set-Cookie"):
        first, *rest = cookie.split(";")
        given = {attribute.split("=")[0].strip().lower() for attribute in rest}
        for attribute in sorted(wanted - given):
            yield f"cookie {first.split('=')[0]!r} is not {attribute}"


def _personal_problems(response: TestResponse) -> Iterator[str]:
    if not response.request.path.startswith(PERSONAL):
        return
    if "no-store" not in response.headers.get("Cache-Control", ""):
        yield "personal, and Cache-Control is not no-store"
    if response.headers.get("Referrer-Policy") != "no-referrer":
        yield "personal, and Referrer-Policy is not no-referrer"
    if "noindex" not in response.headers.get("X-Robots-Tag", ""):
        yield "personal, and X-Robots-Tag is not noindex"


def _header_problems(response: TestResponse) -> Iterator[str]:
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        yield "X-Content-Type-Options is not nosniff"
    if not response.headers.get("Referrer-Policy"):
        yield "no Referrer-Policy"
    policy = response.headers.get("Content-Security-Policy")
    if not policy:
        yield "no Content-Security-Policy"
        return
    yield from _policy_problems(policy)


def _policy_problems(policy: str) -> Iterator[str]:
    directives = {
        name.lower(): sources
        for name, *sources in (part.split() for part in policy.split(";") if part.strip())
    }
    if directives.get("default-src") not in (["'none'"], ["'self'"]):
        yield "Content-Security-Policy: default-src is neither 'none' nor 'self'"
    if "frame-ancestors" not in directives:
        yield "Content-Security-Policy: no frame-ancestors"
    for name, sources in directives.items():
        for source in {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(sources):
            yield f"Content-Security-Policy: {name} has {source}"


# --- the page ----------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _page_problems(html: str) -> Sequence[str]:
    """Three of four pages that tests fetch were the same before, to the last byte."""
    root, mistakes = parse(html)
    return [
        *mistakes,
        *([] if root.get("lang") else ["<html> has no lang"]),
        *_heading_problems(root),
        *_id_problems(root),
        *_label_problems(root),
        *_inline_problems(root),
        *_image_problems(root),
        *_time_problems(root),
    ]


def _heading_problems(root: Element) -> Iterator[str]:
    headings = [words(heading) for heading in elements(root, "h1")]
    if len(headings) != 1 or not headings[0]:
        yield f"not exactly one h1 with words in it: {headings}"
        return
    titles = [" ".join((title.text or "").split()) for title in elements(root, "title")]
    if len(titles) != 1 or not titles[0].startswith(headings[0]):
        yield f"no <title> that begins with the h1 {headings[0]!r}: {titles}"


def _id_problems(root: Element) -> Iterator[str]:
    counted = Counter(element.attrib["id"] for element in elements(root) if "id" in element.attrib)
    for name, count in counted.items():
        if count > 1:
            yield f"id {name!r} is given {count} times"
        if not name or name != "".join(name.split()):
            yield f"id {name!r} is empty or has a space in it"
    for element in elements(root):
        for attribute in ("aria-labelledby", "aria-describedby"):
            for name in element.get(attribute, "").split():
                if name not in counted:
                    yield f"{attribute} of {_show(element)} names {name!r}, which is not there"


def _label_problems(root: Element) -> Iterator[str]:
    # What stands in a control is its value: it is no part of the label around it.
    labels = [
        label
        for label in elements(root, "label")
        if words(label, without={"button", "select", "textarea"})
    ]
    tied = {label.attrib["for"] for label in labels if "for" in label.attrib}
    wrapped = {control for label in labels for control in label.iter()}
    for control in elements(root, "input", "select", "textarea"):
        if control.tag == "input" and control.get("type", "text") in _NEEDS_NO_LABEL:
            continue
        named = control.get("aria-label", "").strip() or control.get("aria-labelledby", "").strip()
        if not named and control not in wrapped and control.get("id") not in tied:
            yield f"{_show(control)} has no label"
    known = {control.get("id") for control in elements(root, *_LABELABLE)}
    for name in sorted(tied - known):
        yield f"a label is for {name!r}, which is no control"


def _inline_problems(root: Element) -> Iterator[str]:
    for element in elements(root):
        tag = _local(str(element.tag))
        if tag == "style" or (tag == "script" and not element.get("src")):
            yield f"an inline <{tag}>"
        for attribute, value in element.attrib.items():
            name = _local(attribute)
            if name == "style" or name.startswith("on"):
                yield f"{_show(element)} has an inline {name}"
            if name in _ADDRESSES and "".join(value.split()).lower().startswith("javascript:"):
                yield f"{_show(element)} has a javascript: address"


def _image_problems(root: Element) -> Iterator[str]:
    for image in elements(root, "img", "input"):
        if (image.tag == "img" or image.get("type") == "image") and "alt" not in image.attrib:
            yield f"{_show(image)} has no alt"


def _time_problems(root: Element) -> Iterator[str]:
    """The script puts the reader's own time behind, as a line: a sentence would go on below it."""
    for time in elements(root, "time"):
        if "data-zone" in time.attrib and (time.tail or "").strip():
            yield f"{words(time)!r} is followed by {(time.tail or '').strip()!r}"


def _form_problems(response: TestResponse) -> Iterator[str]:
    request = response.request
    for form in forms(response.text, request.path):
        internal = urlsplit(form.action).netloc in {"", request.host}
        if form.method == "post" and internal and not any(form.fields.get("csrf_token", ())):
            yield f"the form to {form.action!r} has no csrf_token"


def _local(name: str) -> str:
    """Return a name without its namespace: SVG is part of the page."""
    return name.rpartition("}")[2].lower()


def _show(element: Element) -> str:
    known = "".join(
        f' {name}="{element.attrib[name]}"'
        for name in ("id", "name", "type", "href", "src")
        if name in element.attrib
    )
    return f"<{_local(str(element.tag))}{known}>"
