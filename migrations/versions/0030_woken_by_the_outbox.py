"""Workers are woken when a mail was queued, and find the oldest one by an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

QUEUED = sa.text("status = 'queued'")


def upgrade() -> None:
    """Go forward."""
    _replace_index(["not_before", "id"])
    if op.get_bind().dialect.name == "postgresql":
        _notify()


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER outbox_queued ON outbox")
        op.execute("DROP TRIGGER outbox_queued_again ON outbox")
        op.execute("DROP FUNCTION tell_of_queued_mail()")
    _replace_index(["not_before"])


def _replace_index(columns: list[str]) -> None:
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index(
        "ix_outbox_due", "outbox", columns, postgresql_where=QUEUED, sqlite_where=QUEUED
    )


def _notify() -> None:
    """PostgreSQL tells of it when the transaction commits, and of a rolled back one never."""
    op.execute(
        "CREATE FUNCTION tell_of_queued_mail() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('letters_outbox', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER outbox_queued AFTER INSERT ON outbox "
        "FOR EACH STATEMENT EXECUTE FUNCTION tell_of_queued_mail()"
    )
    op.execute(
        "CREATE TRIGGER outbox_queued_again AFTER UPDATE ON outbox FOR EACH ROW "
        "WHEN (OLD.status = 'dead' AND NEW.status = 'queued') "
        "EXECUTE FUNCTION tell_of_queued_mail()"
    )
