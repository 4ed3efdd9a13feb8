"""The ceiling: our own graph and tokeniser, and nothing else, in a process of its own.

Texts come as JSON lines on stdin, a job a line, and a line goes back for each. Disguises are undone
before the clock starts: what is timed is cutting into pieces and the graph, one text a thread.
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from models import bundle
from models.ad import Ad
from models.inference import Model, windows
from models.rendering import render
from tests.bench.load import Taken
from tests.e2e.processes import ROOT


def serve(folder: Path) -> None:
    """Answer jobs until stdin ends."""
    loaded = bundle.load(folder)
    limits, tokenizer = loaded.manifest.limits, loaded.tokenizer
    model = Model(loaded.read_model(), tokenizer, limits)

    def read(text: str) -> float:
        began = time.perf_counter()
        for window in windows(tokenizer, text, limits):
            model.run(window.ids)
        return time.perf_counter() - began

    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        texts = [render(Ad(text=text), loaded.manifest.rendering).text for text in job["texts"]]
        with ThreadPoolExecutor(job["threads"]) as threads:
            spent, began = time.process_time(), time.perf_counter()
            latencies = list(threads.map(read, texts))
            done = {"seconds": time.perf_counter() - began}
        done["processor_s"] = time.process_time() - spent
        print(json.dumps({**done, "latencies_s": latencies}), flush=True)


class Bare:
    """The process, from outside. Ended at the end of a ``with``."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = folder
        self._log = log

    async def __aenter__(self) -> "Bare":
        began = time.perf_counter()
        with self._log.open("wb") as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.bench.bare", str(self._folder), cwd=ROOT,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
                limit=2**26, start_new_session=True,  # as servers: Linux shares by session
            )  # fmt: skip
        await self._line()
        self.ready_s = time.perf_counter() - began
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()

    async def run(self, texts: list[str], threads: int) -> tuple[Taken, float]:
        """What came of it, and processor seconds."""
        assert self._process.stdin is not None
        job = json.dumps({"texts": texts, "threads": threads})
        self._process.stdin.write(job.encode() + b"\n")
        await self._process.stdin.drain()
        done = await self._line()
        taken = Taken(done["seconds"], done["latencies_s"], sent=len(texts), all_s=done["seconds"])
        return taken, done["processor_s"]

    def resident_mb(self) -> tuple[float, float]:
        """Resident and proportional."""
        memory = psutil.Process(self._process.pid).memory_full_info()
        return memory.rss / 2**20, memory.pss / 2**20

    async def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(self._log.read_text("utf-8", "replace")[-2000:])
        found: dict[str, Any] = json.loads(line)
        return found


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
