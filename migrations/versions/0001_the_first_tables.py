"""The first tables."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A request points to its current letter and a letter to its request. SQLite takes a reference to
# a table that comes later and cannot add one afterwards; PostgreSQL wants it the other way round.
CURRENT_VERSION_TABLES = ("fk_letter_requests_current_version", "letter_requests", "letters")
CURRENT_VERSION_COLUMNS = (["id", "current_version"], ["request_id", "version"])


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _current_version_on_sqlite() -> list[sa.ForeignKeyConstraint]:
    if not _on_sqlite():
        return []
    columns, referred = CURRENT_VERSION_COLUMNS
    name, _, table = CURRENT_VERSION_TABLES
    return [sa.ForeignKeyConstraint(columns, [f"{table}.{c}" for c in referred], name=name)]


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "coordinators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("digested_seq", sa.BigInteger(), nullable=False),
        sa.Column("digested_at", UtcDateTime(), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("sign_in_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        sa.PrimaryKeyConstraint("id", name="pk_coordinators"),
        sa.UniqueConstraint("email", name="uq_coordinators_email"),
    )
    op.create_table(
        "programs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("organization", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("grace_hours", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("min_letters", sa.Integer(), nullable=False),
        sa.Column("max_letters", sa.Integer(), nullable=False),
        sa.Column(
            "request_policy",
            sa.Enum(
                "automatic",
                "selected",
                name="request_policy",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("largest_file", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("journal_length", sa.Integer(), nullable=False),
        sa.Column("journal_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("grace_hours >= 0", name="grace_hours"),
        sa.CheckConstraint("largest_file > 0", name="largest_file"),
        sa.CheckConstraint("max_letters >= min_letters", name="max_letters"),
        sa.CheckConstraint("min_letters >= 1", name="min_letters"),
        sa.PrimaryKeyConstraint("id", name="pk_programs"),
        sa.UniqueConstraint("slug", name="uq_programs_slug"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_api_keys_program_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
        sa.UniqueConstraint("name", name="uq_api_keys_name"),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("applicant_name", sa.String(length=120), nullable=False),
        sa.Column("applicant_email", sa.String(length=254), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "selected",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("selected_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("journal_length", sa.Integer(), nullable=False),
        sa.Column("journal_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(status = 'draft' AND submitted_at IS NULL) OR status = 'withdrawn'"
            " OR (status IN ('submitted', 'selected') AND submitted_at IS NOT NULL)",
            name="submitted_at",
        ),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name="withdrawn_at",
        ),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'selected') = (selected_at IS NOT NULL)",
            name="selected_at",
        ),
        sa.CheckConstraint("completed_at IS NULL OR submitted_at IS NOT NULL", name="completed_at"),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_applications_program_id"),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint(
            "program_id", "external_id", name="uq_applications_program_id_external_id"
        ),
    )
    op.create_index(
        "ix_applications_program_id_id", "applications", ["program_id", "id"], unique=False
    )
    op.create_index(
        "ix_applications_waiting",
        "applications",
        ["program_id", "submitted_at"],
        unique=False,
        postgresql_where=sa.text("status = 'submitted'"),
        sqlite_where=sa.text("status = 'submitted'"),
    )
    op.create_table(
        "program_coordinators",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("coordinator_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinators.id"], name="fk_program_coordinators_coordinator_id"
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name="fk_program_coordinators_program_id"
        ),
        sa.PrimaryKeyConstraint("program_id", "coordinator_id", name="pk_program_coordinators"),
    )
    op.create_index(
        "ix_program_coordinators_coordinator_id",
        "program_coordinators",
        ["coordinator_id"],
        unique=False,
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name="fk_idempotent_answers_api_key_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_idempotent_answers"),
        sa.UniqueConstraint(
            "api_key_id", "idempotency_key", name="uq_idempotent_answers_api_key_id_idempotency_key"
        ),
    )
    op.create_table(
        "letter_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("referee_name", sa.String(length=120), nullable=False),
        sa.Column("referee_email", sa.String(length=254), nullable=False),
        sa.Column("referee_key", sa.String(length=254), nullable=False),
        sa.Column("affiliation", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "named",
                "requested",
                "received",
                "declined",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("extended_due_at", UtcDateTime(), nullable=True),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("noticed_at", UtcDateTime(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("declined_at", UtcDateTime(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("current_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)",
            name="cancelled_at",
        ),
        sa.CheckConstraint(
            "(status = 'declined') = (declined_at IS NOT NULL)",
            name="declined_at",
        ),
        sa.CheckConstraint(
            "(status = 'received') = (current_version IS NOT NULL)",
            name="current_version",
        ),
        sa.CheckConstraint(
            "(status = 'received') = (received_at IS NOT NULL)",
            name="received_at",
        ),
        sa.CheckConstraint(
            "(status IN ('requested', 'received') AND requested_at IS NOT NULL)"
            " OR (status = 'named' AND requested_at IS NULL)"
            " OR status IN ('declined', 'cancelled')",
            name="requested_at",
        ),
        sa.CheckConstraint(
            "status = 'declined' OR decline_reason IS NULL",
            name="decline_reason",
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_letter_requests_application_id"
        ),
        *_current_version_on_sqlite(),
        sa.PrimaryKeyConstraint("id", name="pk_letter_requests"),
        sa.UniqueConstraint(
            "application_id", "position", name="uq_letter_requests_application_id_position"
        ),
    )
    op.create_index(
        "ix_letter_requests_awaited",
        "letter_requests",
        ["application_id"],
        unique=False,
        postgresql_where=sa.text("status = 'requested'"),
        sqlite_where=sa.text("status = 'requested'"),
    )
    op.create_index(
        "ix_letter_requests_referee_key", "letter_requests", ["referee_key"], unique=False
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(length=120), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("checked = (pages IS NOT NULL)", name="pages"),
        sa.CheckConstraint("size > 0", name="size"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["letter_requests.id"], name="fk_letters_request_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("request_id", "version", name="uq_letters_request_id_version"),
        sa.UniqueConstraint("stored_as", name="uq_letters_stored_as"),
    )
    if not _on_sqlite():
        op.create_foreign_key(*CURRENT_VERSION_TABLES, *CURRENT_VERSION_COLUMNS)
    op.create_table(
        "journal",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column(
            "fact",
            sa.Enum(
                "program.created",
                "coordinator.added",
                "application.created",
                "application.submitted",
                "application.selected",
                "application.completed",
                "notice.given",
                "letter.requested",
                "letter.received",
                "letter.replaced",
                "letter.read",
                "request.declined",
                "request.decline_taken_back",
                "link.sent_again",
                "link.status_sent_again",
                "mail.given_up",
                name="fact",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum(
                "system",
                "operator",
                "api",
                "coordinator",
                "applicant",
                "referee",
                name="actor_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("position >= 1", name="position"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_journal_application_id"
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_journal_letter_id"),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_journal_program_id"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["letter_requests.id"], name="fk_journal_request_id"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
        sa.UniqueConstraint("chain_id", "position", name="uq_journal_chain_id_position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_application_id", "journal", ["application_id"], unique=False)
    op.create_index("ix_journal_program_id_seq", "journal", ["program_id", "seq"], unique=False)
    _make_journal_append_only()
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "advance_notice",
                "letter_request",
                "receipt",
                "letter_arrived",
                "application_submitted",
                "sign_in",
                "digest",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("coordinator_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "dead",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("sent_to", sa.String(length=254), nullable=True),
        sa.CheckConstraint("(status = 'sending') = (lease_until IS NOT NULL)", name="lease_until"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_outbox_application_id"
        ),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinators.id"], name="fk_outbox_coordinator_id"
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_outbox_letter_id"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["letter_requests.id"], name="fk_outbox_request_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_dedupe_key"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
    )
    op.create_index("ix_outbox_application_id", "outbox", ["application_id"], unique=False)
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
        sqlite_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "ix_outbox_leased",
        "outbox",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("status = 'sending'"),
        sqlite_where=sa.text("status = 'sending'"),
    )


def _make_journal_append_only() -> None:
    """Entries are never changed and never removed, not even by hand."""
    if _on_sqlite():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER journal_no_{act.lower()} BEFORE {act} ON journal "
                "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal "
        "FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()"
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("outbox")
    op.drop_table("journal")
    if not _on_sqlite():
        op.execute("DROP FUNCTION journal_is_append_only()")
    if not _on_sqlite():
        op.drop_constraint(CURRENT_VERSION_TABLES[0], "letter_requests", type_="foreignkey")
    op.drop_table("letters")
    op.drop_table("letter_requests")
    op.drop_table("idempotent_answers")
    op.drop_table("program_coordinators")
    op.drop_table("applications")
    op.drop_table("api_keys")
    op.drop_table("programs")
    op.drop_table("coordinators")
