"""Legal holds: set and lifted with a reason; while one stands nothing it covers is erased."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import joinedload

from letters.domain.errors import AlreadyHeld, InvalidInput, NotHeld, Problem
from letters.domain.journal import Fact
from letters.domain.text import clean_text
from letters.domain.words import N_
from letters.records import Application, Hold, Letter, LetterRequest, Program
from letters.services.happening import happened, happened_to_program
from letters.services.remarks import LONGEST_REMARK
from letters.services.work import Work

MISSING = N_("Say why, in a sentence: it is kept with the hold.")


Change = Callable[[Work, Program, str, Application | None], Hold]
"""Sets or lifts a hold: on a program, for a reason, or on one application of it."""


@dataclass(frozen=True)
class Holds:
    """The legal holds that stand on an application: on its program, and on itself alone."""

    on_program: Hold | None
    on_application: Hold | None

    def __bool__(self) -> bool:
        """Whether any of them stands."""
        return self.on_program is not None or self.on_application is not None


# --- setting and lifting ----------------------------------------------------------------------


def lock_program(work: Work, program: Program) -> None:
    """Lock a program for its hold: who erases waits, who merely writes about an application not."""
    work.session.refresh(program, with_for_update={"key_share": True})


def set_hold(
    work: Work, program: Program, reason: str, application: Application | None = None
) -> Hold:
    """Set a legal hold on a program, or on one application of it; the caller holds its lock.

    Raises AlreadyHeld, or InvalidInput without a reason.
    """
    if standing(work, program.id, application.id if application else None) is not None:
        raise AlreadyHeld
    hold = Hold(
        program_id=program.id,
        application_id=application.id if application else None,
        reason=_cleaned(reason),
        set_at=work.now,
        set_by=work.actor.id,
    )
    work.session.add(hold)
    work.session.flush()
    _write_down(work, hold, program, application, Fact.PROGRAM_HELD, Fact.APPLICATION_HELD)
    return hold


def lift_hold(
    work: Work, program: Program, reason: str, application: Application | None = None
) -> Hold:
    """Lift the legal hold on a program, or on one application; the caller holds its lock.

    What it covered is listed anew before it is erased. Raises NotHeld, or InvalidInput without a
    reason.
    """
    hold = standing(work, program.id, application.id if application else None)
    if hold is None:
        raise NotHeld
    hold.lifted_because = _cleaned(reason)
    hold.lifted_at = work.now
    _unlist(work, hold)
    _write_down(
        work,
        hold,
        program,
        application,
        Fact.PROGRAM_HOLD_LIFTED,
        Fact.APPLICATION_HOLD_LIFTED,
    )
    return hold


def _unlist(work: Work, hold: Hold) -> None:
    """Take what a hold covered off its list: managers reckon with it no more."""
    covered = (
        select(LetterRequest.id)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(Application.program_id == hold.program_id)
    )
    if hold.application_id is not None:
        covered = covered.where(Application.id == hold.application_id)
    work.session.execute(
        update(Letter)
        .where(Letter.request_id.in_(covered), Letter.listed_at.is_not(None))
        .values(listed_at=None)
        .execution_options(synchronize_session=False)
    )


def _cleaned(reason: str) -> str:
    problems: list[Problem] = []
    text = clean_text("reason", reason, problems, longest=LONGEST_REMARK)
    if not text and not problems:
        problems.append(Problem("reason", MISSING))
    if problems:
        raise InvalidInput(problems)
    return text


def _write_down(
    work: Work,
    hold: Hold,
    program: Program,
    application: Application | None,
    of_program: Fact,
    of_application: Fact,
) -> None:
    details = {"hold": str(hold.id)}
    if application is None:
        happened_to_program(work, of_program, program, details=details)
    else:
        happened(work, of_application, application, details=details)


# --- looking ----------------------------------------------------------------------------------


def standing(work: Work, program_id: UUID, application_id: UUID | None = None) -> Hold | None:
    """Return the hold that stands on a program itself, or on one application alone."""
    query = select(Hold).where(
        Hold.program_id == program_id,
        Hold.application_id.is_not_distinct_from(application_id),
        Hold.lifted_at.is_(None),
    )
    return work.session.scalar(query.options(joinedload(Hold.setter)))


def holds_on(work: Work, application: Application) -> Holds:
    """Return all that stands on an application, in one statement."""
    query = select(Hold).where(
        Hold.program_id == application.program_id,
        or_(Hold.application_id.is_(None), Hold.application_id == application.id),
        Hold.lifted_at.is_(None),
    )
    found = work.session.scalars(query.options(joinedload(Hold.setter))).all()
    by_application = {hold.application_id: hold for hold in found}
    return Holds(by_application.get(None), by_application.get(application.id))


def all_standing(work: Work) -> Sequence[Hold]:
    """Return every hold that stands, oldest first, with its program and application."""
    query = select(Hold).where(Hold.lifted_at.is_(None)).order_by(Hold.set_at, Hold.id)
    related = joinedload(Hold.program), joinedload(Hold.application)
    return work.session.scalars(query.options(*related)).all()


def is_held() -> ColumnElement[bool]:
    """Ask of an Application in a query whether a hold stands on it or on its program."""
    return (
        select(Hold.id)
        .where(
            Hold.program_id == Application.program_id,
            or_(Hold.application_id.is_(None), Hold.application_id == Application.id),
            Hold.lifted_at.is_(None),
        )
        .exists()
    )
