"""A manager's own words for the mails of a program."""

from dataclasses import dataclass

from letters.domain.errors import (
    InvalidInput,
    Problem,
    ProgramArchived,
    ProgramChanged,
    UnknownMailKind,
)
from letters.domain.journal import Fact, MessageKind
from letters.domain.mail_words import PLACEHOLDERS, Words, clean_words
from letters.ports import MessageRenderer, Rendered
from letters.records import Program
from letters.sample_facts import facts_of
from letters.sample_facts.common import SITE, TOKEN
from letters.services.composing.base import takes_word
from letters.services.happening import happened_to_program
from letters.services.previewing import MASKED
from letters.services.work import Work


@dataclass(frozen=True)
class Reworded:
    """A kind of mail, and whether the program has words of its own for it."""

    kind: MessageKind
    is_reworded: bool


def kinds_of(program: Program) -> list[Reworded]:
    """Return the kinds of mails that a program can reword."""
    return [Reworded(kind, kind.value in program.mail_words) for kind in PLACEHOLDERS]


def kind_named(name: str) -> MessageKind:
    """Return a kind that can be reworded. Raises UnknownMailKind."""
    if name not in set(PLACEHOLDERS):
        raise UnknownMailKind
    return MessageKind(name)


def save(work: Work, program: Program, kind: MessageKind, typed: Words, version: int) -> None:
    """Save a program's words for one kind; the caller holds the lock. Empty ones are the usual.

    Raises ProgramArchived, ProgramChanged where the program was changed since `version`, or
    InvalidInput.
    """
    if program.archived_at is not None:
        raise ProgramArchived
    if program.journal_length != version:
        raise ProgramChanged
    words = cleaned(kind, typed)
    others = {name: given for name, given in program.mail_words.items() if name != kind.value}
    changed = {**others, kind.value: words} if words else others
    if changed == program.mail_words:
        return
    program.mail_words = changed
    details = {"fields": ["mail_words"], "kind": kind.value}
    happened_to_program(work, Fact.PROGRAM_CHANGED, program, details=details)


def cleaned(kind: MessageKind, typed: Words) -> dict[str, str]:
    """Return tidy words. Raises InvalidInput with every problem at once."""
    problems: list[Problem] = []
    words = clean_words(kind, typed, problems)
    if problems:
        raise InvalidInput(problems)
    return words


def preview(
    work: Work, renderer: MessageRenderer, program: Program, kind: MessageKind, words: Words
) -> Rendered:
    """Return a mail in these words, about people who do not exist; its links are masked."""
    facts = facts_of(
        kind,
        program_title=program.title,
        organization=program.organization,
        contact_email=program.contact_email,
        zone=program.timezone,
        due_at=program.due_at,
        closes_at=program.terms.closes_at,
        policy=program.request_policy.value,
        instructions=program.instructions,
        takes_word=takes_word(work, program),
        words=words,
    )
    rendered = renderer.render(kind, facts, "en")
    text = rendered.text.replace(TOKEN, MASKED).replace(SITE, work.tools.base_url)
    return Rendered(rendered.subject, text, rendered.html)
