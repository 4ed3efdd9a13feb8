"""One part of the program under random input: seeds changed at random, or, in a process of its own,
guided by atheris, which sees what an input reaches.

The process prints a JSON line twice a second, the last one with all that was found.
"""

import contextlib
import json
import logging
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.fuzz.texts import Mutator

KEEP = Path("build/fuzz")
"""Where inputs that broke something are kept."""

MAX_BYTES, USUAL_BYTES = 4_000, 400
OFTEN_LONG = 0.02
"""Share of random inputs that may be long: the others are tried ten times as fast."""

TELL_S = 0.5
POOL = 1_000
"""Changed inputs that are kept to be changed again."""

LONG = 200
"""Characters from which an input's time is told by character: of shorter ones it says little."""


@dataclass(slots=True)
class Told:
    """How far it is."""

    part: str
    inputs: int = 0
    seconds: float = 0.0
    slowest_us: float = 0.0
    """Of processor time, by character."""

    slowest_of: int = 0
    """Characters of that input."""

    longest_ms: float = 0.0
    guided: bool = False
    findings: dict[str, str] = field(default_factory=dict)
    """The input's file, by error and place."""


class Worker:
    """Runs a part over inputs, counts, and tells."""

    def __init__(
        self, name: str, run: Callable[[bytes], object], inputs: int, tell: Callable[[Told], object]
    ) -> None:
        self.run, self.inputs, self.tell = run, inputs, tell
        self.told = Told(name)
        self.began = self.said = time.monotonic()

    def one(self, data: bytes) -> None:
        """One input. What breaks is kept, and the work goes on."""
        began = time.thread_time()
        try:
            self.run(data)
        except Exception as error:
            self.keep(data, error)
        took = time.thread_time() - began
        told = self.told
        told.inputs += 1
        told.longest_ms = max(told.longest_ms, took * 1e3)
        if len(data) >= LONG and took * 1e6 / len(data) > told.slowest_us:
            told.slowest_us, told.slowest_of = took * 1e6 / len(data), len(data)
        if time.monotonic() - self.said > TELL_S or told.inputs >= self.inputs:
            self.say()

    def keep(self, data: bytes, error: Exception) -> None:
        """The first input for each error and place."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [one for one in frames if "site-packages" not in one.filename]
        place = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
        name = f"{type(error).__name__} at {place}"
        if name in self.told.findings:
            return
        folder = KEEP / self.told.part.replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{type(error).__name__}-{place.replace(':', '-')}"
        file.write_bytes(data)
        file.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), "utf-8")
        self.told.findings[name] = str(file)

    def say(self) -> None:
        """Where it stands."""
        self.said = time.monotonic()
        self.told.seconds = round(self.said - self.began, 1)
        self.tell(self.told)


def at_random(worker: Worker, seeds: Sequence[bytes], seed: int) -> None:
    """Until there were so many inputs. What was changed may be changed again."""
    mutator, pool = Mutator(seed), list(seeds)
    with contextlib.suppress(Exception):  # told below
        worker.run(seeds[0])  # what is loaded once is not the input's time
    for one in seeds:
        worker.one(one)
    while worker.told.inputs < worker.inputs:
        most = MAX_BYTES if mutator.random.random() < OFTEN_LONG else USUAL_BYTES
        data = mutator.bytes(mutator.random.choice(pool))[:most]
        worker.one(data)
        if len(pool) < len(seeds) + POOL:
            pool.append(data)
        else:
            pool[mutator.random.randrange(len(seeds), len(pool))] = data


def printed(told: Told) -> None:
    """As a line."""
    print(json.dumps(asdict(told)), flush=True)


def guided(name: str, inputs: int, seed: int) -> None:
    """The same, by coverage."""
    import atheris

    with atheris.instrument_imports(include=["models", "service"]):
        from tests.fuzz.targets import PARTS
    part = PARTS[name]
    worker = Worker(
        name, part.run, inputs, lambda told: print(json.dumps(asdict(told)), flush=True)
    )
    worker.told.guided = True
    mutator = Mutator(seed)

    def changed(data: bytes, most: int, seed: int) -> bytes:
        mutator.random.seed(seed)
        if mutator.random.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return mutator.bytes(data)[:most]

    def one(data: bytes) -> None:
        worker.one(data)
        if worker.told.inputs >= inputs:
            sys.stdout.flush()
            os._exit(0)  # libFuzzer ends no other way that tells nothing more

    corpus = KEEP / "seeds" / name.replace(" ", "-")
    corpus.mkdir(parents=True, exist_ok=True)
    for i, data in enumerate(part.seeds):
        (corpus / str(i)).write_bytes(data)
    options = [f"-seed={seed}", f"-max_len={MAX_BYTES}", "-timeout=60", "-rss_limit_mb=4096"]
    atheris.Setup([sys.argv[0], *options, "-runs=-1", str(corpus)], one, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    guided(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
