"""How far each reviewer can be trusted, from the words alone: agreement with others and with the
champion, answers that never vary, and more of them than a person can read."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from models.labels import KINDS, Kind
from training.retrain.champion import Probabilities
from training.retrain.labels import Json, moment_of

MIN_SHARED = 8
"""Ads judged with others, below which agreement says nothing."""

MIN_WORDS = 15
CHANCE = 0.01
"""Probability under which a share is not taken for chance."""

GAP = 0.15
"""Least distance of a share from that of the others, to be worth a look."""

BURST, BURST_S = 20, 60.0
"""So many separate words within so many seconds: three seconds an ad."""

AT_ONCE_S = 0.001
"""Words nearer in time than this came in one request, and are one act."""

STEADY = 10.0
"""Ads with which an average reviewer's reliability weighs in, so that three lucky answers make no
expert."""


@dataclass(slots=True)
class Reviewer:
    """One reviewer's figures. A share is ``None`` where there was too little to count."""

    reviewer: str
    words: int
    kinds: dict[str, int]
    shared: int = 0
    """Ads that others judged too."""

    agreement: float | None = None
    """Share of those on which most of the others say the same of lure or not."""

    with_champion: float | None = None
    """Share of all on which the champion says the same of lure or not."""

    most_in_a_minute: int = 0
    quality: float | None = None
    """Reliability by CROWDLAB (Goh, Tkachenko and Mueller 2022), drawn towards the average."""

    flags: list[str] = field(default_factory=list)
    """Why somebody should look."""


def measure(
    words: Sequence[Json], positions: Mapping[str, int], champion: Probabilities
) -> list[Reviewer]:
    """Figures of each reviewer, by how much they said. ``positions``: row of each ad in
    ``champion``."""
    if not words:
        return []
    lure = {ad: bool(champion[i, KINDS.index(Kind.LURE)] >= 0.5) for ad, i in positions.items()}
    by_reviewer: dict[str, list[Json]] = defaultdict(list)
    by_ad: dict[str, dict[str, str]] = defaultdict(dict)
    for word in words:
        by_reviewer[str(word["reviewer"])].append(word)
        by_ad[str(word["ad"])][str(word["reviewer"])] = word["kind"]
    qualities = crowdlab(words, positions, champion)
    found, counts = [], {}
    for name, own in sorted(by_reviewer.items(), key=lambda item: (-len(item[1]), item[0])):
        one = Reviewer(name, len(own), dict(Counter(word["kind"] for word in own).most_common()))
        agreed = [
            same for word in own if (same := with_others(by_ad[str(word["ad"])], name)) is not None
        ]
        model = [
            (word["kind"] == Kind.LURE) == lure[str(word["ad"])]
            for word in own
            if str(word["ad"]) in lure
        ]
        one.shared = len(agreed)
        one.agreement = share(agreed, MIN_SHARED)
        one.with_champion = share(model, MIN_WORDS)
        one.most_in_a_minute = busiest(own)
        one.quality = qualities.get(name)
        counts[name] = {"agreement": agreed, "with_champion": model}
        found.append(one)
    for one in found:
        flag(one, found, counts)
    return found


def with_others(said: Mapping[str, str], name: str) -> bool | None:
    """Whether one reviewer says of lure or not what most of the others say; ``None`` where there
    are none, or they are split."""
    others = [kind == Kind.LURE for who, kind in said.items() if who != name]
    if not others or 2 * sum(others) == len(others):
        return None
    return (said[name] == Kind.LURE) == (2 * sum(others) > len(others))


def flag(
    one: Reviewer, everyone: Sequence[Reviewer], counts: Mapping[str, Mapping[str, list[bool]]]
) -> None:
    """Write down what stands out, against the other reviewers together."""
    others = [other for other in everyone if other is not one]
    for what, words, least in (
        ("agreement", "agrees with others", MIN_SHARED),
        ("with_champion", "agrees with the champion", MIN_WORDS),
    ):
        own = counts[one.reviewer][what]
        theirs = [hit for other in others for hit in counts[other.reviewer][what]]
        if len(own) >= least and len(theirs) >= least and lower(own, theirs):
            one.flags.append(
                f"{words} on {np.mean(own):.0%} of {len(own)} ads, the other reviewers on "
                f"{np.mean(theirs):.0%}"
            )
    top, times = next(iter(one.kinds.items()))
    rest = sum(other.words for other in others)
    if one.words >= MIN_WORDS and rest >= MIN_WORDS:
        usual = sum(other.kinds.get(top, 0) for other in others) / rest
        if times >= 0.95 * one.words and usual < 1 - GAP:
            chance = binomtest(times, one.words, min(usual, 0.999), alternative="greater").pvalue
            if chance < CHANCE:
                one.flags.append(
                    f"says {top} of {times} of {one.words} ads, the others of {usual:.0%}"
                )
    if one.most_in_a_minute >= BURST:
        one.flags.append(f"{one.most_in_a_minute} words within a minute, one after the other")


def lower(own: Sequence[bool], theirs: Sequence[bool]) -> bool:
    """Whether a share is below that of the others, by more than chance and :data:`GAP`."""
    usual = float(np.mean(theirs))
    if np.mean(own) > usual - GAP:
        return False
    return bool(binomtest(sum(own), len(own), usual, alternative="less").pvalue < CHANCE)


def share(hits: Sequence[bool], least: int) -> float | None:
    """The share, or ``None`` of too few."""
    return round(float(np.mean(hits)), 4) if len(hits) >= least else None


def busiest(words: Sequence[Json]) -> int:
    """Most acts within :data:`BURST_S` seconds; 0 where nobody kept the times."""
    given = [word.get("created_at") for word in words]
    times = sorted(seconds(when) for when in given if when is not None)
    acts = [t for i, t in enumerate(times) if not i or t - times[i - 1] > AT_ONCE_S]
    low, most = 0, 0
    for high, moment in enumerate(acts):
        while moment - acts[low] > BURST_S:
            low += 1
        most = max(most, high - low + 1)
    return most


def seconds(when: Any) -> float:
    """Of a time in ISO 8601."""
    return moment_of(when).timestamp()


def crowdlab(
    words: Sequence[Json], positions: Mapping[str, int], champion: Probabilities
) -> dict[str, float]:
    """Reliability of each reviewer, 0 to 1: CROWDLAB as cleanlab computes it, with the champion's
    probabilities as one more opinion. Empty where too few ads were judged by two."""
    from cleanlab.multiannotator import get_label_quality_multiannotator

    known = [word for word in words if str(word["ad"]) in positions]
    table = pd.DataFrame(
        {
            "ad": [str(word["ad"]) for word in known],
            "reviewer": [str(word["reviewer"]) for word in known],
            "kind": [KINDS.index(word["kind"]) for word in known],
        }
    ).drop_duplicates(["ad", "reviewer"], keep="last")
    labels = table.pivot(index="ad", columns="reviewer", values="kind").astype(float)
    if labels.shape[1] < 2 or (labels.notna().sum(axis=1) > 1).sum() < MIN_SHARED:
        return {}
    rows = champion[[positions[str(ad)] for ad in labels.index]]
    with repeatable():
        stats = get_label_quality_multiannotator(
            labels.reset_index(drop=True), rows, verbose=False, return_detailed_quality=False
        )["annotator_stats"]
    own = stats["annotator_quality"].dropna()
    if own.empty:
        return {}
    seen = stats["num_examples_labeled"][own.index]
    average = float(np.average(own, weights=seen))
    drawn = (own * seen + average * STEADY) / (seen + STEADY)
    return {str(name): round(float(min(max(value, 0.0), 1.0)), 4) for name, value in drawn.items()}


@contextmanager
def repeatable() -> Iterator[None]:
    """Cleanlab breaks ties by numpy's global generator: the same labels give the same answer, and
    nobody else's numbers change."""
    state = np.random.get_state()
    np.random.seed(1)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="breaking ties")
            yield
    finally:
        np.random.set_state(state)
