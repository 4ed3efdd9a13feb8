"""Kills a real broker with SIGKILL while consumers decide ads, starts it again, and prints what
happened when; on request kills a consumer too.

For example:

python -m tests.e2e.broker_restart --broker nats --ads 150 --away 12
python -m tests.e2e.broker_restart --broker kafka --ads 150 --away 12 --kill-consumer

The broker goes when a third of the ads are decided, and one of two consumers, where that is asked
for, when two thirds are. The consumers' own words stand in the transcript as they log them. Exit 1
where an ad has no decision, or two that differ in any byte.
"""

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import typer

from models.cli import new_app, run
from tests.e2e.brokers import Broker, Nats, Tansu
from tests.e2e.kill_loop import tiny_bundle
from tests.e2e.processes import PATIENCE_S, Consumer
from tests.e2e.topics import Sent, Topics, ad_event, opened, topics_of

app = new_app(__doc__)

KINDS: dict[str, type[Broker]] = {"nats": Nats, "kafka": Tansu}
OFFER = "Pickers wanted near Spalding, 12.60 an hour, contract before you travel. "
REPEATED = 30
"""Times the offer stands in an ad, so that a batch has few ads and there is a middle."""

LEASE_S = 6
"""What a killed consumer held goes to the other after so long."""

QUIET = ("decided", "partitions")
"""Lines of a consumer's log that come all the time."""


@dataclass
class Transcript:
    """Lines with seconds since the beginning, printed as they come."""

    began: float = field(default_factory=time.monotonic)

    def say(self, words: str) -> None:
        """One line."""
        print(f"{time.monotonic() - self.began:6.1f} s  {words}", flush=True)


class Following:
    """What consumers log, told in the transcript: each message once, and again after
    :meth:`forget`."""

    def __init__(self, transcript: Transcript, consumers: dict[str, Consumer]) -> None:
        self._transcript = transcript
        self._consumers = consumers
        self._read = dict.fromkeys(consumers, 0)
        self._told: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """Tell all again."""
        self._told.clear()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            for name, consumer in self._consumers.items():
                self._tell(name, consumer)
            await asyncio.sleep(0.1)

    def _tell(self, name: str, consumer: Consumer) -> None:
        whole = consumer.log.read_text("utf-8").rpartition("\n")[0].splitlines()
        new, self._read[name] = len(whole) - self._read[name], len(whole)
        for line in consumer.lines()[len(whole) - new : len(whole)]:
            said = line["message"]
            if said not in QUIET and (name, said) not in self._told:
                self._told.add((name, said))
                why = f" ({line['error']})" if "error" in line else ""
                self._transcript.say(f"{name} logs: {said}{why}")


def ways(found: Sequence[Sent]) -> dict[str, set[bytes]]:
    """The different decisions on each ad, by its id."""
    by_ad: dict[str, set[bytes]] = defaultdict(set)
    for event, (_, value) in zip(opened(found), found, strict=True):
        by_ad[event["subject"]].add(value)
    return by_ad


async def until(topics: Topics, ads: int) -> list[Sent]:
    """All decisions, as soon as so many ads have one, or after long patience."""
    end = time.monotonic() + PATIENCE_S
    found: list[Sent] = []
    while len(ways(found)) < ads and time.monotonic() < end:
        least = max(ads, len(found) + 1) if found else ads
        found = await topics.read("decisions", least, min(10.0, PATIENCE_S))
    return found


async def restart(
    broker: Broker, bundle: Path, ads: int, away_s: float, kill_consumer: bool
) -> bool:
    """The whole of it; whether every ad was decided in one way."""
    told = Transcript()
    broker.start()
    told.say(f"{broker.kind} broker started")
    topics = topics_of(broker)
    await topics.make("ads", "decisions", "decisions-dead")
    await topics.send("ads", [ad_event(n, OFFER * REPEATED + str(n)) for n in range(ads)])
    told.say(f"{ads} ads sent")
    options = ["--broker", broker.url, "--from", "ads", "--to", "decisions"]
    options += ["--batch-tokens", "2000"]
    own = {
        "LUREWATCH_WORKERS": "1", "LUREWATCH_LEASE_S": str(LEASE_S),
        "LUREWATCH_DATA_DIR": str(broker.folder / "data"),
    }  # fmt: skip
    names = ["consumer 1", "consumer 2"][: 1 + kill_consumer]
    with ExitStack() as stack:
        consumers = {
            name: stack.enter_context(
                Consumer(broker.folder / f"{name}.log", bundle, *options, **own)
            )
            for name in names
        }
        following = Following(told, consumers)
        tail = asyncio.create_task(following.run())
        try:
            told.say(f"{len(ways(await until(topics, ads // 3)))} ads decided")
            broker.kill()
            told.say("broker killed")
            following.forget()
            await asyncio.sleep(away_s)
            broker.start()
            told.say("broker started again")
            if kill_consumer:
                told.say(f"{len(ways(await until(topics, 2 * ads // 3)))} ads decided")
                consumers["consumer 1"].kill()
                told.say("consumer 1 killed")
            found = await until(topics, ads)
            told.say(f"{len(ways(found))} ads decided")
            with suppress(TimeoutError):  # what the killed one held comes again
                found = await topics.read("decisions", sys.maxsize, 2.0 * LEASE_S)
            for name in names[kill_consumer:]:
                code = await asyncio.to_thread(consumers[name].stop)
                told.say(f"{name} ended by SIGTERM, exit code {code}")
        finally:
            tail.cancel()
    return verdict(told, ways(found), len(found), ads)


def verdict(told: Transcript, decided: dict[str, set[bytes]], decisions: int, ads: int) -> bool:
    """Said, and given."""
    missing = ads - len(decided.keys() & {f"ad-{n}" for n in range(ads)})
    several = sum(len(one) > 1 for one in decided.values())
    told.say(
        f"{ads} ads: {missing} undecided, {several} decided in more than one way; "
        f"{decisions} decisions on the topic, {decisions - len(decided)} of them repetitions"
    )
    return not missing and not several


@app.command()
def main(
    broker: Annotated[Literal["nats", "kafka"], typer.Option()] = "nats",
    ads: Annotated[int, typer.Option(min=9, help="How many to send.")] = 150,
    away: Annotated[float, typer.Option(help="Seconds for which the broker is gone.")] = 12,
    kill_consumer: Annotated[
        bool, typer.Option(help="Also SIGKILL one of two consumers, later.")
    ] = False,
    bundle: Annotated[
        Path | None, typer.Option(help="Bundle to serve; default: a small one, made now.")
    ] = None,
) -> None:
    """Kill the broker, and look."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        served = bundle or tiny_bundle(folder / "tiny")
        made = KINDS[broker](folder)
        try:
            whole = asyncio.run(restart(made, served, ads, away, kill_consumer))
        finally:
            made.close()
    if not whole:
        raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(run(app, None, ()))
