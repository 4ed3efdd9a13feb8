"""Incidents."""

import sqlalchemy as sa
from alembic import op

from service.store.base import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.LargeBinary(), nullable=False),
        sa.Column("harms", sa.JSON(), nullable=False),
        sa.Column("false_positive_rate", sa.Double(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_incidents")),
    )
    op.create_index(op.f("ix_incidents_expires_at"), "incidents", ["expires_at"], unique=False)
    op.create_table(
        "incident_examples",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("ad", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("bundle", sa.String(), nullable=False),
        sa.Column("learnt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident"],
            ["incidents.name"],
            name=op.f("fk_incident_examples_incident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_examples")),
    )
    for column in ("incident", "external_id", "ad", "author"):
        op.create_index(
            op.f(f"ix_incident_examples_{column}"), "incident_examples", [column], unique=False
        )


def downgrade() -> None:
    for column in ("author", "ad", "external_id", "incident"):
        op.drop_index(op.f(f"ix_incident_examples_{column}"), table_name="incident_examples")
    op.drop_table("incident_examples")
    op.drop_index(op.f("ix_incidents_expires_at"), table_name="incidents")
    op.drop_table("incidents")
