"""Whether everything in a registry is what it was when it was put there."""

from collections.abc import Sequence

from models import bundle
from models.errors import BundleError
from models.registry import evidence, history
from models.registry.errors import RegistryError
from models.registry.folder import CHAMPION, GATES, Registry


def faults(registry: Registry, names: Sequence[str] = ()) -> list[str]:
    """Sentences; empty for a sound registry. ``names``: only the files of these bundles."""
    found = []
    for name in names or registry.names():
        try:
            loaded = bundle.load(registry.path(name))
            if loaded.manifest.name != name:
                found.append(f"{registry.root / name} holds a bundle named {loaded.manifest.name}")
        except (BundleError, RegistryError) as error:
            found.append(str(error))
    return found if names else [*found, *pointer_faults(registry), *history_faults(registry)]


def pointer_faults(registry: Registry) -> list[str]:
    """Of the champion's name."""
    champion = registry.champion()
    if champion is not None and champion not in registry.names():
        return [f"{registry.root / CHAMPION} names {champion}, which is not here"]
    return []


def history_faults(registry: Registry) -> list[str]:
    """Of the history, and of the reports that it names."""
    try:
        entries = history.read(registry.root)
    except RegistryError as error:
        return [str(error)]
    path = registry.root / history.FILE
    found = [
        f"{path}:{number} does not follow from the line before: a line was altered or taken out"
        for number in history.broken(registry.root)
    ]
    if entries and entries[-1].to != registry.champion():
        found.append(
            f"{path} ends with {entries[-1].to}, the champion is {registry.champion()}: a change "
            "was cut short, or the pointer was edited; promote or roll back again"
        )
    for gate in (entry.gate for entry in entries):
        if gate is None:
            continue
        try:
            report = evidence.read(registry.root / GATES / f"{gate.sha256}.json")
            if report.sha256 != gate.sha256:
                found.append(f"gate report {gate.sha256[:12]} holds another report")
        except RegistryError as error:
            found.append(str(error))
    return found
