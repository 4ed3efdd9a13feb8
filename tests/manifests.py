"""Bundles whose manifest says something else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models import bundle

UNSEALED = 3
"""The last format whose manifest may be without digests."""


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest of a bundle, which then says as little of itself as older ones do: it has
    no digests, and is of a format that needs none."""
    path = folder / bundle.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    manifest.pop("digest", None)
    manifest.pop(bundle.WHOLE, None)
    manifest["format"] = UNSEALED
    change(manifest)
    path.write_text(json.dumps(manifest), "utf-8")
