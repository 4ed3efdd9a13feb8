"""What a bundle was made from, written down as it is made."""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import models
import training
from models import bundle
from models.bundle import Bundle
from models.lineage import Lineage, Named
from training.recipe import Recipe

PARENT = "parent.json"
"""Beside fitted weights: the bundle they began from. Absent: the base encoder alone."""

LIBRARIES = ("torch", "transformers", "tokenizers", "onnx", "numpy")


def write_parent(fitted: Path, start: Bundle | None) -> None:
    """Say beside fitted weights which bundle was their start."""
    if start is None:
        (fitted / PARENT).unlink(missing_ok=True)
        return
    (fitted / PARENT).write_text(bundle.named(start.manifest).model_dump_json(indent=1), "utf-8")


def lineage(fitted: Path, lock: dict[str, Any], recipe: Recipe, more: dict[str, Any]) -> Lineage:
    """Of the bundle that is exported from ``fitted``."""
    path = fitted / PARENT
    parent = Named.model_validate_json(path.read_bytes()) if path.is_file() else None
    return made_from(parent, lock, recipe, more)


def made_from(
    parent: Named | None, lock: dict[str, Any], recipe: Recipe, more: dict[str, Any]
) -> Lineage:
    """Of the bundle that is made now."""
    return Lineage(
        parent=parent,
        code=code(),
        recipe=hashlib.sha256(recipe.model_dump_json().encode()).hexdigest(),
        data=lock["sha256"],
        sources={name: entry["rows"] for name, entry in lock["sources"].items()},
        more=more,
    )


def code() -> dict[str, str]:
    """Versions, and a digest of the sources of the two packages that make a bundle: it tells two
    states of the code apart that carry the same version."""
    digest = hashlib.sha256()
    for package in (models, training):
        root = Path(str(package.__file__)).parent
        for path in sorted(root.rglob("*.py")):
            name = f"{root.name}/{path.relative_to(root).as_posix()}"
            digest.update(json.dumps([name, path.read_text("utf-8")]).encode())
    found = {name: installed(name) for name in ("lurewatch", *LIBRARIES)}
    return {**found, "sources": digest.hexdigest()}


def installed(name: str) -> str:
    """A package's version."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
