"""Which ad a word names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.labels import Indicator
from service.api.reviewing import Piece, Word
from service.errors import UnknownId
from service.review.subject import Along, Subject, joined, of_along, of_stored, of_word
from service.store import Vault
from service.store.tables import Feedback, StoredAd

AD_ID = re.compile(r"ad_[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word as it came, and the ad that came with it."""

    word: Word
    along: Along | None

    id: str | None = None
    """Of the word, where it must have a certain one; else a new one is made."""

    reviewer: str | None = None
    """Keyed hash of who says so, where it is known already and stands for `word.reviewer`."""

    marked: Mapping[Indicator, Sequence[Piece]] | None = None
    """Every place that shows an indicator, in the ad along: of those that were shown the rest is
    wrong, and what was not shown is missed. It stands for the two of `word`."""

    said_at: datetime | None = None
    """When it was said, where it comes here later."""


def locked(session: Session, words: Sequence[Word], moment: datetime) -> dict[str, StoredAd]:
    """The ads that are named and kept, by our id. Locked in one order, so that of two reviewers who
    speak at once the second one sees the first."""
    ids = {word.ad_id for word in words} - {None}
    theirs = {word.external_id for word in words if word.ad_id is None} - {None}
    alive = StoredAd.expires_at > moment
    named = StoredAd.external_id.in_(theirs)
    newest: dict[str | None, str] = {
        external: ad
        for external, ad in session.execute(
            select(StoredAd.external_id, StoredAd.id)
            .where(named, alive)
            .order_by(StoredAd.created_at, StoredAd.id)
        )
    }
    wanted = ids | set(newest.values())
    rows = session.scalars(
        select(StoredAd)
        .where(StoredAd.id.in_(wanted), alive)
        .order_by(StoredAd.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def subject_of(
    session: Session, vault: Vault, one: Spoken, ads: Mapping[str, StoredAd], moment: datetime
) -> Subject | None:
    """What is known of the ad; ``None`` where it is not kept, and was not given."""
    known = None
    ad, external = one.word.ad_id, one.word.external_id
    if ad is not None:
        stored = ads.get(ad)
    else:
        same = [row for row in ads.values() if row.external_id == external and external is not None]
        stored = max(same, key=lambda row: (row.created_at, row.id), default=None)
    if stored is not None:
        known = of_stored(stored, vault)
    elif ad is not None or external is not None:
        named = Feedback.ad == ad if ad is not None else Feedback.external_id == external
        earlier = session.scalar(
            select(Feedback)
            .where(named, Feedback.expires_at > moment)
            .order_by(Feedback.content.is_(None), Feedback.created_at.desc())
            .limit(1)
        )
        known = None if earlier is None else of_word(earlier, vault)
    if one.along is None:
        return known
    if known is None:  # whatever id was given finds the word again: to be erased, for one
        return replace(of_along(one.along, vault, external), ad=ad)
    return joined(known, one.along, vault)


def checked(ad_id: str) -> str:
    """The same id, if it has the form of ours. Raises :class:`~service.errors.UnknownId`."""
    if not AD_ID.fullmatch(ad_id):
        raise UnknownId("ad")
    return ad_id


def place(position: int, word: Word) -> str:
    """Where the id stands in the request."""
    return f"/feedback/{position}/{'ad_id' if word.ad_id is not None else 'external_id'}"
