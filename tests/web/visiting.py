"""How the tests walk through the pages: who they are, what they press, what they read."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.sessions import SessionMixin
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from letters.domain.journal import MessageKind
from letters.house import House
from letters.records import Application, HowSignedIn, Letter, LetterRequest, OutboxMessage
from letters.services import finding, sessions, signing_in
from letters.services.receiving import decrypted
from letters.web.signin import SignedIn
from letters.web.state import KEY
from tests.support import pdfs
from tests.support.markup import Form, elements, forms, parse, words
from tests.support.once import played_once
from tests.support.pages import CheckedClient
from tests.support.people import SYSTEM

CORA = "cora@alpine.example.org"
HOME = ("Go to the start page", "/")
PROGRAMS = ("Back to your programs", "/coordinate/")
"""The ways on from an error, for everybody and for coordinators who are signed in."""


def to_application(application_id: UUID) -> tuple[str, str]:
    """Return the way on from an error for who is signed in and may see this application."""
    return ("Back to the application", f"/coordinate/applications/{application_id}")


def to_letter(token: str) -> tuple[str, str]:
    """Return the way on from an error for who has the upload link with this token."""
    return ("Back to the page of this letter", f"/letter/{token}")


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tests of what no database could make different: they run on one of the two."""


class Visitor(CheckedClient):
    """A checked client that asks where the pages are said to be: at the base URL."""

    @property
    def home(self) -> str:
        """The base URL."""
        url: str = self.application.extensions[KEY].settings.base_url
        return url

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 -- Werkzeug's own
        """Make a request and check its answer."""
        kwargs.setdefault("base_url", self.home)
        answer = super().open(*args, buffered=True, **kwargs)
        # Werkzeug puts a long form into a temporary file and leaves it open.
        answer.request.environ["wsgi.input"].close()
        return answer

    def session(self) -> AbstractContextManager[SessionMixin]:
        """Open the session of this browser, to look into it and to change it."""
        return self.session_transaction(base_url=self.home)


def visitor_of(app: Flask) -> Visitor:
    """Return a new browser, without cookies."""
    app.test_client_class = Visitor
    client = app.test_client()
    assert isinstance(client, Visitor)
    return client


def signed_in(app: Flask, house: House, email: str = CORA) -> Visitor:
    """Return the browser of a coordinator who is in, without the way in through the pages."""
    known_as = _begin_session(house, email)
    visitor = visitor_of(app)
    with visitor.session() as session:
        # As Flask-Login's own test client does it.
        session["_user_id"] = known_as
        session["_fresh"] = True
        session.permanent = True
    return visitor


@played_once
def _begin_session(house: House, email: str) -> str:
    """Return what the browser is known by."""
    with house.works.change(SYSTEM) as work:
        coordinator = finding.coordinator_by_email(work, email)
        begun = sessions.begin(work, coordinator, HowSignedIn.OPERATORS_LINK, "")
        return SignedIn(begun).get_id()


def signed_in_by_link(app: Flask, house: House, email: str = CORA) -> Visitor:
    """Return the browser of a coordinator who came in through a link's page."""
    visitor = visitor_of(app)
    entered = press(visitor, visitor.get(sign_in_link(house, email)), "Sign in")
    assert (entered.status_code, entered.location) == (303, "/coordinate/")
    return visitor


def sign_in_again(visitor: Visitor, house: House) -> None:
    """Come in once more, after a session was over."""
    press(visitor, visitor.get(sign_in_link(house)), "Sign in")


def sign_in_link(house: House, email: str = CORA) -> str:
    """Return the path of a coordinator's sign-in link."""
    with house.works.change(SYSTEM) as work:
        return path_of(signing_in.make_link(work, email))


def path_of(url: str) -> str:
    """Return what of an address goes to the server, without the host."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


# --- pressing ---------------------------------------------------------------------------------


def form_with(page: TestResponse, button: str) -> Form:
    """Return the form of a page that has this button. Raises AssertionError if none has."""
    offered = forms(page.text, page.request.path)
    for form in offered:
        if button in [one.label for one in form.buttons]:
            return form
    labels = [one.label for form in offered for one in form.buttons]
    raise AssertionError(f"{page.request.path} has no button {button!r}, only {labels}")


def press(
    visitor: CheckedClient,
    page: TestResponse,
    button: str,
    values: Mapping[str, object] | None = None,
) -> TestResponse:
    """Fill in the form with this button, press it, and return the answer: no redirect followed."""
    form = form_with(page, button)
    sent = form.filled(values, press=button)
    if form.method == "get":
        return visitor.get(form.action, query_string=sent)
    action = form.button(button).action or form.action
    return visitor.post(action, data=sent, content_type=form.enctype or None)


def follow(visitor: CheckedClient, answer: TestResponse) -> TestResponse:
    """Go where a redirect leads, which must be a page of ours."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:500])
    assert answer.location.startswith("/"), answer.location
    return visitor.get(answer.location)


def attached(content: bytes | None = None, name: str = "Letter.pdf") -> dict[str, object]:
    """Return what to enter into the upload form: a file, by default a good letter."""
    return {"letter": (BytesIO(pdfs.letter_pdf() if content is None else content), name)}


def send(visitor: CheckedClient, token: str, content: bytes | None = None) -> TestResponse:
    """Send a letter through the upload page's own form."""
    page = visitor.get(f"/letter/{token}")
    label = form_labels(page)[0]
    return press(visitor, page, label, attached(content))


def form_labels(page: TestResponse) -> list[str]:
    """Return the labels of all the buttons on a page."""
    return [one.label for form in forms(page.text, page.request.path) for one in form.buttons]


# --- reading ----------------------------------------------------------------------------------


def links_of(page: TestResponse) -> dict[str, str]:
    """Return where the links in the body of a page lead, by their words."""
    root, _ = parse(page.text)
    return {words(a): a.get("href", "") for a in elements(root, "a")}


def scripts_of(page: TestResponse) -> list[str]:
    """Return the addresses of a page's scripts, without the version behind them."""
    root, _ = parse(page.text)
    return [urlsplit(e.get("src", "")).path for e in elements(root, "script")]


def heading(page: TestResponse) -> str:
    """Return the heading of a page."""
    root, _ = parse(page.text)
    return words(next(elements(root, "h1")))


def lead(page: TestResponse) -> str:
    """Return the sentence below the heading."""
    root, _ = parse(page.text)
    leads = [words(p) for p in elements(root, "p") if "lead" in p.get("class", "").split()]
    assert len(leads) == 1, leads
    return leads[0]


def content(page: TestResponse) -> str:
    """Return what is read in the main part of a page."""
    root, _ = parse(page.text)
    return words(next(elements(root, "main")))


def rows(page: TestResponse) -> list[list[str]]:
    """Return the cells of a list, without those to choose by."""
    root, _ = parse(page.text)
    rows = [row for body in elements(root, "tbody") for row in elements(body, "tr")]
    return [
        [words(cell) for cell in elements(row, "td") if cell.get("class") != "pick"] for row in rows
    ]


def names(page: TestResponse) -> list[str]:
    """Return the first cell of each row of a list."""
    return [cells[0] for cells in rows(page)]


def text_of_section(page: TestResponse, labelled_by: str) -> str:
    """Return what is read in the section that the element of this id names."""
    root, _ = parse(page.text)
    found = [e for e in elements(root, "section") if e.get("aria-labelledby") == labelled_by]
    return words(found[0])


def assert_words(
    answer: TestResponse, status: int, title: str, sentence: str, way_on: tuple[str, str] = HOME
) -> None:
    """Check that an error has its status, its words, and a way on."""
    link, url = way_on
    assert (answer.status_code, heading(answer)) == (status, title)
    assert content(answer) == f"{title} {sentence} {link}"
    assert links_of(answer)[link] == url


def near_field(page: TestResponse, name: str) -> list[str]:
    """Return the words that are tied to a field by aria-describedby, in that order."""
    root, _ = parse(page.text)
    by_id = {e.attrib["id"]: e for e in elements(root) if "id" in e.attrib}
    field = next(e for e in elements(root, "input", "textarea") if e.get("name") == name)
    return [words(by_id[one]) for one in field.get("aria-describedby", "").split()]


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def csrf_token(page: TestResponse) -> str:
    """Return the token that the forms of a page carry."""
    tokens = {token for form in forms(page.text) for token in form.fields.get("csrf_token", [])}
    assert len(tokens) == 1, tokens
    return tokens.pop()


# --- what is kept -----------------------------------------------------------------------------


def kept_letters(house: House) -> list[tuple[int, str, int, str, bytes]]:
    """Return version, name, size, hash and content of every letter, as they are kept."""
    with house.works.look(SYSTEM) as work:
        found = work.session.scalars(select(Letter).order_by(Letter.version)).all()
        return [(x.version, x.file_name, x.size, x.sha256, decrypted(work, x)) for x in found]


def mails_owed(house: House) -> list[MessageKind]:
    """Return the kinds of all mails that were promised, sent or not, in their order."""
    with house.works.look(SYSTEM) as work:
        kinds = select(OutboxMessage.kind).order_by(OutboxMessage.created_at, OutboxMessage.id)
        return list(work.session.scalars(kinds))


def stored_files(house: House) -> list[str]:
    """Return the names of all files in the store, unfinished ones included."""
    store = house.settings.store_url.removeprefix("file:")
    return sorted(_files(store))


def _files(folder: str) -> Iterator[str]:
    for path in Path(folder).rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


# --- changing what no page changes yet --------------------------------------------------------


def replace_upload_links(house: House) -> None:
    """Let a newer link take the place of every upload link."""
    with house.works.change(SYSTEM) as work:
        work.session.execute(
            update(LetterRequest).values(link_generation=LetterRequest.link_generation + 1)
        )


def replace_status_links(house: House) -> None:
    """Let a newer link take the place of every status link."""
    with house.works.change(SYSTEM) as work:
        work.session.execute(
            update(Application).values(link_generation=Application.link_generation + 1)
        )
