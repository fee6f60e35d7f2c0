"""Whatever people type stays words: it adds no node, attribute or link to a page or a mail."""

from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Column, Enum, String, select, update

from letters.domain.errors import Problem
from letters.domain.journal import MessageKind
from letters.domain.mail_words import PLACEHOLDERS, Place
from letters.domain.text import LONGEST_NAME, LONGEST_TEXT, clean_line, clean_text
from letters.records import Application, Base, OutboxMessage, Program
from letters.services.composing import compose
from letters.services.work import Work
from tests.support.clock import TestClock
from tests.support.hostile import HOSTILE, REFUSED
from tests.support.mailbags import send_every_kind
from tests.support.people import SYSTEM, Story
from tests.support.thorough import rounds, share
from tests.web.everything import readable, scene_in
from tests.web.visiting import Visitor, on_sqlite, signed_in

PLAIN = "Plainword"

WORDS = {
    "coordinators": ("name",),
    "programs": (
        *("title", "organization", "description", "instructions", "waiver_wording"),
        "sender_name",
    ),
    "applications": ("external_id", "applicant_name", "waiver_signed_as", "waiver_text"),
    "letter_requests": (
        *("referee_name", "affiliation", "relation", "personal_line", "decline_reason"),
        *("more_time_note", "acquaintance"),
    ),
    "letters": ("file_name", "sent_by", "converted_from"),
    "outbox": ("last_error",),
    "mail_copies": ("subject",),
    "remarks": ("text",),
    "holds": ("reason", "lifted_because"),
    "bulk_jobs": ("reason",),
}
"""What somebody typed, or another computer said."""

NOT_WORDS = {
    "coordinators": ("email", "timezone", "openid_issuer", "openid_subject"),
    "sign_ins": ("browser_hash", "browser"),
    "programs": ("slug", "contact_email", "timezone", "accent", "journal_hash", "logo_sha256"),
    "api_keys": ("name", "key_hash"),
    "applications": ("applicant_email", "applicant_key", "journal_hash"),
    "letter_requests": ("referee_email", "referee_key", "former_email", "referee_zone"),
    "letters": ("stored_as", "sha256"),
    "journal": ("origin", "previous_hash", "hash"),
    "outbox": ("dedupe_key", "message_id", "sent_to", "to_domain"),
    "mail_turns": ("domain",),
    "idempotent_answers": ("idempotency_key", "fingerprint"),
    "bulk_items": ("problem", "problem_values"),
}
"""Addresses, names of zones and what we made ourselves: each is checked by a rule of its own."""

UNIQUE = frozenset({"external_id"})
MULTILINE = frozenset(
    {"description", "instructions", "waiver_text", "waiver_wording", "last_error", "text"}
) | {"reason", "lifted_because"}


class _Skeleton(HTMLParser):
    """What a page is made of: its tags, their attributes, and the kinds of places they name."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = ",".join(name for name, _ in attrs)
        places = ",".join(
            (value or "").partition(":")[0]
            for name, value in attrs
            if name in {"href", "src", "action", "formaction"}
            and not (value or "").startswith(("/", "#", "?"))
        )
        self.parts.append(f"<{tag} {names} {places}>")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_comment(self, _data: str) -> None:
        self.parts.append("<!>")


def skeleton(html: str) -> list[str]:
    """Return the tags of a page, in order."""
    parser = _Skeleton()
    parser.feed(html)
    parser.close()
    return parser.parts


def text_columns() -> Mapping[str, Sequence[str]]:
    """Return the columns of every table that hold text."""
    return {
        table.name: [
            column.name
            for column in table.columns
            if isinstance(column.type, String) and not isinstance(column.type, Enum)
        ]
        for table in Base.metadata.sorted_tables
    }


def test_every_text_of_the_tables_is_known_as_words_or_not() -> None:
    known = {
        name: {*WORDS.get(name, ()), *NOT_WORDS.get(name, ())}
        for name, columns in text_columns().items()
        if columns
    }
    assert known == {name: set(columns) for name, columns in text_columns().items() if columns}


def test_there_are_two_hundred_of_them() -> None:
    assert len(HOSTILE) >= 200


@pytest.mark.parametrize("words", sorted(REFUSED), ids=ascii)
def test_what_no_line_can_hold_is_refused_at_the_boundary(words: str) -> None:
    problems: list[Problem] = []
    assert clean_line("field", words, problems) == ""
    assert len(problems) == 1


@on_sqlite
def test_no_words_become_a_part_of_a_page(app: Flask, story: Story) -> None:
    scene = scene_in(story)
    visitor = signed_in(app, story.house)
    paths = [path for path in readable(app, scene) if _is_page_with_words(path)]
    write(story, PLAIN)
    pages = {path: _page(visitor, path) for path in paths}
    plain = {path: skeleton(page) for path, page in pages.items() if PLAIN in page}
    shown = 0
    for turn, words in enumerate(accepted()):
        write(story, words)
        for path, expected in share(plain.items(), turn, of=8):
            page = _page(visitor, path)
            assert skeleton(page) == expected, (words, path)
            shown += words in unescape(page)
    assert shown > rounds(len(plain), len(plain) * len(accepted())) / 2


@on_sqlite
def test_no_words_become_a_part_of_a_mail(story: Story, clock: TestClock) -> None:
    send_every_kind(story, clock)
    write(story, PLAIN)
    plain = _mails(story)
    assert set(plain) == set(MessageKind) - {MessageKind.TIME_LEFT}  # not a day before any more
    for turn, words in enumerate(accepted()):
        write(story, words)
        for kind, (subject, parts) in _mails(story, share(MessageKind, turn, of=8)).items():
            assert "\n" not in subject.strip()
            assert _unisolated(parts) == _unisolated(plain[kind][1]), (words, kind)


def _unisolated(parts: Sequence[str]) -> list[str]:
    """Leave out the elements of ours that keep words of another direction to themselves."""
    return [part for part in parts if not part.startswith(("<bdi", "</bdi"))]


WITH_WORDS = ("/letter/", "/notice/", "/application", "/programs/", "/coordinate/")


def _is_page_with_words(path: str) -> bool:
    """Calendars, pictures and tables are no HTML; they have tests of their own."""
    return path.startswith(WITH_WORDS) and not path.endswith(
        (".ics", ".png", ".csv", "/seen", "/progress")
    )


def accepted() -> list[str]:
    """Return what a field may hold, as many together as the shortest name has room for."""
    batches = [""]
    for words in HOSTILE:
        if words in REFUSED:
            continue
        together = f"{batches[-1]} {words}".strip()
        if len(together) <= LONGEST_NAME:
            batches[-1] = together
        else:
            batches.append(words)
    return [" ".join(batch.split()) for batch in batches]


def write(story: Story, words: str) -> None:
    """Write the words, as the boundary would have tidied them, into every field there is."""
    with story.house.works.change(SYSTEM) as work:
        for name, columns in WORDS.items():
            table = Base.metadata.tables[name]
            for column in columns:
                value = _tidied(table.columns[column], words)
                given = update(table).where(table.columns[column].is_not(None))
                if column in UNIQUE:
                    continue
                work.session.execute(given.values({column: value}))
        _write_what_came_with(work, _tidied(Base.metadata.tables["coordinators"].c.name, words))


def _write_what_came_with(work: Work, words: str) -> None:
    """The fields, values, tags and rules that are kept as JSON: all words of somebody."""
    for program in work.session.scalars(select(Program)):
        program.fields = [{**one, "label": words, "choices": [words]} for one in program.fields]
        asked = {one["name"]: [words] for one in program.fields}
        program.selection_rule = {"fields": asked, "tags": [words]}
        program.mail_words = {kind.value: dict.fromkeys(Place, words) for kind in PLACEHOLDERS}
    for application in work.session.scalars(select(Application)):
        application.fields = dict.fromkeys(application.fields, words)
        application.tags = [words for _ in application.tags]


def _tidied(column: Column[str], words: str) -> str:
    problems: list[Problem] = []
    longest = getattr(column.type, "length", None) or LONGEST_TEXT
    clean = clean_text if column.name in MULTILINE else clean_line
    tidied = clean(column.name, words, problems, longest)
    assert problems == []
    return tidied or PLAIN


def _page(visitor: Visitor, path: str) -> str:
    """Fetch a page without the checks that every page gets elsewhere: they take too long here."""
    answer = FlaskClient.open(visitor, path, base_url=visitor.home, buffered=True)
    return answer.get_data(as_text=True)


def _mails(
    story: Story, kinds: Iterable[MessageKind] = MessageKind
) -> dict[MessageKind, tuple[str, list[str]]]:
    """Write a mail of each kind again, as it would be written now."""
    wanted = select(OutboxMessage).where(OutboxMessage.kind.in_(kinds)).order_by(OutboxMessage.id)
    found = {}
    with story.house.works.look(SYSTEM) as work:
        for row in work.session.scalars(wanted):
            if row.kind in found:
                continue
            composed = compose(work, row)
            if composed is not None:
                words = story.house.renderer.render(row.kind, composed.facts, "en")
                found[row.kind] = (words.subject, skeleton(words.html))
    return found
