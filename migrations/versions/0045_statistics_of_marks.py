"""PostgreSQL learns how few letters are marked: of JSON it guesses that nearly all are."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. SQLite keeps no statistics."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE STATISTICS letters_marks ON (CAST(marks AS VARCHAR)) FROM letters")


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP STATISTICS letters_marks")
