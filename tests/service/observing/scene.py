"""A service over a stub, and its metrics as a scraper reads them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from fastapi.testclient import TestClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from service.app import create_app
from service.changeover.serving import Serving
from service.observing.observer import Observer
from service.settings import Settings
from service.store import Database
from tests.live import StubModel, stub_engine, until
from tests.service.desk import Told

OPEN_METRICS = {"accept": "application/openmetrics-text; version=1.0.0"}


@contextmanager
def service(
    folder: Path, model: StubModel | None = None, observer: Observer | None = None, **settings: Any
) -> Iterator[TestClient]:
    """With a database of its own in the folder. It answers its own defects, as in life."""
    given = Settings(data_dir=folder, **{"workers": 1, **settings})
    engine = stub_engine(given, model or Told())
    app = create_app(given, start=lambda _: engine, observer=observer)
    with TestClient(app) as client:
        yield client


class Scraped:
    """One answer of ``GET /metrics``."""

    def __init__(self, text: str) -> None:
        self.samples = {
            (one.name, frozenset(one.labels.items())): one.value
            for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
            for one in family.samples
        }

    def of(self, name: str, **labels: str) -> float | None:
        """One sample; ``None`` where there is none."""
        return self.samples.get((name, frozenset(labels.items())))

    def by(self, name: str, label: str) -> dict[str, float]:
        """Samples that differ in one label, others added up."""
        found: dict[str, float] = {}
        for (sample, labels), value in self.samples.items():
            if sample == name:
                key = dict(labels)[label]
                found[key] = found.get(key, 0) + value
        return found


def scraped(client: TestClient, **headers: str) -> Scraped:
    """In OpenMetrics, read by the library's strict parser."""
    answer = client.get("/metrics", headers={**OPEN_METRICS, **headers})
    assert answer.status_code == 200, answer.text
    return Scraped(answer.text)


def until_counted(client: TestClient, name: str, value: float, **labels: str) -> None:
    """Until it is so much: what goes on beside requests takes its time."""
    until(lambda: scraped(client).of(name, **labels) == value)


def lose_database(client: TestClient) -> None:
    """From now on nobody answers at its address."""
    serving: Serving = cast(Any, client.app).state.serving()
    away = Database("postgresql://127.0.0.1:9/none")
    serving.current = replace(serving.current, database=away)
    serving.current.incidents.next_look = 0.0  # what the start saw is good for half a second
