"""A result as Markdown."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evaluation import guide_tables
from tests.bench.contestants import BARE, PLAIN, UNAIDED
from tests.bench.figures import ByRound, Estimate, Measured, median, ratio
from tests.bench.targets import targets

NOTHING = "–"
BEGIN, END = "<!-- bench -->", "<!-- end of bench -->"
SHOWN_LANGUAGES = 8

ROUNDS, QUIET = 5, 0.1
"""What a result must have to be called final: rounds, and at most so much of a processor in other
use."""


def read(path: Path) -> Measured:
    """A file that :mod:`tests.bench.rounds` wrote. Raises ``ValueError`` where it is none."""
    lines = path.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    if not rows or not all(isinstance(row, dict) and "row" in row for row in rows):
        raise ValueError(f"{path} is no result of this command")
    return Measured(rows)


def markdown(measured: Measured, unaided: str = UNAIDED) -> str:
    """Everything that was found, a table a load."""
    ours = measured.head.get("ours", [])
    parts = [head(measured)]
    parts += [load(measured, cell) for cell in measured.cells if "open" not in cell]
    parts += [open_loops(measured), weights(measured), verdicts(measured, unaided, ours)]
    if measured.missing:
        listed = [f"* {name}: {why.splitlines()[0]}" for name, why in measured.missing.items()]
        parts.append("\n".join(["Could not be measured:", "", *listed]))
    return "\n\n".join(part for part in parts if part) + "\n"


def put_into(path: Path, words: str) -> None:
    """Between the two marks of a page. Raises ``ValueError`` where it has none."""
    guide_tables.put_into(path, words, BEGIN, END)


def head(measured: Measured) -> str:
    """On what, with what, about what."""
    facts = measured.head
    lines = [
        f"Measured {facts['at']} at commit {facts['commit']}, {measured.rounds()} rounds; "
        f"{facts['processor']}, {facts['processors']} processors, {facts['memory_gb']} GB; "
        f"{facts['system']}; Python {facts['python']}, ONNX Runtime {facts['onnxruntime']}; bundle "
        f"{facts['bundle']}.",
        f"Texts: {facts['texts']}.",
    ]
    for mix, cell in (("All unique", "unique 16"), ("Recorded", "recorded 16")):
        if rows := measured.mixes.get(cell):
            lines.append(f"{mix}: {told_mix(rows)}")
    others = measured.of_others()
    lines.append(f"Others took {others:.2f} of a processor meanwhile.")
    if facts.get("quick") or measured.rounds() < ROUNDS or others > QUIET:
        lines[-1] += f" **Provisional**: final figures come from {ROUNDS} full rounds on a machine "
        lines[-1] += f"where others take less than {QUIET:g} of a processor."
    return "\n\n".join(lines)


def told_mix(rows: Sequence[Mapping[str, Any]]) -> str:
    """Of all rounds together, in a sentence."""
    ads = [row["ads"] for row in rows]

    def shares(name: str) -> dict[str, float]:
        names = {key for row in rows for key in row[name]}
        found = {
            key: float(np.average([row[name].get(key, 0) for row in rows], weights=ads))
            for key in names
        }
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def told(found: Mapping[str, float], most: int) -> str:
        named = [f"{key} {value:.0%}" for key, value in [*found.items()][:most] if key]
        return ", ".join(named) + (f" and {len(found) - most} more" if len(found) > most else "")

    tokens = {
        key: round(float(np.average([row["tokens"][key] for row in rows], weights=ads)))
        for key in ("10 %", "median", "90 %", "mean")
    }
    sentences = [
        f"{tokens['median']} pieces in the median (10 % have at most {tokens['10 %']}, 90 % at "
        f"most {tokens['90 %']}, mean {tokens['mean']})",
        told(shares("languages"), SHOWN_LANGUAGES),
        told(shares("kinds"), len(rows[0]["kinds"])),
    ]
    if copies := shares("copies"):
        sentences.append(f"{sum(copies.values()):.0%} are copies ({told(copies, len(copies))})")
    return "; ".join(sentence for sentence in sentences if sentence) + "."


def load(measured: Measured, cell: str) -> str:
    """A closed loop."""
    rows = []
    for name in measured.who(cell):
        rate = measured.rate(cell, name)
        rows.append([
            name, _told(rate, 1),
            _ratio(rate, measured.rate(cell, PLAIN)), _ratio(rate, measured.rate(cell, BARE)),
            _told(measured.quantile(cell, name, 0.5), 0),
            _told(measured.quantile(cell, name, 0.95), 0),
            _told(measured.field(cell, name, "processor_ms"), 1),
            _failures(measured.failed(cell, name)),
        ])  # fmt: skip
    titles = ["", "ads a second", "times plain", "times bare", "median ms", "95 % ms",
              "processor ms an ad", "failed"]  # fmt: skip
    return f"**{cell}**\n\n{_table(titles, rows)}"


def open_loops(measured: Measured) -> str:
    """All open loops."""
    rows = []
    for cell in measured.cells:
        if "open" not in cell:
            continue
        for name in measured.who(cell):
            middle, high = measured.quantile(cell, name, 0.5), measured.quantile(cell, name, 0.99)
            rows.append([
                cell, name, _told(measured.field(cell, name, "offered"), 1),
                _told(middle, 0), _told(measured.quantile(cell, name, 0.95), 0), _told(high, 0),
                _ratio(high, middle), str(len(measured.pooled(cell, name))),
                _told(measured.field(cell, name, "late_ms"), 1),
                _failures(measured.failed(cell, name)),
            ])  # fmt: skip
    if not rows:
        return ""
    titles = ["", "", "asked a second", "median ms", "95 % ms", "99 % ms", "99 % to median",
              "answers", "sent late, 99 % ms", "failed"]  # fmt: skip
    return (
        "**Open loops**: requests at moments fixed beforehand, by the named share of what the "
        f"contestant had just done in a closed loop\n\n{_table(titles, rows)}"
    )


def weights(measured: Measured) -> str:
    """Start and memory."""
    rows = []
    for name in measured.started():
        rows.append([
            name, _told(measured.other("start", name, "seconds"), 2),
            _told(measured.other("start", name, "rss_mb"), 0),
            _told(measured.other("held", name, "rss_mb"), 0),
            _told(measured.other("held", name, "pss_mb"), 0),
        ])  # fmt: skip
    titles = ["", "seconds to the first answer", "MB resident then", "MB after all loads",
              "of these its own (PSS)"]  # fmt: skip
    return f"**Start and memory**\n\n{_table(titles, rows)}" if rows else ""


def verdicts(measured: Measured, unaided: str, ours: Sequence[str]) -> str:
    """Each promise beside what was found."""
    rows = [
        [
            one.words,
            f"at {'least' if one.at_least else 'most'} {one.limit:g}",
            NOTHING if one.found is None else one.found.written(one.digits),
            one.verdict,
        ]
        for one in targets(measured, unaided, ours)
    ]
    told = f"**Targets** (all-unique loads: {unaided})"
    return f"{told}\n\n{_table(['', 'wanted', 'found', ''], rows, words=2)}"


def _told(by_round: ByRound, digits: int) -> str:
    return _written(median([*by_round.values()]) if by_round else None, digits)


def _ratio(these: ByRound, those: ByRound) -> str:
    return _written(ratio(these, those), 2)


def _written(estimate: Estimate | None, digits: int) -> str:
    return NOTHING if estimate is None else estimate.written(digits)


def _failures(failed: Mapping[str, int]) -> str:
    return ", ".join(f"{times} {reason}" for reason, times in failed.items()) or "0"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """``words``: columns that hold words, which stand to the left."""
    sides = ["---"] * words + ["---:"] * (len(titles) - words)
    lines = [titles, sides, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
