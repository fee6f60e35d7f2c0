"""Selection by rule: when an application is submitted or changes, and among those that wait.

The rule counts only where a coordinator may select. It acts as the system, whoever caused it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, false, func, select, update
from sqlalchemy.sql import ColumnElement

from letters.domain.errors import (
    InvalidInput,
    NotAllowed,
    Problem,
    ProgramArchived,
    ProgramChanged,
    RequestedAutomatically,
)
from letters.domain.journal import ActorKind, Fact
from letters.domain.policy import check_select, is_closed, requested_on_submission
from letters.domain.rules import Rule
from letters.domain.status import ApplicationStatus
from letters.domain.words import N_
from letters.records import Application, Program
from letters.records.came_with import has_tag, has_value
from letters.services import finding, requesting
from letters.services.happening import happened_to_program
from letters.services.work import Actor, Work, Works

PAGE = 200
SHOWN = 10
AT_ONCE = 50
"""So many are selected while somebody waits for the answer; the worker does the others."""


# --- one application --------------------------------------------------------------------------


def select_by_rule(work: Work, application: Application, *, tell: bool = True) -> bool:
    """Select an application if its program's rule does; say whether it was.

    The caller holds the lock. `tell` is whether the applicant gets news of it: not where another
    mail of the same moment says so.
    """
    program = application.program
    if requested_on_submission(program.terms):
        return False
    # Whoever saves the rule waits for this, or has committed: nobody falls between the two.
    work.session.refresh(program, with_for_update={"read": True})
    if not program.rule_on or not program.rule.matches(application.fields, application.tags):
        return False
    try:
        check_select(program.terms, application.status, work.now)
    except NotAllowed:
        return False
    by_rule = replace(work, actor=Actor(ActorKind.SYSTEM, work.actor.origin))
    requesting.select_application(by_rule, application, details={"by": "rule"}, tell=tell)
    return True


# --- trying a rule, and saving it -------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What a rule would select now: how many of those that wait, and the first of them."""

    waiting: int
    matching: int
    first: Sequence[Application]


def trial(work: Work, program: Program, rule: Rule) -> Trial:
    """Say what a rule would select among those that wait. Nothing is changed."""
    found = _waiting(program).where(matching(rule))
    return Trial(
        waiting=_count(work, _waiting(program)),
        matching=_count(work, found),
        first=work.session.scalars(found.order_by(Application.id).limit(SHOWN)).all(),
    )


def save(
    work: Work, program: Program, rule: Rule, version: int, *, on: bool, waiting_too: bool = False
) -> None:
    """Save a rule, on or off; `waiting_too` asks to select those that wait and match as well.

    The caller holds the lock on the program, and selects them with `select_waiting`. Raises
    ProgramArchived, RequestedAutomatically, ProgramChanged where the program was changed since
    `version`, or InvalidInput where a rule that asks for nothing is to be on.
    """
    if program.archived_at is not None:
        raise ProgramArchived
    if requested_on_submission(program.terms):
        raise RequestedAutomatically
    if program.journal_length != version:
        raise ProgramChanged
    if on and rule.is_empty:
        raise InvalidInput(
            [Problem("on", N_("Choose at least one value or tag; or leave the rule off."))]
        )
    changed = {
        "selection_rule": rule.as_json != program.rule.as_json,
        "rule_on": on != program.rule_on,
    }
    program.selection_rule = rule.as_json
    program.rule_on = on
    program.rule_asked_at = work.now if on and waiting_too else None
    if any(changed.values()):
        details = {"fields": [name for name, is_other in changed.items() if is_other]}
        happened_to_program(work, Fact.PROGRAM_CHANGED, program, details=details)


def matching(rule: Rule) -> ColumnElement[bool]:
    """Say of an Application whether a rule matches it, as `Rule.matches` does."""
    if rule.is_empty:
        return false()
    return and_(
        *(has_value(name, values) for name, values in sorted(rule.fields.items())),
        *(has_tag(tag) for tag in sorted(rule.tags)),
    )


def _waiting(program: Program) -> Select[Application]:
    return select(Application).where(
        Application.program_id == program.id,
        Application.status == ApplicationStatus.SUBMITTED,
        Application.unproved.is_(False),
    )


def _count(work: Work, query: Select[Application]) -> int:
    return work.session.scalar(select(func.count()).select_from(query.subquery())) or 0


# --- those that wait --------------------------------------------------------------------------


def select_all_waiting(
    works: Works, actor: Actor, keep_going: Callable[[], bool] = lambda: True
) -> int:
    """Select by rule wherever that was asked for and is not done; return how many were."""
    with works.look(actor) as work:
        asked = work.session.scalars(
            select(Program.id).where(Program.rule_asked_at.is_not(None))
        ).all()
    return sum(select_waiting(works, actor, one, keep_going=keep_going) for one in asked)


def select_waiting(
    works: Works,
    actor: Actor,
    program_id: UUID,
    most: int | None = None,
    keep_going: Callable[[], bool] = lambda: True,
) -> int:
    """Select those that wait and match, `most` of them at most; return how many were.

    Each is selected in a transaction of its own. Who is selected waits no more, so that after a
    crash, or `most`, the next one who does this goes on where it was.
    """
    selected, asked_at, last = 0, None, UUID(int=0)
    while True:
        with works.look(actor) as work:
            program = work.session.get_one(Program, program_id)
            asked_at = asked_at or program.rule_asked_at
            page = work.session.scalars(_page(program, last, work.now)).all()
        if asked_at is None:
            return selected
        for application_id in page:
            if selected == most or not keep_going():
                return selected
            with works.change(actor) as work:
                selected += _select_one(work, application_id)
        if not page:
            break
        last = page[-1]
    _is_done(works, actor, program_id, asked_at)
    return selected


def _page(program: Program, after: UUID, now: datetime) -> Select[UUID]:
    """Nobody is left to select where the rule is off by now, or the program closed."""
    goes_on = program.rule_asked_at is not None and not is_closed(program.terms, now)
    return (
        _waiting(program)
        .where(matching(program.rule) if goes_on else false(), Application.id > after)
        .with_only_columns(Application.id)
        .order_by(Application.id)
        .limit(PAGE)
    )


def _select_one(work: Work, application_id: UUID) -> bool:
    """Under the lock it is decided afresh."""
    application = finding.application(work, application_id, lock=True)
    return application.program.rule_asked_at is not None and select_by_rule(work, application)


def _is_done(works: Works, actor: Actor, program_id: UUID, asked_at: datetime) -> None:
    """Unless it was asked for once more meanwhile."""
    with works.change(actor) as work:
        work.session.execute(
            update(Program)
            .where(Program.id == program_id, Program.rule_asked_at == asked_at)
            .values(rule_asked_at=None)
        )
