"""A service that is told to stop while callers ask."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
import orjson

from tests.e2e.memory import texts
from tests.e2e.processes import PATIENCE_S
from tests.faults.calling import Fate, Request, Told, call
from tests.faults.fault import Given, Outcome
from tests.faults.served import Service

ROUND_S = 6.0
"""Of one round with both kinds of callers; as many are made as the length holds."""

CALLERS, SUBMITTERS = 8, 2
AT_MOST_S = 2.0
"""A service is told to stop so long after its callers began, at most."""

PAUSES_S = 0.03


@dataclass(slots=True)
class Stops:
    """What came of rounds with one kind of callers."""

    fates: Counter[Fate] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    """Submissions that were answered with 202."""

    took_s: list[float] = field(default_factory=list)
    """From the signal until the process was gone."""

    codes: Counter[int] = field(default_factory=Counter)

    def add(self, told: Told, took_s: float, code: int) -> None:
        """One round."""
        self.fates.update(told.fates)
        self.statuses.update(told.statuses)
        self.accepted += [orjson.loads(one)["id"] for one in told.bodies]
        self.took_s.append(took_s)
        self.codes[code] += 1


def sigterm(given: Given) -> Outcome:
    """SIGTERM while callers ask, again and again."""
    outcome = Outcome(
        "SIGTERM while callers ask",
        "every request that was sent gets its whole answer, then connections are refused; what was "
        "answered 202 is decided after the next start",
    )
    rounds = max(1, round(given.seconds / ROUND_S))
    each, kept = Stops(), Stops()
    rng = random.Random(given.seed)
    with Service(given) as service:
        for number in range(rounds):
            for stops, keeps in ((each, False), (kept, True)):
                requests = asking(number, keeps)
                begun = [0.0]

                def stop(begun: list[float] = begun) -> None:
                    begun[0] = time.monotonic()
                    service.server.ask_to_stop()

                after_s = rng.uniform(0.3, AT_MOST_S)
                told = asyncio.run(
                    call(
                        service.port, requests, keeps, PAUSES_S, given.seed + number, stop, after_s
                    )
                )
                code = service.server.gone(PATIENCE_S)
                took_s = time.monotonic() - begun[0]
                stops.add(told, took_s, code)
                given.told(f"round {number + 1} of {rounds}: gone after {took_s:.1f} s")
                service.start()
        undecided = waiting(service.url, [*each.accepted, *kept.accepted])
    outcome.seen |= {
        "stops": 2 * rounds,
        "with a connection for each request": named(each.fates),
        "with kept connections": named(kept.fates),
        "statuses": {str(k): n for k, n in sorted((each.statuses + kept.statuses).items())},
        "gone after, longest s": round(max([*each.took_s, *kept.took_s]), 1),
        "exit codes": {str(code): n for code, n in sorted((each.codes + kept.codes).items())},
        "submissions accepted": len(each.accepted) + len(kept.accepted),
        "of them not decided after the next start": undecided,
    }
    both = each.fates + kept.fates
    for fate in (Fate.DROPPED, Fate.CUT):
        outcome.expect(not both[fate], f"{both[fate]} requests were {fate}")
    outcome.expect(not each.fates[Fate.LEFT], "a connection of its own was left idle")
    outcome.expect(not undecided, f"{undecided} accepted submissions were not decided")
    odd = (each.statuses + kept.statuses).keys() - {200, 202, 429, 503}
    outcome.expect(not odd, f"answers with status {sorted(odd)}")
    outcome.expect((each.codes + kept.codes).keys() <= {0, -15}, "an exit code that tells a crash")
    return outcome


def asking(number: int, kept: bool) -> list[Request]:
    """What callers of a round send: single ads, and submissions of three."""
    given = texts()

    def body(place: int, own: int, ads: int) -> bytes:
        name = f"{number}-{kept:d}-{place}-{own}"
        return orjson.dumps({"ads": [
            {"id": str(n), "text": f"{given[(own + n) % len(given)]} #{name}-{n}"}
            for n in range(ads)
        ]})  # fmt: skip

    def scoring(place: int) -> Request:
        return lambda own: ("/v1/score", body(place, own, 1))

    def submitting(place: int) -> Request:
        return lambda own: ("/v1/submissions", body(place, own, 3))

    return [
        *(scoring(place) for place in range(CALLERS)),
        *(submitting(CALLERS + place) for place in range(SUBMITTERS)),
    ]


def waiting(url: str, ids: list[str]) -> int:
    """How many submissions are still not decided when all had time to be."""
    left = set(ids)
    end = time.monotonic() + PATIENCE_S
    with httpx.Client(base_url=url, timeout=60) as client:
        while left and time.monotonic() < end:
            for one in sorted(left):
                answer = client.get(f"/v1/submissions/{one}")
                found = answer.json() if answer.status_code == 200 else {}
                if found.get("state") == "done":
                    left.discard(one)
            time.sleep(0.2)
    return len(left)


def named(fates: Counter[Fate]) -> dict[str, int]:
    """In the order of the enumeration, without those that were not seen."""
    return {str(fate): fates[fate] for fate in Fate if fates[fate]}
