"""Drafts of a period as bodies of ``POST /api/v1/statements``, in a folder. Nothing is sent."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from service.errors import StatementsError
from service.policy.decisions import Decision
from service.statements.action import DECISIONS, Actions
from service.statements.drafting import Draft, draft
from service.statements.stored import WAITS, Decided

MAX_STATEMENTS = 100
"""In one call, as the database takes them."""

NOTES = "assumed.jsonl"
"""What each draft takes for granted, by puid."""


def write(found: Iterable[Decided], actions: Actions, out: Path) -> Counter[str]:
    """Write drafts, up to :data:`MAX_STATEMENTS` in a file; gives their number under ``drafts``,
    and how many decisions were left out by reason. Raises
    :class:`~service.errors.StatementsError`, and leaves no half of a folder that it made."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StatementsError(f"{out} is not empty; name a folder that is, or does not exist yet")
    counts = Counter[str]()
    drafts = list(drafted(found, actions, counts))
    out.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(drafts), MAX_STATEMENTS):
        part = [one.statement.body() for one in drafts[start : start + MAX_STATEMENTS]]
        name = f"statements-{start // MAX_STATEMENTS + 1:04}.json"
        (out / name).write_text(json.dumps({"statements": part}, indent=1), "utf-8")
    notes = [{"puid": one.statement.puid, "assumed": one.assumed} for one in drafts]
    (out / NOTES).write_text("".join(json.dumps(one) + "\n" for one in notes), "utf-8")
    return counts


def drafted(found: Iterable[Decided], actions: Actions, counts: Counter[str]) -> Iterator[Draft]:
    """A draft of each decision that restricted something; the others are counted."""
    for one in found:
        decision = next(name for name in DECISIONS if name == one.decision)
        reason = left_out(one, decision, actions)
        if reason is not None:
            counts[reason] += 1
            continue
        try:
            made = draft(one.answered, actions[decision])
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise StatementsError(
                f"[{decision}] {place}: {first['msg']}; say so in the file that "
                "LUREWATCH_STATEMENTS names"
            ) from None
        counts["drafts"] += 1
        yield made


def left_out(one: Decided, decision: Decision, actions: Actions) -> str | None:
    """Why a decision restricted nothing; ``None`` where it did."""
    if not actions[decision].restricts:
        return f"{decision}: the file names no restriction for it"
    return one.cleared or (WAITS if one.waits else None)
