"""What short ads wait behind long ones: fair turns against the order in which ads came, by turns in
one process.

For example:

python -m tests.e2e.mixed_lengths --rounds 20

In a round both ways do the same requests, drawn anew, for so many callers who each wait for an
answer before they ask again: most requests are one short ad, some one long ad, some a batch. It
prints the time of short ads and the others, the time of all, and how near estimates came.
"""

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import numpy as np
import typer
from tqdm import tqdm

from models import bundle
from models.ad import Ad
from models.inference import Logits, Model
from models.rendering import Rendered
from service.scoring.logit_model import LogitModel
from service.scoring.scorer import Read, Scored, Scorer
from tests.e2e.processes import ROOT
from tests.live import StubModel

KINDS = ("short", "long", "batch")


class Waiting:
    """Takes as long as a model on one core of 2026, and needs no processor: for a machine that has
    other work, on which times would say more of that."""

    def logits(self, rendered: Rendered) -> Logits:
        time.sleep(0.005 + 8e-5 * len(rendered.text))
        return STUB.logits(rendered)


STUB = StubModel()


class Before(Scorer):
    """No more ads of a request in the pool than there are threads, and the pool in order."""

    async def score(
        self,
        ads: Sequence[Ad],
        read: Read | None = None,
        until: float | None = None,
        remember: bool = True,
    ) -> list[Scored]:
        gate = asyncio.Semaphore(self._workers)

        async def one(ad: Ad) -> Scored:
            async with gate:
                return await asyncio.wrap_future(self.begin(ad, read))

        return list(await asyncio.gather(*map(one, ads)))


def words_of(examples: Sequence[str], chars: int, draw: random.Random) -> str:
    """About so many characters of several examples, so that no text comes twice."""
    text = " ".join(draw.sample(examples, len(examples)))
    start = draw.randrange(max(1, len(text) - chars))
    return (text * (1 + (start + chars) // len(text)))[start : start + chars]


def requests(
    examples: Sequence[str], count: int, longest: int, draw: random.Random
) -> list[tuple[str, list[Ad]]]:
    """Kind and ads of each."""
    made = []
    for _ in range(count):
        (kind,) = draw.choices(KINDS, (70, 10, 20))
        chars = draw.randrange(longest // 2, longest) if kind == "long" else draw.randrange(60, 400)
        ads = [Ad(words_of(examples, chars, draw)) for _ in range(24 if kind == "batch" else 1)]
        made.append((kind, ads))
    return made


async def done(
    scorer: Scorer, asked: Sequence[tuple[str, list[Ad]]], callers: int
) -> tuple[dict[str, list[float]], float, list[float]]:
    """Seconds of each request by kind, of all, and estimates divided by what came."""
    seconds: dict[str, list[float]] = defaultdict(list)
    ratios: list[float] = []
    left = iter(asked)

    async def caller() -> None:
        for kind, ads in left:
            expected, _ = scorer.estimate_s(ads)
            began = time.perf_counter()
            await scorer.score(ads)
            taken = time.perf_counter() - began
            seconds[kind].append(taken)
            ratios.append(expected / taken)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return seconds, time.perf_counter() - began, ratios


def interval(these: list[list[float]], those: list[list[float]], q: float) -> tuple[float, ...]:
    """Ratio of two quantiles over all rounds, with a 95 % interval by 2,000 bootstraps of
    rounds."""
    draw = np.random.default_rng(0)

    def value(rounds: Sequence[int]) -> float:
        one = np.quantile(np.concatenate([these[i] for i in rounds]), q)
        return float(one / np.quantile(np.concatenate([those[i] for i in rounds]), q))

    drawn = [value(draw.integers(0, len(these), len(these)).tolist()) for _ in range(2_000)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return value(range(len(these))), float(low), float(high)


def main(
    rounds: Annotated[int, typer.Option(min=2)] = 20,
    callers: Annotated[int, typer.Option(min=1, help="Requests at the same time.")] = 16,
    count: Annotated[int, typer.Option(min=16, help="Requests in a round.")] = 96,
    longest: Annotated[int, typer.Option(min=1000, help="Characters of a long ad.")] = 20_000,
    workers: Annotated[int, typer.Option(min=1)] = 2,
    waiting: Annotated[bool, typer.Option(help="A model that waits instead of reading.")] = False,
) -> None:
    """Print times of both ways and their ratios."""
    lines = (ROOT / "service" / "examples" / "ten_scripts.jsonl").read_text("utf-8").splitlines()
    examples = [json.loads(line)["text"] for line in lines]
    loaded = bundle.load(bundle.champion())
    model: LogitModel = Waiting()
    if not waiting:
        model = Model.of(loaded)
    ways: dict[str, Scorer] = {
        "in order": Before(model, workers, 10**9),
        "fair turns": Scorer(model, workers, 10**9),
    }
    seconds: dict[str, list[dict[str, list[float]]]] = {name: [] for name in ways}
    whole: dict[str, list[list[float]]] = {name: [] for name in ways}
    ratios: list[float] = []
    for number in tqdm(range(rounds + 1), unit="round"):
        asked = requests(examples, count, longest, random.Random(number))
        for name in random.sample([*ways], len(ways)):
            by_kind, all_s, near = asyncio.run(done(ways[name], asked, callers))
            if number:  # the first one warms up
                seconds[name].append(by_kind)
                whole[name].append([all_s])
                ratios += near if name == "fair turns" else []
    for kind in KINDS:
        for q in (0.5, 0.95):
            of = {name: [one[kind] for one in found] for name, found in seconds.items()}
            told = "  ".join(
                f"{name} {np.quantile(np.concatenate(each), q):.3f} s" for name, each in of.items()
            )
            middle, low, high = interval(of["fair turns"], of["in order"], q)
            print(f"{kind} p{q * 100:.0f}: {told}  ratio {middle:.2f} [{low:.2f}, {high:.2f}]")
    middle, low, high = interval(whole["fair turns"], whole["in order"], 0.5)
    print(f"time of a round: ratio {middle:.3f} [{low:.3f}, {high:.3f}]")
    quarter = np.quantile(ratios, (0.05, 0.25, 0.5, 0.75, 0.95))
    print("estimate / time, 5 25 50 75 95 %:", " ".join(f"{one:.2f}" for one in quarter))
    for scorer in ways.values():
        scorer.close()


if __name__ == "__main__":
    typer.run(main)
