"""Telling applicants with letters missing that a week or a day is left, and how it ended.

What is due is read from the database each time. A stage that went by while no worker ran is passed
over. What was told is kept with the due date it was told of, so a date that moves begins anew.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.telling import FACT_OF, TOLD_WITHIN, Word, is_new, may_have_word, word_due
from letters.records import Application, LetterRequest, Program
from letters.services import finding
from letters.services.happening import happened
from letters.services.turns import Goes, one_by_one
from letters.services.viewing import facts_of
from letters.services.work import Actor, Work, Works

PAGE = 200


def tell_of_time_left(works: Works, actor: Actor, keep_going: Goes = lambda: True) -> int:
    """Write down, and so mail, what is new about the time that is left; return of how many.

    Each application gets a transaction of its own. Between two of them `keep_going` is asked.
    """
    return one_by_one(works, actor, _with_news(works, actor), _tell, keep_going)


def word_for(work: Work, application: Application) -> Word | None:
    """Return what the applicant may be told now of the time that is left."""
    facts = [facts_of(application, request) for request in application.requests]
    return word_due(application.program.terms, application.status, facts, work.now)


def _tell(work: Work, application_id: UUID) -> bool:
    """Tell one applicant. Under the lock it is decided afresh."""
    application = finding.application(work, application_id, lock=True)
    word = _news(work, application)
    if word is None:
        return False
    application.told = word.stage
    application.told_due_at = word.due_at
    happened(work, FACT_OF[word.stage], application)
    return True


def _news(work: Work, application: Application) -> Word | None:
    word = word_for(work, application)
    if word is None or not is_new(word, application.told, application.told_due_at):
        return None
    return word


def _with_news(works: Works, actor: Actor) -> Iterator[UUID]:
    """Yield the applications for which there is something new, page after page."""
    with works.look(actor) as work:
        in_sight = _in_sight(work)
    last = UUID(int=0)
    while True:
        with works.look(actor) as work:
            page = _page(work, in_sight, last)
            found = [application.id for application in page if _news(work, application)]
        yield from found
        if len(page) < PAGE:
            return
        last = page[-1].id


def _in_sight(work: Work) -> ColumnElement[bool]:
    """Say which applications are worth a look: their program's dates are near, or one of theirs."""
    programs = work.session.scalars(select(Program)).all()
    near = [program.id for program in programs if may_have_word(program.terms, work.now)]
    if not programs:
        return false()
    longest_grace = max(program.terms.grace for program in programs)
    just_over = select(LetterRequest.application_id).where(
        LetterRequest.status == RequestStatus.REQUESTED,
        LetterRequest.extended_due_at.between(work.now - longest_grace - TOLD_WITHIN, work.now),
    )
    return or_(Application.program_id.in_(near), Application.id.in_(just_over))


def _page(work: Work, in_sight: ColumnElement[bool], after: UUID) -> Sequence[Application]:
    query = (
        select(Application)
        .join(Application.program)
        .options(contains_eager(Application.program), selectinload(Application.requests))
        .where(
            Application.status.in_([ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED]),
            Application.completed_at.is_(None),
            in_sight,
            Application.id > after,
        )
        .order_by(Application.id)
        .limit(PAGE)
    )
    return work.session.scalars(query).all()
