"""What an operator sets up: programs, coordinators, API keys."""

import hashlib
import re
import secrets
import zoneinfo
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from letters.addresses import clean_address
from letters.domain.digest import DEFAULT_HOUR
from letters.domain.documents import DEFAULT_LIMIT, MEGABYTE
from letters.domain.errors import AlreadyExists, InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.keeping import (
    DEFAULT_KEPT_DAYS,
    DEFAULT_WISHED_PAGES,
    LONGEST_KEPT_DAYS,
    MOST_WISHED_PAGES,
)
from letters.domain.policy import (
    DEFAULT_MIN_LETTERS,
    LONGEST_GRACE_HOURS,
    MOST_LETTERS,
    RequestPolicy,
    Terms,
    terms_problems,
)
from letters.domain.text import LONGEST_LINE, clean_text, required_line
from letters.domain.words import N_
from letters.records import ApiKey, Coordinator, Program, program_coordinators
from letters.services import finding
from letters.services.happening import happened_to_program
from letters.services.work import Work

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 60
YEAR_TOO_FAR = 3000
LARGEST_LIMIT = 100 * MEGABYTE


@dataclass(frozen=True)
class NewProgram:
    """A program as somebody typed it; `due_at` is aware, `timezone` an IANA name.

    No wished pages means letters of any length. Letters are kept for `kept_days` after their
    closing date. `notices_on_submission` has no effect where submitting requests the letters.
    """

    slug: str
    title: str
    organization: str
    contact_email: str
    due_at: datetime
    timezone: str
    description: str = ""
    instructions: str = ""
    grace_hours: int = 0
    min_letters: int = DEFAULT_MIN_LETTERS
    max_letters: int | None = None
    request_policy: RequestPolicy = RequestPolicy.AUTOMATIC
    largest_file: int = DEFAULT_LIMIT
    wished_pages: int = DEFAULT_WISHED_PAGES
    kept_days: int = DEFAULT_KEPT_DAYS
    takes_word: bool = False
    notices_on_submission: bool = False


def create_program(work: Work, new: NewProgram) -> Program:
    """Create a program; `max_letters` defaults to two more than the minimum.

    Raises InvalidInput with every problem at once, or AlreadyExists.
    """
    program = _cleaned_program(work, new)
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
    work: Work, email: str, name: str, slugs: Sequence[str], timezone: str | None = None
) -> Coordinator:
    """Add a coordinator to programs, or let an existing one run more of them.

    Their digests tell of what happens from now on, in the time zone given or that of the first
    program. Raises InvalidInput or UnknownProgram.
    """
    runs = [_locked_program(work, slug) for slug in slugs]
    problems: list[Problem] = []
    address = clean_address("email", email, problems).lower()
    clean_name = required_line("name", name, problems)
    zone = timezone or (runs[0].timezone if runs else "UTC")
    check_zone("timezone", zone, problems)
    if problems:
        raise InvalidInput(problems)
    found = work.session.scalar(select(Coordinator).where(Coordinator.email == address))
    coordinator = found or _new_coordinator(work, address, clean_name, zone)
    for program in runs:
        if program not in coordinator.programs:
            _add_member(work, program, coordinator)
            happened_to_program(
                work,
                Fact.COORDINATOR_ADDED,
                program,
                details={"coordinator": str(coordinator.id)},
            )
    return coordinator


def _add_member(work: Work, program: Program, coordinator: Coordinator) -> None:
    work.session.flush()
    work.session.execute(
        insert(program_coordinators).values(
            program_id=program.id, coordinator_id=coordinator.id, digested_at=work.now
        )
    )
    work.session.expire(coordinator, ["programs"])


def _new_coordinator(work: Work, address: str, name: str, zone: str) -> Coordinator:
    coordinator = Coordinator(
        email=address,
        name=name,
        timezone=zone,
        digest_hour=DEFAULT_HOUR,
        created_at=work.now,
    )
    work.session.add(coordinator)
    return coordinator


def _locked_program(work: Work, slug: str) -> Program:
    program = finding.program_by_slug(work, slug)
    work.session.refresh(program, with_for_update=True)
    return program


def create_api_key(work: Work, name: str, slug: str | None = None) -> str:
    """Create a key, for one program or for all, and return it: it cannot be shown again.

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


def _cleaned_program(work: Work, new: NewProgram) -> Program:
    problems: list[Problem] = []
    _check_slug(new.slug, problems)
    title = required_line("title", new.title, problems, LONGEST_LINE)
    organization = required_line("organization", new.organization, problems, LONGEST_LINE)
    description = clean_text("description", new.description, problems)
    instructions = clean_text("instructions", new.instructions, problems)
    contact_email = clean_address("contact_email", new.contact_email, problems)
    check_zone("timezone", new.timezone, problems)
    usual_most = max(new.min_letters, min(new.min_letters + 2, MOST_LETTERS))
    max_letters = usual_most if new.max_letters is None else new.max_letters
    terms = Terms(
        min_letters=new.min_letters,
        max_letters=max_letters,
        request_policy=new.request_policy,
        due_at=new.due_at,
        grace=_grace(new.grace_hours),
        contact=contact_email,
    )
    problems += terms_problems(terms, work.now)
    _check_bounds(new, problems)
    if problems:
        raise InvalidInput(problems)
    return Program(
        slug=new.slug,
        title=title,
        organization=organization,
        description=description,
        instructions=instructions,
        contact_email=contact_email,
        due_at=new.due_at,
        grace_hours=new.grace_hours,
        timezone=new.timezone,
        min_letters=new.min_letters,
        max_letters=max_letters,
        request_policy=new.request_policy,
        largest_file=new.largest_file,
        wished_pages=new.wished_pages,
        kept_days=new.kept_days,
        takes_word=new.takes_word,
        notices_on_submission=new.notices_on_submission,
        created_at=work.now,
    )


def _grace(hours: int) -> timedelta:
    """Whatever was typed fits into a timedelta; what is out of bounds stays so."""
    return timedelta(hours=max(-1, min(hours, LONGEST_GRACE_HOURS + 1)))


def _check_bounds(new: NewProgram, problems: list[Problem]) -> None:
    """What no calendar and no upload can do: a date without an end, a file without one."""
    if new.due_at.year >= YEAR_TOO_FAR:
        problems.append(
            Problem(
                "due_at",
                N_("Choose a due date before the year %(year)s."),
                {"year": YEAR_TOO_FAR},
            )
        )
    if not 0 < new.largest_file <= LARGEST_LIMIT:
        problems.append(
            Problem(
                "largest_file",
                N_("Choose a size above 0 and of at most %(most)s MB."),
                {"most": LARGEST_LIMIT // MEGABYTE},
            )
        )
    if not 0 <= new.wished_pages <= MOST_WISHED_PAGES:
        problems.append(
            Problem(
                "wished_pages",
                N_("Choose at most %(most)s pages, or 0 for letters of any length."),
                {"most": MOST_WISHED_PAGES},
            )
        )
    if not 1 <= new.kept_days <= LONGEST_KEPT_DAYS:
        problems.append(
            Problem(
                "kept_days",
                N_("Choose how long letters are kept: from 1 to %(longest)s days."),
                {"longest": LONGEST_KEPT_DAYS},
            )
        )


def _check_slug(slug: str, problems: list[Problem]) -> None:
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        problems.append(
            Problem(
                "slug",
                N_("Use small letters, digits and single hyphens, at most %(longest)s characters."),
                {"longest": LONGEST_SLUG},
            )
        )


def check_zone(field: str, zone: str, problems: list[Problem]) -> None:
    """Note a problem where `zone` is not the name of a time zone."""
    if zone not in _zones():
        problems.append(Problem(field, N_("Use the name of a time zone, such as Europe/Zurich.")))


@cache
def _zones() -> Collection[str]:
    """Looking through all the zone files takes a while, and they stay the same."""
    return zoneinfo.available_timezones()
