"""Every table. Importing this module is what makes the registry complete."""

from service.store.tables.ads import StoredAd
from service.store.tables.audit import AuditEntry
from service.store.tables.campaigns import (
    Campaign,
    CampaignBand,
    CampaignHour,
    CampaignKey,
    CampaignTemplate,
)
from service.store.tables.feedback import Feedback
from service.store.tables.incidents import Incident, IncidentExample
from service.store.tables.keys import ApiKey
from service.store.tables.reports import Report, ReportMark, ReportPart
from service.store.tables.submissions import Submission
from service.store.tables.webhooks import Delivery, WebhookEndpoint

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Campaign",
    "CampaignBand",
    "CampaignHour",
    "CampaignKey",
    "CampaignTemplate",
    "Delivery",
    "Feedback",
    "Incident",
    "IncidentExample",
    "Report",
    "ReportMark",
    "ReportPart",
    "StoredAd",
    "Submission",
    "WebhookEndpoint",
]
