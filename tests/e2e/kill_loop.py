"""Kills the service with SIGKILL again and again while it takes, scores and tells submissions, and
then looks for what was lost or told twice.

For example:

python -m tests.e2e.kill_loop --times 100 --database sqlite
python -m tests.e2e.kill_loop --times 100 --database postgresql --seed 7

Two service processes share the database. One of them is killed, or now and then both, at a moment
drawn from the seed: as a request goes out, after a 202, at a commit, as a message arrives, or
whenever. Some are frozen before (SIGSTOP) for longer than their leases, so that the other takes
over what they go on with when they wake. Prints the figures as JSON; exit 1 where one that must be
0 is not.
"""

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.cli import new_app, run, say
from service.store import Database
from service.store.base import now
from service.store.tables import Delivery
from service.store.vault import new_key
from tests.e2e.killing.callers import Caller
from tests.e2e.killing.ledger import MOMENTS, Ledger
from tests.e2e.killing.services import Service
from tests.e2e.killing.verdict import NEVER, judged, waiting, words_in
from tests.e2e.killing.witness import Witness
from tests.postgresql import new_database, running

app = new_app(__doc__)

CALLERS = 4
WITHIN_S = {"intake": 0.02, "scoring": 0.1, "commit": 0.004, "delivery": 0.05, "any": 1.0}
"""A kill comes up to so many seconds after its moment."""

LEASE_S = 2
FROZEN_S = 2 * LEASE_S
FREEZING = 0.2
"""How many kills come after a frost."""

DRAIN_S = 1200
"""For what waits at the end. A message that a killed process was sending waits for its lease, more
than a minute; one that failed twice, five minutes."""


class KillLoop:
    """One run over one database."""

    def __init__(self, url: str, folder: Path, bundle: Path, seed: int, services: int = 2) -> None:
        self.ledger = Ledger()
        self.witness = Witness(self.ledger, f"{seed}/witness")
        self.database = Database(url)
        self.database.migrate()
        self.kills: Counter[str] = Counter()
        self.freezes = 0
        self._folder = folder
        self._random = random.Random(seed)
        environment = {
            "LUREWATCH_DATABASE": url,
            "LUREWATCH_DATA_DIR": str(folder / "data"),
            "LUREWATCH_SECRET_KEY": new_key(),
            "LUREWATCH_BUNDLE_DIR": str(bundle),
            "LUREWATCH_WORKERS": "2",
            "LUREWATCH_LEASE_S": str(LEASE_S),
            "LUREWATCH_WEBHOOK_PRIVATE_TARGETS": "true",
            "LUREWATCH_WEBHOOK_TIMEOUT_S": "5",
        }
        self._services = [
            Service(environment, folder / f"service-{number}.log") for number in range(services)
        ]
        urls = [one.url for one in self._services]
        self._callers = [Caller(urls, self.ledger, f"{seed}/{n}") for n in range(CALLERS)]

    def run(self, times: int, hurry: bool) -> dict[str, int | float]:
        """``times`` kills, then the verdict. ``hurry``: what killed processes were sending is due
        at once, as if its lease had run out."""
        began = time.monotonic()
        with self.witness.receiver.open():
            for service in self._services:
                service.start()
            for service in self._services:
                service.ready()
            self.witness.secret = registered(self._services[0].url, self.witness.receiver.url)
            for caller in self._callers:
                caller.start()
            while self.kills.total() < times:
                self._kill_one(times)
            for caller in self._callers:
                caller.stop.set()
            for caller in self._callers:
                caller.join()
            self._drain(hurry)
            logs = [one.log for one in self._services]
            figures = judged(self.ledger, self.database, self._services[0].url, logs)
            for service in self._services:
                service.kill()
        self.database.close()
        figures["words found"] += words_in(self._folder)
        said = {f"kills: {moment}": self.kills[moment] for moment in MOMENTS}
        spent = round(time.monotonic() - began, 1)
        return {
            "kills": self.kills.total(), **said, "freezes": self.freezes, **figures,
            "seconds": spent,
        }  # fmt: skip

    def _kill_one(self, times: int) -> None:
        moment = self._random.choice(MOMENTS)
        service = self._random.choice(self._services)
        if moment == "commit":
            service.next_commit(5)
        elif moment != "any":
            self.ledger.happened[moment].clear()
            self.ledger.happened[moment].wait(5)
        time.sleep(self._random.uniform(0, WITHIN_S[moment]))
        if self._random.random() < FREEZING:
            service.freeze(FROZEN_S)
            self.freezes += 1
            time.sleep(self._random.uniform(0, WITHIN_S["any"]))
        both = self._random.random() < 0.2 and self.kills.total() + 2 <= times
        killed = self._services if both else [service]
        for one in killed:
            one.kill()
            self.kills[moment] += 1
        for one in killed:
            one.start()
        for one in killed:
            one.ready()
        say(f"{self.kills.total()} kills, {len(self.ledger.accepted)} accepted")

    def _drain(self, hurry: bool) -> None:
        if hurry:
            self.database.write_now(let_time_pass)
        end = time.monotonic() + DRAIN_S
        while (left := self.database.read_now(waiting)) and time.monotonic() < end:
            say(f"{left} submissions and messages wait")
            time.sleep(2)


def registered(service: str, receiver: str) -> str:
    """The receiver as an endpoint; gives the secret that signs."""
    answer = httpx.put(f"{service}/v1/webhooks/witness", json={"url": receiver}, timeout=60)
    answer.raise_for_status()
    secret: str = answer.json()["secret"]
    return secret


def let_time_pass(session: Session) -> None:
    """Leases on messages have run out, and all pauses have passed."""
    past = now() - timedelta(seconds=1)
    waits = update(Delivery).where(Delivery.state == "pending")
    session.execute(waits.values(due_at=past, lease_owner=None, lease_until=None))


@contextmanager
def empty(database: str, folder: Path) -> Iterator[str]:
    """URL of a new database."""
    if database == "sqlite":
        yield f"sqlite:///{folder / 'data' / 'lurewatch.db'}"
    else:
        with running(folder / "postgresql") as server:
            yield new_database(server)


def tiny_bundle(folder: Path) -> Path:
    """The small bundle of the tests, made in half a minute."""
    from tests.conftest import make_tiny_base, make_tiny_run

    return make_tiny_run(make_tiny_base(folder / "base"), folder).bundle


@app.command()
def loop(
    times: Annotated[int, typer.Option(min=1, help="How often to kill.")] = 100,
    database: Annotated[Literal["sqlite", "postgresql"], typer.Option()] = "sqlite",
    seed: Annotated[int, typer.Option(help="Of moments, texts and pauses.")] = 1,
    bundle: Annotated[
        Path | None, typer.Option(help="Bundle to serve; default: a small one, made now.")
    ] = None,
    hurry: Annotated[bool, typer.Option(help="Do not wait for leases at the end.")] = False,
) -> None:
    """Kill, and look."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with empty(database, folder) as url:
            made = KillLoop(url, folder, bundle or tiny_bundle(folder / "tiny"), seed)
            figures = made.run(times, hurry)
    print(json.dumps({"database": database, "seed": seed, **figures}, indent=1))
    if any(figures[name] for name in NEVER):
        raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(run(app, None, ()))
