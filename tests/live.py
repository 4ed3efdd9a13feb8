"""The application on a real socket, and a model without thoughts for tests of everything else."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Thread
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI

from models import bundle
from models.ad import Ad
from models.bundle import Bundle
from models.inference import Logits
from models.labels import HARMS, INDICATORS, KINDS
from models.rendering import Rendered
from service.app import create_app
from service.engine import Answer, Compare, Count, Engine
from service.errors import Overloaded
from service.missing import NoScore
from service.policy.load import load as load_policy
from service.scoring.logit_model import LogitModel
from service.scoring.scorer import Scorer
from service.settings import Settings

WAIT_S = 60.0
"""How long a test waits for what must come: machines are busy."""


class StubModel:
    """Calls every text a lure with one indicator, as soon as its gate is open. It is open at
    first."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.begun = 0

    def logits(self, rendered: Rendered) -> Logits:
        self.begun += 1
        assert self.gate.wait(WAIT_S)
        row = np.zeros((1, len(KINDS) + len(HARMS) + len(INDICATORS)), np.float32)
        row[0, 0] = 9
        signs = row[:, -len(INDICATORS) :]
        signs[0, :] = -9
        signs[0, 0] = 9
        kind, harm = row[0, : len(KINDS)], row[0, len(KINDS) : -len(INDICATORS)]
        place = ((0, 1),)
        return Logits(kind, harm, row, place, signs, place, 0, 1, 3)


class CountingScorer(Scorer):
    """Also says how often there was no room."""

    refused = 0

    def _admit(self, ads: Any) -> int:
        try:
            return super()._admit(ads)
        except Overloaded:
            self.refused += 1
            raise


@cache
def champion() -> Bundle:
    """Manifest and calibration of the shipped bundle; its model is not loaded."""
    return bundle.load(bundle.champion())


def stub_engine(settings: Settings, model: LogitModel, kind: type[Engine] = Engine) -> Engine:
    """A whole engine but for the model."""
    scorer = CountingScorer(model, settings.workers, settings.max_queued_chars)
    points = champion().calibration.operating_points
    return kind(champion(), scorer, load_policy(settings.policy, points))


class Canned(Engine):
    """Gives every ad the answer to the same short one: for a great many ads."""

    async def attempt(
        self, ads: Sequence[Ad], count: Count | None = None, compare: Compare | None = None,
        until: float | None = None,
    ) -> list[Answer | NoScore]:  # fmt: skip
        return [*self.answer_now([Ad("seasonal work")])] * len(ads)


class Service:
    """An application over a stub, and what is inside."""

    def __init__(self, kind: type[Engine] = Engine, **settings: Any) -> None:
        self.kind = kind
        self.model = StubModel()
        self.settings = Settings(workers=2, **settings)
        self.app: FastAPI = create_app(self.settings, self.start)
        self.engine: Engine

    def start(self, settings: Settings) -> Engine:
        self.engine = stub_engine(settings, self.model, self.kind)
        return self.engine

    @property
    def scorer(self) -> CountingScorer:
        assert isinstance(self.engine.scorer, CountingScorer)
        return self.engine.scorer


@contextmanager
def live(app: Any, http: Any = "auto") -> Iterator[str]:
    """The application behind uvicorn in a thread; gives its address. ``http``: its connections."""
    config = uvicorn.Config(
        app, port=0, log_config=None, access_log=False, proxy_headers=False, http=http
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    until(lambda: server.started or not thread.is_alive())
    assert server.started
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
    assert not thread.is_alive()


def until(true: Any) -> None:
    """Wait until it is."""
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)
