"""The words on one ad as rows: a labelled text for training, and each word for who wants to know
how far reviewers can be trusted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.labels import INDICATORS, Kind
from service.review.agreement import agreed_harms, agreed_kind, differ, latest
from service.review.content import as_read
from service.review.spans import Spans, places, runs
from service.review.subject import opened
from service.store import Vault
from service.store.tables import Feedback

Row = dict[str, Any]

SOURCE = "feedback"
"""Source of the rows, and the name of their file without its ending: training takes it from there,
and shows the rows as a slice of their own."""

OFFERS = (Kind.LURE, Kind.RECRUITMENT)
"""Only where something is offered does the corpus mark indicators; elsewhere there are none."""


def labelled(words: Sequence[Feedback], vault: Vault) -> Row | None:
    """The ad with the label that its reviewers agree on; ``None`` where they do not, or where no
    text was kept.

    ``spans`` are exported only where somebody who gave the agreed kind looked at them: then those
    that were shown, less the wrong ones, plus the missed ones of all who looked. Otherwise they are
    ``None``, not labelled: what the model had shown teaches it nothing.
    """
    counting = latest(words)
    kind = agreed_kind(counting)
    row = with_text(words)
    if kind is None or row is None:
        return None
    content, shown = opened(row, vault)
    assert content is not None
    text, starts = as_read(content)
    agreeing = [word for word in counting if word.kind == kind]
    return {
        "id": row.about,
        "text": text,
        "language": row.language,
        "kind": kind,
        "harms": agreed_harms(counting, kind),
        "group": group_of(words),
        "source": SOURCE,
        "platform": row.platform or "",
        "surface": row.surface or "",
        "spans": spans_of(agreeing, kind, shown, starts),
        "reviewers": len(counting),
        "agreement": round(len(agreeing) / len(counting), 4),
        "model": row.model,
        "score": row.score,
        "decision": row.decision,
        "labelled_at": counting[-1].created_at,
    }


def disagreement(words: Sequence[Feedback], vault: Vault) -> Row | None:
    """The ad with the latest word of each reviewer, where they differ in kind or harms."""
    counting = latest(words)
    if not differ(counting):
        return None
    row = with_text(words) or counting[-1]
    content, _ = opened(row, vault)
    names = (
        "reviewer", "origin", "kind", "harms", "wrong_spans", "missed_spans", "overturned",
        "created_at",
    )  # fmt: skip
    return {
        "id": row.about,
        "text": None if content is None else as_read(content)[0],
        "language": row.language,
        "group": group_of(words),
        "platform": row.platform or "",
        "surface": row.surface or "",
        "agreed": agreed_kind(counting),
        "model": row.model,
        "score": row.score,
        "decision": row.decision,
        "words": [{name: getattr(word, name) for name in names} for word in counting],
    }


def each_word(words: Sequence[Feedback]) -> Iterator[Row]:
    """Every word, also those that the same reviewer took back later."""
    counting = {word.id for word in latest(words)}
    group = group_of(words)
    for word in words:
        yield {
            "id": word.id,
            "ad": word.about,
            "group": group,
            "reviewer": word.reviewer,
            "origin": word.origin,
            "created_at": word.created_at,
            "latest": word.id in counting,
            "kind": word.kind,
            "harms": word.harms,
            "overturned": word.overturned,
            "looked_at_spans": looked(word),
            "language": word.language,
            "platform": word.platform or "",
            "surface": word.surface or "",
            "model": word.model,
            "score": word.score,
            "decision": word.decision,
        }


def with_text(words: Sequence[Feedback]) -> Feedback | None:
    """The latest word with which the ad's text was kept."""
    return next((word for word in reversed(words) if word.content is not None), None)


def group_of(words: Sequence[Feedback]) -> str:
    """The ad's campaign, so that its near-copies stay on one side of a split; else the ad."""
    campaigns = (word.campaign for word in reversed(words))
    return next(filter(None, campaigns), words[0].about)


def looked(word: Feedback) -> bool:
    """Whether the reviewer said anything of spans, be it that none is wrong."""
    return word.wrong_spans is not None or word.missed_spans is not None


def spans_of(
    agreeing: Sequence[Feedback], kind: str, shown: Spans, starts: Mapping[str, int]
) -> list[Row] | None:
    """Spans in the joined text; see :func:`labelled`. ``starts``: where each field begins."""
    lookers = [word for word in agreeing if looked(word)]
    if not lookers:
        return None
    if kind not in OFFERS:
        return []
    marked: dict[tuple[str, str], set[int]] = defaultdict(set)
    for name, field, positions in places(shown):
        marked[name, field] |= positions
    for word in lookers:
        for name, field, positions in places(word.wrong_spans or {}):
            marked[name, field] -= positions
    for word in lookers:
        for name, field, positions in places(word.missed_spans or {}):
            marked[name, field] |= positions
    found = [
        {"indicator": name, "start": starts[field] + start, "end": starts[field] + end}
        for (name, field), positions in marked.items()
        if field in starts
        for start, end in runs(positions)
    ]
    order = list(INDICATORS)
    return sorted(found, key=lambda span: (span["start"], order.index(span["indicator"])))
