"""The disk is full: that of the database, and of the service's log beside it."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.faults.accepted import undecided
from tests.faults.ads import TEXTS
from tests.faults.fault import Given, Outcome
from tests.faults.served import Service
from tests.faults.small_disk import NotAllowed, fill, small_disk
from tests.faults.traffic import Seen, one_ad, traffic

SCORES, SUBMISSIONS, WORDS = 10.0, 3.0, 2.0
"""A second."""

ORDINARY_S = 1.0

FULL_S = 30.0
"""How much longer the disk stays full, until the first are refused."""

RECOVERED_S = 10.0
"""Within which all is well again once there is room."""


def disk(given: Given) -> Outcome:
    """The file system of the database and the log fills up under traffic, and has room again."""
    outcome = Outcome(
        "disk of database and log full",
        "scores go on; submissions and feedback get 503 `store-unavailable`, nothing is half "
        "kept, what was accepted is all there; with room it goes on by itself",
    )
    try:
        with small_disk(given.folder / "disk") as mounted:
            filled(given, outcome, mounted)
    except NotAllowed as error:
        outcome.undone = f"no small file system may be mounted here: {error}"
    return outcome


def word(number: int) -> bytes:
    """What a reviewer says of an ad that they give along."""
    ad = {"text": f"{TEXTS[number % len(TEXTS)]} #{number}"}
    said = {"ad": ad, "kind": "other", "reviewer": "anna", "origin": "review"}
    return json.dumps({"feedback": [said]}).encode()


def filled(given: Given, outcome: Outcome, mounted: Path) -> None:
    """All of it, on a file system of some megabytes."""
    settings = {
        "LUREWATCH_DATA_DIR": str(mounted / "data"),
        "LUREWATCH_CAMPAIGNS": "true",
        "LUREWATCH_REVIEW_QUEUE": "true",
    }
    log = mounted / "service.log"
    with Service(given, settings, log) as service:
        body, seed = one_ad(TEXTS), given.seed
        with (
            traffic(service.url, body, SCORES, seed=seed) as scores,
            traffic(service.url, body, SUBMISSIONS, path="/v1/submissions", seed=seed + 1) as subs,
            traffic(service.url, word, WORDS, path="/v1/feedback", seed=seed + 2) as words,
        ):
            time.sleep(ORDINARY_S)
            full = time.monotonic()
            fill(mounted / "filler")
            time.sleep(given.seconds)
            while not (subs.of(503).answers and words.of(503).answers):
                if time.monotonic() > full + given.seconds + FULL_S:
                    break
                time.sleep(0.1)  # the database may still have had room in files of its own
            (mounted / "filler").unlink()
            room = time.monotonic()
            time.sleep(min(given.seconds, RECOVERED_S) + 1)
        accepted = {one.id for one in subs.of(202).answers}
        lost = undecided(service.url, accepted)
        outcome.expect(service.ready(), "it is not ready any more")
        judge(outcome, scores, subs, words, (full, room))
    kept_as_told(outcome, mounted / "data" / "lurewatch.db", accepted, len(words.of(201).answers))
    outcome.seen["accepted and not decided"] = len(lost)
    outcome.expect(not lost, f"{len(lost)} accepted submissions were not decided")
    check_log(outcome, log)


def judge(
    outcome: Outcome, scores: Seen, subs: Seen, words: Seen, full: tuple[float, float]
) -> None:
    """What callers saw."""
    for name, seen in (("scores", scores), ("submissions", subs), ("feedback", words)):
        outcome.seen[name] = seen.statuses()
        outcome.seen[f"{name} while full"] = seen.between(*full).statuses()
    outcome.seen["slowest score while full, s"] = scores.between(*full).slowest_s()
    outcome.expect(set(scores.statuses()) == {"200"}, f"scores: {scores.statuses()}")
    for name, seen, good in (("submissions", subs, "202"), ("feedback", words, "201")):
        outcome.expect(set(seen.statuses()) <= {good, "503"}, f"{name}: {seen.statuses()}")
        said = {one.said for one in seen.of(503).answers}
        outcome.expect(said <= {"store-unavailable"}, f"{name}: {sorted(said)}")
    refused = [*subs.of(503).answers, *words.of(503).answers]
    outcome.expect(bool(refused), "nothing was refused: the disk was not full")
    well = max((one.at + one.took_s for one in refused), default=full[1]) - full[1]
    outcome.seen["well again after, s"] = round(max(0.0, well), 2)
    outcome.expect(well <= RECOVERED_S, f"well again {well:.1f} s after there was room")


def kept_as_told(outcome: Outcome, path: Path, accepted: set[str], words: int) -> None:
    """Whether the database holds what callers were told, all of it and nothing else."""
    with closing(sqlite3.connect(path)) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        rows = {id for (id,) in database.execute("SELECT id FROM submissions")}
        (kept,) = database.execute("SELECT count(*) FROM feedback").fetchone()
    outcome.seen["accepted"] = len(accepted)
    outcome.seen["feedback kept"] = kept
    outcome.expect(whole == "ok", f"the database is damaged: {whole}")
    outcome.expect(accepted == rows, f"{len(accepted ^ rows)} submissions told otherwise than kept")
    outcome.expect(kept == words, f"{kept} words kept, {words} were taken")


def check_log(outcome: Outcome, log: Path) -> None:
    """It lacks lines; those that it has are the service's own, but for one that was torn off."""
    lines = log.read_text("utf-8", "replace").splitlines()
    odd = [line for line in lines if not line.startswith("{")]
    outcome.seen["lines of the log"] = len(lines)
    outcome.expect(len(odd) <= 1, f"{len(odd)} lines of the log are none, such as {odd[:1]}")
