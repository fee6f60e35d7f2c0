"""The words of the mails, from one folder of templates for each kind."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import CodeType
from typing import cast

from babel.support import NullTranslations, Translations
from css_inline import CSSInliner
from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    pass_eval_context,
    select_autoescape,
)
from jinja2.bccache import Bucket
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from letters import wording
from letters.domain.journal import MessageKind
from letters.domain.mail_words import NO_WORDS, Piece, Placeholder, pieces
from letters.ports import Rendered

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""The invisible characters that Persian and Hindi names cannot be written without."""


class CompiledTemplates(BytecodeCache):
    """Keeps what templates were compiled to, for all environments that are set up alike.

    The words of a language are looked up when a template is rendered: one compilation serves all.
    A template whose source changes is compiled again.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put into `bucket` what its template was compiled to, if it was."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the template of `bucket` was compiled to."""
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = CompiledTemplates()


@dataclass(frozen=True)
class Language:
    """The templates as one language has them, and its catalogue."""

    environment: Environment
    gettext: Callable[[str], str]


class TemplateMessages:
    """Renders `templates/email/<kind>/{subject.txt,body.txt,body.html}`.

    A fact that a template asks for and does not get raises jinja2.UndefinedError: a mail with a
    hole in it never goes out. A language without a catalogue is answered in English throughout,
    dates included.
    """

    def __init__(self, templates: Path, translations: Path) -> None:
        self._templates = templates
        self._translations = translations
        self._inliner = CSSInliner(
            extra_css=(templates / "email" / "style.css").read_text(encoding="utf-8"),
            load_remote_stylesheets=False,
        )

    def render(self, kind: MessageKind, facts: Mapping[str, object], locale: str) -> Rendered:
        """Return subject, text and HTML of the mail `kind`."""
        environment = self._language(locale).environment

        def part(name: str, **more: object) -> str:
            return environment.get_template(f"email/{kind.value}/{name}").render(facts, **more)

        subject = on_one_line(part("subject.txt"))
        return Rendered(
            subject=subject,
            text=in_paragraphs(part("body.txt")),
            html=self._inliner.inline(without_blank_lines(part("body.html", subject=subject))),
        )

    def sentence(self, message: str, values: Mapping[str, object], locale: str) -> str:
        """Return a sentence that no template holds: a gettext message id, filled with `values`."""
        return wording.sentence(message, values, self._language(locale).gettext)

    def _language(self, locale: str) -> Language:
        return _language_from(self._templates, self._translations, locale)


@cache
def _language_from(templates: Path, catalogues: Path, name: str) -> Language:
    """Return a language, with its templates as they were when the first one asked for it."""
    locale = wording.locale_named(name)
    translations = Translations.load(catalogues, [str(locale)])
    if locale.language != "en" and not isinstance(translations, Translations):
        locale = wording.INTERNATIONAL_ENGLISH
    environment = Environment(
        loader=FileSystemLoader(templates),
        bytecode_cache=_COMPILED,
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        extensions=["jinja2.ext.i18n"],
        lstrip_blocks=True,
        # Seven files would be looked at for each mail.
        auto_reload=False,
    )
    environment.globals.update(
        language=str(locale).replace("_", "-"),
        direction=locale.text_direction,
        words=NO_WORDS,
    )
    wording.install_forms(environment, lambda: str(locale), translations.gettext)
    set_apart_what_people_wrote(environment, translations, locale.text_direction)
    environment.filters["worded"] = worded
    return Language(environment, translations.gettext)


def set_apart_what_people_wrote(
    environment: Environment, translations: NullTranslations, direction: str
) -> None:
    """Keep names that run the other way from disturbing the sentences they stand in.

    All values of translated sentences are set apart, and what stands alone by the filter `apart`.
    Subjects lose the isolates again: some mail programs show them as boxes, and filters take
    invisible characters for a disguise. Sentences are translated here, because Jinja takes several
    calls for each of the many in a mail.
    """

    def filled(context: Context, sentence: str, values: Mapping[str, object]) -> str:
        in_html = bool(context.eval_ctx.autoescape)
        set_apart = {
            name: apart(wording.said(value, translations.gettext), direction, in_html=in_html)
            for name, value in values.items()
        }
        # What is put into the sentence is escaped.
        return (Markup(sentence) if in_html else sentence) % set_apart  # noqa: S704 -- it is ours

    @pass_context
    def gettext(context: Context, sentence: str, /, **values: object) -> str:
        return filled(context, translations.gettext(sentence), values)

    @pass_context
    def ngettext(
        context: Context, singular: str, plural: str, number: int, /, **values: object
    ) -> str:
        sentence = translations.ngettext(singular, plural, number)
        return filled(context, sentence, {"num": number, **values})

    @pass_eval_context
    def filtered(context: EvalContext, value: object) -> object:
        return apart(value, direction, in_html=bool(context.autoescape))

    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # by the extension
    environment.globals.update(gettext=gettext, ngettext=ngettext, _=gettext)
    environment.filters["apart"] = filtered


def apart(value: object, direction: str, *, in_html: bool) -> object:
    """Return text that runs against `direction` in <bdi> or in isolates, all else as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    isolated = wording.apart(value, direction)
    if isolated == value or not in_html:
        return isolated
    return Markup("<bdi>{}</bdi>").format(value)


FACTS = {
    Placeholder.REFEREE: "referee_name",
    Placeholder.APPLICANT: "applicant_name",
    Placeholder.PROGRAM: "program_title",
    Placeholder.ORGANIZATION: "organization",
    Placeholder.DUE: "due_at",
}
"""What stands for the placeholders in a program's own words."""


@pass_context
def worded(context: Context, words: str) -> str:
    """Return a program's own words with their placeholders filled in.

    They are taken apart and never evaluated; addresses in them are no links, and lines stay lines.
    """
    in_html = bool(context.eval_ctx.autoescape)
    direction = str(context["direction"])

    def said(piece: Piece) -> str:
        if not piece.placeholder:
            return wording.unlinked(piece.text)
        return cast("str", apart(_named(context, piece.placeholder), direction, in_html=in_html))

    parts = [said(piece) for piece in pieces(words)]
    if in_html:
        return Markup("").join(parts).replace("\n", Markup("<br>\n"))
    return "".join(parts)


def _named(context: Context, placeholder: str) -> str:
    fact = context.get(FACTS[Placeholder(placeholder)], f"{{{placeholder}}}")
    if isinstance(fact, datetime):
        return str(context.environment.filters["instant"](fact, context["zone"]))
    return str(fact)


def on_one_line(text: str) -> str:
    """Return `text` as a header can carry it: one line, without control characters."""
    spaced = " ".join(text.split())
    if spaced.isprintable():
        return spaced
    return "".join(c for c in spaced if c in JOINERS or not unicodedata.category(c).startswith("C"))


def in_paragraphs(text: str) -> str:
    """Return `text` with a single blank line between paragraphs and no blanks at line ends."""
    tidy: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if line or (tidy and tidy[-1]):
            tidy.append(line)
    return "\n".join(tidy).rstrip() + "\n"


def without_blank_lines(html: str) -> str:
    """Return `html` without the empty lines that template tags leave behind."""
    return "\n".join(line for line in html.splitlines() if line.strip()) + "\n"
