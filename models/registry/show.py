"""What a registry holds, for people and programs."""

from collections.abc import Iterator, Mapping
from typing import Any

from models import bundle
from models.bundle import CALIBRATION
from models.calibration import Calibration
from models.registry import history
from models.registry.folder import Registry


def listing(registry: Registry) -> list[dict[str, Any]]:
    """One entry a bundle, the oldest first."""
    champion = registry.champion()
    return [
        {
            "name": name,
            "champion": name == champion,
            "created": manifest.created,
            "digest": bundle.digest(manifest),
            "parent": manifest.lineage.parent.name
            if manifest.lineage and manifest.lineage.parent
            else None,
            "recipe": recipe_of(manifest).get("name"),
            "rows": manifest.data.get("rows"),
            "bytes": sum(entry.bytes for entry in manifest.files.values()),
        }
        for name in registry.names()
        for manifest in (registry.manifest(name),)
    ]


def as_table(entries: list[dict[str, Any]]) -> str:
    """Columns, the champion with an asterisk."""
    head = ("", "name", "created", "recipe", "rows", "MB", "parent", "digest")
    rows = [
        (
            "*" if one["champion"] else "",
            one["name"],
            one["created"],
            str(one["recipe"] or "-"),
            str(one["rows"] or "-"),
            f"{one['bytes'] / 1e6:.1f}",
            one["parent"] or "-",
            one["digest"][:12],
        )
        for one in entries
    ]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    )


def show(registry: Registry, name: str) -> dict[str, Any]:
    """Everything that is known of one bundle, and the changes of champion that name it."""
    manifest = registry.manifest(name)
    return {
        "champion": registry.champion() == name,
        "digest": bundle.digest(manifest),
        "parents": registry.parents(name),
        **manifest.model_dump(mode="json"),
        "calibration": calibration_of(registry, name).model_dump(mode="json"),
        "history": [
            entry.model_dump(mode="json", by_alias=True)
            for entry in history.read(registry.root)
            if name in (entry.before, entry.to, *entry.removed)
        ],
    }


def diff(registry: Registry, one: str, other: str) -> dict[str, list[Any]]:
    """Values in which two bundles differ, by dotted name: what the first has, what the second."""
    before, after = (dict(flat(comparable(registry, name))) for name in (one, other))
    return {
        key: [before.get(key), after.get(key)]
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }


def comparable(registry: Registry, name: str) -> dict[str, Any]:
    """What is worth comparing: how it was made, on what, and what was measured."""
    manifest = registry.manifest(name)
    told = manifest.model_dump(mode="json", exclude={"name", "files", "digest", bundle.WHOLE})
    points = calibration_of(registry, name).operating_points
    told["thresholds"] = {point.name: point.threshold for point in points}
    told["files"] = {file: entry.sha256[:12] for file, entry in manifest.files.items()}
    return told


def calibration_of(registry: Registry, name: str) -> Calibration:
    """A bundle's calibration alone."""
    return Calibration.model_validate_json((registry.path(name) / CALIBRATION).read_bytes())


def recipe_of(manifest: bundle.Manifest) -> dict[str, Any]:
    """The recipe that the manifest holds."""
    found: dict[str, Any] = manifest.data.get("recipe", {})
    return found


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested objects by dotted name; a list is a leaf."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from flat(inner, f"{prefix}.{name}" if prefix else str(name))
    else:
        yield prefix, value
