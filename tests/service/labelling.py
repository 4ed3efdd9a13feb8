"""Label Studio's side of a conversation, in the shapes that version 1.23.2 was seen to send."""

from typing import Any

from models.labels import Indicator
from service.integrations.label_studio.labelling import labelling_config

CONFIG = labelling_config()
WHEN = "2026-11-28T21:19:26.644768Z"

Json = dict[str, Any]


def chosen(name: str, *choices: str, id: str = "aB3") -> Json:
    """A region of ``Choices``."""
    return {
        "id": id, "from_name": name, "to_name": "text", "type": "choices", "origin": "manual",
        "value": {"choices": list(choices)},
    }  # fmt: skip


def marked(
    text: str, words: str, label: str = Indicator.ALL_COSTS_COVERED, id: str = "cD4"
) -> Json:
    """A region of ``Labels`` over the first place of some words."""
    start = text.index(words)
    return {
        "id": id, "from_name": "indicators", "to_name": "text", "type": "labels",
        "origin": "manual",
        "value": {"start": start, "end": start + len(words), "text": words, "labels": [label]},
    }  # fmt: skip


def annotation(number: int, *result: Json, task: int = 1, **more: Any) -> Json:
    """What somebody said of a task."""
    return {
        "id": number, "result": list(result), "was_cancelled": False, "ground_truth": False,
        "created_at": WHEN, "updated_at": WHEN, "lead_time": 7.8, "prediction": {}, "task": task,
        "unique_id": f"00000000-0000-4000-8000-{number:012}", "completed_by": 1, "updated_by": 1,
        "parent_prediction": None, **more,
    }  # fmt: skip


def hook(action: str, said: Json, data: Json, task: int = 1, config: str = CONFIG) -> Json:
    """A webhook's message on one annotation."""
    return {
        "action": action,
        "annotation": said,
        "task": {"id": task, "data": data, "meta": {}, "is_labeled": True, "project": 1},
        "project": {"id": 1, "title": "ads", "label_config": config, "created_by": 1},
    }


def deleted(*numbers: int) -> Json:
    """The same on annotations that are gone."""
    return {
        "action": "ANNOTATIONS_DELETED",
        "annotations": [{"id": number} for number in numbers],
        "project": {"id": 1, "label_config": CONFIG},
    }


def task(data: Json, *annotations: Json, number: int = 1) -> Json:
    """An entry of a JSON export."""
    return {
        "id": number, "annotations": list(annotations), "drafts": [], "predictions": [],
        "data": data, "meta": {}, "project": 1, "inner_id": number,
    }  # fmt: skip


def prediction(*result: Json, model: str = "lurewatch-2026-11-28") -> Json:
    """As an annotation repeats the one that it began with."""
    return {"id": 5, "model_version": model, "score": 0.9, "result": list(result), "task": 1}
