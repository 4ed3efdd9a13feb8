"""Erasing ads: everything that is kept of them, wherever it is kept.

An answer to a submission is written once and never changed, with this one exception: the part on an
erased ad is taken out of it, and out of messages to webhooks that are not delivered yet. Ads that
wait for an answer are taken out before (:mod:`service.review.unanswered`). Answers and messages are
found by the ad's row, which retention keeps as long as there are any. Out of reach are a message
that is just being sent, and what a receiver was told before.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from sqlalchemy import ColumnElement, CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute as Column
from sqlalchemy.orm import Session

from service.api.reviewing import EraseRequest
from service.api.schemas import AdIn
from service.incidents import registry as incidents
from service.review.unanswered import erase_unanswered
from service.store import Database, Vault
from service.store.base import now
from service.store.retention import sealed_bytes
from service.store.tables import (
    Delivery,
    Feedback,
    IncidentExample,
    Report,
    StoredAd,
    Submission,
)

BATCH = 200
"""Ads of one transaction: an author may have thousands, and others want to write meanwhile."""

BATCH_BYTES = 8 * 2**20
"""What is sealed in them and in the answers and messages that they stand in, which are all opened,
together: 200 ads may stand in as many answers of a megabyte. One ad is erased whatever it takes."""

GONE: dict[str, Any] = {"id": None, "erased": True}
"""What stands in the place of an erased ad's answer, so that the others keep theirs."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Which ads: all those that match one of these."""

    author: str | None = None
    """Keyed hash."""

    external_ids: tuple[str, ...] = ()
    ad_ids: tuple[str, ...] = ()

    @classmethod
    def of_request(cls, given: EraseRequest, vault: Vault) -> "Whose":
        """As the database has it."""
        return cls(
            vault.author(given.author_id),
            given.external_ids or (),
            given.ad_ids or (),
        )

    def ads(self) -> ColumnElement[bool]:
        """Those ads."""
        return self._matching(StoredAd.author, StoredAd.external_id, StoredAd.id)

    def is_whose(self, vault: Vault, ad: AdIn) -> bool:
        """Whether an ad that has no id of ours yet is one of them."""
        theirs = ad.id is not None and ad.id in self.external_ids
        return theirs or (self.author is not None and vault.author(ad.author_id) == self.author)

    def words(self) -> ColumnElement[bool]:
        """What was said of them, also of those that have expired or were never kept."""
        return self._matching(Feedback.author, Feedback.external_id, Feedback.ad)

    def examples(self) -> ColumnElement[bool]:
        """Those ads as examples of incidents."""
        return self._matching(
            IncidentExample.author, IncidentExample.external_id, IncidentExample.ad
        )

    def _matching(
        self, author: Column[str | None], external_id: Column[str | None], ad_id: Column[Any]
    ) -> ColumnElement[bool]:
        # A list, also for the author: to be equal to None means to have no author.
        authors = [] if self.author is None else [self.author]
        return or_(
            author.in_(authors), external_id.in_(self.external_ids), ad_id.in_(self.ad_ids)
        )  # fmt: skip


Note = Callable[[Session, Counter[str]], object]
"""Tells how much one transaction erases, within it, so that nothing is gone untold."""


async def erase(
    database: Database, vault: Vault, whose: Whose, note: Note = lambda session, done: None
) -> Counter[str]:
    """Erase until nothing is left; gives how much of each. Broken off half-way, what is erased
    stays erased, and the same again does the rest. ``note`` is called in each transaction that
    erases something, and once where there was nothing to erase."""
    total: Counter[str] = Counter()

    def erase_noted(session: Session) -> Counter[str]:
        done = erase_some(session, vault, whose)
        if done.total() or not total["ads"]:
            note(session, done)
        return done

    if whose.author is not None or whose.external_ids:  # first: what waits may be answered now
        theirs = partial(whose.is_whose, vault)
        total.update(await erase_unanswered(database, vault, theirs, note))
    while True:
        done = await database.write(erase_noted)
        total.update(done)
        if not done["ads"]:
            return total


def erase_some(session: Session, vault: Vault, whose: Whose, batch: int = BATCH) -> Counter[str]:
    """Up to ``batch`` of the ads, and no more than :data:`BATCH_BYTES` allow, with all that hangs
    on them, and all words on any of them."""
    found = session.execute(
        select(StoredAd.id, StoredAd.submission, sealed_bytes(StoredAd).label("bytes"))
        .where(whose.ads())
        .order_by(StoredAd.id)
        .limit(batch)
        .with_for_update()
    ).all()
    held = bytes_held(session, sorted({row.submission for row in found} - {None}))
    ads, submissions = [], list[str]()
    room = BATCH_BYTES
    for row in sorted(found, key=lambda row: row.submission or ""):
        if room <= 0:
            break
        ads.append(row.id)
        room -= row.bytes
        if row.submission is not None and row.submission not in submissions[-1:]:
            submissions.append(row.submission)
            room -= held[row.submission]
    done = Counter[str]()
    done["results"] = out_of_results(session, vault, submissions, ads)
    done["deliveries"] = out_of_deliveries(session, vault, submissions, ads)
    done["reports"] = touched(
        session.execute(update(Report).where(Report.ad.in_(ads)).values(ad=None))
    )
    shown = or_(whose.examples(), IncidentExample.ad.in_(ads))
    done["incident_examples"] = incidents.erase(session, shown, now())
    done["feedback"] = touched(
        session.execute(delete(Feedback).where(or_(whose.words(), Feedback.ad.in_(ads))))
    )
    done["ads"] = touched(session.execute(delete(StoredAd).where(StoredAd.id.in_(ads))))
    return done


def bytes_held(session: Session, submissions: Sequence[str]) -> Counter[str]:
    """Of the answers of submissions and of the messages on them."""
    held = Counter[str]()
    for table, key in ((Submission, Submission.id), (Delivery, Delivery.submission)):
        sizes = select(key, func.sum(sealed_bytes(table))).where(key.in_(submissions)).group_by(key)
        for name, size in session.execute(sizes):
            held[str(name)] += int(size)
    return held


def out_of_results(
    session: Session, vault: Vault, submissions: Sequence[str], ads: Collection[str]
) -> int:
    """Take the ads out of answers; gives the number of answers."""
    rows = session.scalars(
        select(Submission)
        .where(Submission.id.in_(submissions), Submission.results.is_not(None))
        .order_by(Submission.id)
        .with_for_update()
    )
    changed = 0
    for row in rows:
        assert row.results is not None
        less = without(vault.unseal_bytes(row.results), ads)
        if less is not None:
            row.results = vault.seal_bytes(less)
            changed += 1
    return changed


def out_of_deliveries(
    session: Session, vault: Vault, submissions: Sequence[str], ads: Collection[str]
) -> int:
    """Take the ads out of messages; gives the number of messages. Delivered ones are empty."""
    rows = session.scalars(
        select(Delivery)
        .where(Delivery.submission.in_(submissions), Delivery.state != "delivered")
        .order_by(Delivery.id)
        .with_for_update()
    )
    changed = 0
    for row in rows:
        less = without(vault.unseal_bytes(row.payload), ads) if row.payload else None
        if less is not None:
            row.payload = vault.seal_bytes(less)
            changed += 1
    return changed


def without(content: bytes, ads: Collection[str]) -> bytes | None:
    """JSON in which answers on these ads are gone; ``None`` where it holds none."""
    value = orjson.loads(content)
    less = cleared(value, frozenset(ads))
    return None if less == value else orjson.dumps(less)


def cleared(value: Any, ads: frozenset[str]) -> Any:
    """The same, :data:`GONE` in the place of each answer on one of the ads."""
    if isinstance(value, dict):
        if value.get("ad_id") in ads:
            return GONE
        return {key: cleared(item, ads) for key, item in value.items()}
    if isinstance(value, list):
        return [cleared(item, ads) for item in value]
    return value


def touched(result: object) -> int:
    """Rows that a statement changed."""
    assert isinstance(result, CursorResult)
    return int(result.rowcount)
