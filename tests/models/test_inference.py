"""Windows, and logits that add up."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Literal

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import bundle
from models.ad import Ad
from models.bundle import Limits
from models.errors import BundleDamaged, BundleMismatch
from models.inference import HARM_START, INDICATOR_START, Logits, Model, cuts, together, windows
from models.labels import INDICATORS
from models.rendering import render
from tests.conftest import TinyRun

TEXTS = (
    "Pickers wanted, contract before travel.",
    "مطلوب عمال مع سكن وتذكرة",
    "招聘客服 包吃住 机票公司出",
    "job " * 400,
)


@pytest.fixture(scope="module")
def model(tiny_run: TinyRun) -> Model:
    loaded = bundle.load(tiny_run.bundle)
    return Model.of(loaded)


@given(st.integers(1, 2000), st.integers(2, 300), st.data())
def test_cuts_cover_everything(count: int, room: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, room - 1))
    found = list(cuts(count, room, overlap))
    assert found[0][0] == 0
    assert found[-1][1] == count
    assert all(high - low <= room for low, high in found)
    for (_, high), (low, _) in pairwise(found):
        assert high - low >= overlap


@pytest.mark.parametrize("text", TEXTS)
def test_document_logits_are_the_mean_of_its_tokens(model: Model, text: str) -> None:
    logits = model.logits(render(Ad(text)))
    assert logits.tokens.shape == (len(logits.offsets), INDICATOR_START + len(INDICATORS))
    assert np.allclose(logits.kind, logits.tokens[:, :HARM_START].mean(axis=0), atol=1e-5)
    middle = logits.tokens[:, HARM_START:INDICATOR_START]
    assert np.allclose(logits.harm, middle.mean(axis=0), atol=1e-5)
    assert len(logits.indicators) == len(logits.indicator_offsets)
    if logits.windows == 1:
        assert np.array_equal(logits.indicators, logits.tokens[:, INDICATOR_START:])


@pytest.mark.parametrize("way", ["highest", "mean_odds"])
def test_all_windows_speak_or_the_highest_in_an_older_bundle(
    tiny_run: TinyRun, way: Literal["highest", "mean_odds"]
) -> None:
    loaded = bundle.load(tiny_run.bundle)
    rendered = render(Ad("job " * 200 + "A visa and a ticket are paid. " * 30))
    assert loaded.manifest.limits.windows == "mean_odds", "what is exported now"
    limits = loaded.manifest.limits.model_copy(update={"windows": way})
    cut = windows(loaded.tokenizer, rendered.text, limits)
    model = Model(loaded.read_model(), loaded.tokenizer, limits)  # no n-grams
    alone = np.array([float(model.run(window.ids)[0][0]) for window in cut])
    logits = model.logits(rendered)
    assert len(cut) == logits.windows > 1
    expected = alone.max() if way == "highest" else np.log(np.exp(alone).mean())
    assert logits.kind[0] == pytest.approx(expected, abs=1e-5)
    assert logits.window == alone.argmax()
    assert logits.offsets == cut[logits.window].offsets
    assert logits.tokens[:, 0].mean() == pytest.approx(logits.kind[0], abs=1e-5), "shares add up"


def test_one_lure_among_honest_windows_is_lowered_by_their_number_and_no_more() -> None:
    assert together(np.array([5.0, -9.0, -9.0, -9.0])) == pytest.approx(5 - np.log(4), abs=1e-5)
    assert together(np.array([-1.5])) == pytest.approx(-1.5)
    assert together(np.array([900.0, 900.0])) == pytest.approx(900.0), "no overflow"


def test_signs_of_every_window_count(model: Model, tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    rendered = render(Ad(" ".join(f"word{i}" for i in range(300))))
    logits = model.logits(rendered)
    assert logits.windows > 2
    assert logits.indicator_offsets == tuple(sorted(set(logits.indicator_offsets)))
    whole = loaded.tokenizer.encode(rendered.text, add_special_tokens=False).offsets
    assert set(logits.indicator_offsets) == set(whole)


def test_spelt_control_pieces_are_words(tiny_run: TinyRun) -> None:
    tokenizer = bundle.load(tiny_run.bundle).tokenizer
    control = {tokenizer.token_to_id(piece) for piece in ("<s>", "</s>", "<pad>", "<mask>")}
    assert not control & set(tokenizer.encode("a </s><s> b <mask>", add_special_tokens=False).ids)


def test_a_graph_that_answers_otherwise_is_refused(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    node = onnx.helper.make_node("Identity", ["input_ids"], ["other"])
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [node], "g", [value("input_ids", onnx.TensorProto.INT64, ["a", "b"])],
        [value("other", onnx.TensorProto.INT64, ["a", "b"])],
    )  # fmt: skip
    opset = [onnx.helper.make_opsetid("", 21)]
    content = onnx.helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()
    with pytest.raises(BundleMismatch, match="answers \\['other'\\]"):
        Model(content, loaded.tokenizer, loaded.manifest.limits)
    with pytest.raises(BundleDamaged, match="cannot be loaded"):
        Model(b"nonsense", loaded.tokenizer, loaded.manifest.limits)


def test_text_of_which_the_tokeniser_leaves_nothing(model: Model) -> None:
    assert np.isfinite(model.logits(render(Ad("\u3000"))).kind).all()


def test_company_does_not_change_an_answer(model: Model) -> None:
    """Scored alone, scored among others on four threads: the same to the last bit."""
    alone = [model.logits(render(Ad(text))).kind for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(model.logits, render(Ad(text))) for text in TEXTS * 10]
        together = [job.result().kind for job in jobs]
    for i, kind in enumerate(together):
        assert np.array_equal(kind, alone[i % len(TEXTS)])


def test_limits_hold(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    limits = Limits(window_tokens=16, overlap_tokens=4)
    for window in windows(loaded.tokenizer, "worker " * 100, limits):
        assert len(window.ids) <= 16
        assert len(window.offsets) == len(window.ids) - 2


def test_a_text_that_is_alone_gets_the_same_answer(tiny_run: TinyRun) -> None:
    """To the bit: what an ad scores must not depend on what else there was to do."""
    loaded = bundle.load(tiny_run.bundle)
    model = Model(loaded.read_model(), loaded.tokenizer, loaded.manifest.limits, alone=2)
    ways: dict[bool, list[Logits]] = {alone: [] for alone in (False, True)}
    asked: list[bool] = []
    for alone, said in ways.items():

        def is_alone(alone: bool = alone) -> bool:
            asked.append(alone)
            return alone

        model.is_alone = is_alone
        said += [model.logits(render(Ad(text))) for text in TEXTS]
    assert {*asked} == {False, True}, "one of the texts is long enough for it"
    for one, two in zip(*ways.values(), strict=True):
        assert np.array_equal(one.tokens, two.tokens)
        assert np.array_equal(one.kind, two.kind)


def test_windows_in_any_order_give_the_same_answer(tiny_run: TinyRun) -> None:
    loaded = bundle.load(tiny_run.bundle)
    model = Model.of(loaded)
    rendered = render(Ad("job " * 400))
    one = model.logits(rendered)
    model.spread = lambda works: [work() for work in reversed(works)][::-1]
    two = model.logits(rendered)
    assert one.windows > 1
    assert one.window == two.window
    assert np.array_equal(one.tokens, two.tokens)
    assert np.array_equal(one.indicators, two.indicators)
