"""The wall clock jumps, as when somebody sets it, or a machine starts with a dead battery."""

import json
import time
from collections import Counter
from collections.abc import Iterator

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import access
from service.access import Scope
from service.store import Database
from service.store.tables import Feedback, StoredAd
from tests.e2e.killing.ledger import Ledger
from tests.e2e.killing.witness import Witness
from tests.e2e.processes import ROOT
from tests.faults.ads import TEXTS
from tests.faults.disk import word
from tests.faults.fault import Given, Outcome
from tests.faults.served import Service
from tests.faults.traffic import Seen, one_ad, traffic
from tests.faults.wall_clock import WallClock

HOUR_S, DAY_S = 3600, 86_400
JUMPS_S = {
    "an hour": HOUR_S, "a day": DAY_S, "ten years": 3652 * DAY_S,
}  # fmt: skip
"""Forth, and back to where it was; then the same the other way."""

SCORES, SUBMISSIONS, WORDS = 6.0, 3.0, 1.0
"""A second."""

LIMIT = 30
"""Ads a minute of a key that asks for more."""

LEAST_S = 0.5
"""A clock is wrong for so long, at least."""

TOLD_S = 30.0
"""Within which every message arrives once the clock is right: the first pause after a refusal is
five seconds."""


def clock(given: Given) -> Outcome:
    """The wall clock jumps an hour, a day and ten years, forth and back, under all kinds of use."""
    outcome = Outcome(
        "clock jumps by an hour, a day, ten years, forth and back",
        "no request fails; leases, retries and limits do not stand still; nobody is told twice "
        "with different answers; nothing is erased before its time",
    )
    wall = WallClock(given.folder)
    outcome.seen["clock moved by"] = "a hook in Python; C code keeps the machine's"
    url = f"sqlite:///{given.folder / 'data' / 'lurewatch.db'}"
    database = Database(url)
    database.migrate()
    _, key = database.write_now(access.add, "ordinary", [Scope.SCORE, Scope.REVIEW, Scope.ADMIN])
    _, limited = database.write_now(access.add, "limited", [Scope.SCORE], None, LIMIT)
    settings = {
        **wall.environment(str(ROOT)),
        "LUREWATCH_AUTHENTICATION": "on",
        "LUREWATCH_REVIEW_QUEUE": "true",
        "LUREWATCH_QUEUE_FROM": "nudge",
        "LUREWATCH_CAMPAIGNS": "true",
        "LUREWATCH_LEASE_S": "6",
        "LUREWATCH_WEBHOOK_PRIVATE_TARGETS": "true",
    }
    ledger = Ledger()
    witness = Witness(ledger, f"{given.seed}/witness")
    with witness.receiver.open(), Service(given, settings) as service:
        as_ordinary = {"Authorization": f"Bearer {key}"}
        client = httpx.Client(base_url=service.url, headers=as_ordinary, timeout=60)
        hook = client.put("/v1/webhooks/witness", json={"url": witness.receiver.url})
        witness.secret = hook.raise_for_status().json()["secret"]
        accepted = under_jumps(given, outcome, wall, service, client, key, limited)
        told(outcome, ledger, accepted)
        readable(outcome, client, accepted)
        kept = rows(database)
        service.server.end()
        wall.set(JUMPS_S["ten years"])
        service.start()
        time.sleep(max(LEAST_S, given.seconds / 10))
        after = rows(database)
        outcome.seen["rows kept"] = dict(kept)
        outcome.seen["started ten years ahead: rows gone"] = sum((kept - after).values())
        outcome.expect(not kept - after, f"erased before their time: {dict(kept - after)}")
        outcome.expect(all(kept.values()), f"nothing was there to be erased: {dict(kept)}")
        wall.set(0)
        client.close()
    database.close()
    return outcome


def jumps(given: Given) -> Iterator[tuple[str, int]]:
    """What each is called, and how far ahead the clock then is."""
    for sign, way in ((1, "forth"), (-1, "back")):
        for name, size in JUMPS_S.items():
            yield f"{name} {way}", sign * size


def handed(number: int) -> bytes:
    """A submission whose results are told."""
    ads = [{"id": str(number), "text": f"{TEXTS[number % len(TEXTS)]} #{number}"}]
    return json.dumps({"ads": ads, "webhook": "witness"}).encode()


def under_jumps(
    given: Given, outcome: Outcome, wall: WallClock, service: Service, client: httpx.Client,
    key: str, limited: str,
) -> list[str]:  # fmt: skip
    """Callers of all kinds while the clock jumps, and what was promised to them; gives the
    submissions that were accepted."""
    each_s = max(LEAST_S, given.seconds / (2 * 2 * len(JUMPS_S)))
    mine, theirs = ({"Authorization": f"Bearer {one}"} for one in (key, limited))
    url, seed = service.url, given.seed
    with (
        traffic(url, one_ad(TEXTS), SCORES, seed=seed, headers=mine) as scores,
        traffic(
            url, handed, SUBMISSIONS, path="/v1/submissions", seed=seed + 1, headers=mine
        ) as subs,
        traffic(url, word, WORDS, path="/v1/feedback", seed=seed + 2, headers=mine) as words,
        traffic(url, one_ad(TEXTS), 2.0, seed=seed + 3, headers=theirs) as few,
    ):
        time.sleep(each_s)
        again = Again(client)
        for name, ahead_s in jumps(given):
            for ahead in (ahead_s, 0):
                wall.set(ahead)
                time.sleep(each_s)
                again.ask(ahead)
            given.told(f"{name}: {len(scores.answers)} scores so far")
    outcome.seen["jumps"] = 2 * len(list(jumps(given)))
    for name, seen, good in (
        ("scores", scores, {"200"}), ("submissions", subs, {"202"}), ("feedback", words, {"201"}),
        ("a key with a limit", few, {"200", "429"}),
    ):  # fmt: skip
        outcome.seen[name] = seen.statuses()
        outcome.expect(set(seen.statuses()) <= good, f"{name}: {seen.statuses()}")
    outcome.expect(not again.others, f"{again.others} repeated keys were accepted anew")
    fair(outcome, few)
    return [one.id for one in subs.of(202).answers]


class Again:
    """One submission under one key, repeated through it all. The key is known as long as the
    results, so that years ahead it is a new one."""

    def __init__(self, client: httpx.Client) -> None:
        self.others = 0
        self._client = client
        self._known = ""
        self.ask(0)

    def ask(self, ahead_s: int) -> None:
        """Once more, with the clock so far ahead."""
        headers = {"Idempotency-Key": "always-the-same", "Content-Type": "application/json"}
        answer = self._client.post("/v1/submissions", content=handed(0), headers=headers)
        found = str(answer.json().get("id"))
        if self._known and ahead_s <= DAY_S:
            self.others += found != self._known
        self._known = found


def fair(outcome: Outcome, few: Seen) -> None:
    """Whether in no minute of the steady clock more was scored than the limit allows, and a minute
    after it was used up there was more."""
    good = sorted(one.at for one in few.of(200).answers)
    most = max((sum(at <= one < at + 59 for one in good) for at in good), default=0)
    outcome.seen["of a key's limit in any minute, most"] = f"{most} of {LIMIT}"
    outcome.expect(most <= LIMIT, f"{most} ads in a minute, the key's limit is {LIMIT}")
    asked = sorted(one.at for one in few.answers)
    if asked and asked[-1] - asked[0] > 70:
        late = [at for at in good if at > asked[0] + 60]
        outcome.expect(bool(late), "a key that used up its limit was kept out for good")


def told(outcome: Outcome, ledger: Ledger, accepted: list[str]) -> None:
    """Whether everybody was told, in time, and nobody two things."""
    began = time.monotonic()
    while (left := set(accepted) - set(ledger.messages)) and time.monotonic() - began < TOLD_S:
        time.sleep(0.2)
    twice = sum(len(one) > 1 for one in (*ledger.bodies.values(), *ledger.told.values()))
    outcome.seen["accepted"] = len(accepted)
    outcome.seen["told"] = len(accepted) - len(left)
    outcome.seen["the last told, s after the clock was right"] = round(time.monotonic() - began, 1)
    outcome.seen["told otherwise a second time"] = twice
    outcome.expect(not left, f"{len(left)} submissions or messages stand still")
    outcome.expect(not twice, f"{twice} messages came again with another content")


def readable(outcome: Outcome, client: httpx.Client, accepted: list[str]) -> None:
    """What was finished with the clock years behind counts as expired; it was told."""
    answers = Counter(client.get(f"/v1/submissions/{one}").status_code for one in accepted)
    outcome.seen["results read after"] = {str(status): n for status, n in sorted(answers.items())}
    outcome.expect(set(answers) <= {200, 404}, f"results read after: {dict(answers)}")


def rows(database: Database) -> Counter[str]:
    """How many of what expires are kept."""

    def count(session: Session) -> Counter[str]:
        tables = (StoredAd, Feedback)
        return Counter(
            {
                table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            }
        )

    return database.read_now(count)
