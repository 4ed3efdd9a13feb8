"""Intervals, ratios within rounds, the table and what it says of targets."""

from pathlib import Path
from typing import Any

import pytest

from tests.bench.cells import LOADED, OPEN, REPEATED, SINGLE
from tests.bench.contestants import BARE, OURS, PLAIN, UNAIDED
from tests.bench.figures import Measured, median, ratio
from tests.bench.plot import draw
from tests.bench.table import BEGIN, END, markdown, put_into, read
from tests.bench.targets import targets

SPEED = {SINGLE: 30.0, LOADED: 40.0, REPEATED: 40.0, OPEN.format(0.7): 28.0}
TIMES = {OURS: 2.5, UNAIDED: 0.9, BARE: 1.0, "mosec": 0.8, PLAIN: 0.2}
MACHINE = (1.0, 2.0, 0.5, 1.5, 1.0)
"""How fast it was in each round: ratios must not care."""


def rows() -> list[dict[str, Any]]:
    """Of five rounds."""
    facts = dict.fromkeys(
        ("at", "commit", "processor", "processors", "memory_gb", "system", "python", "bundle",
         "onnxruntime", "texts"), "?",
    )  # fmt: skip
    found: list[dict[str, Any]] = [{"row": "head", **facts, "ours": [OURS, UNAIDED], "missing": {}}]
    for number, fast in enumerate(MACHINE, 1):
        for cell, speed in SPEED.items():
            for who, times in TIMES.items():
                ms = [1000 / times / fast] * 98 + [3000 / times / fast] * 2
                found.append({
                    "row": "load", "round": number, "cell": cell, "who": who, "ms": ms,
                    "rate": speed * times * fast, "processor_ms": 20 / times, "failed": {},
                })  # fmt: skip
        for kind in ("start", "held"):
            mb = 250 if kind == "start" else 310
            found.append({"row": kind, "round": number, "who": OURS, "seconds": 2.0 + number / 10,
                          "rss_mb": mb, "pss_mb": mb})  # fmt: skip
    return found


def test_an_interval_holds_its_median_and_a_single_round_has_none_to_speak_of() -> None:
    found = median([1.0, 2.0, 3.0, 4.0, 100.0])
    assert found.middle == 3
    assert found.low <= 2
    assert found.high >= 4
    one = median([7.0])
    assert (one.low, one.middle, one.high) == (7, 7, 7)
    with pytest.raises(ValueError, match="no round"):
        median([])


def test_ratios_are_taken_within_rounds_that_both_have() -> None:
    found = ratio({1: 10.0, 2: 1.0, 3: 5.0}, {1: 5.0, 2: 0.5, 4: 9.0})
    assert found is not None
    assert (found.low, found.middle, found.high, found.rounds) == (2, 2, 2, 2)
    assert ratio({1: 1.0}, {2: 1.0}) is None


def test_a_machine_that_wanders_does_not_move_ratios() -> None:
    said = {one.words: one for one in targets(Measured(rows()), UNAIDED, [OURS, UNAIDED])}
    share = said[f"{LOADED}: share of the bare session's ads a second"]
    assert share.found is not None
    assert share.found.low == pytest.approx(0.9) == share.found.high
    assert share.verdict == "kept"
    assert said[f"{LOADED}: times plain"].verdict == "kept"
    assert said[f"{LOADED}: times the best peer (mosec)"].verdict == "kept"
    assert said[f"{REPEATED}, as shipped: times the best peer (mosec)"].verdict == "kept"
    assert said["resident after all loads, one process, MB"].verdict == "missed"
    ready = said["from the start of the process to its first answer, seconds"]
    assert ready.verdict == "kept"
    assert said[f"{OPEN.format(0.7)}, as shipped: 99th percentile to median"].verdict == "kept"


def test_what_was_not_measured_is_said_to_be() -> None:
    left = [row for row in rows() if row.get("who") != BARE]
    found = targets(Measured(left), UNAIDED, [OURS, UNAIDED])
    assert [one.verdict for one in found].count("not measured") == 2


def test_the_table_names_all_and_the_picture_is_drawn(tmp_path: Path) -> None:
    given = rows()
    given.append({"row": "missing", "round": 1, "who": "infinity", "why": "no wheel\nat all"})
    given[5]["failed"] = {"status 429": 3}
    measured = Measured(given)
    text = markdown(measured)
    for name in (*TIMES, *SPEED):
        assert name in text
    assert "* infinity: no wheel" in text
    assert "3 status 429" in text
    assert "missed" in text
    for ending in ("webp", "svg"):
        draw(measured, tmp_path / f"a.{ending}")
        assert (tmp_path / f"a.{ending}").stat().st_size > 1000


def test_a_result_says_itself_that_it_is_provisional() -> None:
    given = [{**row, "all_s": 10.0, "others_s": 0.5, "stolen_s": 0.0} for row in rows()]
    assert "Provisional" not in markdown(Measured(given))
    assert "Provisional" in markdown(Measured([row for row in given if row.get("round", 0) < 4]))
    assert "Provisional" in markdown(Measured([{**row, "others_s": 2.0} for row in given]))


def test_the_table_goes_between_the_marks_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for words in ("new", "newer"):
        put_into(page, words)
    assert page.read_text() == f"before\n{BEGIN}\n\nnewer\n\n{END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="no place"):
        put_into(page, "new")


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "a.jsonl"
    other.write_text('{"text": "an ad"}\n')
    with pytest.raises(ValueError, match="no result"):
        read(other)
