"""Decisions that are kept, and what became of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.labels import Kind
from service.errors import NotSupported, UnknownId
from service.review.agreement import agreed_kind, latest
from service.statements.drafting import Answered
from service.store import Vault
from service.store.base import now
from service.store.tables import Feedback, StoredAd

PAGE = 200
"""Ads read at once."""

WAITS = "waits for a reviewer, or reviewers differ"
UNJUDGED = "judge the ad first: what others say of it is not in this draft"

HINT = (
    "; or it was never kept: answers of /v1/score are kept only in the review queue "
    "(LUREWATCH_REVIEW_QUEUE), those of submissions for LUREWATCH_KEEP_RESULTS_HOURS"
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A kept decision and its reviewers' words."""

    answered: Answered
    kind: str | None
    """What more than half of the reviewers call it; ``None`` where none spoke, or they differ."""

    overturned: bool
    """Whether the last word on an appeal took the decision back."""

    @property
    def decision(self) -> str:
        """Ours."""
        return str(self.answered.result["decision"])

    @property
    def cleared(self) -> str | None:
        """Who took the decision back; ``None`` where it stands."""
        if self.overturned:
            return "taken back on appeal"
        if self.kind not in (None, Kind.LURE):
            return "reviewers call it no lure"
        return None

    @property
    def waits(self) -> bool:
        """Whether it restricts nothing yet: ``review`` does once reviewers call the ad a lure."""
        return self.decision == "review" and self.kind is None


def one(session: Session, vault: Vault, ad_id: str, reader: str | None = None) -> Decided:
    """A decision. Raises :class:`~service.errors.UnknownId`, and
    :class:`~service.errors.NotSupported` where nothing is to be restricted: it was ``allow``, or
    reviewers or an appeal took it back.

    ``reader``: a reviewer who judges ads by themselves. While they have not judged this one,
    nothing in it comes from what others say.
    """
    row = session.get(StoredAd, ad_id)
    if row is None or row.expires_at <= now():
        raise UnknownId("decision", hint=HINT)
    if row.decision == "allow":
        raise NotSupported("/id", "the decision was `allow`: there is nothing to give reasons for")
    words = in_order(session.scalars(select(Feedback).where(Feedback.ad == ad_id)))
    if reader is not None and all(word.reviewer != reader for word in words):
        unheard = decided(row, [], vault)
        return replace(unheard, answered=replace(unheard.answered, doubt=UNJUDGED))
    found = decided(row, words, vault)
    if found.cleared is not None:
        raise NotSupported("/id", f"{found.cleared}: there is nothing to give reasons for")
    if found.waits:
        return replace(found, answered=replace(found.answered, doubt=WAITS))
    return found


def of_period(
    session: Session, vault: Vault, since: datetime, until: datetime
) -> Iterator[Decided]:
    """Decisions other than ``allow`` that restrict since a moment in ``[since, until)``; and those
    that restrict nothing, by when they did last, else by when they were answered. So one that a
    reviewer confirms after the period of its answer is in that of the reviewer's word. In the
    order of the answers."""
    last: tuple[datetime, str] | None = None
    spoken_of = select(Feedback.ad).where(
        Feedback.created_at >= since, Feedback.created_at < until, Feedback.ad.is_not(None)
    )
    answered = (StoredAd.created_at >= since) & (StoredAd.created_at < until)
    while True:
        wanted = (
            select(StoredAd)
            .where(
                answered | StoredAd.id.in_(spoken_of),
                StoredAd.expires_at > now(), StoredAd.decision != "allow",
            )
            .order_by(StoredAd.created_at, StoredAd.id)
            .limit(PAGE)
        )  # fmt: skip
        if last is not None:
            moment, name = last
            later = StoredAd.created_at > moment
            wanted = wanted.where(later | ((StoredAd.created_at == moment) & (StoredAd.id > name)))
        rows = session.scalars(wanted).all()
        if not rows:
            return
        spoken: dict[str | None, list[Feedback]] = {}
        for word in session.scalars(
            select(Feedback).where(Feedback.ad.in_([row.id for row in rows]))
        ):
            spoken.setdefault(word.ad, []).append(word)
        for row in rows:
            words = in_order(spoken.get(row.id, ()))
            if since <= acted_at(row, words) < until:
                yield decided(row, words, vault)
        last = (rows[-1].created_at, rows[-1].id)
        session.expunge_all()


def decided(row: StoredAd, words: Sequence[Feedback], vault: Vault) -> Decided:
    """From an ad's row and all words on it, the oldest first."""
    acted = acted_at(row, words)
    answered = Answered(
        row.id, vault.unseal(row.result), row.created_at.date(), acted.date(), bool(words)
    )
    return Decided(answered, agreed_kind(latest(words)), overturned(words))


def in_order(words: Iterable[Feedback]) -> list[Feedback]:
    """The oldest first."""
    return sorted(words, key=lambda word: (word.created_at, word.id))


def overturned(spoken: Sequence[Feedback]) -> bool:
    """Whether the last word on an appeal took the decision back."""
    appeals = [word.overturned for word in spoken if word.overturned is not None]
    return bool(appeals and appeals[-1])


def acted_at(row: StoredAd, spoken: Sequence[Feedback]) -> datetime:
    """Since when the decision restricts without a break, given the words in their order; of one
    that restricts nothing, since when it did last, else the moment of the answer."""
    found, restricted = row.created_at, row.decision != "review"
    heard: dict[str, Feedback] = {}
    taken_back = False
    for word in spoken:
        heard[word.reviewer] = word
        taken_back = taken_back if word.overturned is None else word.overturned
        kind = agreed_kind(list(heard.values()))
        agreed = kind == Kind.LURE or (kind is None and row.decision != "review")
        if agreed and not taken_back and not restricted:
            found = word.created_at
        restricted = agreed and not taken_back
    return found
