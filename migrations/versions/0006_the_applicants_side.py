"""Applying here: drafts, signed waivers, nudges, replaced referees, and which mails are wanted."""

import sqlalchemy as sa
from alembic import op

from letters.records.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _of_programs() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("notices_on_submission", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column(
            "most_reminders",
            sa.Integer(),
            sa.CheckConstraint("most_reminders >= 0", name="most_reminders"),
            nullable=False,
            server_default="5",
        ),
    )


def _of_applications() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("unproved", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("typed", sa.JSON()),
        sa.Column("typed_version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("waiver_signed_as", sa.String(length=120)),
        sa.Column(
            "waiver_signed_at",
            UtcDateTime(),
            sa.CheckConstraint(
                "(waiver_signed_at IS NULL) = (waiver_signed_as IS NULL)", name="waiver_signed_as"
            ),
        ),
        sa.Column(
            "waiver_text",
            sa.Text(),
            sa.CheckConstraint(
                "(waiver_signed_at IS NULL) = (waiver_text IS NULL)", name="waiver_text"
            ),
        ),
        sa.Column(
            "mail_choice",
            sa.String(length=40),
            sa.CheckConstraint(
                "mail_choice IN ('each', 'complete', 'problems')", name="mail_choice"
            ),
            nullable=False,
            server_default="each",
        ),
        sa.Column(
            "told",
            sa.String(length=40),
            sa.CheckConstraint("told IN ('week', 'day', 'closed')", name="told"),
        ),
        sa.Column(
            "told_due_at",
            UtcDateTime(),
            sa.CheckConstraint("(told IS NULL) = (told_due_at IS NULL)", name="told_due_at"),
        ),
        sa.Column("list_until", UtcDateTime()),
        sa.Column("lists_mailed", sa.Integer(), nullable=False, server_default="0"),
    )


def _of_requests() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("acquaintance", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("waived", sa.Boolean()),
        sa.Column(
            "reminders",
            sa.Integer(),
            sa.CheckConstraint("reminders >= 0", name="reminders"),
            nullable=False,
            server_default="0",
        ),
        sa.Column("reminded_at", UtcDateTime()),
        sa.Column("nudged_at", UtcDateTime()),
        sa.Column("bounced_at", UtcDateTime()),
        sa.Column(
            "replaced_at",
            UtcDateTime(),
            sa.CheckConstraint(
                "replaced_at IS NULL OR status IN ('declined', 'cancelled')", name="replaced_at"
            ),
        ),
    )


def upgrade() -> None:
    """Go forward. Who was asked before was told of the waiver as it stands."""
    for column in _of_programs():
        op.add_column("programs", column)
    for column in _of_applications():
        op.add_column("applications", column)
    for column in _of_requests():
        op.add_column("letter_requests", column)
    op.execute(
        "UPDATE letter_requests SET waived = (SELECT applications.waived FROM applications"
        " WHERE applications.id = letter_requests.application_id)"
        " WHERE requested_at IS NOT NULL"
    )


def downgrade() -> None:
    """Go back. What was typed into drafts, and the signatures, are lost."""
    for column in reversed(_of_requests()):
        op.drop_column("letter_requests", column.name)
    for column in reversed(_of_applications()):
        op.drop_column("applications", column.name)
    for column in reversed(_of_programs()):
        op.drop_column("programs", column.name)
