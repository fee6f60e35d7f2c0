"""One good row of every table, to be spoilt by one value at a time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert

from letters.domain.journal import CHAIN_START
from letters.records import Base, new_id

AT = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)

Values = Mapping[str, Any]


def table(name: str) -> Table:
    """Return a table by its name."""
    return Base.metadata.tables[name]


class SampleRows:
    """A row of every table, tied together; `another` gives one more that does not collide."""

    def __init__(self) -> None:
        self.program = new_id()
        self.application = new_id()
        self.request = new_id()
        self.letter = new_id()
        self.coordinator = new_id()
        self.key = new_id()
        self.mail = new_id()
        self.job = new_id()
        self.rows: dict[str, Values] = {}
        self.rows = {name: self._new(name) for name in self._makers()}
        for name, column, known in (
            ("programs", "id", self.program),
            ("applications", "id", self.application),
            ("letter_requests", "id", self.request),
            ("letters", "id", self.letter),
            ("coordinators", "id", self.coordinator),
            ("api_keys", "id", self.key),
            ("outbox", "id", self.mail),
            ("bulk_jobs", "id", self.job),
        ):
            self.rows[name] = {**self.rows[name], column: known}
        self.rows["program_coordinators"] = {
            "program_id": self.program,
            "coordinator_id": self.coordinator,
        }

    def write(self, connection: Connection) -> None:
        """Insert them, each after those it refers to."""
        for name in self._makers():
            connection.execute(insert(table(name)).values(self.rows[name]))

    def another(self, name: str, /, **changes: object) -> Values:
        """Return one more row of a table, with some values changed."""
        return {**self._new(name), **changes}

    def same(self, name: str, *columns: str) -> Values:
        """Return the values of the row that is there already, to collide with it."""
        return {column: self.rows[name][column] for column in columns}

    def _new(self, name: str) -> Values:
        return self._makers()[name]

    def _makers(self) -> dict[str, Values]:
        word = new_id().hex
        return {
            "programs": {
                "id": new_id(),
                "slug": word,
                "title": "Alpine Summer",
                "organization": "Institute",
                "description": "",
                "instructions": "",
                "contact_email": "office@example.org",
                "due_at": AT,
                "grace_hours": 0,
                "timezone": "UTC",
                "min_letters": 2,
                "max_letters": 4,
                "request_policy": "selected",
                "largest_file": 1000,
                "created_at": AT,
            },
            "coordinators": {
                "id": new_id(),
                "name": "Cora",
                "email": f"{word}@example.org",
                "timezone": "UTC",
                "digest_hour": 7,
                "created_at": AT,
            },
            "program_coordinators": {
                "program_id": self.program,
                "coordinator_id": self.coordinator,
            },
            "api_keys": {
                "id": new_id(),
                "name": word,
                "key_hash": word,
                "created_at": AT,
            },
            "idempotent_answers": {
                "id": new_id(),
                "api_key_id": self.key,
                "idempotency_key": word,
                "fingerprint": "f",
                "status_code": 201,
                "answer": {},
                "created_at": AT,
            },
            "applications": {
                "id": new_id(),
                "program_id": self.program,
                "external_id": word,
                "applicant_name": "Mira Lindqvist",
                "applicant_email": "mira@example.com",
                "applicant_key": "mira@example.com",
                "waived": True,
                "status": "submitted",
                "created_at": AT,
                "submitted_at": AT,
            },
            "sign_ins": {
                "id": new_id(),
                "coordinator_id": self.coordinator,
                "how": "mailed_link",
                "asked_at": AT,
                "link_until": AT,
                "browser": "",
            },
            "letter_requests": {
                "id": new_id(),
                "application_id": self.application,
                "position": new_id().int % 1_000_000 + 2,
                "referee_name": "Ada Ferreira",
                "referee_email": "ada@example.edu",
                "referee_key": "ada@example.edu",
                "status": "named",
                "named_at": AT,
            },
            "remarks": {
                "id": new_id(),
                "application_id": self.application,
                "kind": "note",
                "text": "Ask first.",
                "created_at": AT,
            },
            "holds": {
                "id": new_id(),
                "program_id": self.program,
                "application_id": self.application,
                "reason": "A lawsuit.",
                "set_at": AT,
                "lifted_at": AT,
                "lifted_because": "It is over.",
            },
            "bulk_jobs": {
                "id": new_id(),
                "program_id": self.program,
                "coordinator_id": self.coordinator,
                "act": "remind",
                "reason": "",
                "total": 1,
                "status": "queued",
                "created_at": AT,
            },
            "bulk_items": {
                "job_id": self.job,
                "application_id": self.application,
                "status": "waiting",
                "to_referees": 0,
                "to_applicants": 0,
            },
            "identity_signals": {
                "id": new_id(),
                "application_id": self.application,
                "request_id": self.request,
                "kind": "disposable" if self.rows else "free_mail",
                "details": {},
                "found_at": AT,
                "checked_at": AT,
            },
            "logos": {
                "program_id": self.program,
                "content": b"a picture",
                "created_at": AT,
            },
            "letters": {
                "id": new_id(),
                "request_id": self.request,
                "version": new_id().int % 1_000_000 + 2,
                "stored_as": word,
                "wrapped_key": b"key",
                "file_name": "letter.pdf",
                "size": 1,
                "sha256": "0" * 64,
                "checked": True,
                "pages": 1,
                "received_at": AT,
            },
            "journal": {
                "chain_id": self.application,
                "position": new_id().int % 1_000_000 + 2,
                "program_id": self.program,
                "application_id": self.application,
                "fact": "application.created",
                "at": AT,
                "actor_kind": "system",
                "origin": "web",
                "details": {},
                "previous_hash": CHAIN_START,
                "hash": CHAIN_START,
            },
            "outbox": {
                "id": new_id(),
                "kind": "receipt",
                "dedupe_key": word,
                "details": {},
                "message_id": f"<{word}@example.org>",
                "created_at": AT,
                "not_before": AT,
                "status": "queued",
            },
            "mail_copies": {
                "outbox_id": self.mail,
                "subject": "Your letter",
                "text": "Thank you.",
            },
        }
