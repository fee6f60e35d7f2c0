"""Applications are found by their applicant's mailbox, for who lost the link."""

import sqlalchemy as sa
from alembic import op

from letters.domain.text import mailbox_key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEX = "ix_applications_applicant_key"


def upgrade() -> None:
    """Go forward. Every application that is there gets the key of its applicant's address."""
    op.add_column(
        "applications",
        sa.Column("applicant_key", sa.String(length=254), nullable=False, server_default=""),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, applicant_email FROM applications")).all()
    if rows:
        connection.execute(
            sa.text("UPDATE applications SET applicant_key = :key WHERE id = :id"),
            [{"id": row.id, "key": mailbox_key(row.applicant_email)} for row in rows],
        )
    op.create_index(INDEX, "applications", ["applicant_key"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(INDEX, "applications")
    op.drop_column("applications", "applicant_key")
