"""From counts to the figures of a report: totals, shares with intervals, the template's rows."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from service.policy.decisions import Decision
from service.transparency.counting import Cell, Counts, Spoken, as_lists, flagged
from service.transparency.shares import Share, share
from service.transparency.template import (
    ACCURACY,
    NOT_SOLELY,
    OFFICIAL,
    PRECISION,
    RECALL,
    SOLELY,
    TOTAL,
    Row,
)

FORMAT = 1
ALL = "all"
STOOD = frozenset({"automated", "confirmed"})
"""Outcomes of decisions that were not taken back and do not wait."""


def report(counts: Counts, since: date, until: date, least: Decision) -> dict[str, Any]:
    """JSON-ready. ``until`` is the last day. ``least``: the least decision that restricts."""
    return {
        "format": FORMAT,
        "period": {"since": since.isoformat(), "until": until.isoformat()},
        "restricts from": least,
        "decisions": {
            "all": tally(counts.decisions, lambda cell: ALL)[ALL],
            "by language": tally(counts.decisions, lambda cell: cell.language),
            "by harm": tally(counts.decisions, lambda cell: cell.harm or "unnamed"),
        },
        "measures": {
            "all": measures(counts.decisions, least).get(ALL, Counter()),
            "by language": measures(counts.decisions, least, lambda cell: cell.language),
        },
        "appeals": by_language_and_harm(counts.appeals, appealed),
        "samples": by_language_and_harm(counts.samples, lambda own: accuracy(own, least)),
        "words on ads never answered here": counts.unanswered,
        "cells": as_lists(counts.decisions),
    }


def tally(
    decisions: Counter[Cell], name: Callable[[Cell], str]
) -> dict[str, dict[str, dict[str, int]]]:
    """Ads by decision and outcome, for each name that is given to a cell."""
    found: dict[str, dict[str, dict[str, int]]] = {ALL: {}} if not decisions else {}
    for cell, number in sorted(decisions.items()):
        outcomes = found.setdefault(name(cell), {}).setdefault(cell.decision, {})
        outcomes[cell.outcome] = outcomes.get(cell.outcome, 0) + number
    return found


def measures(
    decisions: Counter[Cell], least: Decision, name: Callable[[Cell], str] = lambda cell: ALL
) -> dict[str, Counter[str]]:
    """Decisions that restricted something and stood: ``solely automated`` and ``with a person``.
    Only ``review`` waits for a person: what says afterwards that a block was right took no part in
    it, as in statements of reasons."""
    found: dict[str, Counter[str]] = {}
    for cell, number in sorted(decisions.items()):
        if cell.outcome in STOOD and flagged(cell.decision, least):
            how = "with a person" if cell.decision == "review" else "solely automated"
            found.setdefault(name(cell), Counter())[how] += number
    return found


def by_language_and_harm(
    said: Counter[Spoken], figure: Callable[[Counter[Spoken]], dict[str, Any]]
) -> dict[str, Any]:
    """A figure over all words, and over those of each language and harm."""
    return {
        "all": figure(said),
        "by language": {
            name: figure(own) for name, own in split(said, lambda one: one.language).items()
        },
        "by harm": {
            name: figure(own)
            for name, own in split(said, lambda one: one.harm or "unnamed").items()
        },
    }


def split(said: Counter[Spoken], name: Callable[[Spoken], str]) -> dict[str, Counter[Spoken]]:
    """The words of each name, in the order of the names."""
    found: dict[str, Counter[Spoken]] = {}
    for one, number in said.items():
        found.setdefault(name(one), Counter())[one] = number
    return dict(sorted(found.items()))


def appealed(said: Counter[Spoken]) -> dict[str, Any]:
    """Appeals, and the share of decisions that was taken back."""
    return {"overturned": asdict(share(total(said, lambda one: not one.right), said.total()))}


def accuracy(said: Counter[Spoken], least: Decision) -> dict[str, Any]:
    """Indicators of accuracy over ads drawn to measure, whatever their score: of all ads, the share
    decided rightly (``accuracy``) and wrongly (``error``); of those restricted, the share of lures
    (``precision``); of the lures, the share restricted (``recall``)."""
    flags = Counter[tuple[bool, bool]]()
    for one, number in said.items():
        flags[(flagged(one.decision, least), one.right)] += number
    hit, wrong = flags[(True, True)], flags[(True, False)]
    missed, rightly = flags[(False, True)], flags[(False, False)]
    texts = hit + wrong + missed + rightly
    return {
        "texts": texts,
        "accuracy": asdict(share(hit + rightly, texts)),
        "error": asdict(share(wrong + missed, texts)),
        "precision": asdict(share(hit, hit + wrong)),
        "recall": asdict(share(hit, hit + missed)),
    }


def total(said: Counter[Spoken], of: Callable[[Spoken], bool]) -> int:
    """How many words."""
    return sum(number for one, number in said.items() if of(one))


def rows(found: dict[str, Any]) -> Iterable[Row]:
    """The template's rows: totals, and official languages of which anything is known."""
    for scope in (TOTAL, *OFFICIAL):
        own = found["measures"]["all"] if scope == TOTAL else found["measures"]["by language"]
        counted = own if scope == TOTAL else own.get(scope)
        if counted is not None:
            yield Row(SOLELY, scope, counted.get("solely automated", 0))
            yield Row(NOT_SOLELY, scope, counted.get("with a person", 0))
        sampled = found["samples"]
        figures = sampled["all"] if scope == TOTAL else sampled["by language"].get(scope)
        if figures is not None:
            for indicator, name in (
                (ACCURACY, "accuracy"), (PRECISION, "precision"), (RECALL, "recall"),
            ):  # fmt: skip
                one = Share(**figures[name])
                context = f"ads drawn to measure and read by people: {one}"
                yield Row(indicator, scope, one.value, context)
