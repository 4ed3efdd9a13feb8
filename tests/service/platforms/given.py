"""Recorded events, written by us in each platform's published shape, and results to plan from."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from service.client import Result
from service.platforms.base import Platform
from service.platforms.catalogue import platform
from service.platforms.plan import Call
from service.platforms.seen import Seen, Skipped

FOLDER = Path(__file__).parent
MAPPING = FOLDER / "dating.yaml"
DECISIONS = ("allow", "nudge", "review", "block")

# Every option set, so that every action there is is planned.
OPTIONS: dict[str, dict[str, str]] = {
    "discord": {"moderators": "350000000000000001"},
    "telegram": {"moderators": "-1005550111"},
    "mastodon": {"server": "https://social.example/"},
    "bluesky": {"labeler": "did:plc:labelerlabelerlabelerxxx"},
    "matrix": {"server": "https://matrix.example.org", "moderators": "!mods:example.org"},
    "reddit": {},
    "generic": {"mapping": str(MAPPING)},
}
NAMES = tuple(OPTIONS)

SIGN = {
    "indicator": "documents_asked_first", "strength": 0.9, "spans": [], "direction": "ltr",
    "name": "Papers asked early", "meaning": "m", "honest": "h", "language": "en",
    "source": {"title": "t", "organisation": "o", "year": 2020},
}  # fmt: skip


def made(name: str, **more: str) -> Platform:
    """An adapter with every option."""
    return platform(name, {**OPTIONS[name], **more})


@cache
def events(name: str) -> tuple[dict[str, Any], ...]:
    """Recorded events of a platform."""
    file = FOLDER / "events" / f"{'dating' if name == 'generic' else name}.jsonl"
    return tuple(json.loads(line) for line in file.read_text("utf-8").splitlines())


def seen(adapter: Platform, event: dict[str, Any]) -> Seen:
    """The only ad of an event."""
    found = adapter.read(event)
    assert not isinstance(found, Skipped), found
    (one,) = found
    return one


def all_seen(name: str) -> list[Seen]:
    """Every ad of the recorded events, read in order by one adapter."""
    adapter = made(name)
    found = [adapter.read(event) for event in events(name)]
    return [one for few in found if not isinstance(few, Skipped) for one in few]


def skipped(name: str) -> list[str]:
    """Why events hold no ad, in order."""
    found = [made(name).read(event) for event in events(name)]
    return [one.reason for one in found if isinstance(one, Skipped)]


def result(decision: str, **more: Any) -> Result:
    """What a service may say."""
    given = {
        "id": None, "score": 0.97, "decision": decision, "policy": "default/1", "reasons": [],
        "priority": 90, "kind": "lure", "kinds": {"lure": 0.97}, "harms": [], "logit": 3.5,
        "constant": 0.0, "rest": 0.0, "evidence": [], "indicators": [SIGN], "entities": [],
        "language": {"tag": "en", "script": "Latin", "confidence": 1.0, "mixed": []},
        "rendering": {"changed": []}, "platform": None, "surface": None, "windows": 1,
        "model": "lurewatch-1", **more,
    }  # fmt: skip
    return Result.model_validate(given)


def calls(adapter: Platform, one: Seen, decision: str) -> list[tuple[str, str]]:
    """Method and path of each."""
    return [(call.method, call.path) for call in adapter.plan(one, result(decision)).calls]


def call(adapter: Platform, one: Seen, decision: str, number: int = 0) -> Call:
    """One of the calls."""
    return adapter.plan(one, result(decision)).calls[number]
