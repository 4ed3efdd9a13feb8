"""PROMOTE, HOLD and REJECT, on answers made by hand and through the command on small bundles."""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.__main__ import main
from evaluation.verdict import (
    Findings,
    Margins,
    Tried,
    conclude,
    of_ranking,
    of_rate,
    paired_rate,
    weigh,
)
from models import bundle
from models.registry import evidence
from tests.conftest import TinyRun
from tests.manifests import edit
from training.prepare import load

MARGINS = Margins()


def tried(gain: float, p: float | None, margin: float = 0.01, groups: int = 100) -> Tried:
    """A figure that was tried."""
    return Tried("recall", 0.8, 0.8 + gain, gain, p, groups, margin)


def entries(findings: Findings) -> list[str]:
    """Names of the lists that hold something."""
    names = ("worse", "doubtful", "better", "told")
    return [name for name in names if getattr(findings, name)]


@pytest.mark.parametrize(
    ("gain", "p", "where", "found"),
    [
        (-0.1, 0.001, "all", "worse"),
        (-0.1, 0.02, "all", "doubtful"),  # of five tried, one is so by chance once in ten times
        (-0.1, 0.06, "all", ""),
        (-0.005, 0.001, "all", ""),  # too little to matter
        (-0.1, None, "all", "doubtful"),  # too few groups to tell: somebody has to look
        (0.1, 0.001, "all", "better"),
        (0.1, 0.02, "all", "told"),
        (0.1, None, "all", "told"),
        (-0.2, 0.001, "slice", "worse"),
        (-0.2, 0.02, "slice", "doubtful"),
        (-0.2, None, "slice", "doubtful"),
        (0.2, 0.001, "slice", ""),  # no gain of one slice
    ],
)
def test_a_figure_that_moved_among_five_that_were_tried(
    gain: float, p: float | None, where: str, found: str
) -> None:
    findings = Findings()
    weigher = partial(weigh, of_slices=where != "all")
    weigher([tried(gain, p), *[tried(0.0, 1.0)] * 4], findings)
    assert entries(findings) == ([found] if found else [])


@pytest.mark.parametrize(
    ("what", "gain"), [("recall", 0.5), ("false positives on honest ads", -0.5)]
)
def test_more_false_positives_are_a_loss(what: str, gain: float) -> None:
    before, after = (np.array([side] * 20) for side in (False, True))
    before[:10] = after[:10]
    change = paired_rate(before, after, [str(i) for i in range(20)])
    assert of_rate(what, change, what == "recall", 0.01).gain == gain


@pytest.mark.parametrize(
    ("groups", "low", "high", "p"),
    [
        (7, 0.01, 0.03, None),
        (8, 0.01, 0.03, 0.001),
        (8, -0.01, 0.05, 1.0),  # the resamples hold no change to be likely
    ],
)
def test_a_ranking_needs_groups_of_either_class(
    groups: int, low: float, high: float, p: float | None
) -> None:
    given = {"champion": 0.9, "challenger": 0.92, "change": 0.02, "low": low, "high": high,
             "p": 0.001}  # fmt: skip
    assert of_ranking("ranking", given, groups, MARGINS.ranking).p == p


def test_one_campaign_decides_nothing() -> None:
    """Ten copies of one lure are one thing that was learnt, or lost."""
    miss, hit = np.zeros(12, dtype=bool), np.ones(12, dtype=bool)
    won, lost = paired_rate(miss, hit, ["one"] * 12), paired_rate(hit, miss, ["one"] * 12)
    assert (won.change, won.low, won.high, won.p) == (1.0, None, None, None)
    findings = Findings()
    weigh([of_rate("recall", won, True, 0.01)], findings)
    weigh([of_rate("recall", lost, True, 0.05)], findings, of_slices=True)
    assert entries(findings) == ["doubtful", "told"]
    assert "1 group of near-copies, fewer than 8: too few to tell" in findings.doubtful[0]
    large = paired_rate(miss, hit, ["large"] * 5 + [str(i) for i in range(7)])
    assert large.p == pytest.approx(2 / 2**8)
    four = paired_rate(np.zeros(15, dtype=bool), np.arange(15) < 4, [str(i) for i in range(15)])
    assert four.p == 0.125


def test_bundles_that_are_equally_good_are_seldom_told_apart() -> None:
    """Shares at three thresholds that hang together, as they do on the same texts; any of them
    could promote or reject."""
    rng = np.random.default_rng(7)
    groups, told = [str(i) for i in range(300)], 0
    for _ in range(60):
        truth = rng.normal(0, 2.5, 300)
        before, after = (truth + rng.normal(0, 0.7, 300) for _ in range(2))
        findings = Findings()
        figures = [
            of_rate(
                "share",
                paired_rate(before[k::2] >= at, after[k::2] >= at, groups[k::2]),
                True,
                0.01,
            )
            for at in (-1.0, 0.0, 1.0)
            for k in (0, 1)
        ]
        weigh(figures, findings)
        told += bool(findings.better or findings.worse)
    assert told <= 5, "one in twenty is meant"


@pytest.mark.parametrize(
    ("findings", "concerns", "verdict", "first"),
    [
        (Findings(better=["b"]), [], "PROMOTE", "b"),
        (Findings(), [], "HOLD", "nothing is better beyond chance"),
        (Findings(told=["t"]), [], "HOLD", "nothing is better beyond chance"),
        (Findings(better=["b"], told=["t"]), [], "PROMOTE", "b"),
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
    found = paired_rate(before, after, groups)
    assert (found.champion, found.challenger, found.change) == (0.25, 0.75, 0.5)
    assert found.low is not None
    assert found.high is not None
    assert 0.3 < found.low < 0.4
    assert found.p == pytest.approx(2**-19)
    copies = paired_rate(before, after, [str(i // 4) for i in range(40)])
    assert copies.low is not None
    assert copies.high is not None
    assert copies.high - copies.low > found.high - found.low - 1e-9
    assert copies.p is not None
    assert found.p is not None
    assert copies.p > found.p
    same = paired_rate(before, before, groups)
    assert (same.change, same.low, same.high, same.p) == (0, 0, 0, 1)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=8, max_size=40))
def test_the_other_way_round_is_the_opposite(hits: list[tuple[bool, bool]]) -> None:
    before, after = (np.array(side, dtype=bool) for side in zip(*hits, strict=True))
    groups = [str(i) for i in range(len(hits))]
    there, back = paired_rate(before, after, groups), paired_rate(after, before, groups)
    assert there.change == pytest.approx(-back.change)
    assert there.p == back.p
    assert back.high is not None
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


def test_a_floor_that_nobody_measured_holds_unless_it_was_named(
    tiny_run: TinyRun, frozen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    floors, out = tmp_path / "floors.toml", tmp_path / "verdict.json"
    floor = (
        '[[floor]]\nset = "{}"\nfigure = "{}"\n{}\ndate = "2026-11-01"\nbundle = "tiny-1"\nn = 50\n'
    )
    floors.write_text(
        floor.format("collected", "area under ROC", "at_least = 0.999")
        + floor.format("written or generated", "area under ROC", "at_least = 0.01")
        + floor.format("fairness", "texts", "at_least = 1")
    )
    asked = [
        "verdict", str(tiny_run.bundle), str(frozen / "generated.jsonl"), "--bundle",
        str(tiny_run.bundle), "--floors", str(floors), "--report", str(out),
    ]  # fmt: skip
    assert main(asked) == 3
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "HOLD"
    assert told[1].startswith("- 1 floor of collected was not measured: there are no such texts")
    assert told[1].endswith('say --unmeasured "collected"')
    kept = evidence.read(out).details["floors"]
    assert (kept["judged"], kept["not measured"]) == (2, {"collected": 1}), "fairness is measured"
    assert main([*asked, "--unmeasured", "collected"]) == 3
    told = capsys.readouterr().out.splitlines()
    assert told[1:] == [
        "- nothing is better beyond chance",
        "- 1 floor of collected was not measured, as was asked for",
    ]
    floors.write_text(floor.format("fairness", "texts", "at_least = 9999"))
    assert main(asked) == 4
    assert "- BROKEN   fairness, all, texts" in capsys.readouterr().out
    assert main([*asked, "--unmeasured", "fairness"]) == 3
    assert "1 floor of fairness was not measured, as was asked" in capsys.readouterr().out
    assert main([*asked, "--unmeasured", "collect"]) == 2


def test_a_floor_that_is_broken_counts_although_its_set_was_named(
    tiny_run: TinyRun, frozen: Path, tmp_path: Path
) -> None:
    floors, out = tmp_path / "floors.toml", tmp_path / "verdict.json"
    floors.write_text(
        '[[floor]]\nset = "collected"\nfigure = "area under ROC"\nat_least = 1.0\n'
        'date = "2026-11-01"\nbundle = "tiny-1"\nn = 50\n'
    )
    own = ["--bundle", str(tiny_run.bundle), "--floors", str(floors), "--report", str(out)]
    assert main(["verdict", str(tiny_run.bundle), str(frozen), *own,
                 "--unmeasured", "collected"]) == 4  # fmt: skip


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
