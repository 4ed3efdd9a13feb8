"""``python -m tests.fuzz parts``: every part under so many inputs, and a table of what came out."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from tests.fuzz.targets import PARTS, Part
from tests.fuzz.worker import Told, Worker, at_random

ROW = "| {} | {} | {} | {} | {} | {} |"
HEAD = ("part", "inputs", "seconds", "longest input, ms", "slowest, µs a character", "findings")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one part."""

    told: Told
    died: str
    """What it said at its end, where it ended before its time."""


def run(inputs: int, only: Sequence[str], seed: int, by_coverage: bool) -> list[Outcome]:
    """Shares the inputs among the parts."""
    chosen = [PARTS[name] for name in only or PARTS]
    shares = sum(one.share for one in chosen)
    found: list[Outcome] = []
    with tqdm(total=inputs, unit=" inputs", unit_scale=True) as bar:
        for one in chosen:
            bar.set_description(f"{one.name}, {sum(broken(o) for o in found)} findings")
            part, before = -(-inputs * one.share // shares), int(bar.n)
            last = Told(one.name)

            def told(now: Told, before: int = before) -> None:
                bar.update(before + now.inputs - bar.n)

            if by_coverage:
                for last in progress(one, part, seed):
                    told(last)
            else:
                worker = Worker(one.name, one.run, part, told)
                at_random(worker, one.seeds, seed)
                last = worker.told
            found.append(Outcome(last, "" if last.inputs >= part else "it ended early"))
    return found


def progress(one: Part, inputs: int, seed: int) -> Iterator[Told]:
    """What a process says that is guided by coverage."""
    command = [sys.executable, "-m", "tests.fuzz.worker", one.name, str(inputs), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield Told(**json.loads(line))


def broken(one: Outcome) -> int:
    """Findings, an early end counted as one."""
    return len(one.told.findings) + int(bool(one.died))


def table(found: Sequence[Outcome]) -> str:
    """In Markdown, with a sum."""
    rows = [
        (
            o.told.part, f"{o.told.inputs:,}", f"{o.told.seconds:.0f}", f"{o.told.longest_ms:.0f}",
            f"{o.told.slowest_us:.1f} of {o.told.slowest_of}", broken(o),
        )
        for o in found
    ]  # fmt: skip
    inputs, seconds = (sum(getattr(o.told, n) for o in found) for n in ("inputs", "seconds"))
    total = ("all", f"{inputs:,}", f"{seconds:.0f}", "", "", sum(map(broken, found)))
    lines = [ROW.format(*HEAD), ROW.format(*["---"] * len(HEAD))]
    return "\n".join([*lines, *(ROW.format(*row) for row in (*rows, total))])
