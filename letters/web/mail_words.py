"""For who manages a program: words of its own for its mails."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.domain.journal import MessageKind
from letters.domain.mail_words import LONGEST, NO_WORDS, PLACEHOLDERS, Place, Words, words_for
from letters.domain.roles import Right
from letters.ports import Rendered
from letters.records import Program
from letters.services import dashboard, mail_words, program_settings
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("mail_words", __name__, url_prefix="/coordinate/programs/<slug>/words")


@bp.get("")
@guarded(Guard.COORDINATOR)
def kinds(slug: str) -> ResponseReturnValue:
    """List the mails that can be reworded."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
    return render_template(
        "coordinator/mail_words_list.html", program=program, kinds=mail_words.kinds_of(program)
    )


@bp.get("/<mail_kind>")
@guarded(Guard.COORDINATOR)
def form(slug: str, mail_kind: str) -> ResponseReturnValue:
    """Show the words of one mail, to be changed, and how it reads."""
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        kind = mail_words.kind_named(mail_kind)
        words = words_for(kind, program.mail_words)
        shown = mail_words.preview(work, house().renderer, program, kind, words)
    return _form(program, kind, words, program.journal_length, shown=shown)


@bp.post("/<mail_kind>")
@guarded(Guard.COORDINATOR)
def save(slug: str, mail_kind: str) -> ResponseReturnValue:
    """Save the words, take the usual ones again, or show how the mail would read."""
    act = request.form.get("act")
    typed = NO_WORDS if act == "reset" else _typed()
    version = request.form.get("version", default=-1, type=int)
    try:
        if act == "preview":
            return _previewed(slug, mail_kind, typed, version)
        with house().works.change(acting()) as work:
            program = program_settings.locked(work, signed_in(), slug)
            kind = mail_words.kind_named(mail_kind)
            mail_words.save(work, program, kind, typed, version)
    except InvalidInput as invalid:
        with house().works.look(acting()) as work:
            program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        kind = mail_words.kind_named(mail_kind)
        return _form(program, kind, typed, version, invalid=invalid), face_of(invalid).status
    saved = url_for(".form", slug=slug, mail_kind=mail_kind, saved=1)
    return redirect(saved, HTTPStatus.SEE_OTHER)


def _previewed(slug: str, mail_kind: str, typed: Words, version: int) -> ResponseReturnValue:
    with house().works.look(acting()) as work:
        program = dashboard.program_run_by(work, signed_in(), slug, Right.MANAGE)
        kind = mail_words.kind_named(mail_kind)
        words = {**NO_WORDS, **mail_words.cleaned(kind, typed)}
        shown = mail_words.preview(work, house().renderer, program, kind, words)
    return _form(program, kind, typed, version, shown=shown)


def _typed() -> Words:
    return {place.value: showable(request.form.get(place.value, "")) for place in Place}


def _form(
    program: Program,
    kind: MessageKind,
    words: Words,
    version: int,
    *,
    shown: Rendered | None = None,
    invalid: InvalidInput | None = None,
) -> str:
    said: dict[str, list[str]] = {}
    for problem in invalid.problems if invalid else ():
        said.setdefault(problem.field, []).append(say_problem(problem))
    return render_template(
        "coordinator/mail_words.html",
        program=program,
        kind=kind,
        words=words,
        longest=LONGEST,
        placeholders=[f"{{{name}}}" for name in PLACEHOLDERS[kind]],
        is_reworded=kind.value in program.mail_words,
        version=version,
        shown=shown,
        said={field: " ".join(sentences) for field, sentences in said.items()},
        saved="saved" in request.args and request.method == "GET",
    )
