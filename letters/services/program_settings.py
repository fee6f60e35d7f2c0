"""A manager's decisions about a program: its settings, closing it, and putting it away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from letters.domain.errors import (
    AccessDenied,
    InvalidInput,
    Problem,
    ProgramArchived,
    ProgramChanged,
    ProgramStillOpen,
    ReopeningTooLate,
)
from letters.domain.journal import Fact
from letters.domain.policy import is_closed
from letters.domain.roles import Right
from letters.domain.status import ApplicationStatus
from letters.domain.words import N_
from letters.records import (
    Application,
    Coordinator,
    LetterRequest,
    Program,
    program_coordinators,
)
from letters.services import administering, dashboard, logos, reminding
from letters.services.happening import happened_to_program
from letters.services.moving_due import Told, who_is_told
from letters.services.program_cleaning import NewProgram, cleaned
from letters.services.work import Work

COLUMNS = (
    "title",
    "organization",
    "contact_email",
    "due_at",
    "timezone",
    "description",
    "instructions",
    "grace_hours",
    "min_letters",
    "max_letters",
    "request_policy",
    "largest_file",
    "wished_pages",
    "kept_days",
    "takes_word",
    "notices_on_submission",
    "most_reminders",
    "reminder_days",
    "waiver_wording",
    "sender_name",
    "accent",
)
A_YEAR_OF_WEEKS = timedelta(weeks=52)
"""A year later, on the same day of the week."""


def settings_of(program: Program) -> NewProgram:
    """Return the settings of a program as somebody could have typed them."""
    return NewProgram(slug=program.slug, **{name: getattr(program, name) for name in COLUMNS})


def version_of(program: Program) -> int:
    """Return what tells one state of the settings from a later one."""
    return program.journal_length


def locked(work: Work, coordinator: Coordinator, slug: str) -> Program:
    """Return a program that this coordinator manages, locked for a change.

    Raises UnknownProgram or AccessDenied.
    """
    program = dashboard.program_run_by(work, coordinator, slug, Right.MANAGE)
    work.session.refresh(program, with_for_update=True)
    return program


# --- saving -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What saving would do: the columns that change, and who is told of another due date.

    `told` is None where the date stays.
    """

    columns: Mapping[str, Any]
    told: Told | None


def change(work: Work, program: Program, typed: NewProgram) -> Change:
    """Say what saving `typed` would do, without doing it.

    Raises ProgramArchived, or InvalidInput with every problem at once.
    """
    if program.archived_at is not None:
        raise ProgramArchived
    values = cleaned(typed, work.now, program.due_at)
    columns = {name: value for name, value in values.items() if value != getattr(program, name)}
    problems = _broken_promises(work, program, columns)
    if problems:
        raise InvalidInput(problems)
    told = who_is_told(work, program, values["due_at"]) if "due_at" in columns else None
    return Change(columns, told)


def save(work: Work, program: Program, typed: NewProgram, version: int) -> Change:
    """Save the settings that were typed on top of `version`; the caller holds the lock.

    Raises ProgramChanged where they were saved meanwhile, and what `change` raises.
    """
    if version_of(program) != version:
        raise ProgramChanged
    found = change(work, program, typed)
    if not found.columns:
        return found
    if "due_at" in found.columns:
        program.due_moved_at, program.due_moved_from = work.now, program.due_at
    for name, value in found.columns.items():
        setattr(program, name, value)
    reminding.look_again(work, program)
    details = {"fields": sorted(found.columns)}
    happened_to_program(work, Fact.PROGRAM_CHANGED, program, details=details)
    return found


def _broken_promises(work: Work, program: Program, columns: Mapping[str, object]) -> list[Problem]:
    """Say which changes would break what applicants or referees were told."""
    problems: list[Problem] = []
    submitted = work.session.scalar(
        select(Application.id)
        .where(Application.program_id == program.id, Application.status != ApplicationStatus.DRAFT)
        .limit(1)
    )
    if submitted is not None:
        problems += [
            Problem(name, sentence) for name, sentence in _SETTLED.items() if name in columns
        ]
    named = _most_named(work, program)
    most = columns.get("max_letters", program.max_letters)
    if isinstance(most, int) and "max_letters" in columns and most < named:
        problems.append(
            Problem(
                "max_letters",
                N_("An application names %(named)s referees already. Choose at least that many."),
                {"named": named},
            )
        )
    kept = columns.get("kept_days", 0)
    if isinstance(kept, int) and kept > program.kept_days and _anybody_asked(work, program):
        problems.append(
            Problem(
                "kept_days",
                N_("Referees were told when their letters are deleted. Choose at most %(days)s."),
                {"days": program.kept_days},
            )
        )
    return problems


_SETTLED = {
    "min_letters": N_(
        "Applications were submitted under the present number. Copy the program to change it."
    ),
    "request_policy": N_(
        "Applicants were told when their letters are requested. Copy the program to change it."
    ),
}
"""What stays as it is once an application was submitted."""


def _most_named(work: Work, program: Program) -> int:
    counts = (
        select(func.count().label("named"))
        .select_from(LetterRequest)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(Application.program_id == program.id, LetterRequest.replaced_at.is_(None))
        .group_by(LetterRequest.application_id)
        .subquery()
    )
    return work.session.scalar(select(func.max(counts.c.named))) or 0


def _anybody_asked(work: Work, program: Program) -> bool:
    asked = (
        select(LetterRequest.id)
        .join(Application, Application.id == LetterRequest.application_id)
        .where(Application.program_id == program.id, LetterRequest.requested_at.is_not(None))
        .limit(1)
    )
    return work.session.scalar(asked) is not None


# --- closing and putting away -----------------------------------------------------------------


def close(work: Work, program: Program) -> None:
    """Take no more applications and letters; the caller holds the lock. Twice changes nothing.

    Raises ProgramArchived.
    """
    if program.archived_at is not None:
        raise ProgramArchived
    if program.closed_at is not None:
        return
    program.closed_at = work.now
    happened_to_program(work, Fact.PROGRAM_CLOSED, program)


def reopen(work: Work, program: Program) -> None:
    """Take applications and letters again; the caller holds the lock. Twice changes nothing.

    Raises ProgramArchived, or ReopeningTooLate when the grace time is over.
    """
    if program.archived_at is not None:
        raise ProgramArchived
    if program.closed_at is None:
        return
    if work.now > program.terms.closes_at:
        raise ReopeningTooLate
    program.closed_at = None
    reminding.look_again(work, program)
    happened_to_program(work, Fact.PROGRAM_REOPENED, program)


def archive(work: Work, program: Program) -> None:
    """Put a closed program away; the caller holds the lock. Twice changes nothing.

    Raises ProgramStillOpen.
    """
    if program.archived_at is not None:
        return
    if not is_closed(program.terms, work.now):
        raise ProgramStillOpen
    program.archived_at = work.now
    happened_to_program(work, Fact.PROGRAM_ARCHIVED, program)


def unarchive(work: Work, program: Program) -> None:
    """Bring a program back into the lists; it stays closed. Twice changes nothing."""
    if program.archived_at is None:
        return
    program.archived_at = None
    happened_to_program(work, Fact.PROGRAM_UNARCHIVED, program)


# --- a new one --------------------------------------------------------------------------------


def next_season(program: Program) -> NewProgram:
    """Return last season's settings with the due date a year on, on the same day of the week."""
    zone = ZoneInfo(program.timezone)
    local = program.due_at.astimezone(zone).replace(tzinfo=None) + A_YEAR_OF_WEEKS
    due_at = local.replace(tzinfo=zone).astimezone(UTC)
    return replace(settings_of(program), slug="", due_at=due_at)


def copy(work: Work, program: Program, typed: NewProgram) -> Program:
    """Create a program from another, with its people and nothing of its applications.

    It has the same logo, words of mails, fields and rule, which is off until somebody looked at it.
    Raises InvalidInput or AlreadyExists.
    """
    made = administering.create_program(work, typed)
    made.copied_from = program.id
    made.fields, made.selection_rule = program.fields, program.selection_rule
    made.mail_words = program.mail_words
    logos.copy_to(work, program, made)
    people = select(program_coordinators.c.coordinator_id, program_coordinators.c.role).where(
        program_coordinators.c.program_id == program.id
    )
    for person_id, role in work.session.execute(people).all():
        work.session.execute(
            insert(program_coordinators).values(
                program_id=made.id, coordinator_id=person_id, role=role
            )
        )
    return made


def create(work: Work, coordinator: Coordinator, typed: NewProgram) -> Program:
    """Create a program from nothing, as an administrator of the site.

    Raises AccessDenied, InvalidInput or AlreadyExists.
    """
    if not coordinator.is_administrator:
        raise AccessDenied
    return administering.create_program(work, typed)
