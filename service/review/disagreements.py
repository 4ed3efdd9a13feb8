"""Ads on which reviewers differ, with the words of each: what a team settles, and learns its rules
from."""

from collections.abc import Sequence

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from service.api.reviewing import Disagreement, WordOut
from service.review.agreement import agreed_kind, differ, latest
from service.review.places import Place, text_of
from service.review.subject import opened
from service.store import Vault
from service.store.base import now
from service.store.tables import Feedback

STEP = 200
"""Ads looked at in one query."""


def page(
    session: Session, vault: Vault, after: Place | None, limit: int
) -> tuple[list[Disagreement], str | None]:
    """Some of them, the one with the newest word first, and the ``after`` of the next page."""
    found: list[tuple[Place, list[Feedback]]] = []
    while len(found) <= limit:
        places = candidates(session, after)
        words = words_on(session, [about for _, _, about in places])
        for place in places:
            counting = latest(words[place[2]])
            if differ(counting):
                found.append((place, counting))
        if len(places) < STEP:
            break
        after = places[-1]
    kept = found[:limit]
    following = text_of(kept[-1][0]) if len(found) > limit else None
    return [shown(words, vault) for _, words in kept], following


def candidates(session: Session, after: Place | None) -> list[Place]:
    """Ads of which two reviewers have spoken, not all words being the same."""
    last = func.max(Feedback.created_at)
    wanted = (
        select(last, Feedback.about)
        .where(Feedback.expires_at > now())
        .group_by(Feedback.about)
        .having(
            func.count(Feedback.reviewer.distinct()) > 1,
            or_(
                func.count(Feedback.kind.distinct()) > 1,
                func.count(cast(Feedback.harms, String).distinct()) > 1,
            ),
        )
        .order_by(last.desc(), Feedback.about)
        .limit(STEP)
    )
    if after is not None:
        _, moment, about = after
        wanted = wanted.having(
            or_(last < moment, and_(last == moment, Feedback.about > about))
        )  # fmt: skip
    return [(0, moment, about) for moment, about in session.execute(wanted)]


def words_on(session: Session, abouts: Sequence[str]) -> dict[str, list[Feedback]]:
    """Every word on each of the ads, the oldest first."""
    found: dict[str, list[Feedback]] = {about: [] for about in abouts}
    rows = session.scalars(
        select(Feedback)
        .where(Feedback.about.in_(abouts), Feedback.expires_at > now())
        .order_by(Feedback.about, Feedback.created_at, Feedback.id)
    )
    for row in rows:
        found[row.about].append(row)
    return found


def shown(counting: Sequence[Feedback], vault: Vault) -> Disagreement:
    """As it is answered."""
    row = max(counting, key=lambda word: word.content is not None)
    content, _ = opened(row, vault)
    return Disagreement.model_validate(
        {
            "about": row.about,
            "ad_id": row.ad,
            "external_id": row.external_id,
            **(content or {"text": None, "title": None, "thread": []}),
            "language": row.language,
            "platform": row.platform,
            "surface": row.surface,
            "score": row.score,
            "decision": row.decision,
            "model": row.model,
            "agreed": agreed_kind(counting),
            "words": [word_out(word) for word in counting],
        }
    )


def word_out(word: Feedback) -> WordOut:
    """A word as it is answered."""
    return WordOut.model_validate(
        {name: getattr(word, name) for name in WordOut.model_fields}, from_attributes=False
    )
