"""What was done to reports lately, so that it is not done twice."""

import sqlalchemy as sa
from alembic import op

from service.store.base import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_marks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_marks")),
    )
    op.create_index(
        op.f("ix_report_marks_expires_at"), "report_marks", ["expires_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_report_marks_expires_at"), table_name="report_marks")
    op.drop_table("report_marks")
