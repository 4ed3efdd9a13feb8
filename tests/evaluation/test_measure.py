"""The whole measurement on a handful of texts, and its parts by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation import slices
from evaluation.abstention import abstention
from evaluation.calibrated import calibrated
from evaluation.compare import compare, paired
from evaluation.curves import POINTS, curves
from evaluation.figures import figures
from evaluation.gate import WRITTEN_CORPUS
from evaluation.leakage import leakage, unseen
from evaluation.metrics import rate
from evaluation.rows import SUB_CLASSES, Labelled, Mark, WrongRow, read
from evaluation.run import by_set, measure
from evaluation.slices import script, sliced
from evaluation.spans import Counts, count, matched
from models.calibration import OperatingPoint, roc_area
from models.labels import Indicator, Kind
from models.rendering import Located
from models.text_sets import COLLECTED, MANNER, WRITTEN
from models.trained_on import of
from service.assessment import Assessment, Shown
from service.engine import Engine
from tests.conftest import TinyRun
from training.prepare import load

POINT = OperatingPoint(
    name="balanced", false_positive_rate=0.02, threshold=0.5, recall=1, lures=1, honest=1
)


def labelled(kind: Kind, number: int, **more: Any) -> Labelled:
    row = Labelled(
        f"text {number} of kind {kind}", kind, f"g{number}", "some", "en-GB", f"i{number}"
    )
    return replace(row, **more)


def some_rows(each: int = 6) -> list[Labelled]:
    kinds = [Kind.LURE, Kind.RECRUITMENT, Kind.ABOUT_LURES] * each
    return [labelled(kind, i) for i, kind in enumerate(kinds)]


def test_a_file_is_read_with_everything_it_says(tmp_path: Path) -> None:
    collected = {
        "id": 7, "text": "a", "kind": "lure", "group": "g", "language": "th", "year": 2024,
        "harms": ["advance_fee_job_scam"], "sub_class": "",
    }  # fmt: skip
    undecided = collected | {"kind": None}
    own = {
        "id": "x-1", "text": "bc", "kind": "recruitment", "group": "x-1", "language": "lo",
        "spans": [{"indicator": "urgency", "start": 0, "end": 1}], "author_note": "",
        "register": "formal", "pair": "x-2",
    }  # fmt: skip
    lines = [json.dumps(one) for one in (collected, undecided)]
    (tmp_path / "board.jsonl").write_text("\n".join(lines))
    (tmp_path / "lo.jsonl").write_text(json.dumps(own))
    first, second = read([tmp_path])
    assert (first.source, first.group, first.id) == ("board", "board:g", "board:7")
    assert (first.year, first.harms, first.synthetic) == (2024, ("advance_fee_job_scam",), False)
    assert (second.source, second.group, second.synthetic) == ("written", "x-1", True)
    assert second.marks == (Mark("urgency", 0, 1),)


def test_a_rate_of_nothing_hit_still_has_a_width() -> None:
    none = rate(np.zeros(50, dtype=bool), [str(i) for i in range(50)])
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(1.959964**2 / (50 + 1.959964**2))
    copies = rate(np.zeros(50, dtype=bool), ["same"] * 50)
    assert copies.high is not None
    assert copies.high > 0.7, "fifty copies of one text say as much as one"
    with pytest.raises(ValueError, match="needs texts"):
        rate(np.zeros(0, dtype=bool), [])


def test_recall_and_false_positives_stand_at_the_shipped_threshold() -> None:
    rows = some_rows(12)
    scores = np.where([row.is_lure for row in rows], 0.9, 0.1)
    scores[1] = 0.6
    found = figures(rows, scores, [POINT], {"area under ROC": roc_area})
    assert found["recall at balanced"]["value"] == 1
    assert found["false positives at balanced"]["value"] == pytest.approx(1 / 24)
    assert found["area under ROC"]["value"] == 1
    few = figures(rows[:9], scores[:9], [POINT], {"recall at 1 % false positives": roc_area})
    assert few["recall at balanced"] == {
        "value": None, "low": None, "high": None, "texts": 3, "groups": 3,
    }  # fmt: skip
    assert few["recall at 1 % false positives"]["value"] is None
    lures = [row for row in rows if row.is_lure]
    one_sided = figures(lures, scores[: len(lures)], [POINT], {"area under ROC": roc_area})
    assert one_sided["false positives at balanced"] is None
    assert one_sided["area under ROC"]["value"] is None


def test_written_texts_whose_manner_misleads_are_a_set_of_their_own() -> None:
    rows = [
        labelled(Kind.LURE, 0), labelled(Kind.LURE, 1, synthetic=True),
        labelled(Kind.LURE, 2, synthetic=True, id="cue-en-001"),
        labelled(Kind.RECRUITMENT, 3, synthetic=True, id="cue-en-002"),
        labelled(Kind.RECRUITMENT, 4, id="cue-en-003"),
    ]  # fmt: skip
    assert list(by_set(rows)) == [(COLLECTED, [0, 4]), (WRITTEN, [1]), (MANNER, [2, 3])]


def test_a_text_stands_in_every_slice_that_it_names() -> None:
    rows = [
        labelled(Kind.LURE, 0, harms=("a", "b"), year=2023, register="formal"),
        labelled(Kind.RECRUITMENT, 1, sub_class="overseas"),
    ]
    found = sliced(rows, np.array([0.9, 0.2]), [POINT])
    assert set(found["harm"]) == {"a", "b"}
    assert found["year"]["2023"]["lures"] == 1
    assert found["sub-class"]["overseas"]["false positives at balanced"]["texts"] == 1
    assert found["language"]["en"]["texts"] == 2
    assert found["kind"]["lure"]["false positives at balanced"] is None


@pytest.mark.parametrize(
    ("text", "name"), [("работа now", "Cyrillic"), ("งานดี", "Thai"), ("招聘", "Cjk"), ("1", "none")]
)
def test_a_script_is_that_of_most_letters(text: str, name: str) -> None:
    assert script(replace(labelled(Kind.OTHER, 1), text=text)) == name


def test_curves_by_hand() -> None:
    rows = [labelled(k, i) for i, k in enumerate([Kind.LURE, Kind.OTHER, Kind.LURE, Kind.OTHER])]
    found = curves(rows, np.array([0.9, 0.8, 0.7, 0.1]))
    assert found["roc"] == [[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1]]
    assert found["precision-recall"] == [[0.5, 1], [0.5, 0.5], [1, 0.6667], [1, 0.5]]
    assert found["risk-coverage"][-1] == [1, 0.25]
    assert curves(rows[:1], np.array([0.9])) == {}
    many = [labelled((Kind.LURE, Kind.OTHER)[i % 2], i) for i in range(3000)]
    assert len(curves(many, np.arange(3000) / 3000)["roc"]) == POINTS


def test_a_slice_that_is_scored_too_high_is_named() -> None:
    kinds = [Kind.LURE, Kind.OTHER] * 40
    rows = [labelled(k, i, language=("th", "vi")[i % 4 > 1]) for i, k in enumerate(kinds)]
    scores = np.array([0.5 if row.language == "th" else 0.9 for row in rows])
    found = calibrated(rows, scores)["language"]
    assert found["off"] == ["vi"]
    assert found["slices"]["vi"]["gap"] == pytest.approx(0.4)
    assert found["slices"]["th"]["gap"] == pytest.approx(0)


def test_abstention_counts_what_was_said_of_each_kind() -> None:
    rows = [labelled(Kind.INSUFFICIENT, 0), labelled(Kind.LURE, 1), labelled(Kind.LURE, 2)] * 5
    found = abstention(rows, np.array([0.1, 0.9, 0.4] * 5), np.array([True, False, True] * 5))
    assert found["said insufficient"]["insufficient"] == {"texts": 5, "share": None}
    assert found["said insufficient"]["lure"] == {"texts": 10, "share": 0.5}
    assert found["risk"]["100%"] == pytest.approx(1 / 3, abs=1e-4)


def shown(*spans: tuple[Indicator, int, int]) -> Assessment:
    """An assessment that shows these spans."""
    by_name: dict[Indicator, list[Located]] = {}
    for indicator, start, end in spans:
        by_name.setdefault(indicator, []).append(Located("text", start, end))
    own = tuple(Shown(name, 0.9, tuple(places)) for name, places in by_name.items())
    return Assessment(0.5, Kind.LURE, {}, {}, (), 0.0, 0.0, 0.0, own, 1, 1)


def test_spans_are_counted_from_coarse_to_fine() -> None:
    marks = [Mark("urgency", 0, 10), Mark("urgency", 20, 30), Mark("upfront_fee", 40, 50)]
    counts = Counts()
    answer = shown(
        (Indicator.URGENCY, 0, 8), (Indicator.URGENCY, 28, 40), (Indicator.NO_INTERVIEW, 0, 5)
    )
    count(marks, answer, counts)
    assert (counts.ads.hits, counts.ads.shown, counts.ads.marked) == (1, 2, 2)
    assert (counts.touching.hits, counts.touching.shown, counts.touching.marked) == (2, 3, 3)
    assert counts.overlapping.hits == 1  # [28, 40) shares 2 of 20 characters
    assert (counts.characters.hits, counts.characters.shown) == (10, 25)
    assert counts.characters.figures()["F1"] == pytest.approx(2 * 10 / (25 + 30), abs=1e-3)


def test_a_marked_span_is_found_once() -> None:
    assert matched([(0, 4), (4, 10)], [(0, 10)], 0.0) == 1
    assert matched([(0, 10)], [(10, 20)], 0.0) == 0


def test_a_group_that_was_trained_on_is_refused_and_a_near_copy_named(
    tiny_engine: Engine, tiny_run: TinyRun
) -> None:
    dataset, _ = load(tiny_run.data)
    trained = next(row for row in dataset if row["split"] == "train" and len(row["text"]) > 200)
    held = [row for row in dataset if row["split"] == "test"]
    fresh = [
        replace(labelled(Kind(r["kind"]), i), text=r["text"], group=r["own_group"])
        for i, r in enumerate(held)
    ]
    copied = labelled(Kind.LURE, 900, text=trained["text"] + " !")
    seen = tiny_engine.bundle.trained_on()
    assert seen is not None
    found = leakage([*fresh, copied], seen)
    assert found.shared == []
    assert [id for id, _ in found.near] == ["i900"]
    member = replace(copied, group=trained["own_group"], id="member")
    with pytest.raises(WrongRow, match="such as member"):
        measure(tiny_engine, [*fresh, member])
    assert unseen([*fresh, copied, member], seen) == fresh


def test_near_copies_are_estimated_well() -> None:
    words = [f"word{i}" for i in range(80)]
    text = " ".join(words)
    seen = of(["g"], [text])
    assert seen.nearest(text) == 1
    assert seen.nearest("Nothing in common with it at all, in any five letters") < 0.1
    half = seen.nearest(" ".join([*words[:60], *(f"other{i * 7919}" for i in range(20))]))
    assert 0.4 < half < 0.8
    assert seen.holds("g")
    assert not seen.holds("h")


def test_everything_is_measured_and_no_text_is_in_it(tiny_engine: Engine) -> None:
    rows = [*some_rows(), *(replace(r, synthetic=True, group="w" + r.group) for r in some_rows())]
    found = measure(tiny_engine, rows)
    assert set(found["sets"]) == {COLLECTED, WRITTEN}
    own = found["sets"][COLLECTED]
    assert own["all"]["lures"] == 6
    assert own["kinds"]["about_lures"]["texts"] == 6
    assert set(found["thresholds"]) == {"high_precision", "balanced", "high_recall"}
    assert len(own["worst"]) == 18
    assert "of kind" not in json.dumps(found, ensure_ascii=False)


def test_a_bundle_does_not_differ_from_itself(tiny_engine: Engine) -> None:
    found = compare(tiny_engine, tiny_engine, some_rows())
    change = found["sets"][COLLECTED]["all"]["area under ROC"]
    assert (change["change"], change["low"], change["high"]) == (0, 0, 0)


def test_a_paired_difference_is_surer_than_two_figures() -> None:
    rng = np.random.default_rng(5)
    rows = [labelled((Kind.LURE, Kind.OTHER)[i % 2], i) for i in range(200)]
    before = rng.random(200) + np.array([row.is_lure for row in rows]) * 0.3
    found = paired(rows, before, before + np.array([r.is_lure for r in rows]) * 0.05)
    change = found["area under ROC"]
    assert change["low"] > 0
    assert change["high"] - change["low"] < 0.06
    assert paired(rows[:4], before[:4], before[:4]) == {"lures": 2, "others": 2}


def test_a_sub_class_is_of_honest_written_texts_of_its_kind() -> None:
    named = json.loads(SUB_CLASSES.read_text("utf-8"))
    kinds = {row.id: row.kind for row in read([WRITTEN_CORPUS])}
    offers = {"overseas", "no_experience", "guild", "poor_conditions"}
    assert set(named.values()) == set(slices.SUB_CLASSES)
    for id, name in named.items():
        assert kinds[id] == (Kind.RECRUITMENT if name in offers else Kind.ABOUT_LURES), id


@pytest.mark.parametrize("kind", [Kind.LURE, Kind.RECRUITMENT])
def test_texts_of_one_class_are_measured_without_attacks(
    tiny_engine: Engine, kind: Kind, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measure(tiny_engine, [labelled(kind, i) for i in range(4)], robustness=True)
    assert "robustness" not in found
    assert found["sets"][COLLECTED]["all"]["area under ROC"]["value"] is None
    assert "that takes lures and other texts" in capsys.readouterr().err


def test_a_cut_emoji_and_an_empty_year_are_told_by_their_line(tmp_path: Path) -> None:
    row = {"text": "of kind 🚜", "kind": "other", "group": "g", "language": "en", "year": ""}
    path = tmp_path / "ours.jsonl"
    path.write_text(json.dumps(row), "utf-8")
    assert read([path])[0].year is None
    path.write_text(json.dumps(row).replace("\\ude9c", ""), "utf-8")
    with pytest.raises(WrongRow, match=r"ours\.jsonl:1: .* half of a surrogate pair"):
        read([path])
