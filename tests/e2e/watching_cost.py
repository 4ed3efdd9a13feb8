"""What metrics and traces cost: the same requests with them and without, in turn, in one process.

For example:

python -m tests.e2e.watching_cost --rounds 200

A round asks each application once for the ten invented ads of the examples, in an order drawn anew,
over one engine of the shipped bundle. Processor seconds of the whole process are compared, which
other work on the machine moves less than the clock; a round is one pair.
"""

import asyncio
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import numpy as np
import typer
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.datastructures import Headers
from tqdm import tqdm

from models import bundle
from service.app import create_app
from service.engine import Engine
from service.observing.observer import Observer, Seen
from service.observing.stages import watched
from service.observing.traces import Collected
from service.settings import Settings
from tests.e2e.processes import ROOT


class Blind(Observer):
    """Counts nothing."""

    @contextmanager
    def request(
        self, method: str, route: str, request_id: str, headers: Headers, unseen: bool
    ) -> Iterator[Seen]:
        with watched(None):
            yield Seen(None, method, route)


def traced() -> Observer:
    """Every request, into memory."""
    return Observer(Collected(BatchSpanProcessor(InMemorySpanExporter()), 1.0, "1"))


async def measure(rounds: int, ads: Sequence[Any], settings: Settings) -> dict[str, list[float]]:
    """Processor seconds of each round, by way of watching."""
    engine = Engine.start(settings)
    seconds: dict[str, list[float]] = {"without": [], "metrics": [], "metrics and traces": []}
    made = [Blind(), Observer(), traced()]
    async with AsyncExitStack() as stack:
        clients = {}
        for name, observer in zip(seconds, made, strict=True):
            app = create_app(settings, start=lambda _: engine, observer=observer)
            await stack.enter_async_context(app.router.lifespan_context(app))
            clients[name] = await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
            )
        for number in tqdm(range(rounds + 3), unit="round"):
            for name in random.sample([*seconds], len(seconds)):
                began = time.process_time()
                answer = await clients[name].post("/v1/score", json={"ads": ads}, timeout=600)
                taken = time.process_time() - began
                assert answer.status_code == 200
                if number >= 3:  # the first ones load what is loaded late
                    seconds[name].append(taken)
    return seconds


def ratio(these: Sequence[float], those: Sequence[float]) -> tuple[float, float, float]:
    """Of the sums, with a 95 % interval by 10,000 bootstraps over rounds."""
    one, other = np.array(these), np.array(those)
    drawn = np.random.default_rng(0).integers(0, len(one), (10_000, len(one)))
    low, high = np.quantile(one[drawn].sum(1) / other[drawn].sum(1), (0.025, 0.975))
    return float(one.sum() / other.sum()), float(low), float(high)


def main(
    rounds: Annotated[int, typer.Option(min=10, help="Requests of each way of watching.")] = 200,
    ads: Annotated[int, typer.Option(min=1, max=10, help="Ads in a request.")] = 10,
) -> None:
    """Print the ratios of processor seconds."""
    lines = (ROOT / "service" / "examples" / "ten_scripts.jsonl").read_text("utf-8").splitlines()
    given = [json.loads(line) for line in lines[:ads]]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(bundle_dir=bundle.champion(), data_dir=Path(folder), workers=1)
        seconds = asyncio.run(measure(rounds, given, settings))
    without = seconds["without"]
    print(f"without: {1000 * np.mean(without) / len(given):.2f} ms of a processor an ad")
    for name in ("metrics", "metrics and traces"):
        middle, low, high = ratio(seconds[name], without)
        more_us = 1e6 * (np.mean(seconds[name]) - np.mean(without)) / len(given)
        print(f"{name}: ratio {middle:.4f} [{low:.4f}, {high:.4f}], {more_us:+.0f} µs an ad")


if __name__ == "__main__":
    typer.run(main)
