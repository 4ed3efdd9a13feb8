"""One of two services on a PostgreSQL is killed while callers ask; the other takes over."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread

import aiohttp
import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store import Database
from service.store.tables import Submission
from service.store.vault import new_key
from tests.e2e.kill_loop import LEASE_S, let_time_pass, registered
from tests.e2e.killing.callers import Caller as Submitter
from tests.e2e.killing.ledger import Ledger
from tests.e2e.killing.services import Service
from tests.e2e.killing.verdict import NEVER, judged, waiting
from tests.e2e.killing.witness import Witness
from tests.e2e.memory import texts
from tests.faults.fault import Given, Outcome
from tests.postgresql import new_database, running

ROUND_S = 10.0
"""Of one kill; as many are made as the length holds."""

SCORERS, SUBMITTERS = 4, 2
BEFORE_S = 5.0, 8.0
"""A service is killed so long after the other was back, between these. An answer takes up to five
here: a caller who found the one away, and was asking the other when that was killed too, would have
nobody left to ask."""

TAKEN_OVER_S = LEASE_S + 10.0
"""What a killed one held is decided within this: the lease, the pause after which a worker looks,
and what waits besides."""

PATIENCE_S = 90.0


Count = Callable[[Session], int]
"""Of rows."""


def killed(given: Given) -> Outcome:
    """SIGKILL of one of two services on one PostgreSQL while callers ask."""
    outcome = Outcome(
        "SIGKILL of one of two services on one PostgreSQL",
        "callers that try the other one get every ad answered; what the killed one held is decided "
        "once, by the other, after `lease_s`",
    )
    with running(given.folder / "postgresql") as server:
        pair = Pair(given, new_database(server))
        with pair.witness.receiver.open():
            pair.run(max(1, round(given.seconds / ROUND_S)))
        pair.judge(outcome)
    return outcome


class Pair:
    """Two services, their callers, and what came of it."""

    def __init__(self, given: Given, url: str) -> None:
        self.ledger = Ledger()
        self.witness = Witness(self.ledger, f"{given.seed}/witness")
        self.database = Database(url)
        self.database.migrate()
        self.waiting: list[int] = []
        """Submissions that waited when one was killed, in hand or not."""

        self.taken_over_s: list[float] = []
        """Until those were decided that one of the two had in hand. What nobody had in hand yet
        takes as long as the other needs for all that callers brought, and is none of the kill's."""

        self.decided_s: list[float] = []
        """Until all that had been accepted were."""

        self._given = given
        self._random = random.Random(given.seed)
        environment = {
            "LUREWATCH_DATABASE": url,
            "LUREWATCH_DATA_DIR": str(given.folder / "data"),
            "LUREWATCH_SECRET_KEY": new_key(),
            "LUREWATCH_BUNDLE_DIR": str(given.bundle),
            "LUREWATCH_LEASE_S": str(LEASE_S),
            "LUREWATCH_WEBHOOK_PRIVATE_TARGETS": "true",
        }
        self._services = [
            Service(environment, given.folder / f"service-{number}.log") for number in range(2)
        ]
        urls = [one.url for one in self._services]
        self._submitters = [
            Submitter(urls, self.ledger, f"{given.seed}/{number}") for number in range(SUBMITTERS)
        ]
        self.balanced = Balanced(urls, given.seed)

    def run(self, times: int) -> None:
        """So many kills, one service after the other, and the end of all that waits."""
        for service in self._services:
            service.start()
        for service in self._services:
            service.ready()
        self.witness.secret = registered(self._services[0].url, self.witness.receiver.url)
        for submitter in self._submitters:
            submitter.start()
        self.balanced.start()
        for number in range(times):
            self._kill_one(self._services[number % 2])
            self._given.told(f"killed {number + 1} of {times} times")
        self.balanced.stop()
        for submitter in self._submitters:
            submitter.stop.set()
        for submitter in self._submitters:
            submitter.join()
        self.database.write_now(let_time_pass)  # else what was being told waits for its lease
        self._until(waiting)
        self.figures = judged(
            self.ledger, self.database, self._services[0].url, [one.log for one in self._services]
        )
        for service in self._services:
            service.kill()
        self.database.close()

    def _kill_one(self, service: Service) -> None:
        """It stays away until the other has decided all that was accepted before."""
        time.sleep(self._random.uniform(*BEFORE_S))
        service.kill()
        began = time.monotonic()
        with self.ledger.lock:
            accepted = [*self.ledger.accepted.values()]
        left = queued(accepted)
        self.waiting.append(self.database.read_now(left))
        self._until(queued(self.database.read_now(in_hand)))
        self.taken_over_s.append(time.monotonic() - began)
        self._until(left)
        self.decided_s.append(time.monotonic() - began)
        service.start()
        service.ready()

    def _until(self, left: Count) -> None:
        """None is left, or patience is at its end."""
        end = time.monotonic() + PATIENCE_S
        while self.database.read_now(left) and time.monotonic() < end:
            time.sleep(0.1)

    def judge(self, outcome: Outcome) -> None:
        """What callers and the database say."""
        figures, balanced = self.figures, self.balanced
        never = {name: figures[name] for name in NEVER if figures[name]}
        outcome.seen |= {
            "kills": len(self.waiting),
            "ads asked about": balanced.asked,
            "answered": dict(sorted(balanced.statuses.items())),
            "asked of the other": balanced.again,
            "longest answer, s": round(balanced.longest_s, 1),
            "submissions accepted and decided": figures["done"],
            "waiting at a kill, most": max(self.waiting),
            "taken over from a killed one": figures["taken over"],
            "what was in hand decided after, longest s": round(max(self.taken_over_s), 1),
            "all that waited decided after, longest s": round(max(self.decided_s), 1),
            "lost, or decided in two ways": sum(never.values()),
        }
        answered = balanced.statuses["200"]
        outcome.expect(
            answered == balanced.asked, f"{balanced.asked - answered} ads were not answered"
        )
        outcome.expect(not never, f"{never}")
        outcome.expect(figures["done"] == figures["accepted"] > 0, "not all were decided")
        outcome.expect(
            max(self.taken_over_s) <= TAKEN_OVER_S,
            f"what was in hand at a kill took {max(self.taken_over_s):.1f} s",
        )


def in_hand(session: Session) -> list[str]:
    """Submissions that a worker has claimed and not decided yet."""
    found = select(Submission.id)
    found = found.where(Submission.state == "queued", Submission.lease_owner.is_not(None))
    return [*session.scalars(found)]


def queued(ids: Sequence[str]) -> Count:
    """How many of them are still to be decided."""

    def count(session: Session) -> int:
        found = select(func.count()).select_from(Submission)
        found = found.where(Submission.state == "queued", Submission.id.in_(ids))
        return session.scalar(found) or 0

    return count


@dataclass
class Balanced:
    """Callers who ask one service and, where the connection fails, the other: as a balancer does
    with a request that it may send again."""

    urls: Sequence[str]
    seed: int
    asked: int = 0
    again: int = 0
    longest_s: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    """Of the last answer to each; ``none`` where both were asked in vain."""

    def __post_init__(self) -> None:
        self._stop = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._all()))
        self._texts = texts()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Wait for the answers that are owed."""
        self._stop.set()
        self._thread.join()

    async def _all(self) -> None:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            await asyncio.gather(*(self._one(session, place) for place in range(SCORERS)))

    async def _one(self, session: aiohttp.ClientSession, place: int) -> None:
        rng = random.Random(f"{self.seed}/{place}")
        while not self._stop.is_set():
            self.asked += 1
            text = f"{self._texts[self.asked % len(self._texts)]} #{self.asked}"
            body = orjson.dumps({"ads": [{"id": str(self.asked), "text": text}]})
            began = time.monotonic()
            said = "none"
            for url in rng.sample(list(self.urls), 2):
                said = await self._ask(session, url, body)
                if said != "none":
                    break
                self.again += 1
            self.statuses[said] += 1
            self.longest_s = max(self.longest_s, time.monotonic() - began)
            await asyncio.sleep(rng.uniform(0, 0.1))

    async def _ask(self, session: aiohttp.ClientSession, url: str, body: bytes) -> str:
        headers = {"Content-Type": "application/json"}
        try:
            async with session.post(f"{url}/v1/score", data=body, headers=headers) as answer:
                results = orjson.loads(await answer.read()).get("results", ())
                decided = answer.status != 200 or all("decision" in one for one in results)
                return str(answer.status) if decided else "200 without a decision"
        except (OSError, TimeoutError, aiohttp.ClientError):
            return "none"
