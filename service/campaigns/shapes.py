"""What reviewers are told of campaigns: counts and ids, never a text, a contact or a key."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from models.labels import Kind
from service.api.schemas import Shape
from service.policy.decisions import Decision


class CampaignQuery(Shape):
    """Which campaigns, and how many."""

    order: Literal["ads", "last_24_hours", "last_7_days"] = "ads"
    """The largest first, or those with most ads in that time, and none that had no ad in it."""

    at_least: Annotated[int, Field(ge=1)] = 2
    """Ads that a campaign has. 1: also ads that nothing has joined."""

    limit: Annotated[int, Field(ge=1, le=200)] = 20
    """How many at most."""


class CampaignOut(Shape):
    """Ads that share a template or a contact. Honest employers have campaigns too: verify."""

    id: str
    """As in results and in the queue."""

    ads: int
    """How many were seen."""

    first_seen: datetime
    """Moment of the first ad."""

    last_seen: datetime
    """Moment of the last ad."""

    last_24_hours: int
    """Ads since then, to the hour."""

    last_7_days: int
    """Ads since then, to the hour."""


class CampaignList(Shape):
    """Some campaigns, in the order that was asked for."""

    campaigns: list[CampaignOut]
    """None where no campaign has so many ads."""


class CampaignDay(Shape):
    """One day of a campaign."""

    day: date
    """In UTC."""

    ads: int
    """How many were seen."""


class KeptAd(Shape):
    """An ad of a campaign that is kept: by a submission, or for the review queue."""

    ad_id: str
    """Ours."""

    external_id: str | None
    """Yours."""

    kind: Kind
    """The most probable kind."""

    score: float
    """Calibrated probability that the text is a lure."""

    decision: Decision
    """What was advised."""

    queue: Literal["open", "done"] | None
    """Whether a reviewer is wanted; null: it is not in the queue."""

    created_at: datetime
    """When it was answered."""


class CampaignDetail(CampaignOut):
    """One campaign."""

    days: list[CampaignDay]
    """Days with ads, the oldest first."""

    kept: list[KeptAd]
    """Its ads that are kept, the newest first, 100 at most."""
