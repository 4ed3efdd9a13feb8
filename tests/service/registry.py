"""A registry of small bundles, which are one bundle under several names."""

import shutil
from pathlib import Path

from models.bundle import CHAMPION
from tests.manifests import edit


class Registry:
    """A folder with a champion."""

    def __init__(self, folder: Path, bundle: Path) -> None:
        self.folder = folder
        self._bundle = bundle
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, name: str) -> Path:
        """The bundle, under another name."""
        to = self.folder / name
        shutil.copytree(self._bundle, to)
        edit(to, lambda manifest: manifest.update(name=name))
        return to

    def promote(self, name: str) -> None:
        """Let the champion be that one."""
        (self.folder / CHAMPION).write_text(name + "\n", "utf-8")


def with_one(folder: Path, bundle: Path) -> Registry:
    """With one bundle, ``one``, which is the champion."""
    made = Registry(folder, bundle)
    made.add("one")
    made.promote("one")
    return made
