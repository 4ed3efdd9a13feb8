"""What labels bring, simulated: trials, strategies, curves, sums and the command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cleanlab.multiannotator import get_active_learning_scores

from models import bundle
from models.calibration import sigmoid
from models.embedding import Floats, unit
from models.picking import Waiting
from tests.conftest import TinyRun
from training.__main__ import main
from training.budget import embeddings
from training.budget.curves import AT_1, AUROC, FOUND, Point, curve
from training.budget.run import joined
from training.budget.setting import Material, Shape, trial
from training.budget.strategies import (
    LEARNING,
    RANDOM,
    STRATEGIES,
    UNCERTAIN,
    State,
    uncertain,
)
from training.budget.summary import OVER_ALL, summary
from training.budget.texts import COPIES, Text, near_copy, texts_of, unfitted
from training.corpus import loaders
from training.corpus.row import Row
from training.errors import CorpusError

SHAPE = Shape(held=0.5, lure_share=0.05, start=12, step=20, budget=92)
DIMS = 24


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return loaders.written()[::25]


@pytest.fixture(scope="module")
def material() -> Material:
    """Honest texts in many kinds; lures in three, each a direction of its own; a third are one of
    five copies."""
    random = np.random.default_rng(4)
    count = 4000
    lures = random.uniform(size=count) < 0.3
    kinds = np.where(lures, random.integers(0, 3, size=count), random.integers(3, 20, size=count))
    places = random.normal(scale=0.25, size=(count, DIMS))
    places[np.arange(count), kinds] += 1
    names = np.array([f"c{i}" for i in range(count)])
    copies = np.zeros(count, dtype=bool)
    for first in range(0, count - 5, 15):
        own = slice(first, first + 5)
        lures[own], places[own], names[own] = lures[first], places[first], names[first]
        copies[first + 1 : first + 5] = True
    return Material(
        unit(places.astype(np.float32)),
        lures,
        random.choice(["en", "th"], size=count),
        names,
        names,
        copies,
    )


# Texts


def test_only_texts_whose_labels_the_encoder_has_not_learnt_are_taken(tiny_run: TinyRun) -> None:
    written = loaders.written()
    loaded = bundle.load(tiny_run.bundle)
    kept = {row.group for row in unfitted(written, loaded)}
    from training.prepare import load as load_data

    data, _ = load_data(tiny_run.data)
    trained = {row["own_group"] for row in data if row["split"] == "train"}
    calibrated = {row["own_group"] for row in data if row["split"] == "calibration"}
    assert trained
    assert not kept & trained
    assert kept >= calibrated


def test_a_fit_of_another_seed_has_learnt_the_same_texts(tiny_run: TinyRun) -> None:
    """``fit --seed`` draws no split anew."""
    written = loaders.written()
    loaded = bundle.load(tiny_run.bundle)
    as_drawn = unfitted(written, loaded)
    data = loaded.manifest.data
    data["recipe"] = {**data["recipe"], "seed": 7}
    assert unfitted(written, loaded) == as_drawn
    del data["drawn"]  # a bundle of before: nothing else tells
    assert unfitted(written, loaded) != as_drawn


def test_a_copy_of_a_text_that_the_encoder_has_learnt_is_none_of_them(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    seen = loaded.trained_on()
    assert seen is not None
    written = loaders.written()
    (unfit,) = [row for row in written if not seen.holds(row.group)][:1]
    (learnt,) = [row for row in written if seen.holds(row.group)][:1]
    copy = replace(learnt, id="copy", group="a group of its own")
    assert [row.id for row in unfitted([unfit, copy], loaded)] == [unfit.id]


def test_a_near_copy_says_the_same_with_other_contacts(rows: list[Row]) -> None:
    (row,) = [row for row in rows if "<phone>" in row.text][:1]
    copy = near_copy(row, 0)
    assert copy == near_copy(row, 0)
    assert "<phone>" not in copy
    words, others = set(row.text.split()), set(copy.split())
    assert len(words & others) > len(words) / 2


def test_a_template_and_its_copies_are_one_campaign_of_one_group(rows: list[Row]) -> None:
    texts = texts_of(rows)
    copied = {one.campaign for one in texts if one.copy}
    assert 0 < len(copied) < len(rows) / 4
    for name in copied:
        own = [one for one in texts if one.campaign == name]
        assert len(own) == COPIES + 1
        assert len({(one.group, one.lure, one.language) for one in own}) == 1


def test_near_duplicates_of_two_groups_are_held_out_together() -> None:
    text = "Night porters for the riverside lodge, bed included, ask for the manager on Monday. "
    one = Text(text * 2, "en", True, "group-a", "a", copy=False)
    found = joined([one, replace(one, text=text * 2 + "Please.", group="group-b", campaign="b")])
    assert len({text.group for text in found}) == 1


# Embeddings on disk


def test_what_is_embedded_once_is_not_embedded_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def encode(texts: list[str]) -> Floats:
        asked.extend(texts)
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    kept = tmp_path / "kept.npz"
    first = embeddings.embedded(["a", "bb", "a"], encode, kept)  # type: ignore[arg-type]
    again = embeddings.embedded(["ccc", "bb"], encode, kept)  # type: ignore[arg-type]
    assert asked == ["a", "bb", "ccc"]
    assert first.tolist() == [[1, 1], [2, 1], [1, 1]]
    assert again.tolist() == [[3, 1], [2, 1]]
    assert b"ccc" not in kept.read_bytes()


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    kept.write_bytes(b"PK not an archive")
    with pytest.raises(CorpusError, match="delete it"):
        embeddings.read(kept)


# Trials


def test_no_group_waits_that_is_held_out(material: Material) -> None:
    given = trial(material, SHAPE, 1)
    waiting, held = (set(material.groups[own]) for own in (given.pool, given.test))
    assert not waiting & held
    assert not material.copies[given.test].any()
    assert material.copies[given.pool].any()


def test_one_ad_in_twenty_that_waits_is_a_lure(material: Material) -> None:
    given = trial(material, SHAPE, 1)
    assert material.lures[given.pool].mean() == pytest.approx(0.05, abs=0.006)
    assert material.lures[given.test].mean() > 0.2  # those held out are not thinned
    first = material.lures[given.pool[given.start]]
    assert (len(first), int(first.sum())) == (12, 3)


def test_a_seed_draws_its_trial_again_and_another_one_another(material: Material) -> None:
    first, again, other = (trial(material, SHAPE, seed) for seed in (1, 1, 2))
    assert first.pool.tolist() == again.pool.tolist()
    assert first.pool.tolist() != other.pool.tolist()


def test_too_few_texts_are_refused(material: Material) -> None:
    with pytest.raises(CorpusError, match="smaller --budget"):
        trial(material, replace(SHAPE, budget=100_000), 1)


# Strategies


@pytest.fixture
def state() -> State:
    random = np.random.default_rng(6)
    count = 300
    logits = random.normal(scale=3, size=count)
    waiting = Waiting(
        unsure=np.exp(-np.abs(logits)),
        languages=random.choice(["en", "th", "ha"], size=count).tolist(),
        campaigns=[f"c{i // 2}" for i in range(count)],
        recent=np.full(count, 2.0),
        spoken=np.arange(count) < 20,
    )
    places = unit(random.normal(size=(count, DIMS)).astype(np.float32))
    return State(places, places[:5], logits, waiting, {"en": 5}, 40, np.random.default_rng(1))


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_chooses_as_many_as_it_is_asked_for(name: str, state: State) -> None:
    chosen = STRATEGIES[name](state).tolist()
    assert len(chosen) == len(set(chosen)) == 40
    if name.endswith("one of a campaign") or name == LEARNING:
        assert min(chosen) >= 20  # none that is labelled already
        assert len({state.waiting.campaigns[i] for i in chosen}) == 40


def test_activelab_gives_ads_without_a_label_the_order_of_uncertainty(state: State) -> None:
    lure = sigmoid(state.logits)
    _, scores = get_active_learning_scores(pred_probs_unlabeled=np.stack([1 - lure, lure], axis=1))
    assert np.argsort(scores)[:40].tolist() == uncertain(state).tolist()


# Curves


def test_a_curve_grows_to_the_budget_and_never_labels_twice(material: Material) -> None:
    points = curve(material, SHAPE, trial(material, SHAPE, 3), STRATEGIES[LEARNING])
    assert [point.labels for point in points] == [12, 32, 52, 72, 92]
    found = [point.figures[FOUND] for point in points]
    assert found == sorted(found)


def test_the_learning_order_beats_random_labels_where_lures_are_rare(material: Material) -> None:
    shape = replace(SHAPE, start=24, budget=164)
    seeds = range(6)
    curves = {
        name: [curve(material, shape, trial(material, shape, s), STRATEGIES[name]) for s in seeds]
        for name in (RANDOM, LEARNING)
    }
    found = summary(curves)[LEARNING][AT_1][OVER_ALL]
    assert found["interval"][0] > 0


# Sums


def test_changes_are_taken_seed_by_seed() -> None:
    def line(*values: float) -> list[Point]:
        return [Point(10 * i, {AUROC: v, FOUND: 1.0}) for i, v in enumerate(values, 1)]

    curves = {
        RANDOM: [line(0.5, 0.6, 0.7), line(0.4, 0.5, 0.6)],
        UNCERTAIN: [line(0.5, 0.7, 0.8), line(0.4, 0.6, 0.7)],
    }
    told = summary(curves)[UNCERTAIN][AUROC]
    assert [point["change"] for point in told["by budget"]] == [0.0, 0.1, 0.1]
    assert told[OVER_ALL] == {"mean": 0.7, "change": 0.1, "interval": [0.1, 0.1]}
    assert told["labels for what the other reaches"] == 20
    assert "change" not in summary(curves)[RANDOM][AUROC][OVER_ALL]


# The command


@pytest.fixture(scope="module")
def labels(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `python -m service feedback export` writes it."""
    folder = tmp_path_factory.mktemp("labels")
    with (folder / "ours.jsonl").open("w", encoding="utf-8") as stream:
        for row in rows:
            told: dict[str, str | None] = {
                "id": row.id,
                "text": row.text[:200],
                "language": row.language,
            }
            told |= {"kind": row.kind, "group": row.group}
            stream.write(json.dumps(told) + "\n")
    return folder


def test_the_command_simulates_on_labels_of_ones_own(
    tiny_run: TinyRun, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [
        "budget", "--bundle", str(tiny_run.bundle), "--without-written", "--shared", str(labels),
        "--budget", "40", "--start", "10", "--step", "15", "--seeds", "2",
        "--out", str(tmp_path / "out"), "--kept", str(tmp_path / "kept"),
    ]  # fmt: skip
    assert main(asked) == 0
    table = capsys.readouterr().out
    assert all(name in table for name in STRATEGIES)
    told = json.loads((tmp_path / "out" / "budget.json").read_text("utf-8"))
    assert told["setting"]["seeds"] == 2
    assert [p["labels"] for p in told["figures"][LEARNING][AUROC]["by budget"]] == [10, 25, 40]
    assert (tmp_path / "out" / "budget.png").read_bytes().startswith(b"\x89PNG")
    assert "(budget.png)" in (tmp_path / "out" / "budget.md").read_text("utf-8")


def test_the_base_encoder_reads_texts_too(tiny_run: TinyRun, rows: list[Row]) -> None:
    encode = embeddings.of_base(tiny_run.base)
    found = encode([row.text for row in rows[:3]])
    assert found.shape == (3, 64)
    assert embeddings.name_of_base(tiny_run.base).startswith("base-")


def test_a_budget_that_the_texts_do_not_bear_is_refused(
    tiny_run: TinyRun, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["budget", "--bundle", str(tiny_run.bundle), "--without-written"]
    asked += ["--shared", str(labels), "--budget", "90000", "--kept", str(tmp_path)]
    assert main([*asked, "--out", str(tmp_path / "out")]) == 2
    assert "smaller --budget" in capsys.readouterr().err
