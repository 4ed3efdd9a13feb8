"""The broker is killed under ``python -m service consume`` and comes back on what it had kept."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

from tests.e2e.brokers import Nats
from tests.e2e.processes import PATIENCE_S, Consumer
from tests.e2e.topics import Sent, Topics, ad_event, opened, topics_of
from tests.faults.ads import TEXTS
from tests.faults.fault import Given, Outcome

ADS = 120
"""Each as long as some windows, so that there is a middle to be killed in."""

REPEATED = 12
"""Times its text."""

TIMES = 2
"""Kills."""

BETWEEN = 10
"""Decisions that come before each kill, at least."""

GOES_ON_S = 15.0
"""From when the broker is back; the pause between two tries grows to ten seconds."""

LEASE_S = 60
"""What the consumer held comes again after so long; shorter where only the way is tested."""


def broker(given: Given) -> Outcome:
    """NATS JetStream is killed and started again, twice, while a consumer decides a stream."""
    outcome = Outcome(
        "broker killed and back, under `consume`",
        "every message is decided, one that is decided again the same; it goes on by itself",
    )
    made = Nats(given.folder)
    try:
        made.start()
        asyncio.run(decided(given, outcome, made))
    finally:
        made.close()
    return outcome


async def decided(given: Given, outcome: Outcome, made: Nats) -> None:
    """The whole of it."""
    topics = topics_of(made)
    await topics.make("ads", "decisions", "decisions-dead")
    await topics.send(
        "ads", [ad_event(n, f"{TEXTS[n % len(TEXTS)]} {n} " * REPEATED) for n in range(ADS)]
    )
    options = ["--broker", made.url, "--from", "ads", "--to", "decisions", "--batch-tokens", "2000"]
    lease_s = LEASE_S if given.seconds >= LEASE_S / 2 else 6
    own = {"LUREWATCH_LEASE_S": str(lease_s), "LUREWATCH_DATA_DIR": str(given.folder / "data")}
    waits, known = [], 0
    with Consumer(given.folder / "consumer.log", given.bundle, *options, **own) as consumer:
        await asyncio.to_thread(consumer.until, "ready")
        for number in range(TIMES):
            known = len(await topics.read("decisions", min(ADS, known + BETWEEN)))
            made.kill()
            await asyncio.sleep(given.seconds / TIMES)
            made.start()
            waits.append(await going_on(topics))
            given.told(f"{number + 1} of {TIMES} kills, {known} decided before it")
        found = await all_of(topics, lease_s)
        code = await asyncio.to_thread(consumer.stop)
    judge(outcome, found, waits, code)


async def going_on(topics: Topics) -> float:
    """Seconds from now to the first decision that was not there; 0 where there is none to come."""
    began = time.monotonic()
    before = len(await topics.read("decisions", ADS, 0.6))
    while (now := len(set(await topics.read("decisions", before + 1, 1.0)))) <= before < ADS:
        assert time.monotonic() - began < PATIENCE_S, f"it stands still at {now} of {ADS}"
    return round(time.monotonic() - began, 1)


async def all_of(topics: Topics, lease_s: int) -> list[Sent]:
    """The decisions, once every ad has one, or nothing came for longer than a lease."""
    found: list[Sent] = []
    last = time.monotonic()
    while len({subject(one) for one in found}) < ADS and time.monotonic() - last < lease_s + 30:
        now = await topics.read("decisions", len(found) + 1, 1.0)
        if len(now) > len(found):
            found, last = now, time.monotonic()
    return found


def subject(one: Sent) -> str:
    """The ad that a decision is on."""
    found: str = opened([one])[0]["subject"]
    return found


def judge(outcome: Outcome, found: Sequence[Sent], waits: Sequence[float], code: int) -> None:
    """What was seen, and whether it was promised."""
    by_ad = defaultdict(list)
    for one in found:
        by_ad[subject(one)].append(one)
    twice = sum(len(several) > 1 for several in by_ad.values())
    otherwise = sum(len(set(several)) > 1 for several in by_ad.values())
    outcome.seen |= {
        "messages": ADS,
        "decided": len(by_ad),
        "kills of the broker": len(waits),
        "goes on after, s": max(waits),
        "decided twice, the same": twice - otherwise,
        "decided twice, otherwise": otherwise,
    }
    outcome.expect(len(by_ad) == ADS, f"{ADS - len(by_ad)} messages were not decided")
    outcome.expect(not otherwise, f"{otherwise} were decided twice and not the same")
    outcome.expect(max(waits) <= GOES_ON_S, f"it went on after {max(waits)} s")
    outcome.expect(code == 0, f"the consumer ended with exit code {code}")
