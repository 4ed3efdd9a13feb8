"""How much memory a service process and a consumer hold, with the shipped bundle, and how many
characters a second they read: what requests and limits of a container are set by.

For example:

python -m tests.e2e.memory --workers 2 --rounds 10

Resident memory is what Linux says in ``/proc/PID/status``: ``VmRSS`` now, ``VmHWM`` the most since
the step began. The service uses a real PostgreSQL, the consumer a real NATS server.
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer
from tqdm import tqdm

from models import bundle
from models.ad import MAX_TEXT_CHARS
from service.store.vault import new_key
from tests.e2e.brokers import Nats
from tests.e2e.processes import ROOT, Consumer, free_port, serving
from tests.e2e.topics import ad_event, topics_of
from tests.postgresql import new_database, running

CALLERS = 4
"""At the same time."""

RELOADS = 3
"""One after another: what they hold must not add up."""

SETTLE_S = 5
"""After a step, until a bundle that was replaced is gone."""

REQUEST_CHARS = 200_000
PATIENCE_S = 3600


def texts() -> list[str]:
    """The ten invented ads of the examples."""
    lines = (ROOT / "service" / "examples" / "ten_scripts.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def short(count: int) -> list[str]:
    """Ads as they are, over and over."""
    return [texts()[number % 10] for number in range(count)]


def long(count: int) -> list[str]:
    """The longest that are taken."""
    return [(text + "\n") * (MAX_TEXT_CHARS // len(text) + 1) for text in short(count)]


def resident(pid: int, field: str) -> int:
    """MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return round(int(line.split()[1]) / 1024)
    raise LookupError(field)


@contextmanager
def step(pid: int, name: str) -> Iterator[None]:
    """Prints what is held after it, and the most while it went on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the most is counted anew
    began = time.monotonic()
    yield
    taken = time.monotonic() - began
    time.sleep(SETTLE_S)
    now, most = resident(pid, "VmRSS"), resident(pid, "VmHWM")
    print(f"{name}: {now} MiB, at most {most} MiB, {taken:.1f} s", flush=True)


def send(client: httpx.Client, ads: list[str], rounds: int, name: str) -> None:
    """Requests of several callers at once; prints characters a second."""
    body = {"ads": [{"text": text[:MAX_TEXT_CHARS]} for text in ads]}
    chars = sum(len(ad["text"]) for ad in body["ads"])
    assert chars <= REQUEST_CHARS

    def ask(_: int) -> None:
        while (answer := client.post("/v1/score", json=body)).status_code == 429:
            time.sleep(float(answer.headers["Retry-After"]))
        answer.raise_for_status()

    began = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as callers:
        list(tqdm(callers.map(ask, range(rounds)), total=rounds, desc=name))
    rate = rounds * chars / (time.monotonic() - began)
    print(f"  {rate:.0f} characters/s, {rounds * len(ads)} ads of {chars // len(ads)} on average")


def service(folder: Path, workers: int, rounds: int) -> None:
    """From the start over full requests to another bundle."""
    with running(folder / "postgresql") as server:
        port = free_port()
        settings = {
            "LUREWATCH_DATABASE": new_database(server), "LUREWATCH_SECRET_KEY": new_key(),
            "LUREWATCH_WORKERS": str(workers), "LUREWATCH_CAMPAIGNS": "true",
            "LUREWATCH_REVIEW_QUEUE": "true",
        }  # fmt: skip
        with serving(port, **settings) as process:
            print(f"service, {workers} threads: {resident(process.pid, 'VmRSS')} MiB when ready")
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
                with step(process.pid, "short ads"):
                    send(client, short(256), rounds, "short ads")
                with step(process.pid, "longest ads"):
                    send(client, long(10), max(1, rounds // 4), "longest ads")
                for turn in range(1, RELOADS + 1):
                    name = f"another bundle while asked, {turn}"
                    with step(process.pid, name), ThreadPoolExecutor(1) as beside:
                        asked = beside.submit(send, client, short(256), CALLERS, "meanwhile")
                        client.post("/v1/model/reload").raise_for_status()
                        asked.result()


def consumer(folder: Path, rounds: int) -> None:
    """The same ads as messages."""
    broker = Nats(folder)
    broker.start()
    try:
        options = ["--broker", broker.url, "--from", "ads", "--to", "decisions", "--create"]
        with Consumer(folder / "consumer.log", bundle.champion(), *options) as made:
            made.until("ready")
            pid = made.process.pid
            print(f"consumer: {resident(pid, 'VmRSS')} MiB when ready")
            topics, sent = topics_of(broker), 0
            for name, ads in (
                ("short ads", short(256 * rounds)),
                ("longest ads", long(2 * rounds)),
            ):
                events = [ad_event(n + sent, ad[:MAX_TEXT_CHARS]) for n, ad in enumerate(ads)]
                sent += len(events)
                with step(pid, name):
                    began = time.monotonic()
                    asyncio.run(topics.send("ads", events))
                    asyncio.run(topics.read("decisions", sent, PATIENCE_S))
                    print(f"  {len(events) / (time.monotonic() - began):.1f} ads/s")
    finally:
        broker.close()


def main(
    workers: Annotated[int, typer.Option(help="Scoring threads.")] = 2,
    rounds: Annotated[int, typer.Option(help="Full requests of short ads.")] = 10,
) -> None:
    """Resident memory and rates, step by step."""
    os.environ["LUREWATCH_WORKERS"] = str(workers)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        service(folder, workers, rounds)
        consumer(folder, rounds)


if __name__ == "__main__":
    typer.run(main)
