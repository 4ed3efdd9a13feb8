"""Label Studio's JSON exports: the full one, and JSON-MIN."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from service.integrations.label_studio.controls import PARTS, Control, Controls
from service.integrations.label_studio.tasks import Refused

Json = dict[str, Any]

MIN = frozenset({"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"})
"""Fields of JSON-MIN beside a task's data and the labels by the names of their tags."""


class ExportFileError(Exception):
    """A file that is no export."""


def tasks_of(path: Path) -> list[Any]:
    """The entries of an export. Raises :class:`ExportFileError`."""
    try:
        found = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ExportFileError(f"{path}: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise ExportFileError(f"{path}: no JSON; export as JSON or JSON-MIN") from None
    if not isinstance(found, list):
        raise ExportFileError(f"{path}: no list of tasks; export as JSON or JSON-MIN")
    return found


def annotations_of(entry: Any, controls: Controls) -> Iterator[tuple[Any, Any]]:
    """Annotation and task of an entry, as a webhook has them. Raises :class:`Refused`."""
    if not isinstance(entry, dict):
        raise Refused("no object")
    if "annotation_id" in entry:
        if entry["annotation_id"] is not None:  # else nobody has labelled the task
            yield of_min(entry, controls)
        return
    annotations = entry.get("annotations", entry.get("completions"))
    if not isinstance(annotations, list):
        raise Refused("neither `annotations` nor `annotation_id`: export as JSON or JSON-MIN")
    for one in annotations:
        yield one, entry


def of_min(entry: Json, controls: Controls) -> tuple[Json, Json]:
    """The same of an entry of JSON-MIN, which leaves out a task's own ``id`` in its data, the
    prediction, and who else said what."""
    named: list[Control] = [
        control for part in PARTS if (control := getattr(controls, part)) is not None
    ]
    result = [
        region for control in named if control.name in entry
        for region in regions(control, entry[control.name], control is controls.indicators)
    ]  # fmt: skip
    names = {control.name for control in named}
    data = {key: value for key, value in entry.items() if key not in MIN and key not in names}
    annotation = {
        "id": entry["annotation_id"], "result": result, "completed_by": entry.get("annotator"),
        "updated_at": entry.get("updated_at"),
    }  # fmt: skip
    return annotation, {"id": entry.get("id"), "data": data}


def regions(control: Control, given: Any, are_spans: bool) -> Sequence[Json]:
    """What one tag says: spans in a list, choices in one region. One choice stands alone there,
    several in an object."""
    if are_spans:
        spans = given if isinstance(given, list) else []
        return [{"from_name": control.name, "type": "labels", "value": one} for one in spans]
    choices = given.get("choices") if isinstance(given, dict) else given
    listed = choices if isinstance(choices, list) else [choices]
    return [{"from_name": control.name, "type": "choices", "value": {"choices": listed}}]
