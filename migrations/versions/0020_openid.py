"""Who signs in by OpenID Connect is known by their account there."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INDEX = "ix_coordinators_openid"


def upgrade() -> None:
    """Go forward."""
    op.add_column("coordinators", sa.Column("openid_issuer", sa.String(300)))
    op.add_column("coordinators", sa.Column("openid_subject", sa.String(300)))
    op.create_index(INDEX, "coordinators", ["openid_issuer", "openid_subject"], unique=True)


def downgrade() -> None:
    """Go back. The next time, the address says who somebody is."""
    op.drop_index(INDEX, "coordinators")
    op.drop_column("coordinators", "openid_subject")
    op.drop_column("coordinators", "openid_issuer")
