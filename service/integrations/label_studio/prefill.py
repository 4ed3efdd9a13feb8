"""An answer as a prediction, which Label Studio fills in before somebody labels."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from models.labels import Kind
from service.api.schemas import Result
from service.integrations.label_studio.controls import Controls
from service.integrations.label_studio.tasks import Shown

OURS = "lw-"
"""Ids of our regions begin so, and name the bundle: ``lw-BUNDLE-3``. Label Studio keeps them in the
annotation that began with the prediction."""

Json = dict[str, Any]


def prediction(shown: Shown, result: Result, controls: Controls, harm_threshold: float) -> Json:
    """Kind, harms from the bundle's threshold on, and indicators where they stand. The score is the
    probability of a lure."""
    return {
        "model_version": result.model,
        "score": round(result.score, 4),
        "result": list(regions(shown, result, controls, harm_threshold)),
    }


def nothing(model: str, reason: str) -> Json:
    """For a task that cannot be read: Label Studio wants one answer for each."""
    return {"model_version": model, "score": 0.0, "result": [], "error": reason}


def regions(
    shown: Shown, result: Result, controls: Controls, harm_threshold: float
) -> Iterator[Json]:
    """The parts of a prediction that the labelling interface has a place for."""
    harms = [one.harm for one in result.harms if one.probability >= harm_threshold]
    ids = (f"{OURS}{result.model}-{number}" for number in count(1))
    chosen = ((controls.kind, [result.kind]), (controls.harms, harms))
    for control, labels in chosen:
        theirs = {} if control is None else control.theirs
        named = [theirs[label] for label in labels if label in theirs]
        if control is not None and named and (control is controls.kind or is_lure(result)):
            yield {
                "id": next(ids), "from_name": control.name,
                "to_name": controls.text, "type": "choices", "value": {"choices": named},
            }  # fmt: skip
    if controls.indicators is None:
        return
    theirs = controls.indicators.theirs
    for one in result.indicators:
        for place in map(shown.place, one.spans):
            if place is None or one.indicator not in theirs:
                continue
            start, end = place
            yield {
                "id": next(ids), "from_name": controls.indicators.name,
                "to_name": controls.text, "type": "labels", "score": one.strength,
                "value": {
                    "start": start, "end": end, "text": shown.text[start:end],
                    "labels": [theirs[one.indicator]],
                },
            }  # fmt: skip


def made_by(region_id: object) -> str | None:
    """The bundle that a region came from; ``None`` where it is none of ours.

    >>> made_by("lw-lurewatch-2026-11-28-3")
    'lurewatch-2026-11-28'
    """
    if not isinstance(region_id, str) or not region_id.startswith(OURS):
        return None
    return region_id.removeprefix(OURS).rpartition("-")[0] or None


def is_lure(result: Result) -> bool:
    """Whether harms belong to it."""
    return result.kind == Kind.LURE
