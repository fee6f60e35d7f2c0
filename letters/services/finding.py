"""Finding rows by what people and clients know of them, locked where they will be changed.

Nothing is looked for by a name with control characters in it: no row has one, and PostgreSQL takes
a NUL for an error.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, bindparam, case, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.util import identity_key

from letters.domain.errors import (
    LinkErased,
    LinkInvalid,
    LinkReplaced,
    RequestCancelled,
    UnknownApplication,
    UnknownCoordinator,
    UnknownProgram,
    UnknownRequest,
)
from letters.domain.notices import Notice, notice
from letters.domain.policy import Terms
from letters.domain.slots import Slot, slot
from letters.domain.status import RequestStatus
from letters.ports import LinkPayload, Purpose
from letters.records import Application, Coordinator, LetterRequest, Program
from letters.services.work import Work

_WITH_ALL = (
    joinedload(Application.program, innerjoin=True),
    joinedload(Application.requests),
)

MOST_ASKED = 200
"""So many letters that are asked at one address are looked at, to be listed in a mail."""


def program_by_slug(work: Work, slug: str) -> Program:
    """Return the program. Raises UnknownProgram."""
    query = select(Program).where(Program.slug == slug)
    program = work.session.scalar(query) if slug.isprintable() else None
    if program is None:
        raise UnknownProgram(slug="".join(c for c in slug if c.isprintable())[:60])
    return program


def application(work: Work, application_id: UUID, *, lock: bool = False) -> Application:
    """Return an application with its program and requests. Raises UnknownApplication.

    Without a lock, one that is at hand in this work is not read again.
    """
    at_hand = work.session.identity_map.get(identity_key(Application, application_id))
    found = at_hand if at_hand and not lock else _one(work, _BY_ID, application_id, lock=lock)
    if found is None:
        raise UnknownApplication
    return found


def applications(work: Work, ids: Collection[UUID]) -> Sequence[Application]:
    """Return applications with their programs and requests, in no order."""
    return work.session.scalars(_application_query().where(Application.id.in_(ids))).all()


def application_of_request(work: Work, request_id: UUID, *, lock: bool = False) -> Application:
    """Return the application that a request belongs to. Raises UnknownRequest."""
    found = _one(work, _BY_REQUEST, request_id, lock=lock)
    if found is None:
        raise UnknownRequest
    return found


def applications_asking(work: Work, referee_key: str) -> Sequence[Application]:
    """Return the applications in which a mailbox is asked for a letter, in order and all locked."""
    asking = _asking(referee_key)
    query = asking.order_by(Application.id).with_for_update(of=Application)
    return work.session.scalars(query.execution_options(populate_existing=True)).all()


def applications_that_ask(work: Work, referee_key: str) -> Sequence[Application]:
    """Return the applications in which a mailbox is asked for a letter, to look at."""
    return work.session.scalars(_asking(referee_key).limit(MOST_ASKED)).all()


def _asking(referee_key: str) -> Select[Application]:
    asking = select(LetterRequest.application_id).where(
        LetterRequest.referee_key == referee_key, LetterRequest.status == RequestStatus.REQUESTED
    )
    return _application_query().where(Application.id.in_(asking))


def request_in(found: Application, request_id: UUID) -> LetterRequest:
    """Return one request of an application. Raises UnknownRequest."""
    for request in found.requests:
        if request.id == request_id:
            return request
    raise UnknownRequest


def terms_of(found: Application, request: LetterRequest) -> Terms:
    """Return the terms of one request: the program's, with its own due date if it has one."""
    return found.program.terms.for_request(request.extended_due_at)


def due_at_of(program_due_at: SQLColumnExpression[datetime]) -> ColumnElement[datetime]:
    """Return when the letter of a LetterRequest is due, as terms_of says it, for a query."""
    own = LetterRequest.extended_due_at
    return case((own > program_due_at, own), else_=program_due_at)


def slot_of(work: Work, found: Application, request: LetterRequest) -> Slot:
    """Say what is possible behind the upload link of one request now.

    Who declined before being asked has no letter to take back; nor has who was replaced.
    """
    if request.replaced_at is not None:
        return Slot.CANCELLED
    if request.requested_at is None and request.status is RequestStatus.DECLINED:
        return Slot.NOT_REQUESTED
    return slot(terms_of(found, request), found.status, request.status, work.now)


def notice_of(work: Work, found: Application, request: LetterRequest) -> Notice:
    """Say what is possible behind the link of an advance notice now."""
    if request.replaced_at is not None:
        return Notice.CANCELLED
    return notice(
        terms_of(found, request),
        found.status,
        request.status,
        requested_at=request.requested_at,
        welcomed_at=request.welcomed_at,
        now=work.now,
    )


def request_behind(
    work: Work, purpose: Purpose, token: str, *, lock: bool = False
) -> tuple[Application, LetterRequest]:
    """Return what an upload link, a notice link or a link to the overview opens.

    Raises LinkInvalid, LinkReplaced when a newer link took its place, or RequestCancelled when
    somebody else was named in place of the referee since.
    """
    payload = work.tools.links.read(purpose, token)
    try:
        found = application_of_request(work, payload.row_id, lock=lock)
    except UnknownRequest:
        raise LinkInvalid from None
    request = request_in(found, payload.row_id)
    if request.erased_at is not None:
        raise LinkErased
    generation = generation_of(purpose, request)
    if payload.generation < generation and request.replaced_at is not None:
        raise RequestCancelled
    _check_generation(purpose, request.id, payload.generation, generation)
    return found, request


def generation_of(purpose: Purpose, request: LetterRequest) -> int:
    """Return the present generation of one kind of link.

    A link to the overview ends with the next one that is mailed, and whenever the others end.
    """
    if purpose is Purpose.OVERVIEW:
        return request.link_generation + request.overviews_mailed
    return request.link_generation


def request_once_behind(
    work: Work, purpose: Purpose, token: str
) -> tuple[Application, LetterRequest]:
    """Return what a link opens, or did before a newer one took its place; locked for a change.

    For mailing the current link, which goes to the address on file. Raises LinkInvalid, or
    RequestCancelled when somebody else was named since.
    """
    try:
        return request_behind(work, purpose, token, lock=True)
    except LinkReplaced as replaced:
        application = application_of_request(work, replaced.row_id, lock=True)
        return application, request_in(application, replaced.row_id)


def application_behind(
    work: Work, token: str, purpose: Purpose = Purpose.STATUS, *, lock: bool = False
) -> Application:
    """Return what a status link opens, or what the link to all applications was asked from.

    Raises LinkInvalid or LinkReplaced.
    """
    payload = work.tools.links.read(purpose, token)
    found = _one(work, _BY_ID, payload.row_id, lock=lock)
    return _if_current(purpose, found, payload)


def _if_current(purpose: Purpose, found: Application | None, payload: LinkPayload) -> Application:
    if found is None:
        raise LinkInvalid
    if found.erased_at is not None:
        raise LinkErased
    current = generation_of_application(purpose, found)
    _check_generation(purpose, found.id, payload.generation, current)
    return found


def generation_of_application(purpose: Purpose, found: Application) -> int:
    """Return the present generation of one kind of link.

    A link to all applications ends with the next one that is mailed, and with the status link.
    """
    if purpose is Purpose.APPLICATIONS:
        return found.link_generation + found.lists_mailed
    return found.link_generation


def application_once_behind(work: Work, purpose: Purpose, token: str) -> Application:
    """Return what a link opens, or did before a newer one took its place; locked for a change.

    Raises LinkInvalid.
    """
    try:
        return application_behind(work, token, purpose, lock=True)
    except LinkReplaced as replaced:
        return application(work, replaced.row_id, lock=True)


def coordinator_by_email(work: Work, email: str) -> Coordinator:
    """Return the coordinator with this address, whatever its case. Raises UnknownCoordinator."""
    query = select(Coordinator).where(Coordinator.email == email.lower())
    found = work.session.scalar(query) if email.isprintable() else None
    if found is None:
        raise UnknownCoordinator(email=email[:254])
    return found


def _application_query() -> Select[Application]:
    return (
        select(Application)
        .join(Application.program)
        .options(contains_eager(Application.program), selectinload(Application.requests))
    )


@dataclass(frozen=True)
class _Reading:
    """How an application is read that is known by an `id`: in statements that are built once.

    Under a lock everything is read afresh, so that no decision rests on an older look: the requests
    in a statement of their own, once the lock is there.
    """

    looking: Select[Application]
    locking: Select[Application]


def _reading(which: ColumnElement[bool]) -> _Reading:
    looking = select(Application).options(*_WITH_ALL).where(which)
    locking = _application_query().where(which).with_for_update(of=Application)
    return _Reading(looking, locking.execution_options(populate_existing=True))


_OWNER = select(LetterRequest.application_id).where(LetterRequest.id == bindparam("id"))
_BY_ID = _reading(Application.id == bindparam("id"))
_BY_REQUEST = _reading(Application.id == _OWNER.scalar_subquery())


def _one(work: Work, reading: _Reading, known_as: UUID, *, lock: bool) -> Application | None:
    if lock:
        return work.session.scalar(reading.locking, {"id": known_as})
    return work.session.scalars(reading.looking, {"id": known_as}).unique().one_or_none()


def _check_generation(purpose: Purpose, row_id: UUID, minted: int, current: int) -> None:
    if minted > current:
        raise LinkInvalid
    if minted < current:
        raise LinkReplaced(purpose, row_id)
