"""The audit trail, and the incident that an ad is likest."""

import sqlalchemy as sa
from alembic import op

from service.store.base import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXED = ("at", "act", "ad", "word", "expires_at")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("ad", sa.String(), nullable=True),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_actor", "audit", ["actor", "at"], unique=False)
    for column in INDEXED:
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column], unique=False)
    op.add_column("ads", sa.Column("incident", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("ads", "incident")
    for column in reversed(INDEXED):
        op.drop_index(op.f(f"ix_audit_{column}"), table_name="audit")
    op.drop_index("ix_audit_actor", table_name="audit")
    op.drop_table("audit")
