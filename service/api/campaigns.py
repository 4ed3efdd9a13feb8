"""``/v1/campaigns``: ads that share a template or a contact, for reviewers."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from service.access import Caller, Scope, needs
from service.api.openapi import problems
from service.campaigns import browse
from service.campaigns.shapes import CampaignDetail, CampaignList, CampaignQuery
from service.errors import UnknownId
from service.runtime import runtime_of
from service.store.base import now

CAMPAIGN_ID = re.compile(r"cam_[0-9a-f]{32}")

router = APIRouter(tags=["review"])

Reviewing = Annotated[Caller, Depends(needs(Scope.REVIEW))]


@router.get("/v1/campaigns", responses=problems(401, 403, 422, 503))
async def campaigns(
    request: Request, asked: Annotated[CampaignQuery, Query()], caller: Reviewing
) -> CampaignList:
    """Campaigns, the largest first or those that grow most; there are some only where campaigns are
    counted. A campaign is no accusation: an agency that posts one honest ad in forty groups has
    one. Look at what its ads say."""
    runtime = runtime_of(request)
    return CampaignList(campaigns=await runtime.database.read(browse.page, asked, now()))


@router.get("/v1/campaigns/{campaign_id}", responses=problems(401, 403, 404, 422, 503))
async def campaign(request: Request, campaign_id: str, caller: Reviewing) -> CampaignDetail:
    """One campaign by days, with its ads that are kept. Their texts, where a reviewer may see them,
    are at `GET /v1/queue/{ad_id}`."""
    if not CAMPAIGN_ID.fullmatch(campaign_id):
        raise UnknownId("campaign")
    return await runtime_of(request).database.read(browse.one, campaign_id, now())
