"""A service with the review queue on and a model that does what texts tell it, for tests of what
reviewers do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.inference import Logits
from models.labels import INDICATORS, Indicator
from models.rendering import Rendered
from service.app import create_app
from service.settings import Settings
from service.store import Database
from service.store.base import Base
from tests.live import StubModel, stub_engine
from tests.postgresql import new_database

KINDS = ("sqlite", "postgresql")

SIGN = "free housing"
"""Words that the model shows as the indicator below, wherever they stand."""

SHOWN = Indicator.ALL_COSTS_COVERED
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
"""Of the fixture ``vault``."""

SURE, NEAR, MILD, NONE = "[9]", "[2.1]", "[1]", "[-9]"
"""Raw lure logits: far above the threshold of ``review``, just above it, between that of ``nudge``
and it, far below both."""

HARM = "trafficking_for_forced_criminality"


class Told(StubModel):
    """The lure logit stands in the text, as ``[2.5]``; :data:`SIGN` shows :data:`SHOWN`."""

    def logits(self, rendered: Rendered) -> Logits:
        made = super().logits(rendered)
        said = re.search(r"\[(-?[0-9.]+)\]", rendered.text)
        tokens = made.tokens.copy()
        tokens[0, 0] = float(said[1]) if said else 9.0
        # Two tokens between any two, so that they are not taken for one span.
        found = [sign.span() for sign in re.finditer(SIGN, rendered.text)]
        places = tuple(place for one in found for place in ((0, 1), (0, 1), one))
        signs = np.full((len(places) + 1, len(INDICATORS)), -9, np.float32)
        signs[3::3, INDICATORS.index(SHOWN)] = 9
        return replace(
            made, tokens=tokens, kind=tokens[0, : len(made.kind)], indicators=signs,
            indicator_offsets=((0, 1), *places),
        )  # fmt: skip


def url_of(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> str:
    """An empty database of a kind, for a fixture that lives as long as a module."""
    if request.param == "sqlite":
        return f"sqlite:///{folders.mktemp('desk') / 'lurewatch.db'}"
    return new_database(request.getfixturevalue("postgresql"))


def emptied(client: Any) -> Database:
    """The database behind a service, without a row: sooner done than a new one."""
    database: Database = client.app.state.runtime().database

    def empty(session: Session) -> None:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))

    database.write_now(empty)
    return database


def desk_settings(url: str, **more: Any) -> Settings:
    """The review queue is on."""
    return Settings(
        **{"database": url, "secret_key": KEY, "workers": 1, "review_queue": True, **more}
    )


@contextmanager
def desk(settings: Settings) -> Iterator[TestClient]:
    """The whole service over the model above."""
    engine = stub_engine(settings, Told())
    with TestClient(create_app(settings, start=lambda _: engine)) as client:
        yield client


def score(client: TestClient, *ads: Any) -> list[dict[str, Any]]:
    """Results; an ad may be its text alone."""
    given = [{"text": ad} if isinstance(ad, str) else ad for ad in ads]
    answer = client.post("/v1/score", json={"ads": given})
    assert answer.status_code == 200, answer.json()
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def queue(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    """A page of the queue."""
    answer = client.get("/v1/queue", params=asked)
    assert answer.status_code == 200, answer.json()
    ads: list[dict[str, Any]] = answer.json()["ads"]
    return ads


def say(client: TestClient, *words: dict[str, Any]) -> list[dict[str, Any]]:
    """Feedback that is taken. Without more, ``ana`` calls the ad a lure."""
    given = [{"kind": "lure", "reviewer": "ana", **word} for word in words]
    answer = client.post("/v1/feedback", json={"feedback": given})
    assert answer.status_code == 201, answer.json()
    kept: list[dict[str, Any]] = answer.json()["feedback"]
    return kept


def refused(client: TestClient, *words: dict[str, Any]) -> dict[str, Any]:
    """The problem of feedback that is not taken."""
    given = [{"kind": "lure", "reviewer": "ana", **word} for word in words]
    answer = client.post("/v1/feedback", json={"feedback": given})
    assert answer.status_code in (404, 422), answer.json()
    problem: dict[str, Any] = answer.json()
    return problem


def words_at(ad: dict[str, Any], span: dict[str, Any]) -> str:
    """What a span of a field covers."""
    field: str = span["field"]
    words: str = (
        ad["thread"][int(field.removeprefix("thread/"))]["text"]
        if field.startswith("thread/")
        else ad[field]
    )
    return words[span["start"] : span["end"]]
