"""A registry's folder: names to bundles, and the pointer to the champion."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from models import bundle
from models.bundle import MANIFEST, Manifest
from models.registry import history
from models.registry.errors import NotInRegistry, RegistryBusy, RegistryError

CHAMPION = bundle.CHAMPION
GATES = "gates"
LOCK = ".lock"
PATIENCE_S = 10.0
"""How long a command waits for another that changes the registry."""


class Registry:
    """Reads are free; whoever changes something holds :meth:`changing`."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise RegistryError(f"{root} is no folder; make it, or name another with --registry")
        self.root = root

    def names(self) -> list[str]:
        """Of all bundles, the oldest first."""
        found = [p.parent.name for p in self.root.glob(f"*/{MANIFEST}") if p.parent.suffix != PART]
        return sorted(found, key=lambda name: (self.manifest(name).created, name))

    def path(self, name: str) -> Path:
        """Folder of a bundle. Raises :class:`~models.registry.errors.NotInRegistry`."""
        folder = self.root / name
        if Path(name).name != name or not (folder / MANIFEST).is_file():
            known = ", ".join(p.parent.name for p in sorted(self.root.glob(f"*/{MANIFEST}")))
            raise NotInRegistry(f"{self.root} has no bundle {name!r}; it has {known or 'none'}")
        return folder

    def manifest(self, name: str) -> Manifest:
        """What the bundle says of itself; no other file is read."""
        return bundle.read_manifest(self.path(name))

    def champion(self) -> str | None:
        """Its name; ``None`` before the first promotion."""
        pointer = self.root / CHAMPION
        return pointer.read_text("utf-8").strip() or None if pointer.is_file() else None

    def point(self, name: str) -> None:
        """Make a bundle the champion: readers see the old name or the new one, nothing between.
        Raises :class:`~models.registry.errors.RegistryError` if it reads back otherwise."""
        fresh = self.root / f"{CHAMPION}{PART}"
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(f"{name}\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, self.root / CHAMPION)
        if (now := self.champion()) != name:
            raise RegistryError(f"{self.root / CHAMPION} reads {now!r} after {name!r} was written")

    def parents(self, name: str) -> list[str]:
        """Bundles that this one was made from and that are still here, the nearest first."""
        found: list[str] = []
        lineage = self.manifest(name).lineage
        while lineage is not None and lineage.parent is not None:
            parent = lineage.parent.name
            if parent in found or not (self.root / parent / MANIFEST).is_file():
                break
            found.append(parent)
            lineage = self.manifest(parent).lineage
        return found

    def previous(self) -> str | None:
        """The champion before the present one was promoted; a rollback is undone by a promotion, so
        rollbacks do not count. Nor does a promotion of what was the champion already."""
        now = self.champion()
        for entry in reversed(history.read(self.root)):
            if entry.event == "promote" and entry.to == now != entry.before:
                return entry.before
        return None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Alone. Raises :class:`~models.registry.errors.RegistryBusy`."""
        try:
            with FileLock(self.root / LOCK, timeout=PATIENCE_S):
                yield
        except Timeout:
            raise RegistryBusy(f"another command changes {self.root}; ask again") from None


PART = ".partial"
"""Ending of what is not whole yet."""
