"""How many ads a second a backfill scores, beside a bare loop over the same session.

For example:

python -m tests.e2e.backfill_rate --ads 400 --rounds 5          one process, one and two threads
python -m tests.e2e.backfill_rate --ads 400 --rounds 5 --ray    also one and two Ray actors
python -m tests.e2e.backfill_rate --ads 200000 --files          reading, writing and copies alone
python -m tests.e2e.backfill_rate --shards 10000                what Ray takes for empty shards

Texts are drawn from the written corpus, so lengths are its own. All ways take turns on the same
texts, and medians are told with the machine's load, since others may use it: look at the ratios,
and at seconds of processor, which a busy machine changes less. The loop renders, tokenises and runs
the model on one thread; it reads no file, explains nothing and writes nothing.
"""

import json
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from models import bundle
from models.ad import MAX_TEXT_CHARS, Ad
from models.inference import Model
from models.rendering import render
from service.backfill.columns import Columns
from service.backfill.deciding import Decider
from service.backfill.flat import flat
from service.backfill.outcome import Outcome
from service.backfill.output import Output
from service.backfill.plan import Deciders, Options, Plan, make
from service.backfill.rows import rows_of
from service.backfill.source import find
from service.backfill.work import Job, Worker, here
from service.backfill.writing import Parquet
from service.settings import Settings
from tests.service.backfill.files import write
from training.corpus import loaders

SEED = 1


def texts(count: int) -> list[str]:
    """Drawn from the written corpus, without return while there are enough."""
    found = [row.text for row in loaders.written()]
    random.Random(SEED).shuffle(found)
    return [found[i % len(found)] for i in range(count)]


def rows(count: int) -> list[dict[str, Any]]:
    """As in a file."""
    return [{"id": str(i), "text": text} for i, text in enumerate(texts(count))]


def options(shard_rows: int) -> Options:
    """Without copies: every ad is scored."""
    columns = Columns.parse((), ())
    return Options(
        columns=columns, write="parquet", full=False, shard_rows=shard_rows, copies=False
    )


def planned(path: Path, asked: Options, deciders: Deciders) -> Plan:
    """For one file."""
    return next(
        one for one in make(find([str(path)]), deciders, asked, ()) if isinstance(one, Plan)
    )


def bare(count: int) -> Callable[[], None]:
    """The loop."""
    loaded = bundle.load(bundle.champion())
    model = Model.of(loaded)
    given, rendering = texts(count), loaded.manifest.rendering
    model.logits(render(Ad(text=given[0]), rendering))

    def run() -> None:
        for text in given:
            model.logits(render(Ad(text=text), rendering))

    return run


def process(path: Path, folder: Path, threads: int) -> Callable[[], None]:
    """The backfill in this process."""
    settings = Settings(workers=threads)
    asked = options(shard_rows=10**6)
    decider = Decider(settings, asked.columns, asked.copies)
    plan = planned(path, asked, Deciders.of(decider.engine, settings))
    numbers = iter(range(10**6))

    def run() -> None:
        out = str(folder / f"process-{threads}-{next(numbers)}")
        Output(out).begin(plan)
        worker = Worker(Job.of(settings, plan, out, threads), decider)
        finished(here(worker, plan, plan.shards, lambda rows, tokens: None))

    return run


def actors(path: Path, folder: Path, count: int, shards: int) -> Callable[[], float]:
    """Actors of a cluster that is joined already. Gives the seconds from the first shard that an
    actor began to the last that one finished: starting them takes as long whatever there is to do.
    """
    from service.backfill.cluster import over

    settings = Settings(workers=1)
    total = len(path.read_bytes().splitlines())
    asked = options(shard_rows=-(-total // shards))
    decider = Decider(settings, asked.columns, asked.copies)
    plan = planned(path, asked, Deciders.of(decider.engine, settings))
    decider.close()
    numbers = iter(range(10**6))

    def run() -> float:
        out = str(folder / f"ray-{count}-{next(numbers)}")
        Output(out).begin(plan)
        began, ends, first = time.monotonic(), list[float](), 0.0
        for one in over(Job.of(settings, plan, out, 1), plan, plan.shards, count):
            assert isinstance(one, Outcome)
            ends.append(time.monotonic())
            first = first or ends[0] - one.seconds
        assert began <= first
        return ends[-1] - first

    return run


def finished(outcomes: Iterator[object]) -> None:
    """All of them."""
    assert all(isinstance(one, Outcome) for one in outcomes)


def measured(work: Callable[[], float | None]) -> tuple[float, float]:
    """Seconds, and seconds of this process's processors."""
    began, cpu = time.monotonic(), time.process_time()
    own = work()
    return own or time.monotonic() - began, time.process_time() - cpu


def processor() -> str:
    """What the system calls it."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {len(names)} cores"


def rates(count: int, rounds: int, ray: bool, folder: Path, stack: ExitStack) -> dict[str, Any]:
    """Of all ways, in turns."""
    path = write(folder / "ads.jsonl", rows(count))
    ways: dict[str, Callable[[], float | None]] = {
        "bare loop": bare(count),
        "one thread": process(path, folder, 1),
        "two threads": process(path, folder, 2),
    }
    if ray:
        from service.backfill.cluster import joined

        stack.enter_context(joined("local", 2))
        ways |= {
            "one Ray actor": actors(path, folder, 1, 8),
            "two Ray actors": actors(path, folder, 2, 8),
        }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    loads = []
    for turn in range(rounds):
        for name, work in ways.items():
            taken[name].append(measured(work))
            print(f"round {turn + 1}: {name} {count / taken[name][-1][0]:.1f} ads/s",
                  file=sys.stderr)  # fmt: skip
        loads.append(os.getloadavg()[0])
    medians = {name: statistics.median(one for one, _ in each) for name, each in taken.items()}
    base = medians["bare loop"]
    lengths = [len(text) for text in texts(count)]
    return {
        "ads": count,
        "mean_chars": round(statistics.mean(lengths), 1),
        "rounds": rounds,
        "load": [round(min(loads), 1), round(max(loads), 1)],
        "ways": {
            name: {
                "ads_per_second": round(count / medians[name], 2),
                "to_the_bare_loop": round(base / medians[name], 2),
                "processor_ms_per_ad": None if "Ray" in name else round(
                    statistics.median(cpu for _, cpu in each) / count * 1e3, 1
                ),
            }
            for name, each in taken.items()
        },
        "peak_mib": round(peak_mib()),
    }  # fmt: skip


def file_rates(count: int, folder: Path) -> dict[str, Any]:
    """Rows a second of planning and reading, by form; bytes and rows a second of results."""
    given = rows(count)
    found: dict[str, Any] = {}
    for form in ("parquet", "csv", "jsonl", "jsonl.gz", "jsonl.zst"):
        path = write(folder / f"ads.{form}", given, row_group=50_000)
        settings = Settings(workers=1)
        deciders = Deciders(lurewatch="", bundle="", policy="", dry_run_policy=None)
        began = time.process_time()
        plan = planned(path, options(20_000), deciders)
        looked = time.process_time() - began
        began = time.process_time()
        for shard in plan.shards:
            source = plan.inputs[shard.input]
            read = rows_of(source.file(), source.columns, shard.cut(), {"id", "text"})
            assert sum(1 for _ in read) == shard.rows
        found[form] = {
            "bytes_per_row": round(path.stat().st_size / count, 1),
            "planned_rows_per_second": round(count / max(1e-6, looked)),
            "read_rows_per_second": round(count / (time.process_time() - began)),
        }
    return {"rows": count, "forms": found, "results": result_bytes(settings, folder)}


def result_bytes(settings: Settings, folder: Path) -> dict[str, float]:
    """Of 300 ads' results: bytes each on disk and the processor's time to write them; and what a
    bundle takes to load, an ad of 20,000 characters to score, a copy to be answered."""
    count = 300
    began = time.process_time()
    decider = Decider(settings, Columns.parse((), ()), copies=True)
    loaded = time.process_time() - began
    long = {"text": "\n".join(texts(200))[:MAX_TEXT_CHARS]}
    began = time.process_time()
    list(decider.decide([(1, long)]))
    longest = time.process_time() - began
    answered = list(decider.decide(enumerate(rows(count), 1)))
    began = time.process_time()
    again = list(decider.decide(enumerate(rows(count) * 10, 1)))
    spent = time.process_time() - began
    decider.close()
    assert all(one.copy for one in again)
    told = {
        "load_s": round(loaded, 2),
        "longest_ad_s": round(longest, 2),
        "copy_ms": round(spent / len(again) * 1e3, 2),
    }
    for full in (False, True):
        path, began = folder / "results.parquet", time.process_time()
        writer = Parquet(path, full)
        for one in answered * 10:
            assert one.result is not None
            writer.add(flat("s3://bucket/ads.parquet", one.number, one.result, full))
        writer.close()
        name = "full" if full else "flat"
        told[f"{name}_rows_per_second"] = round(10 * count / (time.process_time() - began))
        single = Parquet(path, full)
        for one in answered:
            assert one.result is not None
            single.add(flat("s3://bucket/ads.parquet", one.number, one.result, full))
        single.close()
        told[f"{name}_bytes"] = round(path.stat().st_size / count, 1)
    return told


class Idle:
    """An actor that has nothing to do."""

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return {"done": batch["shard"]}


def ray_cost(shards: int) -> dict[str, Any]:
    """Of handing out so many shards, as :func:`service.backfill.cluster.over` does it."""
    from service.backfill.cluster import joined, spread

    with joined("local", 2):
        items = [{"shard": f"{number:300}"} for number in range(shards)]
        spread(items[:10], Idle, (), 2).count()  # what is loaded once
        before, began = peak_mib(), time.monotonic()
        assert spread(items, Idle, (), 2).count() == shards
        return {
            "shards": shards,
            "ms_per_shard": round((time.monotonic() - began) / shards * 1e3, 2),
            "driver_mib": round(peak_mib() - before, 1),
        }


def peak_mib() -> float:
    """The most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(
    ads: Annotated[int, typer.Option(help="In each turn.")] = 400,
    rounds: Annotated[int, typer.Option(help="Turns of each way.")] = 5,
    ray: Annotated[bool, typer.Option("--ray", help="Also one and two Ray actors.")] = False,
    files: Annotated[bool, typer.Option("--files", help="Only reading and writing.")] = False,
    shards: Annotated[int, typer.Option(help="Only Ray, with so many empty shards.")] = 0,
) -> None:
    """Figures as JSON."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        if shards:
            told = ray_cost(shards)
        else:
            told = file_rates(ads, folder) if files else rates(ads, rounds, ray, folder, stack)
    print(json.dumps({"processor": processor(), **told}, indent=1))


if __name__ == "__main__":
    typer.run(main)
