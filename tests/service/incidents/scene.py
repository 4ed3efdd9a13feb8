"""A service whose model places texts by the themes that they name, in any of three languages."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from fastapi.testclient import TestClient

from models.embedding import Background, primary, unit
from models.inference import Logits
from models.rendering import Rendered
from service.app import create_app
from service.engine import Engine
from service.settings import Settings
from tests.live import StubModel, stub_engine

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
HIDDEN = 32
THEMES = {
    "hotel": 0, "โรงแรม": 0, "hotéis": 0,
    "parcel": 1, "посылки": 1,
    "farm": 2,
}  # fmt: skip
"""Words by the direction that they push a text in."""

STRENGTH = 12.0
ORDINARY, LURES = 600, 150

HOTELS = (
    "Rate five hotel rooms a day from your phone and get paid in the evening, no experience.",
    "Our travel partner looks for people who review a hotel every morning. Paid each day.",
    "Give stars to hotel pages, two hours a day, 40 a day. Top up once to release your wages.",
    "Part-time from home: optimise hotel bookings in our app, the first 20 are free.",
    "Be a hotel booster! Tap, rate, collect. Deposit is returned with a bonus after task 30.",
)
THAI = "รีวิวโรงแรมวันละห้าแห่งผ่านมือถือ ได้เงินทุกเย็น ไม่ต้องมีประสบการณ์"
PARCELS = "Receive a parcel at home, print a label, send it on. 30 for each, card paid weekly."
HONEST = "Pickers wanted on a farm near the river, June to September, contract before you travel."


def embedding_of(text: str) -> np.ndarray:
    """``(hidden,)``: noise that is the text's own, and its themes."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).normal(size=HIDDEN).astype(np.float32)
    for word, axis in THEMES.items():
        if word in text.lower():
            vector[axis] += STRENGTH
    return vector


class Placing(StubModel):
    """Its texts have places."""

    def logits(self, rendered: Rendered) -> Logits:
        return replace(super().logits(rendered), embedding=embedding_of(rendered.text))


def background(ordinary: int = ORDINARY, lures: int = LURES, seed: int = 11) -> Background:
    """Texts of no theme."""
    random = np.random.default_rng(seed)
    count = ordinary + lures
    places = unit(random.normal(size=(count, HIDDEN)).astype(np.float32))
    return Background(
        centre=np.zeros(HIDDEN, np.float32),
        projection=np.eye(HIDDEN, dtype=np.float32),
        places=places,
        lures=np.arange(count) >= ordinary,
        languages=primary((["en", "th", "pt"] * count)[:count]),
    )


def engine_of(
    settings: Settings, model: str = "placing", placing: StubModel | None = None
) -> Engine:
    """``model`` other than the default: a bundle of another name."""
    made = stub_engine(settings, placing or Placing())
    manifest = made.bundle.manifest.model_copy(update={"name": model})
    bundle = replace(made.bundle, manifest=manifest)
    return replace(made, bundle=bundle, background=background())


@contextmanager
def service(database_url: str, model: str = "placing", **settings: Any) -> Iterator[TestClient]:
    """One process of it."""
    given = Settings(database=database_url, secret_key=KEY, workers=2, **settings)
    with TestClient(create_app(given, lambda told: engine_of(told, model))) as client:
        yield client


def put(client: TestClient, name: str = "hotels", **more: Any) -> Any:
    """Put an incident; gives the answer."""
    body = {"definition": "Pay for rating hotels", "examples": list(HOTELS), **more}
    return client.put(f"/v1/incidents/{name}", json=body)


def matches(client: TestClient, *texts: str) -> list[dict[str, Any]]:
    """Of each text, the incidents by name."""
    answer = client.post("/v1/score", json={"ads": [{"text": text} for text in texts]})
    assert answer.status_code == 200, answer.text
    return [{m["name"]: m for m in one["incidents"]} for one in answer.json()["results"]]


def matched(client: TestClient, *texts: str) -> list[list[str]]:
    """Of each text, the names of those that match."""
    return [[n for n, m in one.items() if m["matched"]] for one in matches(client, *texts)]


def of_theme(axis: int, count: int, seed: int = 5) -> Sequence[np.ndarray]:
    """Embeddings of texts of one theme."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(count, HIDDEN)).astype(np.float32)
    vectors[:, axis] += STRENGTH
    return list(vectors)
