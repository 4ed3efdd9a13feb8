"""Figures of what waits in the database, looked up now and then.

They are the same from every process on one database. While it is away only ``lurewatch_store_up``
is told, which is 0: an old number would be taken for a new one.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.observing.living import gauge
from service.observing.stages import watched
from service.store import Database
from service.store.base import now
from service.store.tables import Delivery, StoredAd, Submission, WebhookEndpoint

KEPT_S = 10.0
"""How old figures may be: several scrapers, or one in a hurry, are one question."""

PATIENCE_S = 3.0
"""How long a scrape waits for the database; scrapers give up after ten seconds."""

Figures = dict[str, float]

log = logging.getLogger(__name__)


class Stored(Collector):
    """What was found last."""

    def __init__(self) -> None:
        self._found: Figures | None = None
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[Figures] | None = None

    async def refresh(self, database: Database) -> None:
        """Look, where the last look is too old. Never raises, never waits long; one look at a time,
        so that a database that hangs is not asked by ever more."""
        if self._asking is None:
            if time.monotonic() - self._asked_at < KEPT_S:
                return
            with watched(None):  # a scrape does not count itself
                self._asking = asyncio.create_task(database.read(look, now()))
        asking = self._asking
        done, _ = await asyncio.wait([asking], timeout=PATIENCE_S)
        if not done:
            self._found = None
            return
        if self._asking is not asking:  # another scrape waited for it too, and has its answer
            return
        self._asking = None
        self._asked_at = time.monotonic()
        try:
            self._found = asking.result()
        except Exception:  # a scrape never fails with the database
            if self._found is not None:
                log.exception("figures not read from the database")
            self._found = None

    def collect(self) -> Iterator[Metric]:
        """The figures, and whether they could be read."""
        found = self._found
        yield gauge("store_up", "1 while the database answers.", float(found is not None))
        for name, value in (found or {}).items():
            yield gauge(name, WORDS[name], value)

    def describe(self) -> Iterator[Metric]:
        """Nothing before it is asked."""
        return iter(())


WORDS = {
    "submissions_waiting": "Submissions accepted and not yet answered.",
    "submissions_oldest_seconds": "Age of the oldest of them.",
    "webhooks_waiting": "Messages in the outbox that are still to be delivered.",
    "webhooks_oldest_seconds": "Age of the oldest of them.",
    "webhooks_dead": "Messages given up, until they expire or are sent once more.",
    "webhook_endpoints_disabled": "Endpoints to which nothing is sent any more.",
    "review_open": "Ads in the review queue that nobody has judged.",
    "review_oldest_seconds": "Age of the oldest of them.",
}


def look(session: Session, moment: datetime) -> Figures:
    """All figures, in one transaction."""
    queued = select(func.count(), func.min(Submission.created_at)).where(
        Submission.state == "queued"
    )
    pending = select(func.count(), func.min(Delivery.created_at)).where(Delivery.state == "pending")
    unjudged = select(func.count(), func.min(StoredAd.created_at)).where(
        StoredAd.queue == "open", StoredAd.expires_at > moment
    )
    figures: Figures = {}
    for waiting, oldest, query in (
        ("submissions_waiting", "submissions_oldest_seconds", queued),
        ("webhooks_waiting", "webhooks_oldest_seconds", pending),
        ("review_open", "review_oldest_seconds", unjudged),
    ):
        count, since = session.execute(query).one()
        figures[waiting] = count
        figures[oldest] = 0.0 if since is None else max(0.0, (moment - since).total_seconds())
    dead = select(func.count()).where(Delivery.state == "dead")
    disabled = select(func.count()).where(WebhookEndpoint.disabled_at.is_not(None))
    figures["webhooks_dead"] = session.scalar(dead) or 0
    figures["webhook_endpoints_disabled"] = session.scalar(disabled) or 0
    return figures
