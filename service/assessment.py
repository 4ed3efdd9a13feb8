"""From logits to what a person reads: kind, score, harms, evidence, indicators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.calibration import LURE, Calibration, sigmoid
from models.labels import HARMS, INDICATORS, KINDS, Harm, Indicator, Kind
from models.rendering import Located
from service.evidence import MAX_EVIDENCE, Evidence, evidence_of, locate
from service.scoring.scorer import Scored

GAP = 1
"""Tokens below the threshold that a span may run over."""

PEAK = 0.15
"""How far above the threshold a span's surest token must stand."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator and where it stands."""

    indicator: Indicator
    strength: float
    """Highest probability of a token inside the spans."""

    spans: tuple[Located, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the service says of one ad."""

    score: float
    kind: Kind
    kinds: dict[Kind, float]
    harms: dict[Harm, float]
    """Probability of each, given that the text is a lure; those over the threshold, the likeliest
    at least. Empty unless ``kind`` is lure."""

    evidence: tuple[Evidence, ...]
    """The :data:`~service.evidence.MAX_EVIDENCE` strongest, for a lure and against one."""

    rest: float
    """Share of all words that ``evidence`` does not name."""

    logit: float
    """Calibrated lure logit: the shares of ``evidence``, ``rest`` and ``constant`` together."""

    constant: float
    """What the calibration adds to every text."""

    indicators: tuple[Shown, ...]
    windows: int
    tokens: int
    given_lure: Mapping[Harm, float] = field(default_factory=dict)
    """Probability of every harm, given that the text is a lure, whatever it is."""


def assess(scored: Scored, calibration: Calibration) -> Assessment:
    """What a bundle's model and calibration say of one ad."""
    logits = scored.logits
    evidence = evidence_of(scored, calibration, MAX_EVIDENCE)
    kinds = calibration.kind_probabilities(logits.kind[None])[0]
    kind = KINDS[int(kinds.argmax())]
    score = float(kinds[LURE])
    logit = float(calibration.lure_logit(logits.kind[LURE]))
    return Assessment(
        score=score,
        kind=kind,
        kinds=dict(zip(KINDS, kinds.tolist(), strict=True)),
        harms=harms_of(logits.harm, kind, calibration),
        evidence=evidence,
        # Also of what stands nowhere in the text as received, such as the line between two turns.
        rest=logit - calibration.offset - sum(one.share for one in evidence),
        logit=logit,
        constant=calibration.offset,
        indicators=indicators_of(scored, calibration),
        windows=logits.windows,
        tokens=logits.token_count,
        given_lure=dict(zip(HARMS, sigmoid(logits.harm).tolist(), strict=True)),
    )


def harms_of(
    harm_logits: Sequence[float] | np.ndarray, kind: Kind, calibration: Calibration
) -> dict[Harm, float]:
    """Harms of a lure, most likely first; the likeliest at least."""
    if kind != Kind.LURE:
        return {}
    probabilities = sigmoid(np.asarray(harm_logits))
    order = np.argsort(-probabilities)
    return {
        HARMS[i]: float(probabilities[i])
        for rank, i in enumerate(order)
        if rank == 0 or probabilities[i] >= calibration.harm_threshold
    }


def indicators_of(scored: Scored, calibration: Calibration) -> tuple[Shown, ...]:
    """Indicators, strongest first in steps of 0.1: runs of tokens over the threshold, joined over
    gaps of at most :data:`GAP`, that hold a token which is surer by :data:`PEAK`.

    On the calibration split's marked texts that gives 0.64 precision and 0.54 recall of an ad's
    indicators, against 0.55 and 0.64 for every token over the threshold: fewer stray words.
    """
    logits, offsets = scored.logits.indicators, scored.logits.indicator_offsets
    threshold = calibration.indicator_threshold
    shown = []
    for column in np.flatnonzero(sigmoid(logits.max(axis=0)) >= threshold + PEAK):
        own = sigmoid(logits[:, column])
        over = np.flatnonzero(own >= threshold)
        runs = np.split(over, np.flatnonzero(np.diff(over) > GAP + 1) + 1)
        sure = [run for run in runs if own[run].max() >= threshold + PEAK]
        spans = [
            place for run in sure for place in locate(scored.rendered, offsets, run[0], run[-1])
        ]
        shown.append(Shown(INDICATORS[column], float(own.max()), tuple(spans)))
    # By tenths, then as in the catalogue, the order in which they were found: processors that round
    # otherwise mostly show the same order.
    return tuple(sorted(shown, key=lambda one: -round(one.strength, 1)))
