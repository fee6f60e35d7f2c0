"""What a program knows of its referees' addresses, and what was checked about them.

One referee may be named in thousands of applications, and is looked at in each of them. So the
database puts together what all of them say, and as much is read however many there are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, func, select

from letters.domain.signals import KNOWN_FROM, OF_ADDRESS, Details, SignalKind
from letters.domain.status import ApplicationStatus
from letters.records import Application, IdentitySignal, LetterRequest
from letters.records.mailboxes import domain_of
from letters.services.work import Work

SUBMITTED = (ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED)

Known = Mapping[UUID, Collection[str]]


def known_domains(work: Work, application_ids: Collection[UUID]) -> Known:
    """Return the domains where several referees have an address, for the programs of a page."""
    of_page = select(Application.program_id).where(Application.id.in_(application_ids))
    domain = domain_of(LetterRequest.referee_key).label("domain")
    rows = work.session.execute(
        select(Application.program_id, domain)
        .join(LetterRequest, LetterRequest.application_id == Application.id)
        .where(Application.program_id.in_(of_page), Application.status.in_(SUBMITTED))
        .group_by(Application.program_id, domain)
        .having(func.count(LetterRequest.referee_key.distinct()) >= KNOWN_FROM)
    )
    known: dict[UUID, set[str]] = {}
    for program_id, name in rows:
        known.setdefault(program_id, set()).add(name)
    return known


def names_of(
    work: Work, program_id: UUID, keys: Collection[str]
) -> Mapping[str, Mapping[str, int]]:
    """Return the names given to each address in a program, and how many applicants gave each."""
    rows = work.session.execute(
        select(
            LetterRequest.referee_key,
            LetterRequest.referee_name,
            func.count(Application.applicant_key.distinct()),
        )
        .join(Application, Application.id == LetterRequest.application_id)
        .where(
            LetterRequest.referee_key.in_(keys),
            LetterRequest.replaced_at.is_(None),
            Application.program_id == program_id,
            Application.status.in_(SUBMITTED),
        )
        .group_by(LetterRequest.referee_key, LetterRequest.referee_name)
        .order_by(LetterRequest.referee_key, LetterRequest.referee_name)
    )
    names: dict[str, dict[str, int]] = {}
    for key, name, applicants in rows:
        names.setdefault(key, {})[name] = applicants
    return names


@dataclass(frozen=True)
class Check:
    """That somebody looked into what is said of an address, wherever the program has it."""

    key: str
    kind: SignalKind
    details: Details
    checked_at: datetime
    checked_by_id: UUID | None

    def is_of(self, request: LetterRequest, kind: SignalKind, details: Details) -> bool:
        """Say whether it was the same about the same address."""
        same_words = self.details == details
        return same_words and (self.key, self.kind) == (request.referee_key, kind)


def checks_of(work: Work, program_id: UUID, keys: Collection[str]) -> Sequence[Check]:
    """Return what was checked about addresses in a program: of the same the first alone."""
    if not keys:
        return ()
    same = (LetterRequest.referee_key, IdentitySignal.kind, cast(IdentitySignal.details, String))
    place = func.row_number().over(partition_by=same, order_by=IdentitySignal.id)
    each = (
        select(
            LetterRequest.referee_key,
            IdentitySignal.kind,
            IdentitySignal.details,
            IdentitySignal.checked_at,
            IdentitySignal.checked_by_id,
            place.label("place"),
        )
        .join(LetterRequest, LetterRequest.id == IdentitySignal.request_id)
        .join(Application, Application.id == IdentitySignal.application_id)
        .where(
            LetterRequest.referee_key.in_(keys),
            Application.program_id == program_id,
            IdentitySignal.kind.in_(OF_ADDRESS),
            IdentitySignal.checked_at.is_not(None),
        )
        .subquery()
    )
    rows = work.session.execute(select(each).where(each.c.place == 1))
    return [Check(*row[:-1]) for row in rows]
