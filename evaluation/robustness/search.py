"""An attacker who asks the service, word by word, until a lure passes.

It sees what any user of the service sees: the score, and the evidence. Words are ranked by what
they add to the lure logit, then changed one after the other, each in the way that lowers the logit
most, as in TextFooler (Jin et al. 2020) with the disguises of DeepWordBug (Gao et al. 2018).
Unlike those, it has a budget of queries, and may leave a word out, which costs the lure a part of
what it says and is counted.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean, median
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from evaluation.metrics import MIN_EACH, Floats, rate
from evaluation.robustness import letters
from evaluation.robustness.material import own, read
from evaluation.robustness.measure import spread, thresholds_of
from evaluation.robustness.wording import rephrased
from evaluation.robustness.words import words, worth_changing
from evaluation.rows import Labelled
from evaluation.slices import language as primary
from models.ad import Ad
from service.assessment import Assessment
from service.engine import Engine

BUDGET = 150
"""Queries a text."""

Ranking = Literal["evidence", "leave-one-out"]
"""By the evidence in the service's last answer, which costs no query of its own, or by the drop of
the logit without each word, which costs one a word; half of the budget is spent on it at most."""

TRICKS = {
    "look-alike": letters.alike,
    "rare look-alike": letters.rare_alike,
    "zero-width": letters.zero_width,
    "leetspeak": letters.leet,
    "split": letters.split,
    "typo": letters.typo,
}
DELETION, SYNONYM = "deletion", "synonym"


@dataclass(frozen=True, slots=True)
class Found:
    """Where the search of one text ended."""

    flagged: bool
    """Whether the text as it was reached the threshold."""

    evaded: bool
    """Whether it did, and the changed one does not."""

    queries: int
    words: int
    """Words that could be changed."""

    tricks: tuple[str, ...]
    """What was done, one word each, in order."""

    text: str


class _Oracle:
    """The service, which answers so many questions and no more."""

    def __init__(self, engine: Engine, budget: int) -> None:
        self._engine = engine
        self._budget = budget
        self.asked = 0

    def ask(self, texts: Sequence[str]) -> list[Assessment]:
        """Answers to the first texts, as many as the budget still allows."""
        allowed = texts[: self._budget - self.asked]
        self.asked += len(allowed)
        return self._engine.assess_now([Ad(text=text) for text in allowed])


def evade(
    engine: Engine,
    text: str,
    language: str,
    threshold: float,
    ranking: Ranking = "evidence",
    budget: int = BUDGET,
    seed: int = 1,
    leave_out: bool = True,
) -> Found:
    """Change words until the score is below ``threshold``, the budget is spent or no word is left.

    ``budget`` is 1 at least: the first query scores the text as it is. ``leave_out``: whether a
    word may also be left out.
    """
    rng = random.Random(f"{seed}:{ranking}:{text}")
    oracle = _Oracle(engine, budget)
    parts, untried = cut(text)
    count = len(untried)
    (now,) = oracle.ask([text])
    flagged = now.score >= threshold
    queue: list[int] = []
    if ranking == "leave-one-out" and flagged:
        queue = by_leaving_out(oracle, parts, rng.sample(untried, min(count, budget // 2)))
    done: list[str] = []
    while untried and now.score >= threshold and oracle.asked < budget:
        if ranking == "evidence":
            queue = by_evidence(now, parts)
        ranked = [i for i in queue if i in untried]
        word = ranked[0] if ranked else rng.choice(untried)
        untried.remove(word)
        tried = variants(parts[word], language, rng, leave_out)
        answers = oracle.ask([_with(parts, word, new) for _, new in tried])
        kept: list[str] = []
        for answer, (trick, new) in zip(answers, tried, strict=False):
            if answer.logit < now.logit:
                now, parts[word], kept = answer, new, [trick]
        done += kept
    evaded = flagged and now.score < threshold
    return Found(flagged, evaded, oracle.asked, count, tuple(done), "".join(parts))


def cut(text: str) -> tuple[list[str], list[int]]:
    """The text in parts, and which of them are words that can be changed."""
    parts, indices, read_to = [], [], 0
    for start, end in words(text):
        if worth_changing(text[start:end]):
            parts += [text[read_to:start], text[start:end]]
            indices.append(len(parts) - 1)
            read_to = end
    return [*parts, text[read_to:]], indices


def _with(parts: Sequence[str], place: int, new: str) -> str:
    return "".join([*parts[:place], new, *parts[place + 1 :]])


def by_evidence(now: Assessment, parts: Sequence[str]) -> list[int]:
    """Parts that the answer names as evidence for a lure, the strongest first."""
    ends = np.cumsum([len(part) for part in parts])
    found: list[int] = []
    for one in now.evidence:
        if one.share > 0:
            first, last = np.searchsorted(ends, [one.place.start, one.place.end - 1], side="right")
            found += range(int(first), int(last) + 1)
    return found


def by_leaving_out(oracle: _Oracle, parts: Sequence[str], among: Sequence[int]) -> list[int]:
    """Those parts, the one without which the logit is lowest first."""
    answers = oracle.ask([_with(parts, i, "") for i in among])
    drops = sorted((answer.logit, i) for answer, i in zip(answers, among, strict=False))
    return [i for _, i in drops]


def variants(
    word: str, language: str, rng: random.Random, leave_out: bool
) -> list[tuple[str, str]]:
    """Ways to write the word, each with the name of its trick; the empty one leaves it out."""
    named = [(name, trick(word, rng)) for name, trick in TRICKS.items()]
    if (name := own(language)) is not None:
        named.append((SYNONYM, rephrased(word, read(name).rewordings, 1.0, rng)))
    if leave_out:
        named.append((DELETION, ""))
    return [(name, new) for name, new in named if new != word]


def measure_search(
    engine: Engine,
    rows: Sequence[Labelled],
    false_positives: float = 0.01,
    ranking: Ranking = "evidence",
    budget: int = BUDGET,
    texts: int = 100,
    seed: int = 1,
    leave_out: bool = True,
    scores: Floats | None = None,
) -> dict[str, Any]:
    """The search on at most ``texts`` lures, spread over languages. JSON-ready.

    ``missed unattacked`` are those that no search is needed for: their score is below the threshold
    of that false-positive rate. :func:`outcome` says what is told of the others. ``scores``,
    ``(rows,)``, are those the engine gave to the rows, where they are known already.
    """
    (threshold,) = thresholds_of(engine, rows, [false_positives], scores).values()
    lures = spread([row for row in rows if row.is_lure], seed)[:texts]
    bar = tqdm(lures, desc=f"search by {ranking}", unit="text", mininterval=2)
    found = [
        (row, evade(engine, row.text, row.language, threshold, ranking, budget, seed, leave_out))
        for row in bar
    ]
    flagged = [(row, one) for row, one in found if one.flagged]
    by_language: dict[str, list[tuple[Labelled, Found]]] = {}
    for row, one in flagged:
        by_language.setdefault(primary(row), []).append((row, one))
    return {
        "model": engine.name,
        "ranking": ranking,
        "budget": budget,
        "words may be left out": leave_out,
        "false positives": false_positives,
        "threshold": threshold,
        "missed unattacked": len(found) - len(flagged),
        "all": outcome(flagged) if flagged else None,
        "languages": {
            name: outcome(own_rows)
            for name, own_rows in sorted(by_language.items())
            if len(own_rows) >= MIN_EACH
        },
    }


def outcome(found: Sequence[tuple[Labelled, Found]]) -> dict[str, Any]:
    """``evaded``: share of the flagged lures that got below the threshold. Of those: the median of
    the queries needed and of the share of words changed, the mean share of words left out, and how
    often each trick was kept, a word at a time."""
    hits = [one for _, one in found if one.evaded]
    evaded = rate(np.array([one.evaded for _, one in found]), [row.group for row, _ in found])
    if not hits:
        return {"evaded": asdict(evaded)}
    return {
        "evaded": asdict(evaded),
        "median queries": median(one.queries for one in hits),
        "median share of words changed": median(len(one.tricks) / one.words for one in hits),
        "mean share of words left out": mean(
            one.tricks.count(DELETION) / one.words for one in hits
        ),
        "tricks": dict(Counter(trick for one in hits for trick in one.tricks).most_common()),
    }
