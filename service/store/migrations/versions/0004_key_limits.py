"""A key's own limit, the day of its last use, and the key that took its place."""

import sqlalchemy as sa
from alembic import op

from service.store.base import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("ads_per_minute", sa.Integer(), nullable=True))
    op.add_column("api_keys", sa.Column("last_used", Instant(), nullable=True))
    op.add_column("api_keys", sa.Column("replaced_by", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("api_keys", "replaced_by")
    op.drop_column("api_keys", "last_used")
    op.drop_column("api_keys", "ads_per_minute")
