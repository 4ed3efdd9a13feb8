"""How many ads a second one consumer decides, and how many two, with the shipped bundle.

For example:

python -m tests.e2e.stream_rate --broker nats --messages 200 --rounds 3

One and two take turns on the same broker, so that what else the machine does hits both. Each
consumer scores on one thread (with more, one alone would take the cores that the second is for)
and has a session of its own, which Linux gives a share of a busy machine (``autogroup``).
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from models import bundle
from tests.e2e.brokers import Broker, Nats, Tansu
from tests.e2e.processes import ROOT, Consumer
from tests.e2e.topics import Sent, ad_event, topics_of

KINDS: dict[str, type[Broker]] = {"nats": Nats, "kafka": Tansu}
PATIENCE_S = 3600


def ads(count: int) -> list[Sent]:
    """The ten invented ads of the examples, over and over."""
    lines = (ROOT / "service" / "examples" / "ten_scripts.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    return [ad_event(number, texts[number % len(texts)]) for number in range(count)]


async def seconds(broker: Broker, consumers: int, messages: int, name: str) -> float:
    """From the first message sent to the last decision read, by so many consumers, who were
    waiting."""
    topics = topics_of(broker)
    options = ["--broker", broker.url, "--from", f"ads-{name}", "--to", f"decisions-{name}"]
    options += ["--group", name, "--create", "--batch-tokens", "2048"]
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                Consumer(broker.folder / f"{name}-{number}.log", bundle.champion(), *options)
            )
            for number in range(consumers)
        ]
        for each in running:
            await asyncio.to_thread(each.until, "ready")
        began = time.monotonic()
        await topics.send(f"ads-{name}", ads(messages))
        found = await topics.read(f"decisions-{name}", messages, PATIENCE_S)
        taken = time.monotonic() - began
        assert len({value for _, value in found}) == messages
        for each in running:
            assert await asyncio.to_thread(each.stop) == 0
    return taken


def main(
    broker: Annotated[Literal["nats", "kafka"], typer.Option()] = "nats",
    messages: Annotated[int, typer.Option(help="In each turn.")] = 200,
    rounds: Annotated[int, typer.Option(help="Turns of one, and of two.")] = 3,
) -> None:
    """Ads a second with one consumer and with two, and the ratio: medians, and their range over the
    rounds, as a line of a Markdown table."""
    os.environ["LUREWATCH_WORKERS"] = "1"
    rates: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        running = KINDS[broker](Path(folder))
        running.start()
        try:
            for turn in range(rounds):
                for consumers in (1, 2):
                    name = f"{turn}-{consumers}"
                    taken = asyncio.run(seconds(running, consumers, messages, name))
                    rates[consumers].append(messages / taken)
                    print(f"{consumers} consumers: {messages / taken:.1f} ads/s", flush=True)
        finally:
            running.close()
    ratios = [two / one for one, two in zip(rates[1], rates[2], strict=True)]
    print(f"\n{HEAD}\n{row(broker, messages, rates[1], rates[2], ratios)}")


HEAD = """\
| broker | ads in a round | rounds | one consumer, ads/s | two, ads/s | times |
| --- | ---: | ---: | ---: | ---: | ---: |"""


def row(
    broker: str, messages: int, one: Sequence[float], two: Sequence[float], ratios: Sequence[float]
) -> str:
    """A line of the table; of each figure the median, and the least and the most of all rounds.

    >>> row("nats", 200, [10, 12], [20, 21], [2, 1.75])
    '| nats | 200 | 2 | 11.0 (10.0 to 12.0) | 20.5 (20.0 to 21.0) | 1.88 (1.75 to 2.00) |'
    """
    cells = [
        f"{statistics.median(each):.{digits}f} ({min(each):.{digits}f} to {max(each):.{digits}f})"
        for each, digits in ((one, 1), (two, 1), (ratios, 2))
    ]
    return f"| {' | '.join([broker, str(messages), str(len(one)), *cells])} |"


if __name__ == "__main__":
    typer.run(main)
