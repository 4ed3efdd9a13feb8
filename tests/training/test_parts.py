"""Marks, augmentation, groups, splits, recipes, loaders, the base encoder."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training import base as base_encoder
from training.augment import CONTACTS, augment, crop, evade, fill
from training.batches import epoch_batches
from training.corpus import loaders, store
from training.corpus.marks import unmark
from training.corpus.row import Row, Span, faults
from training.edits import Edit, Example, apply
from training.errors import BaseUnavailable, CorpusError, RecipeError
from training.near_duplicates import join_groups
from training.onnx_graph import to_int4_blocks, to_int8_columns
from training.recipe import Augment, load
from training.rounding import compensated
from training.splits import split_of, split_of_joined

LONG = (
    "Flat near the farm. We pay 12 an hour. Write to <phone> today! Come as a tourist. Bring boots."
)


def spanned(text: str, *words: str) -> Example:
    return Example(
        text, tuple(Span("urgency", text.index(w), text.index(w) + len(w)) for w in words)
    )


def words_of(example: Example) -> list[str]:
    assert example.spans is not None
    return [example.text[span.start : span.end] for span in example.spans]


def test_marks_become_spans() -> None:
    text, spans = unmark("Come ⟦no_work_permit+urgency|as a tourist⟧ by ⟦urgency|Friday⟧.")
    assert text == "Come as a tourist by Friday."
    assert [(s["indicator"], text[s["start"] : s["end"]]) for s in spans] == [
        ("no_work_permit", "as a tourist"), ("urgency", "as a tourist"), ("urgency", "Friday"),
    ]  # fmt: skip


@pytest.mark.parametrize("marked", ["⟦urgency|now", "now⟧", "⟦a|⟦b|c⟧⟧"])
def test_broken_marks_are_refused(marked: str) -> None:
    with pytest.raises(ValueError, match="a mark is not"):
        unmark(marked)


def test_edits_carry_spans_along() -> None:
    example = spanned("one two three four", "two", "four")
    edits: list[Edit] = [(0, 3, "ZERO AND ONE"), (8, 13, "")]
    changed = apply(example, edits)
    assert changed.text == "ZERO AND ONE two  four"
    assert words_of(changed) == ["two", "four"]


def test_a_span_that_is_cut_away_goes() -> None:
    assert apply(spanned("one two", "one"), [(0, 3, "")]) == Example(" two", ())


@given(st.integers(0, 10_000))
def test_augmentation_keeps_spans_on_their_words(seed: int) -> None:
    example = spanned(LONG, "12 an hour", "as a tourist")
    everything = Augment(fill=1, crop=0.5, evade=0, case=0.3)
    changed = augment(example, everything, random.Random(seed))
    for words in words_of(changed):
        assert words.lower() in ("12 an hour", "as a tourist")


@given(st.integers(0, 10_000))
def test_disguise_keeps_spans_on_their_words(seed: int) -> None:
    """Undisguised words around a span say whether it still stands where it stood."""
    example = spanned("Pay 5 to come as tourist so 7 go", "as tourist")
    (words,) = words_of(evade(example, random.Random(seed)))
    assert words.startswith("as ")
    assert len(words) >= len("as tourist")


def test_the_same_seed_gives_the_same_text() -> None:
    example = spanned(LONG, "12 an hour")
    everything = Augment(fill=1, crop=1, evade=1, case=1)
    once, again, other = (augment(example, everything, random.Random(s)) for s in (5, 5, 6))
    assert once == again != other


def test_one_placeholder_twice_is_one_contact() -> None:
    filled = fill(Example("<phone> or <phone>", None), random.Random(1)).text
    left, right = filled.split(" or ")
    assert left == right
    assert "<" not in left


@pytest.mark.parametrize("kind", CONTACTS)
def test_invented_contacts_belong_to_nobody(kind: str) -> None:
    for seed in range(50):
        contact = CONTACTS[kind](random.Random(seed))
        if kind == "phone":
            assert any(
                part in contact for part in ("555 01", "555-01", "7700 900", "7700900", "491")
            )
        if kind in ("url", "email"):
            assert "example" in contact
        if kind == "wallet":
            assert set("0l") & set(contact), "characters that Base58 does not have"


def test_short_texts_are_not_cropped() -> None:
    short = Example("Two words. Here. And. There.", None)
    assert crop(short, random.Random(1)) == short
    long = Example(LONG * 4, None)
    assert 0 < len(crop(long, random.Random(1)).text) < len(long.text)


def test_disguise_leaves_placeholders_alone() -> None:
    for seed in range(30):
        assert (
            "<handle>"
            in evade(Example("Please write <handle> soon", None), random.Random(seed)).text
        )


def test_near_copies_join_and_others_do_not() -> None:
    texts = [
        "Pickers wanted at Fenwold Farm from June, caravan provided, apply through the scheme now.",
        "Pickers wanted at Fenwold Farm from July, caravan provided, apply through the scheme now!",
        "The ferry to the island leaves twice a day and takes bicycles for free on weekdays only.",
        "Pickers wanted at Fenwold Farm from May, caravan provided, apply through the scheme soon.",
    ]
    groups = join_groups(texts, ["b", "a", "c", "d"])
    assert groups[0] == groups[1] == groups[3] == "a"
    assert groups[2] == "c"


def test_numbers_and_contacts_do_not_part_copies() -> None:
    text = "Daily pay {} for liking clips, write {} on the messenger to start with your first task"
    texts = [text.format(i * 37, "<phone>" if i % 2 else "<handle>") for i in range(4)]
    assert len(set(join_groups(texts, list("abcd")))) == 1


def test_a_new_copy_never_takes_a_text_out_of_test() -> None:
    shares = {"train": 0.8, "calibration": 0.1, "test": 0.1}
    test = next(g for g in map(str, range(999)) if split_of(g, shares, 1) == "test")
    train = next(g for g in map(str, range(999)) if split_of(g, shares, 1) == "train")
    assert split_of_joined([train, test], shares, 1) == "test"
    assert split_of_joined([train], shares, 1) == "train"


def test_splits_keep_their_shares_and_their_place() -> None:
    shares = {"train": 0.8, "calibration": 0.1, "test": 0.1}
    found = [split_of(f"group {i}", shares, 1) for i in range(5000)]
    assert found.count("train") / 5000 == pytest.approx(0.8, abs=0.02)
    assert found == [split_of(f"group {i}", shares, 1) for i in range(5000)]


@pytest.mark.parametrize("name", ["first", "second"])
def test_shipped_recipes_load(name: str) -> None:
    assert load(name).name == name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name = ", "Invalid value"),
        ('name = "x"', "mix: Field required"),
        ('name = "x"\nsede = 1', "sede: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_recipe_names_the_field(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "r.toml").write_text(content)
    with pytest.raises(RecipeError, match=words):
        load(str(tmp_path / "r.toml"))


def test_a_share_of_no_written_texts_is_none() -> None:
    recipe = load("eleventh")
    assert recipe.mix.written_share < 1
    row = {"source": "ours", "kind": "other", "pair_key": "", "synthetic": False, "text": "a"}
    rows = [{**row, "id": str(i)} for i in range(20)]
    taken = sorted(i for batch in epoch_batches(rows, recipe, 0) for i in batch)
    assert taken == list(range(20))


def test_an_unknown_recipe_names_those_there_are() -> None:
    with pytest.raises(RecipeError, match="recipes that do: eighth, eleventh, fifth"):
        load("nonsense")


def test_bad_rows_are_listed_with_file_line_and_reason(tmp_path: Path) -> None:
    good = {"id": "1", "text": "t", "language": "en", "kind": "other", "group": "g"}
    lines = [good, {**good, "kind": "nonsense"}, {**good, "text": " "}, {"id": "4"}]
    content = "\n".join(map(json.dumps, lines)) + "\n{broken"
    (tmp_path / "some.jsonl").write_text(content)
    with pytest.raises(CorpusError) as refused:
        loaders.shared(tmp_path)
    told = str(refused.value)
    for place in ("some.jsonl:2: kind 'nonsense'", "some.jsonl:3: text is blank",
                  "some.jsonl:4: no field 'kind'", "some.jsonl:5: JSONDecodeError"):  # fmt: skip
        assert place in told


def test_a_folder_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is the path right"):
        loaders.shared(tmp_path)


def test_undecided_texts_mask_and_others_say_none(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "t", "language": "en", "kind": None, "harms": [], "group": "g"},
        {
            "id": "2",
            "text": "u",
            "language": "en",
            "kind": "recruitment",
            "harms": [],
            "group": "g",
        },
    ]
    (tmp_path / "some.jsonl").write_text("\n".join(map(json.dumps, rows)))
    undecided, honest = loaders.shared(tmp_path)
    assert undecided.harms is None
    assert honest.harms == ()
    assert honest.source == "some"
    assert not honest.synthetic


def test_faults_are_all_named() -> None:
    spans = (Span("nonsense", 0, 1), Span("urgency", 0, 99))
    row = Row("1", "text", "en", "recruitment", ("nonsense",), spans, "g", "s")
    assert len(faults(row)) == 4


def test_drafts_become_rows_and_replace_old_ones(tmp_path: Path) -> None:
    draft = {
        "n": 1, "twin": 2, "language": "zh-Hant-TW", "kind": "lure",
        "harms": ["task_based_job_scam"], "platform": "social", "surface": "post",
        "register": "informal", "text": "⟦paid_engagement|按讚⟧就有錢", "note": "short",
    }  # fmt: skip
    twin = draft | {
        "n": 2,
        "twin": 1,
        "kind": "recruitment",
        "harms": [],
        "text": "按件計酬，有合約",
    }
    path = tmp_path / "draft.jsonl"
    path.write_text(json.dumps(draft) + "\n" + json.dumps(twin))
    folder = tmp_path / "written"
    folder.mkdir()
    for _ in range(2):
        assert store.put_drafts(path, "zh-9", folder) == {"zh-Hant.jsonl": 2}
    rows, wrong = store.check(folder)
    assert wrong == []
    assert [(row.id, row.pair, row.group) for row in rows] == [
        ("zh-9-001", "zh-9-002", "zh-9-g001"), ("zh-9-002", "zh-9-001", "zh-9-g001"),
    ]  # fmt: skip
    assert rows[0].spans == (Span("paid_engagement", 0, 2),)
    path.write_text(json.dumps(draft) + "\n" + json.dumps(twin | {"n": 1}))
    with pytest.raises(CorpusError, match="n 1 stands twice"):
        store.put_drafts(path, "zh-9", folder)
    for line, words in (
        ("{", "draft.jsonl:2: Expecting"),
        ("[]", "draft.jsonl:2: an object is expected"),
        ("{}", "draft.jsonl:2: n must be a whole number"),
        (json.dumps(twin | {"twin": "1"}), "draft.jsonl:2: twin must be the n"),
        (
            json.dumps({name: twin[name] for name in twin if name != "harms"}),
            "n 2: no field 'harms'",
        ),
        (json.dumps(twin | {"text": None}), "n 2: "),
        (json.dumps(twin | {"language": None}), "n 2: "),
    ):
        path.write_text(f"{json.dumps(draft)}\n{line}\n")
        before = {file: file.read_bytes() for file in folder.iterdir()}
        with pytest.raises(CorpusError, match=words):
            store.put_drafts(path, "zh-9", folder)
        assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_q4_0_unpacks_and_packs_back_exactly() -> None:
    rng = np.random.default_rng(1)
    halves = rng.integers(0, 16, size=(6, 64))
    halves[:, ::32] = 0  # the block's largest weight stands at -8, as Q4_0 writes it
    scale = rng.uniform(0.01, 0.1, size=(6, 2)).astype(np.float16)
    weights = (halves - 8).astype(np.float32) * scale.astype(np.float32).repeat(32, axis=1)
    blocks = halves.reshape(6, 2, 2, 16).astype(np.uint8)
    packed = np.concatenate(
        [scale.view(np.uint8).reshape(6, 2, 2), blocks[:, :, 0] | (blocks[:, :, 1] << 4)], axis=-1
    )
    unpacked = base_encoder.unpack(packed.reshape(-1), (6, 64))
    assert torch.equal(unpacked, torch.from_numpy(weights))
    ours, our_scale = to_int4_blocks(weights)
    back = np.stack([ours & 15, ours >> 4], axis=-1).reshape(6, 64).astype(np.int8)
    back = np.where(back > 7, back - 16, back)
    assert np.array_equal(back * our_scale.astype(np.float32).repeat(32, axis=1), weights)


def test_int8_columns_round_by_half_a_step() -> None:
    weight = np.random.default_rng(2).normal(size=(32, 8)).astype(np.float32)
    quantised, scale = to_int8_columns(weight)
    assert np.abs(quantised * scale - weight).max() <= scale.max() / 2 + 1e-6


def test_fewer_steps_are_further_apart() -> None:
    weight = np.random.default_rng(2).normal(size=(32, 8)).astype(np.float32)
    quantised, scale = to_int8_columns(weight, 95)
    assert (np.abs(quantised).max(axis=0) == 95).all()
    assert np.abs(quantised * scale - weight).max() <= scale.max() / 2 + 1e-6


def test_rounding_that_makes_up_for_itself_keeps_what_a_short_fit_moved() -> None:
    """All weights of a bundle's column move by a quarter of a step, as a fit in one direction."""
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(2000, 400)) @ rng.normal(size=(400, 400)) / 20 + 0.3
    before, scale = to_int8_columns(rng.normal(size=(400, 8)).astype(np.float32))
    largest = np.abs(before).argmax(axis=0)  # stays, so that the steps do
    moved = np.full(before.shape, 0.25)
    moved[largest, np.arange(8)] = 0
    weight = ((before + moved) * scale).astype(np.float32)
    nearest, _ = to_int8_columns(weight)
    assert np.array_equal(nearest, before), "nothing of it is left"
    own = compensated(weight, scale, inputs.T @ inputs, 127)
    wanted = inputs @ weight
    errors = [np.abs(inputs @ (steps * scale) - wanted).mean() for steps in (own, nearest)]
    assert errors[0] < errors[1] / 3
    assert np.abs(own).max() <= 127


def test_an_unreachable_base_says_what_would_help(tmp_path: Path) -> None:
    with pytest.raises(BaseUnavailable, match="What would help"):
        base_encoder.fetch("hub", tmp_path / "out", hub_id=str(tmp_path / "nothing"))


def test_packages_that_changed_are_told(tmp_path: Path) -> None:
    with pytest.raises(BaseUnavailable, match="the packages have changed"):
        base_encoder.from_packages(tmp_path, tmp_path / "out")
    with pytest.raises(BaseUnavailable, match="does not start with E5S1"):
        base_encoder.read_e5s1(b"nonsense")
