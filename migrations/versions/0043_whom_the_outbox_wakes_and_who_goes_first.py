"""What a person just asked for goes first; a mail sent again and an act on many wake a worker."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

AGAIN = (
    "CREATE TRIGGER outbox_queued_again AFTER UPDATE ON outbox FOR EACH ROW "
    "WHEN (OLD.status {} AND NEW.status = 'queued') EXECUTE FUNCTION tell_of_queued_mail()"
)


def upgrade() -> None:
    """Go forward. Of what waits already, nothing is known to have been asked for."""
    op.add_column(
        "outbox", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_outbox_urgent",
        "outbox",
        ["not_before", "id"],
        postgresql_where=sa.text("status = 'queued' AND urgent"),
        sqlite_where=sa.text("status = 'queued' AND urgent = 1"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER outbox_queued_again ON outbox")
        op.execute(AGAIN.format("IN ('dead', 'sent', 'cancelled')"))
        op.execute(
            "CREATE TRIGGER bulk_jobs_queued AFTER INSERT ON bulk_jobs "
            "FOR EACH STATEMENT EXECUTE FUNCTION tell_of_queued_mail()"
        )


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER bulk_jobs_queued ON bulk_jobs")
        op.execute("DROP TRIGGER outbox_queued_again ON outbox")
        op.execute(AGAIN.format("= 'dead'"))
    op.drop_index("ix_outbox_urgent", "outbox")
    op.drop_column("outbox", "urgent")
