"""Identity signals: what was noticed about referees, and from where applicants act."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = ("free_mail", "disposable", "lookalike", "many_applicants", "other_name", "same_place")
UNCHECKED, UNEXAMINED = "checked_at IS NULL", "examined_at IS NULL"


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "applications", sa.Column("places", sa.JSON(), nullable=False, server_default="{}")
    )
    op.add_column("letter_requests", sa.Column("examined_at", UtcDateTime()))
    op.create_index(
        "ix_letter_requests_unexamined",
        "letter_requests",
        ["application_id"],
        postgresql_where=sa.text(UNEXAMINED),
        sqlite_where=sa.text(UNEXAMINED),
    )
    op.create_table(
        "identity_signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("checked_at", UtcDateTime()),
        sa.Column("checked_by_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_identity_signals"),
        sa.UniqueConstraint("request_id", "kind", name="uq_identity_signals_request_id_kind"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_identity_signals_application_id"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["letter_requests.id"], name="fk_identity_signals_request_id"
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"],
            ["coordinators.id"],
            name="fk_identity_signals_checked_by_id",
            ondelete="SET NULL",
        ),
        sa.CheckConstraint("checked_at IS NOT NULL OR checked_by_id IS NULL", name="checked_by_id"),
    )
    op.create_index(
        "ix_identity_signals_unchecked",
        "identity_signals",
        ["application_id"],
        postgresql_where=sa.text(UNCHECKED),
        sqlite_where=sa.text(UNCHECKED),
    )


def downgrade() -> None:
    """Go back. What was noticed and checked is lost."""
    op.drop_table("identity_signals")
    op.drop_index("ix_letter_requests_unexamined", table_name="letter_requests")
    op.drop_column("letter_requests", "examined_at")
    op.drop_column("applications", "places")
