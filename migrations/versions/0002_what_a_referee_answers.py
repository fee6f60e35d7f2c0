"""What a referee answers: notices welcomed, addresses corrected, more time, letters confirmed."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime
from letters.records.rebuilding import rebuild

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GROWING = (("journal", "fact"), ("outbox", "kind"))
"""Lists that get longer with every part of the service: no CHECK names their values any more."""


def _columns() -> tuple[tuple[str, sa.Column[object]], ...]:
    return (
        (
            "programs",
            sa.Column(
                "wished_pages",
                sa.Integer(),
                sa.CheckConstraint("wished_pages >= 0", name="wished_pages"),
                nullable=False,
                server_default="20",
            ),
        ),
        (
            "programs",
            sa.Column(
                "kept_days",
                sa.Integer(),
                sa.CheckConstraint("kept_days >= 1", name="kept_days"),
                nullable=False,
                server_default="365",
            ),
        ),
        (
            "programs",
            sa.Column("takes_word", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        (
            "letter_requests",
            sa.Column(
                "welcomed_at",
                UtcDateTime(),
                sa.CheckConstraint(
                    "status <> 'declined' OR welcomed_at IS NULL", name="welcomed_at"
                ),
            ),
        ),
        ("letter_requests", sa.Column("former_email", sa.String(length=254))),
        (
            "letter_requests",
            sa.Column(
                "corrected_at",
                UtcDateTime(),
                sa.CheckConstraint(
                    "(former_email IS NULL) = (corrected_at IS NULL)", name="corrected_at"
                ),
            ),
        ),
        (
            "letter_requests",
            sa.Column(
                "more_time_asked_at",
                UtcDateTime(),
                sa.CheckConstraint(
                    "more_time_asked_at IS NULL OR status = 'requested'", name="more_time_asked_at"
                ),
            ),
        ),
        (
            "letter_requests",
            sa.Column(
                "more_time_note",
                sa.Text(),
                sa.CheckConstraint(
                    "more_time_asked_at IS NOT NULL OR more_time_note IS NULL",
                    name="more_time_note",
                ),
            ),
        ),
        ("letter_requests", sa.Column("overview_until", UtcDateTime())),
        (
            "letter_requests",
            sa.Column("overviews_mailed", sa.Integer(), nullable=False, server_default="0"),
        ),
        (
            "letters",
            sa.Column("sent_by", sa.String(length=120), nullable=False, server_default=""),
        ),
        ("letters", sa.Column("converted_from", sa.String(length=120))),
        ("letters", sa.Column("marks", sa.JSON(), nullable=False, server_default="[]")),
        ("letters", sa.Column("confirmed_at", UtcDateTime())),
        (
            "letters",
            sa.Column(
                "quarantine",
                sa.String(length=40),
                sa.CheckConstraint("quarantine IN ('unchecked', 'not_scanned')", name="quarantine"),
            ),
        ),
        (
            "letters",
            sa.Column(
                "released_at",
                UtcDateTime(),
                sa.CheckConstraint(
                    "released_at IS NULL OR quarantine IS NOT NULL", name="released_at"
                ),
            ),
        ),
    )


def upgrade() -> None:
    """Go forward. Files that could not be checked are held back from now on."""
    for table, column in _columns():
        op.add_column(table, column)
    op.execute("UPDATE letters SET quarantine = 'unchecked' WHERE NOT checked")
    for table, column_name in GROWING:
        _stop_naming_values(table, column_name)


def _stop_naming_values(table: str, column: str) -> None:
    name = f"ck_{table}_{column}"
    if op.get_bind().dialect.name == "sqlite":
        rebuild(op.get_bind(), table, without_constraint=name)
    else:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")


def downgrade() -> None:
    """Go back. The journal keeps what it says, so the list of its facts stays open."""
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
