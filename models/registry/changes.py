"""What changes a registry. The history is written before the pointer: a kill in between leaves the
old champion, and an entry that says what was about to happen."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from models import bundle
from models.errors import BundleDamaged
from models.registry import history
from models.registry.errors import NothingBefore, NotInRegistry, NotPassed, WrongEvidence
from models.registry.evidence import Evidence, read
from models.registry.folder import GATES, PART, Registry
from models.registry.history import Entry, Gate

Event = Literal["promote", "rollback", "prune"]


def promote(registry: Registry, given: str, gate: Path | None, reason: str | None) -> Entry:
    """Make a bundle the champion; gives the history's entry.

    ``given``: its name, or a folder elsewhere, which is copied in first, and takes the place of a
    damaged copy of itself. ``gate``: a report of
    ``python -m evaluation verdict`` or ``gate``. One that did not pass, or none, needs a
    ``reason``. Every digest of the bundle is checked first.

    Raises a :class:`~models.registry.errors.RegistryError` or a
    :class:`~models.errors.BundleError`; then nothing has changed.
    """
    evidence = None if gate is None else read(gate)
    if evidence is None and not reason:
        raise NotPassed("a promotion rests on a passed --gate, or on a --reason that is kept")
    with registry.changing():
        source = source_of(registry, given)
        loaded = bundle.load(source)
        now = registry.champion()
        if evidence is not None:
            require_fits(registry, evidence, loaded.manifest, now)
            if evidence.verdict != "PROMOTE" and not reason:
                raise NotPassed(
                    f"{gate} says {evidence.verdict}: {'; '.join(evidence.reasons[:3])}. Give a "
                    "--reason to promote all the same; it is kept"
                )
        name = loaded.manifest.name
        if source.resolve() != (registry.root / name).resolve():
            copy_in(registry, source, name)
        kept = None
        if evidence is not None:
            assert gate is not None
            kept = keep_gate(registry, gate, evidence)
        entry = record(registry, "promote", now, name, gate=kept, reason=reason)
        registry.point(name)
        return entry


def rollback(registry: Registry, reason: str, to: str | None = None) -> Entry:
    """Back to the champion before, or to ``to``; its digests are checked first."""
    if not reason:
        raise NotPassed("say why, with --reason; it is kept")
    with registry.changing():
        name = to or registry.previous()
        if name is None:
            raise NothingBefore(
                f"{registry.root} knows no champion before {registry.champion()}; name one with "
                "--to"
            )
        bundle.load(registry.path(name))
        entry = record(registry, "rollback", registry.champion(), name, reason=reason)
        registry.point(name)
        return entry


def prunable(registry: Registry, parents: int) -> list[str]:
    """Bundles that a prune would remove: all but the champion, ``parents`` of those it was made
    from, and the one a rollback goes to."""
    champion = registry.champion()
    if champion is None:
        return []
    kept = {champion, registry.previous(), *registry.parents(champion)[:parents]}
    return [name for name in registry.names() if name not in kept]


def prune(registry: Registry, parents: int) -> list[str]:
    """Remove them; gives their names."""
    with registry.changing():
        gone = prunable(registry, parents)
        if gone:
            now = registry.champion()
            record(registry, "prune", now, now, removed=tuple(gone))
        for name in gone:
            doomed = registry.root / f"{name}{PART}"
            os.replace(registry.path(name), doomed)  # never half a bundle under its own name
            shutil.rmtree(doomed)
        return gone


def source_of(registry: Registry, given: str) -> Path:
    """Folder of a bundle that was named, or given as a path."""
    if (registry.root / given / bundle.MANIFEST).is_file() and Path(given).name == given:
        return registry.root / given
    folder = Path(given)
    if (folder / bundle.MANIFEST).is_file():
        return folder.resolve()
    raise NotInRegistry(f"{given} is neither a bundle in {registry.root} nor a bundle's folder")


def copy_in(registry: Registry, source: Path, name: str) -> None:
    """Copy a bundle in, whole or not at all. One that is there must be the same; where its files
    are damaged, the copy takes its place, since that is what would be served."""
    target = registry.root / name
    if target.exists():
        here, there = (bundle.read_manifest(folder) for folder in (target, source))
        if bundle.digest(here) != bundle.digest(there):
            raise WrongEvidence(f"{target} is another bundle of the same name; export under a new")
        if is_whole(target):
            return
    partial = registry.root / f"{name}{PART}"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    bundle.load(partial)
    put_in_place(partial, target)


def is_whole(folder: Path) -> bool:
    """Whether every file of a bundle is as its manifest says."""
    try:
        bundle.load(folder)
    except BundleDamaged:
        return False
    return True


def put_in_place(partial: Path, target: Path) -> None:
    """Give a whole bundle its name. A damaged one of that name is moved away, never written over: a
    service may have its files mapped."""
    damaged = target.with_name(f"{target.name}.damaged{PART}")
    shutil.rmtree(damaged, ignore_errors=True)
    if target.exists():
        os.replace(target, damaged)
    os.replace(partial, target)
    shutil.rmtree(damaged, ignore_errors=True)


def require_fits(
    registry: Registry, evidence: Evidence, manifest: bundle.Manifest, champion: str | None
) -> None:
    """Whether the report is of this very bundle, against the champion of today."""
    if evidence.bundle != bundle.named(manifest):
        raise WrongEvidence(
            f"the gate judged {evidence.bundle.name} ({evidence.bundle.digest[:12]}), not "
            f"{manifest.name} ({bundle.digest(manifest)[:12]})"
        )
    if evidence.against is not None and champion is not None:
        today = bundle.named(registry.manifest(champion))
        if evidence.against != today:
            raise WrongEvidence(
                f"the gate compared with {evidence.against.name}, the champion is {champion}: "
                "run the gate against it"
            )


def keep_gate(registry: Registry, gate: Path, evidence: Evidence) -> Gate:
    """A copy of the report in the registry."""
    folder = registry.root / GATES
    folder.mkdir(exist_ok=True)
    target = folder / f"{evidence.sha256}.json"
    partial = target.with_suffix(PART)
    shutil.copyfile(gate, partial)
    os.replace(partial, target)
    against = None if evidence.against is None else evidence.against.name
    return Gate(sha256=evidence.sha256, verdict=evidence.verdict, against=against)


def record(
    registry: Registry, event: Event, before: str | None, to: str | None,
    gate: Gate | None = None, reason: str | None = None, removed: tuple[str, ...] = (),
) -> Entry:  # fmt: skip
    """Append a line to the history."""
    number, chain = history.chain(registry.root)
    entry = Entry(
        number=number,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        event=event,
        before=before,
        to=to,
        digest=None if to is None else bundle.digest(registry.manifest(to)),
        gate=gate,
        reason=reason,
        removed=removed,
        chain=chain,
    )
    history.append(registry.root, entry)
    return entry
