"""PROMOTE, HOLD and REJECT, on answers made by hand and through the command on small bundles."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.__main__ import main
from evaluation.verdict import Change, Findings, Margins, conclude, judge_rate, paired_rate, tell
from models import bundle
from models.registry import evidence
from tests.conftest import TinyRun
from tests.manifests import edit
from training.prepare import load

MARGINS = Margins()


def change(by: float, *ends: float, before: float = 0.8) -> Change:
    """A difference with its intervals, the plain one and the corrected one."""
    return Change(100, before, before + by, by, *ends)


@pytest.mark.parametrize(
    ("what", "where", "given", "found"),
    [
        ("recall", "all", change(-0.1, -0.2, -0.01, -0.3, 0.1), "worse"),
        ("recall", "all", change(-0.1, -0.2, 0.01, -0.3, 0.1), ""),
        ("recall", "all", change(-0.005, -0.009, -0.001, -0.01, 0), ""),  # too little to matter
        ("recall", "all", change(0.1, 0.01, 0.2, -0.1, 0.3), "better"),
        ("false positives on honest ads", "all", change(0.1, 0.01, 0.2, -0.1, 0.3), "worse"),
        ("false positives on honest ads", "all", change(-0.1, -0.2, -0.01, -0.3, 0.1), "better"),
        ("recall", "language=th", change(-0.2, -0.3, -0.1, -0.4, -0.01), "worse"),
        ("recall", "language=th", change(-0.2, -0.3, -0.1, -0.4, 0.01), "doubtful"),
        ("recall", "language=th", change(0.2, 0.1, 0.3, 0.1, 0.4), ""),  # no gain of one slice
        ("false positives", "language=th", change(0.2, 0.1, 0.3, 0.01, 0.4), "worse"),
    ],
)
def test_a_rate_that_moved(what: str, where: str, given: Change, found: str) -> None:
    findings = Findings()
    judge_rate(what, given, what == "recall", where, MARGINS, findings)
    told = {name: getattr(findings, name) for name in ("worse", "doubtful", "better")}
    assert [name for name, entries in told.items() if entries] == ([found] if found else [])


@pytest.mark.parametrize(
    ("low", "by", "high", "found"),
    [
        (-0.03, -0.02, -0.01, "worse"),
        (-0.03, -0.02, 0.01, ""),
        (-0.003, -0.002, -0.001, ""),
        (0.01, 0.02, 0.03, "better"),
    ],
)
def test_a_ranking_that_moved(low: float, by: float, high: float, found: str) -> None:
    findings = Findings()
    given = {"champion": 0.9, "challenger": 0.9 + by, "change": by, "low": low, "high": high}
    tell("ranking", given, MARGINS.ranking, findings)
    told = {name: getattr(findings, name) for name in ("worse", "better")}
    assert [name for name, entries in told.items() if entries] == ([found] if found else [])


@pytest.mark.parametrize(
    ("findings", "concerns", "verdict", "first"),
    [
        (Findings(better=["b"]), [], "PROMOTE", "b"),
        (Findings(), [], "HOLD", "nothing is better beyond chance"),
        (Findings(better=["b"]), ["look"], "HOLD", "look"),
        (Findings(better=["b"], doubtful=["d"]), [], "HOLD", "d"),
        (Findings(better=["b"], worse=["w"]), ["look"], "REJECT", "w"),
    ],
)
def test_the_worst_decides(
    findings: Findings, concerns: list[str], verdict: str, first: str
) -> None:
    given, reasons = conclude(findings, concerns)
    assert (given, reasons[0]) == (verdict, first)


def test_a_paired_rate_by_hand() -> None:
    before = np.array([True] * 10 + [False] * 30)
    after = np.array([True] * 30 + [False] * 10)
    groups = [str(i) for i in range(40)]
    found = paired_rate(before, after, groups, 0.001)
    assert (found.champion, found.challenger, found.change) == (0.25, 0.75, 0.5)
    assert 0.3 < found.low < 0.4
    assert found.strict_low < found.low < found.high < found.strict_high
    copies = paired_rate(before, after, [str(i // 10) for i in range(40)], 0.05)
    assert copies.high - copies.low > found.high - found.low - 1e-9
    same = paired_rate(before, before, groups, 0.05)
    assert (same.change, same.low, same.high) == (0, 0, 0)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=40))
def test_the_other_way_round_is_the_opposite(hits: list[tuple[bool, bool]]) -> None:
    before, after = (np.array(side, dtype=bool) for side in zip(*hits, strict=True))
    groups = [str(i) for i in range(len(hits))]
    there, back = paired_rate(before, after, groups, 0.05), paired_rate(after, before, groups, 0.05)
    assert there.change == pytest.approx(-back.change)
    assert there.low == pytest.approx(-back.high, abs=2e-4)


@pytest.fixture
def frozen(tiny_run: TinyRun, tmp_path: Path) -> Path:
    """Held-out texts of the small run, as files."""
    folder = tmp_path / "frozen"
    folder.mkdir()
    rows = [row for row in load(tiny_run.data)[0] if row["split"] == "test" and row["kind"]]
    for name, synthetic in (("elsewhere", False), ("generated", True)):
        own = [row for row in rows if row["synthetic"] == synthetic][:120]
        lines = [json.dumps(plain(row)) for row in own]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    return folder


def plain(row: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "text", "language", "kind", "harms", "group", "synthetic")
    return {name: row[name] for name in names}


def test_a_bundle_against_itself_is_held(
    tiny_run: TinyRun, frozen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    floors = tmp_path / "floors.toml"
    floor = (
        '[[floor]]\nset = "collected"\nfigure = "area under ROC"\nat_least = {}\n'
        'date = "2026-11-01"\nbundle = "tiny-1"\nn = 50\n'
    )
    floors.write_text(floor.format(0.01))
    out = tmp_path / "verdict.json"
    asked = [
        "verdict", str(tiny_run.bundle), str(frozen), "--bundle", str(tiny_run.bundle),
        "--floors", str(floors), "--report", str(out),
    ]  # fmt: skip
    assert main([*asked, "--hold", "somebody should look"]) == 3
    told = capsys.readouterr().out.splitlines()
    assert told == ["HOLD", "- somebody should look", "- nothing is better beyond chance"]
    found = evidence.read(out)
    assert found.bundle == found.against == bundle.named(bundle.read_manifest(tiny_run.bundle))
    assert found.details["floors"]["sets without a floor"] == ["written or generated"]
    rates = found.details["sets"]["collected"]["rates"]["all"]
    assert {one["change"] for one in rates.values()} == {0}
    floors.write_text(floor.format(1.0))
    assert main(asked) == 4
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "REJECT"
    assert told[1].startswith("- BROKEN   collected, all, area under ROC: at least 1.0")
    assert "nothing is better" not in told[1]


def test_a_bundle_that_int8_moves_too_far_is_refused_by_both_gates(
    tiny_run: TinyRun, frozen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(tiny_run.bundle, moved)
    far = {"score_change_p99": 0.1094, "score_change_p99_allowed": 0.05, "texts": 4028}
    edit(moved, lambda manifest: manifest["figures"]["int8"].update(far))
    words = "int8 moves scores by 0.109 at the 99th percentile of 4,028 texts, 0.05 is allowed"
    floors, out = tmp_path / "floors.toml", tmp_path / "verdict.json"
    floors.write_text(
        '[[floor]]\nset = "collected"\nfigure = "area under ROC"\nat_least = 0.01\n'
        'date = "2026-11-01"\nbundle = "tiny-1"\nn = 50\n'
    )
    more = ["--floors", str(floors), "--report", str(out)]
    both = ["verdict", str(moved), str(frozen), "--bundle", str(tiny_run.bundle), *more]
    assert main(both) == 4
    assert words in capsys.readouterr().out
    found = evidence.read(out)
    assert found.verdict == "REJECT"
    assert found.reasons[0].startswith(words)
    assert main(["gate", str(frozen), "--bundle", str(moved), "--set", "collected", *more]) == 1
    told = capsys.readouterr()
    assert words in told.out
    assert "1 of 1 floors kept" in told.err
    assert evidence.read(out).verdict == "REJECT"


def test_a_gate_on_floors_alone_can_be_promoted_by(
    tiny_run: TinyRun, frozen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    floors, out = tmp_path / "floors.toml", tmp_path / "gate.json"
    floors.write_text(
        '[[floor]]\nset = "collected"\nfigure = "area under ROC"\nat_least = 0.01\n'
        'date = "2026-11-01"\nbundle = "tiny-1"\nn = 50\n'
    )
    asked = [
        "gate", str(frozen), "--bundle", str(tiny_run.bundle), "--floors", str(floors),
        "--set", "collected",
    ]  # fmt: skip
    assert main([*asked, "--report", str(out)]) == 0
    found = evidence.read(out)
    assert (found.verdict, found.against) == ("PROMOTE", None)
    result = tmp_path / "result.json"
    result.write_text("{}")
    assert main([*asked, "--result", str(result), "--report", str(out)]) == 2
    assert "leave --result out" in capsys.readouterr().err
