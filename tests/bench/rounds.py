"""The measurement: rounds in which all take turns, each row written as soon as it is there.

In each round every server is started anew, in an order drawn anew. Then all stay, and for each kind
of load they are asked one after another, again in a new order: what else the machine does meets all
of them, and figures of one round may be divided by each other. No text comes twice in a run, but
for the copies of the recorded mixture; within a round all closed loops of one kind ask about the
same texts.
"""

import asyncio
import json
import random
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from models.cli import say
from tests.bench import load
from tests.bench.arrivals import poisson
from tests.bench.bare import Bare
from tests.bench.cells import Cell, count
from tests.bench.contestants import BARE, Contestant, Place, this_python
from tests.bench.copies import recorded
from tests.bench.load import Taken
from tests.bench.machine import busy, probe
from tests.bench.mix import Unique, shares_of
from tests.bench.process import DidNotStart, Server, clean_environment
from tests.e2e.processes import ROOT, free_port

WARM_UP = 16
ONE_S = 5.0
PARTS = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done."""

    contestants: Sequence[Contestant]
    bare: bool
    cells: Sequence[Cell]
    rounds: int
    repeats: float
    """Share of copies in the recorded mixture."""

    seed: int
    bundle: Path
    model: Path
    pythons: dict[str, Path]
    """By pins."""

    folder: Path
    """For logs and what servers write."""


class Result:
    """A file of JSON lines: first what is measured on and with, then a row for each measurement."""

    def __init__(self, path: Path, head: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        path.write_text(json.dumps({"row": "head", **head}, ensure_ascii=False) + "\n", "utf-8")

    def add(self, row: str, **fields: Any) -> None:
        """At once, so that a run that is stopped keeps what it has."""
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"row": row, **fields}, ensure_ascii=False) + "\n")


@dataclass(slots=True)
class Running:
    """A server of this round."""

    contestant: Contestant
    server: Server
    url: str


async def run(plan: Plan, unique: Unique, result: Result) -> None:
    """All rounds."""
    each = count(plan.cells, plan.contestants, plan.bare) + len(plan.contestants)
    with tqdm(total=plan.rounds * each, unit="measurement", desc="bench") as bar:
        for number in range(1, plan.rounds + 1):
            order = random.Random(f"order {plan.seed} {number}")
            await _round(plan, number, order, unique, result, bar)


async def _round(
    plan: Plan, number: int, order: random.Random, unique: Unique, result: Result, bar: Any
) -> None:
    async with AsyncExitStack() as stack:
        running: dict[str, Running] = {}
        for one in order.sample([*plan.contestants], len(plan.contestants)):
            bar.set_postfix_str(f"round {number}, start of {one.name}")
            started = await _started(plan, one, number, unique, result, stack)
            if started is not None:
                running[one.name] = started
            bar.update()
        bare = None
        if plan.bare:
            bare = await stack.enter_async_context(Bare(plan.bundle, plan.folder / "bare.log"))
            rss, pss = bare.resident_mb()
            result.add("start", round=number, who=BARE, seconds=round(bare.ready_s, 3),
                       rss_mb=round(rss), pss_mb=round(pss))  # fmt: skip
        for cell in plan.cells:
            names = [name for name, one in running.items() if cell.takes(name, one.contestant.many)]
            names += [BARE] if bare is not None and cell.takes(BARE, False) else []
            texts = _texts(plan, cell, unique, number, cell.ads)
            result.add("mix", round=number, cell=cell.name, **shares_of(texts))
            sent = [drawn.text for drawn in texts]
            company = [one.text for one in unique.take(cell.callers * cell.per_request)]
            for name in order.sample(names, len(names)):
                bar.set_postfix_str(f"round {number}, {cell.name}: {name}")
                told = {"round": number, "cell": cell.name, "who": name}
                if name == BARE:
                    assert bare is not None
                    await _bare(bare, cell, sent, result, told)
                else:
                    await _load(plan, running[name], cell, sent, company, unique, result, told)
                bar.update()
        for name, here in running.items():
            weight = here.server.weight()
            result.add("held", round=number, who=name, rss_mb=round(weight.resident_mb),
                       pss_mb=round(weight.proportional_mb),
                       processes=weight.processes)  # fmt: skip


def _texts(plan: Plan, cell: Cell, unique: Unique, number: int, ads: int) -> list[Any]:
    fresh = unique.take(ads)
    if cell.mix == "unique":
        return fresh
    return recorded(fresh, plan.repeats, ads, hash_of(plan.seed, number, cell.name))


def hash_of(*parts: object) -> int:
    """A seed of its own for each."""
    return random.Random(repr(parts)).randrange(2**31)


async def _started(
    plan: Plan,
    one: Contestant,
    number: int,
    unique: Unique,
    result: Result,
    stack: AsyncExitStack,
) -> Running | None:
    """Started and warm; ``None``, and a row that says why, where it cannot be."""
    port = free_port()
    scratch = plan.folder / "scratch" / f"{number}-{hash_of(one.name)}"
    scratch.mkdir(parents=True, exist_ok=True)
    python = plan.pythons[one.pins] if one.pins else this_python()
    place = Place(port, python, plan.model, plan.bundle, scratch)
    log = plan.folder / "logs" / f"{one.name.replace(' ', '-')}-{number}.log"
    environment = clean_environment(**one.settings(place))
    server = stack.enter_context(Server(one.command(place), environment, log, ROOT))
    url = f"http://127.0.0.1:{port}{one.path}"
    drawn = [text.text for text in unique.take(1 + WARM_UP)]
    first, *others = [one.request([text]) for text in drawn]
    try:
        seconds = await asyncio.to_thread(server.until, lambda: answers(one, url, first))
    except DidNotStart as error:
        say(f"bench: {one.name} does not start: {error}")
        result.add("missing", round=number, who=one.name, why=str(error))
        server.end()
        return None
    weight = server.weight()
    result.add("start", round=number, who=one.name, seconds=round(seconds, 3),
               rss_mb=round(weight.resident_mb), pss_mb=round(weight.proportional_mb),
               processes=weight.processes)  # fmt: skip
    await load.closed(url, others, 2, [])
    return Running(one, server, url)


def answers(one: Contestant, url: str, body: bytes) -> bool:
    """Whether it gives a good answer to one ad."""
    request = urllib.request.Request(url, body, load.HEADERS)
    try:
        with urllib.request.urlopen(request, timeout=ONE_S) as answer:
            return one.is_good(answer.read(), 1)
    except OSError:
        return False


async def _bare(
    bare: Bare, cell: Cell, texts: list[str], result: Result, told: dict[str, Any]
) -> None:
    speed, before = probe(), busy()
    taken, processor_s = await bare.run(texts, 1 if cell.callers == 1 else _processors())
    after = busy()
    result.add("load", **told, probe=round(speed, 1), **figures_of(taken, cell, processor_s),
               others_s=round(after.used_s - before.used_s - processor_s, 2),
               stolen_s=round(after.stolen_s - before.stolen_s, 2))  # fmt: skip


async def _load(
    plan: Plan,
    one: Running,
    cell: Cell,
    texts: list[str],
    company: list[str],
    unique: Unique,
    result: Result,
    told: dict[str, Any],
) -> None:
    """A closed loop, and after it the open one where there is one."""
    request = one.contestant.request
    bodies = [request(part) for part in parts(texts, cell.per_request)]
    more = [request(part) for part in parts(company, cell.per_request)]
    with watched(one.server) as seen:
        taken = await load.closed(one.url, bodies, cell.callers, more)
    row = checked(one.contestant, taken, cell, seen)
    if not cell.share:
        result.add("load", **told, **row)
        return
    rate = cell.share * float(row["rate"])
    if rate <= 0:
        result.add("load", **told, **row)
        return
    seed = hash_of(plan.seed, *told.values())
    times = poisson(rate, cell.seconds, seed)
    drawn = _texts(plan, cell, unique, seed, len(times))
    bodies = [request([each.text]) for each in drawn]
    with watched(one.server) as seen:
        taken = await load.opened(one.url, bodies, times)
    row = checked(one.contestant, taken, cell, seen)
    late = np.quantile(taken.late_s, 0.99) if taken.late_s else 0.0
    result.add("load", **told, **row, offered=round(rate, 2),
               late_ms=round(1000 * float(late), 1))  # fmt: skip


@contextmanager
def watched(server: Server) -> Iterator[dict[str, float]]:
    """What the server and the machine spent meanwhile."""
    seen: dict[str, float] = {"probe": round(probe(), 1)}
    spent, before = server.processor_s(), busy()
    yield seen
    after = busy()
    seen["processor_s"] = server.processor_s() - spent
    seen["used_s"] = after.used_s - before.used_s
    seen["stolen_s"] = round(after.stolen_s - before.stolen_s, 2)


def checked(
    contestant: Contestant, taken: Taken, cell: Cell, seen: dict[str, float]
) -> dict[str, Any]:
    """The figures, after a look at every answer."""
    wrong = sum(not contestant.is_good(answer, cell.per_request) for answer in taken.answers)
    if wrong:
        taken.failed["wrong answer"] = wrong
    others = seen["used_s"] - seen["processor_s"] - taken.caller_s
    return {
        "probe": seen["probe"], "others_s": round(others, 2), "stolen_s": seen["stolen_s"],
        **figures_of(taken, cell, seen["processor_s"]),
    }  # fmt: skip


def figures_of(taken: Taken, cell: Cell, processor_s: float) -> dict[str, Any]:
    """Of one load."""
    ads = len(taken.latencies_s) * cell.per_request
    all_ads = max(1, taken.sent * cell.per_request)
    return {
        "ads": ads,
        "seconds": round(taken.seconds, 3),
        "all_s": round(taken.all_s, 3),
        "rate": round(ads / taken.seconds, 3) if taken.seconds else 0.0,
        "ms": [round(PARTS * one, 1) for one in taken.latencies_s],
        "processor_ms": round(PARTS * processor_s / all_ads, 3),
        "caller_ms": round(PARTS * taken.caller_s / all_ads, 3),
        "failed": taken.failed,
    }


def parts(texts: Sequence[str], size: int) -> list[list[str]]:
    """Texts by request; a last one that is not full is left out."""
    return [list(texts[low : low + size]) for low in range(0, len(texts) - size + 1, size)]


def _processors() -> int:
    from service.settings import processors

    return processors()
