"""The first tables."""

import sqlalchemy as sa
from alembic import op

from service.store.base import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("submission", sa.String(), nullable=True),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("platform", sa.String(), nullable=True),
        sa.Column("surface", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("harm", sa.String(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uncertainty", sa.Double(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ads")),
    )
    op.create_index(op.f("ix_ads_author"), "ads", ["author"], unique=False)
    op.create_index(op.f("ix_ads_campaign"), "ads", ["campaign"], unique=False)
    op.create_index(op.f("ix_ads_expires_at"), "ads", ["expires_at"], unique=False)
    op.create_index(op.f("ix_ads_external_id"), "ads", ["external_id"], unique=False)
    op.create_index("ix_ads_queue", "ads", ["queue", "rank"], unique=False)
    op.create_index(op.f("ix_ads_submission"), "ads", ["submission"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ads", sa.Integer(), nullable=False),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(op.f("ix_campaigns_ads"), "campaigns", ["ads"], unique=False)
    op.create_index(op.f("ix_campaigns_last_seen"), "campaigns", ["last_seen"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due", "deliveries", ["endpoint", "state", "due_at"], unique=False
    )
    op.create_index(op.f("ix_deliveries_submission"), "deliveries", ["submission"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("ad", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("harms", sa.JSON(), nullable=False),
        sa.Column("wrong_spans", sa.JSON(), nullable=True),
        sa.Column("missed_spans", sa.JSON(), nullable=True),
        sa.Column("overturned", sa.Boolean(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=True),
        sa.Column("surface", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_about", "feedback", ["about", "created_at"], unique=False)
    op.create_index(op.f("ix_feedback_ad"), "feedback", ["ad"], unique=False)
    op.create_index(op.f("ix_feedback_author"), "feedback", ["author"], unique=False)
    op.create_index(op.f("ix_feedback_created_at"), "feedback", ["created_at"], unique=False)
    op.create_index(op.f("ix_feedback_expires_at"), "feedback", ["expires_at"], unique=False)
    op.create_index(op.f("ix_feedback_external_id"), "feedback", ["external_id"], unique=False)
    op.create_index(op.f("ix_feedback_reviewer"), "feedback", ["reviewer"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("ad", sa.String(), nullable=True),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("day", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("code", name=op.f("uq_reports_code")),
    )
    op.create_index(op.f("ix_reports_campaign"), "reports", ["campaign"], unique=False)
    op.create_index(op.f("ix_reports_expires_at"), "reports", ["expires_at"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("webhook", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ads", sa.Integer(), nullable=False),
        sa.Column("chars", sa.Integer(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=True),
        sa.Column("results", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_submissions_idempotency_key")),
    )
    op.create_index("ix_submissions_due", "submissions", ["state", "created_at"], unique=False)
    op.create_index(op.f("ix_submissions_expires_at"), "submissions", ["expires_at"], unique=False)
    op.create_table(
        "webhook_endpoints",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("paused_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "campaign_hours",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("hour", Instant(), nullable=False),
        sa.Column("ads", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaigns.id"],
            name=op.f("fk_campaign_hours_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign", "hour", name=op.f("pk_campaign_hours")),
    )
    op.create_index(op.f("ix_campaign_hours_hour"), "campaign_hours", ["hour"], unique=False)
    op.create_table(
        "campaign_keys",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaigns.id"],
            name=op.f("fk_campaign_keys_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_campaign_keys")),
    )
    op.create_index(op.f("ix_campaign_keys_campaign"), "campaign_keys", ["campaign"], unique=False)
    op.create_index(
        op.f("ix_campaign_keys_last_seen"), "campaign_keys", ["last_seen"], unique=False
    )
    op.create_table(
        "campaign_templates",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["campaigns.id"],
            name=op.f("fk_campaign_templates_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_templates")),
    )
    op.create_index(
        op.f("ix_campaign_templates_campaign"), "campaign_templates", ["campaign"], unique=False
    )
    op.create_index(
        op.f("ix_campaign_templates_last_seen"), "campaign_templates", ["last_seen"], unique=False
    )
    op.create_table(
        "report_parts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report"], ["reports.id"], name=op.f("fk_report_parts_report"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_parts")),
    )
    op.create_index(op.f("ix_report_parts_report"), "report_parts", ["report"], unique=False)
    op.create_table(
        "campaign_bands",
        sa.Column(
            "band",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("template", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["template"],
            ["campaign_templates.id"],
            name=op.f("fk_campaign_bands_template"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("band", name=op.f("pk_campaign_bands")),
    )
    op.create_index(
        op.f("ix_campaign_bands_template"), "campaign_bands", ["template"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_campaign_bands_template"), table_name="campaign_bands")
    op.drop_table("campaign_bands")
    op.drop_index(op.f("ix_report_parts_report"), table_name="report_parts")
    op.drop_table("report_parts")
    op.drop_index(op.f("ix_campaign_templates_last_seen"), table_name="campaign_templates")
    op.drop_index(op.f("ix_campaign_templates_campaign"), table_name="campaign_templates")
    op.drop_table("campaign_templates")
    op.drop_index(op.f("ix_campaign_keys_last_seen"), table_name="campaign_keys")
    op.drop_index(op.f("ix_campaign_keys_campaign"), table_name="campaign_keys")
    op.drop_table("campaign_keys")
    op.drop_index(op.f("ix_campaign_hours_hour"), table_name="campaign_hours")
    op.drop_table("campaign_hours")
    op.drop_table("webhook_endpoints")
    op.drop_index(op.f("ix_submissions_expires_at"), table_name="submissions")
    op.drop_index("ix_submissions_due", table_name="submissions")
    op.drop_table("submissions")
    op.drop_index(op.f("ix_reports_expires_at"), table_name="reports")
    op.drop_index(op.f("ix_reports_campaign"), table_name="reports")
    op.drop_table("reports")
    op.drop_index(op.f("ix_feedback_reviewer"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_external_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_expires_at"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_created_at"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_author"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_ad"), table_name="feedback")
    op.drop_index("ix_feedback_about", table_name="feedback")
    op.drop_table("feedback")
    op.drop_index(op.f("ix_deliveries_submission"), table_name="deliveries")
    op.drop_index("ix_deliveries_due", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_campaigns_last_seen"), table_name="campaigns")
    op.drop_index(op.f("ix_campaigns_ads"), table_name="campaigns")
    op.drop_table("campaigns")
    op.drop_table("api_keys")
    op.drop_index(op.f("ix_ads_submission"), table_name="ads")
    op.drop_index("ix_ads_queue", table_name="ads")
    op.drop_index(op.f("ix_ads_external_id"), table_name="ads")
    op.drop_index(op.f("ix_ads_expires_at"), table_name="ads")
    op.drop_index(op.f("ix_ads_campaign"), table_name="ads")
    op.drop_index(op.f("ix_ads_author"), table_name="ads")
    op.drop_table("ads")
