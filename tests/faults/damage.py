"""A bundle is damaged, file by file, in every way that happens to files: what starts with it, and
what a running service does that is to change to it."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from models.bundle import CHAMPION
from tests.e2e.processes import PATIENCE_S, free_port
from tests.faults.ads import TEXTS
from tests.faults.fault import Given, Outcome
from tests.faults.served import Service
from tests.faults.spoiling import Spoiled, link, spoiled, ways
from tests.faults.starting import started
from tests.faults.traffic import one_ad, traffic

RATE = 20.0
"""Requests a second beside the reloads."""

QUICK_S = 10.0
"""Below this length only some ways are tried."""

SOME = 6


def damage(given: Given) -> Outcome:
    """Every file of a bundle is spoiled in every way; it is started with, and reloaded."""
    outcome = Outcome(
        "damaged bundle",
        "at start: exit code 2 and one line that names the file and what to do; at a reload: 409, "
        "and what served before serves on, no request lost",
    )
    every = list(ways(given.bundle, given.seed))
    if given.seconds < QUICK_S:
        every = random.Random(given.seed).sample(every, SOME)
    outcome.seen["files × ways tried"] = len(every)
    registry = given.folder / "registry"
    whole = registry / "whole"
    whole.mkdir(parents=True)
    for file in given.bundle.iterdir():
        link(file, whole / file.name)
    promote(registry, "whole")
    # No bundle is fixed, so that a reload takes the champion of its moment.
    settings = {"LUREWATCH_REGISTRY": str(registry), "LUREWATCH_BUNDLE_DIR": ""}
    with Service(given, settings) as service:
        at_reload(outcome, service, registry, every, given)
    at_start(outcome, given, every, service.environment)
    return outcome


def promote(registry: Path, name: str) -> None:
    """Let the champion be that one."""
    (registry / CHAMPION).write_text(name + "\n", "utf-8")


def scores(url: str) -> list[Any]:
    """What a service says of the texts, without what it calls its bundle."""
    ads = {"ads": [{"text": text} for text in TEXTS]}
    results = httpx.post(f"{url}/v1/score", json=ads, timeout=60).json()["results"]
    return [{**one, "model": ""} for one in results]


def at_reload(
    outcome: Outcome, service: Service, registry: Path, every: Sequence[Spoiled], given: Given
) -> None:
    """Each as the champion, under traffic."""
    before, refused, same = scores(service.url), Counter[str](), Counter[str]()
    with traffic(service.url, one_ad(TEXTS), RATE, seed=given.seed) as seen:
        for number, one in enumerate(every):
            name = f"spoiled-{number}"
            spoiled(registry / "whole", registry / name, one)
            promote(registry, name)
            answer = httpx.post(f"{service.url}/v1/model/reload", timeout=120)
            what = f"{one.file} {one.way}"
            if answer.status_code == 409:
                refused[one.file] += 1
                said = answer.json()["detail"]
                outcome.expect(one.file in said, f"reload, {what}: not named: {said}")
            elif answer.status_code == 200:
                same[one.file] += 1
                outcome.expect(
                    scores(service.url) == before, f"reload, {what}: served, with other scores"
                )
                promote(registry, "whole")
                httpx.post(f"{service.url}/v1/model/reload", timeout=120).raise_for_status()
            else:
                outcome.broken.append(f"reload, {what}: {answer.status_code}")
        promote(registry, "whole")
        after = scores(service.url)
        end = time.monotonic() + PATIENCE_S
        while not seen.answers and time.monotonic() < end:  # damage is refused quickly
            time.sleep(0.1)
    outcome.seen["reload: refused"] = refused.total()
    outcome.seen["reload: served, scores the same"] = dict(same)
    outcome.seen["requests meanwhile"] = seen.statuses()
    outcome.expect(after == before, "it serves otherwise than before the reloads")
    outcome.expect(set(seen.statuses()) == {"200"}, f"requests: {seen.statuses()}")


def at_start(
    outcome: Outcome, given: Given, every: Sequence[Spoiled], environment: dict[str, str]
) -> None:
    """Each started with."""
    refused, served, longest = 0, Counter[str](), 0.0
    for one in every:
        folder = spoiled(given.bundle, given.folder / "spoiled", one)
        log, what = given.folder / "start.log", f"{one.file} {one.way}"
        own = {**environment, "LUREWATCH_BUNDLE_DIR": str(folder)}
        began = time.monotonic()
        code = started(own, free_port(), log)
        longest = max(longest, time.monotonic() - began)
        if code is None:  # what it answers was looked at when it was reloaded
            served[one.file] += 1
            continue
        refused += 1
        lines = log.read_text("utf-8").splitlines()
        outcome.expect(code == 2, f"start, {what}: exit code {code}")
        outcome.expect(
            len(lines) == 1 and lines[0].startswith("error: ") and one.file in lines[0],
            f"start, {what}: not one line that names the file: {lines[-3:]}",
        )
        outcome.expect(
            any(word in lines[-1] for word in ("restore the", "; serve it with")),
            f"start, {what}: not said what to do: {lines[-1]}",
        )
    outcome.seen["start: refused"] = refused
    outcome.seen["start: served"] = dict(served)
    outcome.seen["start: refused after, s"] = round(longest, 1)
