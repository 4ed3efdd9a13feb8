"""What an incident does on texts that are known, told when it is put."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.embedding import Background, primary
from service.incidents.matching import Wording, allowed_above, likeness
from service.incidents.shapes import LanguageRate, Measured


def measured(
    wording: Wording, background: Background, rate: float, languages: Sequence[str]
) -> Measured:
    """``languages`` are those of its examples."""
    scored = likeness(background.places, wording.examples, wording.counters)
    hit = scored > wording.least
    ordinary = ~background.lures
    own = []
    for language in sorted(set(primary(languages).tolist())):
        these = ordinary & (background.languages == language)
        if these.any():
            own.append(
                LanguageRate(
                    language=language,
                    texts=int(these.sum()),
                    false_positive_rate=share(hit[these]),
                )
            )
    against = likeness(wording.counters, wording.examples, wording.counters)
    return Measured(
        background=int(ordinary.sum()),
        false_positive_rate=share(hit[ordinary]),
        other_lures=int(background.lures.sum()),
        other_lure_rate=share(hit[background.lures]),
        by_language=own,
        examples_found=found_without(wording, background, rate),
        counter_examples_matched=int((against > wording.least).sum()),
    )


def found_without(wording: Wording, background: Background, rate: float) -> int | None:
    """Examples that match the incident that the others make."""
    examples, counters = wording.examples, wording.counters
    if len(examples) < 2:
        return None
    ordinary = background.places[~background.lures]
    places = np.concatenate([ordinary, examples])
    similar = places @ examples.T  # (ordinary texts and examples, examples)
    against = np.zeros(len(places), np.float32)
    if len(counters):
        against = np.maximum(0, (places @ counters.T).max(axis=1))
    allowed = allowed_above(len(ordinary), rate)
    found = 0
    for i in range(len(examples)):
        others = np.delete(similar, i, axis=1)
        length = max(float(np.linalg.norm(np.delete(examples, i, axis=0).sum(axis=0))), 1e-9)
        value = 0.5 * others.sum(axis=1) / length + 0.5 * others.max(axis=1) - 0.5 * against
        found += int((value[: len(ordinary)] >= value[len(ordinary) + i]).sum()) < allowed
    return found


def share(hits: NDArray[np.bool_]) -> float:
    """Mean, rounded; 0 of nothing."""
    return round(float(hits.mean()), 4) if hits.size else 0.0
