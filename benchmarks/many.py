"""Many applications, written by hand: the services would take an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from letters.domain.journal import MessageKind
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Application, Letter, LetterRequest, OutboxMessage, OutboxStatus, new_id
from letters.records.base import Base

CHUNK = 5000
Rows = list[dict[str, Any]]
HUNDRED = 100


def fill(session: Session, program_ids: Sequence[UUID], count: int, at: datetime) -> None:
    """Add `count` applications with two referees each to the programs in turn, and commit them.

    Of a hundred, ten are drafts, thirty wait for selection, twenty are complete, twenty have one
    letter of two; one has bounced, one asks for more time, one has a mail that was given up and one
    a letter that is marked. Half come with the stage “interview”, and one with the tag “funded”.
    """
    for begin in range(0, count, CHUNK):
        tables: dict[type[Base], Rows] = {
            Application: [],
            LetterRequest: [],
            Letter: [],
            OutboxMessage: [],
        }
        for number in range(begin, min(begin + CHUNK, count)):
            program_id = program_ids[number // HUNDRED % len(program_ids)]
            _one(tables, program_id, number, at + timedelta(seconds=number))
        for table, rows in tables.items():
            if rows:
                session.execute(insert(table), rows)
    received = select(Letter.request_id)
    session.execute(
        update(LetterRequest)
        .where(LetterRequest.id.in_(received))
        .values(status=RequestStatus.RECEIVED, received_at=at, current_version=1),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    gather_statistics(session)


def gather_statistics(session: Session) -> None:
    """Do what autovacuum does on PostgreSQL before long; nobody does it for SQLite."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
        session.commit()


def _one(tables: dict[type[Base], Rows], program_id: UUID, number: int, at: datetime) -> None:
    share = number % HUNDRED
    application_id = new_id()
    asked = share >= 40  # noqa: PLR2004 -- the shares are said in fill
    letters = 2 if share >= 80 else int(share >= 60)  # noqa: PLR2004 -- the shares are said in fill
    status = ApplicationStatus.SUBMITTED
    if share < 10:  # noqa: PLR2004 -- the shares are said in fill
        status = ApplicationStatus.DRAFT
    elif asked:
        status = ApplicationStatus.SELECTED
    mailbox = f"applicant-{number:07}@example.com"
    tables[Application].append(
        {
            "id": application_id,
            "program_id": program_id,
            "external_id": f"X-{number:07}",
            "applicant_name": f"Applicant {number * 7919 % 100_003:06} No. {number:07}",
            "applicant_email": mailbox,
            "applicant_key": mailbox,
            "waived": True,
            "fields": {"stage": "interview" if number % 2 else "first round"},
            "tags": ["funded"] if share == 11 else ["late"],  # noqa: PLR2004 -- the shares are said in fill
            "status": status,
            "created_at": at,
            "submitted_at": None if status is ApplicationStatus.DRAFT else at,
            "selected_at": at if asked else None,
            "completed_at": at if letters == 2 else None,  # noqa: PLR2004 -- both are in
        }
    )
    for position in (1, 2):
        first = position == 1
        request_id = new_id()
        referee = f"referee-{number % 5000}-{position}@example.edu"
        tables[LetterRequest].append(
            {
                "id": request_id,
                "application_id": application_id,
                "position": position,
                "referee_name": f"Prof. Referee {number % 5000}",
                "referee_email": referee,
                "referee_key": referee,
                "status": RequestStatus.REQUESTED if asked else RequestStatus.NAMED,
                "named_at": at,
                "requested_at": at if asked else None,
                "bounced_at": at if share == 41 and first else None,  # noqa: PLR2004 -- one of 100
                "more_time_asked_at": at if share == 42 and first else None,  # noqa: PLR2004 -- one of 100
            }
        )
        if position <= letters:
            tables[Letter].append(_letter(request_id, at, marked=share == 60))  # noqa: PLR2004 -- one of 100
        if asked:
            tables[OutboxMessage].append(
                _mail(application_id, request_id, at, share == 43 and first)  # noqa: PLR2004 -- one of 100
            )


def _letter(request_id: UUID, at: datetime, *, marked: bool) -> dict[str, Any]:
    return {
        "id": new_id(),
        "request_id": request_id,
        "version": 1,
        "stored_as": str(request_id),
        "wrapped_key": b"key",
        "file_name": "letter.pdf",
        "size": 1,
        "sha256": "0" * 64,
        "checked": True,
        "pages": 1,
        "received_at": at,
        "marks": ["blank"] if marked else [],
    }


def _mail(application_id: UUID, request_id: UUID, at: datetime, dead: bool) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": MessageKind.LETTER_REQUEST,
        "dedupe_key": f"request:{request_id}",
        "application_id": application_id,
        "request_id": request_id,
        "message_id": f"<{request_id}@example.org>",
        "created_at": at,
        "not_before": at,
        "status": OutboxStatus.DEAD if dead else OutboxStatus.SENT,
        "sent_at": None if dead else at,
    }
