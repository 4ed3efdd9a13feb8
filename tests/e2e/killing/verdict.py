"""What came of it all, judged by what callers, receiver, database and logs say."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store import Database
from service.store.tables import Delivery, StoredAd, Submission
from tests.e2e.killing.callers import WORD, results_of
from tests.e2e.killing.ledger import Ledger

NEVER = (
    "lost", "failed", "queued twice", "contradictory", "under two message ids", "never told",
    "results of another length", "ads kept twice or not at all", "wrong signatures",
    "submissions not found", "errors logged", "words found",
)  # fmt: skip
"""Figures that must be 0."""

COUNTED = ("deliveries", "messages cut short", "readings", "requests repeated", "keys repeated")
"""Figures that say how much went on."""


def waiting(session: Session) -> int:
    """What is still to be scored, and to be told."""
    queued = select(func.count()).select_from(Submission).where(Submission.state == "queued")
    pending = select(func.count()).select_from(Delivery).where(Delivery.state == "pending")
    return (session.scalar(queued) or 0) + (session.scalar(pending) or 0)


def judged(ledger: Ledger, database: Database, url: str, logs: Sequence[Path]) -> Counter[str]:
    """Every figure. Reads each submission once more through the service at ``url``."""
    figures = Counter({name: ledger.counts[name] for name in NEVER})
    with httpx.Client(base_url=url, timeout=60) as client:
        for key, id in ledger.accepted.items():
            judge(figures, ledger, client, key, id)
    rows = database.read_now(kept)
    figures["queued twice"] += rows["submissions"] - len(ledger.accepted)
    figures["ads kept twice or not at all"] += abs(rows["ads"] - sum(ledger.ads.values()))
    figures["under two message ids"] += rows["messages"] - len(ledger.accepted)
    figures["taken over"] = rows["taken over"]
    figures["accepted"] = len(ledger.accepted)
    figures["ads"] = sum(ledger.ads.values())
    figures["deliveries repeated"] = ledger.counts["deliveries"] - len(ledger.bodies)
    for name in COUNTED:
        figures[name] = ledger.counts[name]
    figures.update({k: v for k, v in ledger.counts.items() if k.startswith("answers ")})
    for path in logs:
        read_log(figures, path)
    return figures


def judge(figures: Counter[str], ledger: Ledger, client: httpx.Client, key: str, id: str) -> None:
    """One submission: done, with all its results, told once and to everybody the same."""
    answer = client.get(f"/v1/submissions/{id}")
    found: Any = answer.json() if answer.status_code == 200 else {"state": "queued"}
    if found["state"] == "queued":
        figures["lost"] += 1
        return
    figures[found["state"]] += 1
    ledger.note_reading(id, results_of(answer.content))
    if [one["id"] for one in found["results"]] != [str(i) for i in range(ledger.ads[key])]:
        figures["results of another length"] += 1
    messages, told = ledger.messages[id], found["webhook"] or {"message": None, "state": "none"}
    if not messages or told["state"] != "delivered":
        figures["never told"] += 1
    if len(messages) > 1 or messages - {told["message"]}:
        figures["under two message ids"] += 1
    bodies = set().union(*(ledger.bodies[message] for message in messages))
    if (
        len(bodies) > 1
        or len(ledger.read[id] | ledger.told[id]) > 1
        or len(ledger.answers[key]) > 1
    ):
        figures["contradictory"] += 1


def kept(session: Session) -> dict[str, int]:
    """Rows, and submissions that a second worker had to take."""

    def counted(table: type[Submission | Delivery | StoredAd]) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    taken = select(func.count()).select_from(Submission).where(Submission.attempts > 1)
    return {
        "submissions": counted(Submission),
        "messages": counted(Delivery),
        "ads": counted(StoredAd),
        "taken over": session.scalar(taken) or 0,
    }


def read_log(figures: Counter[str], path: Path) -> None:
    """Errors, and words of ads; a line that a kill cut short is none."""
    for line in path.read_text("utf-8", "replace").splitlines():
        if WORD in line:
            figures["words found"] += 1
        try:
            said = json.loads(line)
        except ValueError:
            figures["log lines cut short"] += 1
            continue
        if said["level"] in ("error", "critical"):
            figures["errors logged"] += 1
            figures[f"logged: {said['message']}"] += 1


def words_in(folder: Path) -> int:
    """Files that hold the word that stands in every ad. A database may delete some meanwhile."""
    found = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found += path.is_file() and WORD.encode() in path.read_bytes()
    return found
