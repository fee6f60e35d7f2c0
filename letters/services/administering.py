"""What an operator sets up: programs, coordinators, API keys."""

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from letters.addresses import clean_address
from letters.domain.digest import DEFAULT_HOUR
from letters.domain.errors import AlreadyExists, InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.roles import Role
from letters.domain.text import required_line, required_name
from letters.records import ApiKey, Coordinator, Program, program_coordinators
from letters.services import finding
from letters.services.happening import happened_to_program
from letters.services.program_cleaning import NewProgram, check_zone, cleaned
from letters.services.work import Work


def create_program(work: Work, new: NewProgram) -> Program:
    """Create a program; `max_letters` defaults to two more than the minimum.

    Raises InvalidInput with every problem at once, or AlreadyExists.
    """
    values = cleaned(new, work.now)
    program = Program(slug=new.slug, created_at=work.now, **values)
    same = select(Program.id).where(Program.slug == program.slug)
    if work.session.scalar(same) is not None:
        raise AlreadyExists(name=program.slug)
    work.session.add(program)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise AlreadyExists(name=new.slug) from error
    happened_to_program(work, Fact.PROGRAM_CREATED, program)
    return program


def any_takes_word(work: Work) -> bool:
    """Say whether there is a program that takes Word files."""
    return work.session.scalar(select(Program.id).where(Program.takes_word).limit(1)) is not None


def programs(work: Work) -> Sequence[Program]:
    """List all programs, by due date."""
    return work.session.scalars(select(Program).order_by(Program.due_at, Program.slug)).all()


def add_coordinator(
    work: Work,
    email: str,
    name: str,
    slugs: Sequence[str],
    timezone: str | None = None,
    *,
    role: Role = Role.MANAGER,
    administrator: bool = False,
) -> Coordinator:
    """Add a coordinator to programs in a role, or let an existing one work on more of them.

    Where they work already their role stays. With `administrator` they look after the whole site.
    Their digests tell of what happens from now on, in the time zone given or that of the first
    program. Raises InvalidInput or UnknownProgram.
    """
    runs = [_locked_program(work, slug) for slug in slugs]
    problems: list[Problem] = []
    address = clean_address("email", email, problems).lower()
    clean_name = required_name("name", name, problems)
    zone = timezone or (runs[0].timezone if runs else "UTC")
    check_zone("timezone", zone, problems)
    if problems:
        raise InvalidInput(problems)
    found = work.session.scalar(select(Coordinator).where(Coordinator.email == address))
    coordinator = found or new_coordinator(work, address, clean_name, zone)
    coordinator.is_administrator = coordinator.is_administrator or administrator
    for program in runs:
        if program not in coordinator.programs:
            add_member(work, program, coordinator, role)
            happened_to_program(
                work,
                Fact.COORDINATOR_ADDED,
                program,
                details={"coordinator": str(coordinator.id)},
            )
    return coordinator


def add_member(work: Work, program: Program, coordinator: Coordinator, role: Role) -> None:
    """Let somebody work on a program; its digests begin now. The caller holds the lock on it."""
    work.session.flush()
    work.session.execute(
        insert(program_coordinators).values(
            program_id=program.id, coordinator_id=coordinator.id, role=role, digested_at=work.now
        )
    )
    work.session.expire(coordinator, ["programs"])


def new_coordinator(work: Work, address: str, name: str, zone: str) -> Coordinator:
    """Add somebody who works on nothing yet; address, name and zone are clean and the first new."""
    coordinator = Coordinator(
        email=address,
        name=name,
        timezone=zone,
        digest_hour=DEFAULT_HOUR,
        created_at=work.now,
    )
    work.session.add(coordinator)
    work.session.flush()
    return coordinator


def _locked_program(work: Work, slug: str) -> Program:
    program = finding.program_by_slug(work, slug)
    work.session.refresh(program, with_for_update=True)
    return program


def create_api_key(
    work: Work, name: str, slug: str | None = None, *, reads_letters: bool = False
) -> str:
    """Create a key, for one program or for all, and return it: it cannot be shown again.

    A key that is given to a portal must not read letters: applicants may see what a portal does.
    Raises InvalidInput, UnknownProgram or AlreadyExists.
    """
    problems: list[Problem] = []
    clean_name = required_line("name", name, problems)
    if problems:
        raise InvalidInput(problems)
    if work.session.scalar(select(ApiKey.id).where(ApiKey.name == clean_name)) is not None:
        raise AlreadyExists(name=clean_name)
    program = finding.program_by_slug(work, slug) if slug else None
    key = f"letters_{secrets.token_urlsafe(32)}"
    work.session.add(
        ApiKey(
            name=clean_name,
            key_hash=key_hash(key),
            program_id=program.id if program else None,
            reads_letters=reads_letters,
            created_at=work.now,
        )
    )
    try:
        work.session.flush()
    except IntegrityError as error:
        raise AlreadyExists(name=clean_name) from error
    return key


def key_hash(key: str) -> str:
    """Return what is kept of an API key. It is long and random, so a plain SHA-256 will do."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
