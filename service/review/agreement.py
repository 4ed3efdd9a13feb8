"""What several reviewers' words on one ad come to. All words stay; the latest of each counts."""

from collections import Counter
from collections.abc import Sequence

from models.labels import HARMS
from service.store.tables import Feedback


def latest(words: Sequence[Feedback]) -> list[Feedback]:
    """The last word of each reviewer, the oldest first."""
    found: dict[str, Feedback] = {}
    for word in sorted(words, key=lambda word: (word.created_at, word.id)):
        found.pop(word.reviewer, None)
        found[word.reviewer] = word
    return list(found.values())


def differ(counting: Sequence[Feedback]) -> bool:
    """Whether reviewers give other kinds, or other harms."""
    return len({(word.kind, *sorted(word.harms)) for word in counting}) > 1


def agreed_kind(counting: Sequence[Feedback]) -> str | None:
    """The kind that more than half of the reviewers give. Not the most frequent one: of three
    opinions none is agreed on."""
    counted = Counter(word.kind for word in counting).most_common(1)
    kind, times = counted[0] if counted else (None, 0)
    return kind if 2 * times > len(counting) else None


def agreed_harms(counting: Sequence[Feedback], kind: str) -> list[str]:
    """Harms that more than half of those who give this kind name, in the order of the labels."""
    named = [word.harms for word in counting if word.kind == kind]
    times = Counter(harm for harms in named for harm in set(harms))
    return [harm for harm in HARMS if 2 * times[harm] > len(named)]
