"""Who works on a program: invited, given a role, removed; and everybody who works here.

Each change is written into the program's chain. A program keeps a manager who has signed in, unless
an administrator of the site decides otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, update

from letters.addresses import clean_address
from letters.domain.errors import (
    AccessDenied,
    AlreadyJoined,
    InvalidInput,
    LastManager,
    Problem,
    UnknownMember,
)
from letters.domain.journal import Fact
from letters.domain.roles import Right, Role
from letters.domain.text import required_name
from letters.domain.words import N_
from letters.records import (
    Coordinator,
    OutboxMessage,
    OutboxStatus,
    Program,
    program_coordinators,
)
from letters.services import administering, dashboard, finding, inviting
from letters.services.happening import happened_to_program
from letters.services.work import Work


@dataclass(frozen=True)
class Member:
    """Somebody who works on a program, and how."""

    coordinator: Coordinator
    role: Role


@dataclass(frozen=True)
class Invitee:
    """Whom to invite, as it was typed."""

    name: str
    email: str
    role: str


# --- looking ----------------------------------------------------------------------------------


def locked(work: Work, by: Coordinator, slug: str) -> Program:
    """Return a program that `by` manages, locked, so that nobody's role changes meanwhile.

    Raises UnknownProgram or AccessDenied.
    """
    program = finding.program_by_slug(work, slug)
    work.session.refresh(program, with_for_update=True)
    dashboard.check_right(work, by, program.id, Right.MANAGE)
    return program


def members(work: Work, program: Program) -> Sequence[Member]:
    """Return who works on a program, by name."""
    query = (
        select(Coordinator, program_coordinators.c.role)
        .join(program_coordinators, program_coordinators.c.coordinator_id == Coordinator.id)
        .where(program_coordinators.c.program_id == program.id)
        .order_by(Coordinator.name, Coordinator.id)
    )
    return [Member(person, role) for person, role in work.session.execute(query)]


def member(work: Work, program: Program, coordinator_id: UUID) -> Member:
    """Return one who works on a program. Raises UnknownMember."""
    person = work.session.get(Coordinator, coordinator_id)
    role = dashboard.role_on(work, person, program.id) if person else None
    if person is None or role is None:
        raise UnknownMember
    return Member(person, role)


def lost_mail(work: Work, person: Coordinator) -> OutboxMessage | None:
    """Return the last mail to somebody that came back or was given up, unless a later one went."""
    last = (
        select(OutboxMessage)
        .where(
            OutboxMessage.coordinator_id == person.id,
            or_(OutboxMessage.bounced_at.is_not(None), OutboxMessage.status == OutboxStatus.DEAD),
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
        .limit(1)
    )
    lost = work.session.scalar(last)
    if lost is None:
        return None
    went_later = exists().where(
        OutboxMessage.coordinator_id == person.id,
        OutboxMessage.status == OutboxStatus.SENT,
        OutboxMessage.bounced_at.is_(None),
        OutboxMessage.created_at > lost.created_at,
    )
    return None if work.session.scalar(select(went_later)) else lost


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in, and the programs they work on."""

    coordinator: Coordinator
    programs: Sequence[tuple[Program, Role]]


def everybody(work: Work, by: Coordinator) -> Sequence[Person]:
    """Return everybody who can sign in, by name, for an administrator. Raises AccessDenied."""
    if not by.is_administrator:
        raise AccessDenied
    works_on: dict[UUID, list[tuple[Program, Role]]] = {}
    query = (
        select(program_coordinators.c.coordinator_id, Program, program_coordinators.c.role)
        .join(Program, Program.id == program_coordinators.c.program_id)
        .order_by(Program.title, Program.id)
    )
    for coordinator_id, program, role in work.session.execute(query):
        works_on.setdefault(coordinator_id, []).append((program, role))
    people = work.session.scalars(select(Coordinator).order_by(Coordinator.name, Coordinator.id))
    return [Person(person, works_on.get(person.id, ())) for person in people]


# --- inviting ---------------------------------------------------------------------------------


def invite(work: Work, program: Program, typed: Invitee) -> Coordinator:
    """Let somebody work on a program from now on, and mail them so; the caller holds the lock.

    Who signs in already keeps their name. Raises InvalidInput with every problem at once.
    """
    problems: list[Problem] = []
    name = required_name("name", typed.name, problems)
    address = clean_address("email", typed.email, problems).lower()
    role = _role(typed.role, problems)
    found = work.session.scalar(select(Coordinator).where(Coordinator.email == address))
    if found and dashboard.role_on(work, found, program.id):
        problems.append(Problem("email", N_("This person works on the program already.")))
    if problems:
        raise InvalidInput(problems)
    invited = found or administering.new_coordinator(work, address, name, program.timezone)
    administering.add_member(work, program, invited, role)
    _mail_invitation(work, program, Member(invited, role))
    return invited


def invite_again(work: Work, program: Program, coordinator_id: UUID) -> None:
    """Mail an invitation once more, good for another week; the caller holds the lock.

    Raises UnknownMember, or AlreadyJoined.
    """
    found = member(work, program, coordinator_id)
    if found.coordinator.joined_at is not None:
        raise AlreadyJoined
    _mail_invitation(work, program, found)


def _mail_invitation(work: Work, program: Program, invited: Member) -> None:
    if invited.coordinator.joined_at is None:
        inviting.open_invitation(work, invited.coordinator)
    _write_down(work, Fact.COORDINATOR_INVITED, program, invited)


def role_named(value: str) -> Role:
    """Return the role that was chosen. Raises InvalidInput."""
    problems: list[Problem] = []
    role = _role(value, problems)
    if problems:
        raise InvalidInput(problems)
    return role


def _role(value: str, problems: list[Problem]) -> Role:
    try:
        return Role(value)
    except ValueError:
        problems.append(Problem("role", N_("Choose what this person may do.")))
        return Role.VIEWER


# --- changing ---------------------------------------------------------------------------------


def change_role(
    work: Work, program: Program, by: Coordinator, coordinator_id: UUID, role: Role
) -> None:
    """Let somebody do more or less on a program, at once; the caller holds the lock.

    The same role again changes nothing. Raises UnknownMember or LastManager.
    """
    found = member(work, program, coordinator_id)
    if found.role is role:
        return
    _keep_a_manager(work, program, by, found)
    work.session.execute(
        update(program_coordinators)
        .where(
            program_coordinators.c.program_id == program.id,
            program_coordinators.c.coordinator_id == coordinator_id,
        )
        .values(role=role)
    )
    _write_down(work, Fact.ROLE_CHANGED, program, Member(found.coordinator, role))


def remove(work: Work, program: Program, by: Coordinator, coordinator_id: UUID) -> None:
    """End somebody's work on a program, at once; the caller holds the lock.

    With the last program of somebody who has never signed in, their invitation ends too. Raises
    UnknownMember or LastManager.
    """
    found = member(work, program, coordinator_id)
    _keep_a_manager(work, program, by, found)
    work.session.execute(
        delete(program_coordinators).where(
            program_coordinators.c.program_id == program.id,
            program_coordinators.c.coordinator_id == coordinator_id,
        )
    )
    if not _works_anywhere(work, coordinator_id):
        found.coordinator.invited_until = None
    _write_down(work, Fact.COORDINATOR_REMOVED, program, found)


def _keep_a_manager(work: Work, program: Program, by: Coordinator, leaving: Member) -> None:
    """An invitation may never be answered: only who has signed in counts."""
    if by.is_administrator or leaving.role is not Role.MANAGER:
        return
    others = (
        select(Coordinator.id)
        .join(program_coordinators, program_coordinators.c.coordinator_id == Coordinator.id)
        .where(
            program_coordinators.c.program_id == program.id,
            program_coordinators.c.role == Role.MANAGER,
            Coordinator.id != leaving.coordinator.id,
            Coordinator.joined_at.is_not(None),
        )
        .limit(1)
    )
    if work.session.scalar(others) is None:
        raise LastManager


def _works_anywhere(work: Work, coordinator_id: UUID) -> bool:
    query = select(program_coordinators.c.program_id).where(
        program_coordinators.c.coordinator_id == coordinator_id
    )
    return work.session.scalar(query.limit(1)) is not None


def _write_down(work: Work, fact: Fact, program: Program, about: Member) -> None:
    person = about.coordinator
    details = {"coordinator": str(person.id), "role": about.role.value}
    happened_to_program(work, fact, program, details=details, coordinator_id=person.id)
