"""All that is kept about the person behind one mailbox, in whatever part they come.

Who is meant is decided as everywhere: by the key of the mailbox (`mailbox_key`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from letters.addresses import clean_address
from letters.domain.errors import InvalidInput, Problem, UnknownPerson
from letters.domain.text import mailbox_key
from letters.records import Application, Coordinator, LetterRequest
from letters.services import drafting
from letters.services.work import Work


@dataclass(frozen=True)
class Person:
    """Where somebody comes in: ids, each oldest first.

    `drafts` are drafts of others that name this mailbox in what was typed.
    """

    key: str
    address: str
    applications: Sequence[UUID]
    requests: Sequence[UUID]
    drafts: Sequence[UUID]
    coordinator: UUID | None


def find(work: Work, email: str) -> Person:
    """Return where the person behind an address comes in. Raises InvalidInput or UnknownPerson."""
    problems: list[Problem] = []
    address = clean_address("email", email, problems)
    if problems:
        raise InvalidInput(problems)
    key = mailbox_key(address)
    person = Person(
        key=key,
        address=address,
        applications=_applications(work, key),
        requests=_requests(work, key),
        drafts=_drafts(work, key),
        coordinator=_coordinator(work, key),
    )
    if not (person.applications or person.requests or person.drafts or person.coordinator):
        raise UnknownPerson(email=address)
    return person


def _applications(work: Work, key: str) -> Sequence[UUID]:
    query = select(Application.id).where(Application.applicant_key == key)
    return work.session.scalars(query.order_by(Application.id)).all()


def _requests(work: Work, key: str) -> Sequence[UUID]:
    """Who corrected their address is found by the former one, too."""
    query = (
        select(LetterRequest.id, LetterRequest.referee_key, LetterRequest.former_email)
        .where(or_(LetterRequest.referee_key == key, LetterRequest.former_email.is_not(None)))
        .order_by(LetterRequest.id)
    )
    return [
        request_id
        for request_id, now_key, former in work.session.execute(query)
        if now_key == key or (former is not None and mailbox_key(former) == key)
    ]


def _drafts(work: Work, key: str) -> Sequence[UUID]:
    query = select(Application).where(Application.typed.is_not(None)).order_by(Application.id)
    found = work.session.scalars(query.execution_options(yield_per=500))
    return [application.id for application in found if is_typed_into(application, key)]


def is_typed_into(application: Application, key: str) -> bool:
    """Say whether somebody's address stands in a draft's form as a referee's."""
    typed = drafting.typed_into(application)
    return any(mailbox_key(one.email) == key for one in typed.referees if one.email)


def _coordinator(work: Work, key: str) -> UUID | None:
    rows = work.session.execute(select(Coordinator.id, Coordinator.email).order_by(Coordinator.id))
    return next((row_id for row_id, email in rows if mailbox_key(email) == key), None)
