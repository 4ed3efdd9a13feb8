"""The order of the queue for labelling sessions: which waiting ads teach the model most.

For learning alone. What protects people is the usual order, the greatest harm first; an ad that may
cost somebody their freedom can stand last here, since the model knows its kind.

Nothing is kept for it. Of all ads that wait, those of most value by score, campaign and language
are listed; the best of them and the latest labelled ads are read by the model again, from their
redacted text, to see how alike they are. :mod:`models.picking` says how value is counted.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from models.ad import Ad
from models.embedding import Floats
from models.picking import (
    CANDIDATES,
    WEIGHTS,
    Pick,
    Waiting,
    margin_of,
    pick,
    picked,
    shortlist,
)
from service.api.reviewing import Learning, LearningReason, QueuedAd, QueueFilter
from service.campaigns.browse import growth
from service.campaigns.known import portions
from service.engine import Engine
from service.language_tags import primary
from service.review.content import Content
from service.review.queue import open_ads
from service.review.subject import opened
from service.store import Database, Vault
from service.store.base import now
from service.store.tables import CampaignHour, Feedback, StoredAd

LISTED = 5000
"""Ads, one of a campaign, that are looked at: those without a labelled copy first, then the least
sure."""

KNOWN = 100
"""Latest labelled ads that the others are compared with, beside the bundle's background."""

AT_ONCE = 8
"""Ads that are handed to the model together: those who score are not refused for a labelling
session."""

DAY = timedelta(hours=24)

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The shortlist, and what it is compared with."""

    ids: list[str]
    waiting: Waiting
    contents: list[Content]
    known: list[Content]
    labels: dict[str, int]
    """By language."""


@dataclass(frozen=True, slots=True)
class Picked:
    """An ad that was picked."""

    ad_id: str
    learning: Learning


async def picks(
    engine: Engine,
    database: Database,
    vault: Vault,
    which: QueueFilter,
    reviewer: str | None,
    count: int,
    free: bool = False,
    progress: Progress | None = None,
) -> list[Picked]:
    """The ads to label next, the one that teaches most first. ``free``: of those that nobody has on
    the desk; ``progress`` is told how many texts were read. Raises
    :class:`~service.errors.Overloaded` where scoring leaves no room."""
    found = await database.read(
        candidates, vault, which, reviewer, max(CANDIDATES, count), fitted_of(engine), free
    )
    if not found.ids:
        return []
    if engine.background is None:
        chosen = picked(found.waiting, None, None, found.labels, count, WEIGHTS)
    else:
        embeddings = await embedded(engine, [*found.contents, *found.known], progress)
        places = engine.background.place(embeddings)
        own = len(found.contents)
        known = np.concatenate([engine.background.places, places[own:]])
        chosen = pick(found.waiting, places[:own], known, found.labels, count)
    return [Picked(found.ids[one.index], learning(one, found.waiting)) for one in chosen]


def fitted_of(engine: Engine) -> dict[str, int]:
    """Texts by language of the bundle's background: a part of what its labels are known of."""
    return {} if engine.background is None else dict(Counter(engine.background.languages.tolist()))


async def embedded(
    engine: Engine, contents: Sequence[Content], progress: Progress | None
) -> Floats:
    """``(texts, hidden)``."""
    found = []
    for low in range(0, len(contents), AT_ONCE):
        some = [ad_of(content) for content in contents[low : low + AT_ONCE]]
        for scored in await engine.scorer.score(some):
            assert scored.logits.embedding is not None
            found.append(scored.logits.embedding)
        if progress is not None:
            progress(len(some))
    return np.stack(found)


def ad_of(content: Content) -> Ad:
    """An ad as it was kept."""
    turns = content["thread"]
    own = frozenset(i for i, turn in enumerate(turns) if turn["role"] == "own")
    return Ad(content["text"], content["title"], tuple(t["text"] for t in turns), own=own)


def candidates(
    session: Session, vault: Vault, which: QueueFilter, reviewer: str | None, count: int,
    fitted: Mapping[str, int], free: bool,
) -> Candidates:  # fmt: skip
    """The shortlist of what waits now."""
    moment = now()
    ids, waiting = listed(session, which, reviewer, moment, free)
    labels = Counter(fitted) + labels_by_language(session)
    few = shortlist(waiting, labels, count)
    names = [ids[i] for i in few]
    sealed: dict[str, bytes | None] = {}
    for some in portions(names):
        rows = session.execute(select(StoredAd.id, StoredAd.content).where(StoredAd.id.in_(some)))
        sealed.update(rows.all())
    kept = [(i, content) for i, name in zip(few, names, strict=True) if (content := sealed[name])]
    return Candidates(
        [ids[i] for i, _ in kept],
        waiting.only(np.array([i for i, _ in kept], dtype=np.intp)),
        [vault.unseal(content) for _, content in kept],
        latest_labelled(session, vault),
        labels,
    )


def listed(
    session: Session, which: QueueFilter, reviewer: str | None, moment: datetime, free: bool
) -> tuple[list[str], Waiting]:
    """Ids and columns of ads that wait, the least sure one of each campaign."""
    desk = and_(StoredAd.claimed_until.is_not(None), StoredAd.claimed_until > moment)
    labelled = select(Feedback.campaign).where(Feedback.campaign.is_not(None))
    on_desk = select(StoredAd.campaign).where(StoredAd.campaign.is_not(None), desk)
    spoken = or_(
        exists().where(Feedback.ad == StoredAd.id),
        StoredAd.campaign.in_(labelled),
        StoredAd.campaign.in_(on_desk),
    )
    copies = func.coalesce(StoredAd.campaign, StoredAd.id)
    order = StoredAd.uncertainty.desc(), StoredAd.created_at, StoredAd.id
    wanted = open_ads(which, reviewer, moment)
    if free:
        wanted = wanted.where(~desk)
    ads = wanted.with_only_columns(
        StoredAd.id, StoredAd.uncertainty, StoredAd.language, StoredAd.campaign,
        StoredAd.created_at, case((spoken, 1), else_=0).label("spoken"),
        func.row_number().over(partition_by=copies, order_by=order).label("copy"),
    ).subquery()  # fmt: skip
    rows = session.execute(
        select(ads.c.id, ads.c.uncertainty, ads.c.language, ads.c.campaign, ads.c.spoken)
        .where(ads.c.copy == 1)
        .order_by(ads.c.spoken, ads.c.uncertainty.desc(), ads.c.created_at, ads.c.id)
        .limit(LISTED)
    ).all()
    recent: dict[str, int] = {}
    for some in portions({row.campaign for row in rows if row.campaign is not None}):
        grown = growth(moment, DAY).where(CampaignHour.campaign.in_(some))
        recent.update(session.execute(grown).all())
    return [row.id for row in rows], Waiting(
        unsure=np.array([row.uncertainty for row in rows], dtype=np.float64),
        languages=[primary(row.language) for row in rows],
        campaigns=[row.campaign for row in rows],
        recent=np.array([recent.get(row.campaign, 0) for row in rows], dtype=np.float64),
        spoken=np.array([row.spoken for row in rows], dtype=bool),
    )


def labels_by_language(session: Session) -> Counter[str]:
    """Ads that somebody spoke of, by primary language."""
    rows = session.execute(
        select(Feedback.language, func.count(Feedback.about.distinct())).group_by(Feedback.language)
    )
    found: Counter[str] = Counter()
    for language, count in rows:
        found[primary(language)] += count
    return found


def latest_labelled(session: Session, vault: Vault) -> list[Content]:
    """Of the ads that were spoken of last, with their text."""
    last = (
        select(func.max(Feedback.id).label("id"))  # any of the words: they share the text
        .where(Feedback.content.is_not(None))
        .group_by(Feedback.about)
        .order_by(func.max(Feedback.created_at).desc())
        .limit(KNOWN)
        .subquery()
    )
    rows = session.scalars(select(Feedback).join(last, last.c.id == Feedback.id))
    contents = [opened(row, vault)[0] for row in rows]
    return [content for content in contents if content is not None]


def learning(one: Pick, waiting: Waiting) -> Learning:
    """What is said of a pick: what raised it above those that waited, the most first."""
    language, recent = waiting.languages[one.index], int(waiting.recent[one.index])
    margin = margin_of(one.parts["unsure"])
    words = {
        "unsure": f"its score is {margin:.2f} logits from a threshold",
        "rare_language": f"{one.labels} labelled texts in {language}",
        "growing": f"its campaign had {recent} ads in the last 24 hours",
    }
    if one.similarity is not None:
        words["novel"] = (
            f"the nearest text that was labelled or picked has a similarity of {one.similarity:.2f}"
        )
    raised = sorted(words, key=lambda name: -one.factors[name])
    most = max(words, key=lambda name: one.parts[name])  # of one that nothing raised
    reasons = [name for name in raised if one.factors[name] > 0] or [most]
    return Learning(
        value=round(one.value, 4),
        reasons=[
            LearningReason.model_validate(
                {"reason": name, "value": round(one.parts[name], 4), "words": words[name]}
            )
            for name in reasons
        ],
    )


def told(ads: Sequence[QueuedAd], chosen: Sequence[Picked]) -> list[QueuedAd]:
    """The ads, each with why it was picked."""
    why = {one.ad_id: one.learning for one in chosen}
    return [ad.model_copy(update={"learning": why[ad.ad_id]}) for ad in ads]
