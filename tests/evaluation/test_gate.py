"""Floors that hold, floors that break, and floors that nothing was measured for."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation import gate
from evaluation.__main__ import main
from evaluation.gate import Floors, WrongFloor, asked_parts, judge, load, not_judged, unfaithful
from evaluation.peers.speed import texts_of
from evaluation.propose import as_toml, proposed
from evaluation.rows import WrongRow
from models import bundle
from models.text_sets import MANNER
from tests.conftest import TinyRun

FLOOR = {
    "set": "collected", "slice": "language=th", "figure": "area under ROC", "at_least": 0.9,
    "date": "2026-01-01", "bundle": "some", "n": 40,
}  # fmt: skip
CEILING = {
    "set": "written or generated", "figure": "false positives at balanced", "at_most": 0.02,
    "date": "2026-01-01", "bundle": "some", "n": 40,
}  # fmt: skip


def measured(thai: float | None, false: float) -> dict[str, Any]:
    return {
        "bundle": "challenger",
        "sets": {
            "collected": {"slices": {"language": {"th": {"area under ROC": {"value": thai}}}}},
            "written or generated": {"all": {"false positives at balanced": {"value": false}}},
        },
    }


WHOLE = """[[floor]]
set = "{set}"
figure = "area under ROC"
at_least = {bound}
date = "2026-01-01"
bundle = "some"
n = 40
"""
FLOORS = Floors.model_validate({"floor": [FLOOR, CEILING]})
SETS = ("collected", "written or generated")


@pytest.mark.parametrize(
    ("thai", "false", "problems"),
    [
        (0.9, 0.02, ["", ""]),
        (0.89, 0.01, ["broken", ""]),
        (0.95, 0.03, ["", "broken"]),
        (None, 0.01, ["missing", ""]),
        (float("nan"), float("inf"), ["missing", "missing"]),
    ],
)
def test_a_floor_is_kept_broken_or_missing(
    thai: float | None, false: float, problems: list[str]
) -> None:
    assert [one.problem for one in judge(FLOORS, measured(thai, false), SETS)] == problems


def test_a_slice_that_is_gone_is_missing_and_not_passed() -> None:
    found = measured(0.95, 0.01)
    del found["sets"]["collected"]["slices"]["language"]["th"]
    assert judge(FLOORS, found, SETS)[0].problem == "missing"
    del found["sets"]["collected"]
    assert judge(FLOORS, found, SETS)[0].problem == "missing"


def test_int8_that_nobody_measured_is_no_pass(tiny_run: TinyRun) -> None:
    """Bundles before their manifest was sealed whole pass as they always did."""
    manifest = bundle.read_manifest(tiny_run.bundle)
    assert unfaithful(manifest) is None
    silent = manifest.model_copy(update={"figures": {**manifest.figures, "int8": {}}})
    assert unfaithful(silent) == "int8 was not measured: nothing says how far it moves scores"
    assert unfaithful(silent.model_copy(update={"format": 3})) is None
    assert unfaithful(silent.model_copy(update={"precision": "float32"})) is None


def test_a_set_without_a_floor_is_an_error() -> None:
    only = Floors.model_validate({"floor": [FLOOR]})
    with pytest.raises(WrongFloor, match="no floor is set for written or generated"):
        judge(only, measured(1, 0), SETS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "floor: Field required"),
        ("floor = []", "at least 1"),
        ('[[floor]]\nset = "collected"', "floor.0.figure"),
        ("[[floor]", "Expected"),
        (WHOLE.format(set="collected", bound="nan"), r"floor.0.at_least: .*finite"),
        (WHOLE.format(set="colected", bound="0.9"), "'colected' is none of collected, written"),
    ],
)
def test_a_wrong_file_names_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(text)
    with pytest.raises(WrongFloor, match=words):
        load(path)
    with pytest.raises(WrongFloor, match="does not exist"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize("content", [b"", b'{"bundle": "b", "se', b"[]", b"{}", b"\xff"])
def test_half_a_result_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    result = tmp_path / "result.json"
    result.write_bytes(content)
    assert main(["gate", "--result", str(result)]) == 2
    assert main(["floors", str(result), "--date", "2026-01-01"]) == 2
    assert capsys.readouterr().err.count(f"error: {result}: no ") == 2


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01"])
def test_floors_are_of_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str], date: str) -> None:
    assert main(["floors", str(tmp_path / "result.json"), "--date", date]) == 2
    assert f"'{date}' does not match" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("half a li", "texts.jsonl:2: JSONDecodeError"),
        ('{"id": "1"}', "texts.jsonl:2: KeyError: 'text'"),
        ("[]", "texts.jsonl:2: TypeError"),
        ('{"text": 1}', "texts.jsonl:2: text is no text"),
        ("", "texts.jsonl: 1 texts, and a batch takes 64"),
    ],
)
def test_texts_to_take_the_speed_with_are_checked(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(f'{{"text": "Cook wanted"}}\n{line}\n')
    with pytest.raises(WrongRow, match=words):
        texts_of(path)


def test_a_floor_with_two_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="not both"):
        Floors.model_validate({"floor": [FLOOR | {"at_most": 1.0}]})


def test_the_command_names_slice_figure_and_floor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.json"
    floors = tmp_path / "floors.toml"
    lines = ["[[floor]]", *(f"{name} = {json.dumps(value)}" for name, value in FLOOR.items())]
    floors.write_text("\n".join(lines))
    asked = ["gate", "--result", str(result), "--floors", str(floors), "--set", "collected"]
    result.write_text(json.dumps(measured(0.5, 0.0)))
    assert main(asked) == 1
    told = capsys.readouterr()
    assert "BROKEN   collected, language=th, area under ROC: at least 0.9" in told.out
    assert "not judged" not in told.err
    result.write_text(json.dumps(measured(0.95, 0.0)))
    assert main(asked) == 0


def test_what_is_not_judged_is_counted_by_name() -> None:
    assert not_judged(FLOORS, SETS) == ""
    told = not_judged(FLOORS, ["written or generated"])
    assert told.startswith("1 of 2 floors not judged, since their texts were not asked for: 1 of ")
    assert "1 of collected." in told


SWAPS = {
    "set": "fairness", "slice": "swaps / gender / in place / lure", "figure": "mean change",
    "at_most": 0.02, "date": "2026-01-01", "bundle": "some", "n": 40,
}  # fmt: skip
FLIPS = SWAPS | {"figure": "flips / balanced", "at_most": 0.01}
TYPOS = SWAPS | {
    "set": "robustness", "slice": "attacks / typos / strengths / 0.5 / recall / 0.05",
    "figure": "after", "at_least": 0.6, "at_most": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "flips", "after", "problems"),
    [
        (0.02, 0.01, 0.6, ["", "", ""]),
        (0.03, 0.0, 0.5, ["broken", "", "broken"]),
        (None, 0.02, None, ["missing", "broken", "missing"]),
    ],
)
def test_floors_of_fairness_and_robustness(
    change: float | None, flips: float, after: float | None, problems: list[str]
) -> None:
    floors = Floors.model_validate({"floor": [SWAPS, FLIPS, TYPOS]})
    swapped = {"mean change": {"value": change}, "flips": {"balanced": {"value": flips}}}
    recall = {"0.05": {"before": {"value": 1.0}, "after": {"value": after}}}
    found = {
        "sets": {},
        "fairness": {"swaps": {"gender": {"in place": {"lure": swapped}}}},
        "robustness": {"attacks": {"typos": {"strengths": {"0.5": {"recall": recall}}}}},
    }
    parts = asked_parts(floors)
    assert parts == ("fairness", "robustness")
    assert [one.problem for one in judge(floors, found, parts)] == problems
    assert [one.problem for one in judge(floors, {"sets": {}}, parts)] == ["missing"] * 3


def test_a_part_is_measured_where_a_floor_asks_for_it(
    tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"id": str(i), "text": f"Women wanted, packing {i}.", "language": "en",
         "kind": ("recruitment", "lure")[i % 2], "group": str(i)}
        for i in range(24)
    ]  # fmt: skip
    file, floors = tmp_path / "ours.jsonl", tmp_path / "floors.toml"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    floor = SWAPS | {"at_most": 1.0}
    floors.write_text(
        "\n".join(["[[floor]]", *(f"{k} = {json.dumps(v)}" for k, v in floor.items())]), "utf-8"
    )
    asked = ["gate", str(file), "--bundle", str(tiny_run.bundle), "--floors", str(floors)]
    assert main([*asked, "--set", "fairness"]) == 0
    assert "kept     fairness, swaps / gender / in place / lure" in capsys.readouterr().out


def test_the_shipped_floors_are_of_every_set() -> None:
    floors = load(gate.FLOORS).floor
    assert {floor.set for floor in floors} == {*SETS, MANNER}


def test_a_bundle_keeps_the_floors_that_are_proposed_from_it(tmp_path: Path) -> None:
    whole = {
        "texts": 100, "area under ROC": {"value": 0.9, "low": 0.85, "high": 0.95},
        "recall at balanced": {"value": 0.7, "low": 0.6, "high": 0.8},
        "false positives at balanced": {"value": 0.0, "low": 0.0, "high": 0.03},
    }  # fmt: skip
    few = whole | {"texts": 19}
    found = {
        "bundle": "champion",
        "thresholds": {"balanced": 0.5},
        "sets": {
            "collected": {
                "all": whole,
                "slices": {"language": {"th": whole, "lo": few}, "kind": {"other": whole}},
            }
        },
    }
    path = tmp_path / "floors.toml"
    path.write_text(as_toml(proposed(found, "2026-01-01")))
    floors = load(path)
    places = [(f.slice, f.figure, f.at_least, f.at_most) for f in floors.floor]
    assert places == [
        ("all", "area under ROC", 0.85, None),
        ("all", "recall at balanced", 0.6, None),
        ("all", "false positives at balanced", None, 0.03),
        ("language=th", "area under ROC", 0.85, None),
        ("kind=other", "false positives at balanced", None, 0.03),
    ]
    assert [one.problem for one in judge(floors, found, ("collected",))] == [""] * 5
