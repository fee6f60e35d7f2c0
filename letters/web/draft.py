"""For the applicant: the form of a draft, the review of it, and submitting."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from letters.domain import drafts
from letters.domain.drafts import Do, Press, Typed
from letters.domain.errors import DraftChanged, NotADraft, Problem
from letters.domain.waiver import WAIVER, fingerprint
from letters.services import drafting, reviewing
from letters.web import limits, opened
from letters.web.errors import say_problem
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import APPLICANT, applicant_here, house

bp = Blueprint("draft", __name__)

LONGEST_VERSION = 9
"""Digits; a draft is not saved more often."""


@bp.errorhandler(NotADraft)
def submitted_already(_error: NotADraft) -> ResponseReturnValue:
    """Lead to the status view, which says what has become of the application.

    A form that saves by itself is told that its draft was changed elsewhere, and stays open.
    """
    if drafts.press_from(request.form.get("do", "")).do is Do.KEEP:
        return jsonify(), HTTPStatus.CONFLICT
    return redirect(url_for("applicant.status", **request.view_args or {}), HTTPStatus.SEE_OTHER)


@bp.get("/application/<token>/draft")
@guarded(Guard.LINK)
def form(token: str) -> ResponseReturnValue:
    """Show the form with all that was typed so far."""
    return _form(token)


@bp.post("/application/<token>/draft")
@guarded(Guard.LINK)
@limiter.limit(limits.DRAFT_SAVES, key_func=limits.by_status_link)
def save(token: str) -> ResponseReturnValue:
    """Save all that was typed, and do what the pressed button says."""
    given, version = drafts.from_form(request.form), _version()
    press = drafts.press_from(request.form.get("do", ""))
    try:
        if press.do is Do.REVIEW:
            return _review(token, given, version)
        with house().works.change(applicant_here()) as work:
            saved = drafting.save(work, token, given, version, press)
    except DraftChanged:
        return _form(token, given, elsewhere=True), HTTPStatus.CONFLICT
    if press.do is Do.KEEP:
        return jsonify(version=saved.typed_version)
    there = url_for(".form", token=token, _anchor=_place(press, drafting.typed_into(saved)))
    return redirect(there, HTTPStatus.SEE_OTHER)


def _review(token: str, given: Typed, version: int) -> ResponseReturnValue:
    with house().works.change(applicant_here()) as work:
        problems = reviewing.review(work, token, given, version, gettext(WAIVER), _words())
    if problems:
        return _form(token, given, problems), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".review", token=token), HTTPStatus.SEE_OTHER)


@bp.get("/application/<token>/review")
@guarded(Guard.LINK)
def review(token: str) -> ResponseReturnValue:
    """Say what submitting sets in motion; what was changed since the review is reviewed anew."""
    with house().works.look(APPLICANT) as work:
        shown = reviewing.page(work, token)
    if shown is None:
        return redirect(url_for(".form", token=token), HTTPStatus.SEE_OTHER)
    return render_template("applicant/review.html", shown=shown, token=token)


@bp.post("/application/<token>/submit")
@guarded(Guard.LINK)
@limiter.limit(limits.CHANGES, key_func=limits.by_status_link)
def submit(token: str) -> ResponseReturnValue:
    """Submit the application as it was reviewed."""
    with house().works.change(applicant_here()) as work:
        submitted = reviewing.submit(work, token)
    where = url_for("applicant.status" if submitted else ".form", token=token)
    return redirect(where, HTTPStatus.SEE_OTHER)


def _version() -> int:
    """Return which version of the draft the form was shown from; -1 if it does not say."""
    said = request.form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST_VERSION else -1


def _words() -> str:
    """Return the fingerprint of the waiver's words that the form was shown with."""
    return request.form.get("words", "")


def _place(press: Press, typed: Typed) -> str:
    """Return the part of the page that a button was about."""
    last = len(typed.referees) - 1
    if press.do is Do.SAVE or last < 0:
        return "saved"
    moved = {Do.ADD: last, Do.UP: press.at - 1, Do.DOWN: press.at + 1}
    return f"referee-{min(max(moved.get(press.do, press.at), 0), last)}"


def _form(
    token: str,
    given: Typed | None = None,
    problems: Sequence[Problem] = (),
    *,
    elsewhere: bool = False,
) -> str:
    with house().works.look(APPLICANT) as work:
        shown = drafting.page(work, token)
    opened.remember(shown.application.id)
    typed = given or shown.typed
    waiver = shown.application.program.waiver_wording or gettext(WAIVER)
    return render_template(
        "applicant/draft.html",
        shown=shown,
        typed=typed,
        hints=drafts.hints_for(typed, shown.application.applicant_email),
        problems=problems,
        said={problem.field: say_problem(problem) for problem in problems},
        elsewhere=elsewhere,
        token=token,
        waiver=waiver,
        words=fingerprint(waiver),
        room=drafts.MOST_GROUPS,
    )
