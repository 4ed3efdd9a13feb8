"""Every metric that a service or a consumer tells: ``python -m tests.service.observing.families``
prints the table of the guide."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

from service.observing.exposition import WithoutBirthdays
from service.scoring.memory import Remembering
from service.settings import Settings
from service.shadow.shadow import Shadow
from service.stream.meters import Meters
from tests.live import StubModel, stub_engine
from tests.service.observing.scene import service

SUFFIXES = {
    "counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",),
}  # fmt: skip


@dataclass(frozen=True)
class Family:
    """One metric."""

    name: str
    """As a scraper sees it, ``_total`` included."""

    type: str
    labels: tuple[str, ...]
    words: str

    @property
    def samples(self) -> dict[str, set[str]]:
        """Names of its samples, each with the labels it may have."""
        stem = self.name.removesuffix("_total")
        return {stem + suffix: set(self.labels) for suffix in SUFFIXES[self.type]}

    @property
    def row(self) -> str:
        """Of the guide."""
        labels = ", ".join(f"`{one}`" for one in self.labels)
        return f"| `{self.name}` | {self.type} | {labels} | {self.words} |"


def of_registry(registry: CollectorRegistry) -> Iterator[Family]:
    """Labels are those of the collector, or of what it told."""
    for metric in WithoutBirthdays(registry).collect():
        name = metric.name + ("_total" if metric.type == "counter" else "")
        yield Family(name, metric.type, labels_of(registry, metric), metric.documentation)


def labels_of(registry: CollectorRegistry, metric: Metric) -> tuple[str, ...]:
    collector = cast(Any, registry)._names_to_collectors.get(metric.name)
    if collector is not None and hasattr(collector, "_labelnames"):
        return tuple(collector._labelnames)
    return tuple(dict.fromkeys(label for one in metric.samples for label in one.labels))


def families(folder: Path) -> list[Family]:
    """Of a service with a challenger and a memory, then those that only a consumer has."""
    engine = stub_engine(Settings(workers=1), StubModel())
    remembering = replace(engine, memory=Remembering(StubModel(), 1))
    with service(folder) as client:
        serving = cast(Any, client.app).state.serving()
        shadow = Shadow(engine, 1.0)
        serving.current = replace(serving.current, engine=remembering, shadow=shadow)
        client.get("/metrics")
        found = [*of_registry(serving.current.observer.metrics.registry)]
    engine.scorer.close()
    return [*found, *of_registry(Meters().registry)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        for family in families(Path(made)):
            print(family.row)
