"""Rows that the database must refuse, each with one thing wrong."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tests.records.sample_rows import AT

LATER = AT + timedelta(days=1)
STRANGE = text("'strange'")


@dataclass(frozen=True)
class Bad:
    """A row with one thing wrong: what is changed in a good one, or is the same as in another.

    A strange status breaks what ties it to its columns too; `or_else` is the constraint that a
    database may name instead.
    """

    table: str
    constraint: str
    changes: tuple[tuple[str, Any], ...] = ()
    same: tuple[str, ...] = ()
    or_else: str = ""

    def __str__(self) -> str:
        what = ",".join([*(f"{name}={value}" for name, value in self.changes), *self.same])
        return f"{self.constraint}[{what}]"


def check(table_name: str, name: str, *, or_else: str = "", **changes: object) -> Bad:
    """Say which CHECK a change breaks."""
    also = f"ck_{table_name}_{or_else}" if or_else else ""
    return Bad(table_name, f"ck_{table_name}_{name}", tuple(changes.items()), or_else=also)


def unique(table_name: str, *columns: str) -> Bad:
    """Say which columns may not be the same in two rows."""
    return Bad(table_name, f"uq_{table_name}_{'_'.join(columns)}", same=columns)


NOBODY = UUID(int=1)
"""An id that is the same in every process, since it stands in the names of tests."""

BAD_ROWS = (
    check("programs", "min_letters", min_letters=0),
    check("programs", "max_letters", min_letters=3, max_letters=2),
    check("programs", "grace_hours", grace_hours=-1),
    check("programs", "largest_file", largest_file=0),
    check("programs", "wished_pages", wished_pages=-1),
    check("programs", "kept_days", kept_days=0),
    check("programs", "most_reminders", most_reminders=-1),
    check("programs", "due_moved_from", due_moved_at=AT),
    check("programs", "rule_asked_at", rule_asked_at=AT),
    check("programs", "request_policy", request_policy=STRANGE),
    unique("programs", "slug"),
    check("coordinators", "digest_hour", digest_hour=-1),
    check("coordinators", "digest_hour", digest_hour=24),
    check("coordinators", "digest_weekday", digest_weekday=-1),
    check("coordinators", "digest_weekday", digest_weekday=7),
    check("coordinators", "risk_days", risk_days=-1),
    check("coordinators", "risk_days", risk_days=61),
    check("sign_ins", "how", how=STRANGE),
    check("remarks", "kind", kind=STRANGE),
    check("remarks", "removed_at", kind="reason", removed_at=AT),
    check("holds", "lifted_because", lifted_because=None),
    check("holds", "lifted_because", lifted_at=None),
    check("sign_ins", "seen_at", began_at=AT),
    check("sign_ins", "seen_at", seen_at=AT),
    check("sign_ins", "link_until", link_until=None),
    check("program_coordinators", "role", role=STRANGE),
    check("program_coordinators", "digest_frequency", digest_frequency=STRANGE),
    unique("coordinators", "email"),
    unique("api_keys", "name"),
    unique("api_keys", "key_hash"),
    unique("idempotent_answers", "api_key_id", "idempotency_key"),
    check("applications", "status", or_else="submitted_at", status=STRANGE),
    check("applications", "submitted_at", status="draft", submitted_at=AT),
    check("applications", "submitted_at", status="submitted", submitted_at=None),
    check("applications", "submitted_at", status="selected", submitted_at=None, selected_at=AT),
    check("applications", "selected_at", status="selected", selected_at=None),
    check("applications", "selected_at", status="submitted", selected_at=AT),
    check("applications", "withdrawn_at", status="withdrawn", withdrawn_at=None),
    check("applications", "withdrawn_at", status="submitted", withdrawn_at=AT),
    check("applications", "completed_at", status="draft", submitted_at=None, completed_at=AT),
    check("applications", "waiver_signed_as", waiver_signed_as="Mira"),
    check("applications", "waiver_text", waiver_text="I waive the right."),
    check("applications", "mail_choice", mail_choice=STRANGE),
    check("applications", "told", told=STRANGE, told_due_at=AT),
    check("applications", "told_due_at", told_due_at=AT),
    check("applications", "erased_at", erased_at=AT),
    check("letter_requests", "erased_at", erased_at=AT),
    unique("applications", "program_id", "external_id"),
    check("letter_requests", "status", or_else="requested_at", status=STRANGE),
    check("letter_requests", "current_version", status="received", requested_at=AT, received_at=AT),
    check("letter_requests", "current_version", current_version=1),
    check("letter_requests", "received_at", received_at=AT),
    check("letter_requests", "requested_at", status="requested"),
    check("letter_requests", "requested_at", status="named", requested_at=AT),
    check("letter_requests", "declined_at", status="declined", requested_at=AT),
    check("letter_requests", "declined_at", declined_at=AT),
    check("letter_requests", "decline_reason", decline_reason="No time"),
    check("letter_requests", "cancelled_at", status="cancelled"),
    check("letter_requests", "cancelled_at", cancelled_at=AT),
    check("letter_requests", "welcomed_at", status="declined", declined_at=AT, welcomed_at=AT),
    check("letter_requests", "corrected_at", corrected_at=AT),
    check("letter_requests", "corrected_at", former_email="old@example.org"),
    check("letter_requests", "more_time_asked_at", more_time_asked_at=AT),
    check("letter_requests", "more_time_note", more_time_note="Next week"),
    check("letter_requests", "reminders", reminders=-1),
    check("letter_requests", "replaced_at", replaced_at=AT),
    unique("letter_requests", "application_id", "position"),
    check("letters", "version", version=0),
    check("letters", "size", size=0),
    check("letters", "pages", checked=True, pages=None),
    check("letters", "pages", checked=False, pages=1),
    check("letters", "quarantine", quarantine=STRANGE),
    check("letters", "released_at", released_at=AT),
    check("letters", "purged_at", purged_at=AT),
    check(
        "letter_requests",
        "returned_at",
        status="received",
        requested_at=AT,
        received_at=AT,
        current_version=1,
        returned_at=AT,
    ),
    check("letters", "entered_by_id", entered=False, entered_by_id=NOBODY),
    unique("letters", "request_id", "version"),
    unique("letters", "stored_as"),
    check("journal", "actor_kind", actor_kind=STRANGE),
    check("journal", "position", position=0),
    unique("journal", "chain_id", "position"),
    check("outbox", "status", status=STRANGE),
    check("outbox", "sent_at", status="sent"),
    check("outbox", "sent_at", sent_at=AT),
    check("outbox", "lease_until", status="sending"),
    check("outbox", "lease_until", lease_until=AT),
    check("outbox", "attempts", attempts=-1),
    check("outbox", "bounced_at", bounced_at=AT),
    unique("outbox", "dedupe_key"),
    unique("outbox", "message_id"),
    check("bulk_jobs", "act", act=STRANGE),
    check("bulk_jobs", "day", act="extend"),
    check("bulk_jobs", "total", total=0),
    check("bulk_jobs", "status", status=STRANGE),
    check("bulk_jobs", "ended_at", status="done"),
    check("bulk_jobs", "ended_at", ended_at=AT),
    check("bulk_items", "status", status=STRANGE),
    check("bulk_items", "problem", status="refused"),
    check("bulk_items", "problem_values", problem_values="{}"),
    check("bulk_items", "to_referees", to_referees=-1),
    check("bulk_items", "to_applicants", to_applicants=-1),
    check("identity_signals", "kind", kind=STRANGE),
    check("identity_signals", "checked_by_id", checked_at=None, checked_by_id=NOBODY),
    unique("identity_signals", "request_id", "kind"),
    check("logos", "content", content=b""),
)
