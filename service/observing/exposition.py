"""Metrics as scrapers read them."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector


class WithoutBirthdays(Collector):
    """A registry without the moments at which its counters began, which double what is sent: the
    start of the process says the same."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """As the registry."""
        for metric in self._registry.collect():
            metric.samples = [one for one in metric.samples if not one.name.endswith("_created")]
            yield metric


def written(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """Body and type: OpenMetrics where ``accept`` names it, else the text format of Prometheus."""
    try:
        encode, media_type = choose_encoder(accept)
    except (TypeError, ValueError):  # a version that is no number; whoever asks so is no scraper
        encode, media_type = choose_encoder("")
    return encode(WithoutBirthdays(registry)), media_type
