"""Copies of the mails about an application are kept, without their links."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "mail_copies",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_id", name="pk_mail_copies"),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name="fk_mail_copies_outbox_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Go back. The copies are lost."""
    op.drop_table("mail_copies")
