"""A graph whose large tensors stay in the file: the same answers, and nothing else is read."""

import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import bundle, mapped
from models.ad import Ad
from models.inference import Model
from models.mapped import to_varint, varint, without_large
from models.rendering import render
from tests.conftest import TinyRun

TEXTS = ("Pickers wanted, contract before travel.", "مطلوب عمال مع سكن وتذكرة", "job " * 400)


@pytest.fixture
def whole(tiny_run: TinyRun) -> bytes:
    return bundle.load(tiny_run.bundle).read_model()


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundle of the tests is small."""
    monkeypatch.setattr(mapped, "LARGE", 256)


def test_the_answers_are_the_same_to_the_bit(tiny_run: TinyRun, whole: bytes) -> None:
    loaded = bundle.load(tiny_run.bundle)
    light = loaded.read_light_model()
    assert len(light) < len(whole) / 2
    limits = loaded.manifest.limits
    models = (
        Model(whole, loaded.tokenizer, limits),
        Model(light, loaded.tokenizer, limits, folder=loaded.path.resolve()),
    )
    for text in TEXTS:
        one, two = (model.logits(render(Ad(text))) for model in models)
        assert np.array_equal(one.kind, two.kind)
        assert np.array_equal(one.tokens, two.tokens)


def test_only_tensors_that_need_no_alignment_stay_and_each_at_its_place(whole: bytes) -> None:
    before = {t.name: t for t in onnx.load_from_string(whole).graph.initializer}
    graph = onnx.load_from_string(without_large(memoryview(whole), bundle.MODEL)).graph
    moved = [t for t in graph.initializer if t.data_location == onnx.TensorProto.EXTERNAL]
    assert moved
    for tensor in moved:
        entries = {entry.key: entry.value for entry in tensor.external_data}
        assert entries["location"] == bundle.MODEL
        low, size = int(entries["offset"]), int(entries["length"])
        assert whole[low : low + size] == before[tensor.name].raw_data
        assert low % mapped.ALIGNED[tensor.data_type] == 0
        assert list(tensor.dims) == list(before[tensor.name].dims)
    for tensor in graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            assert tensor == before[tensor.name]


def test_a_tensor_at_an_odd_place_stays_in_the_graph() -> None:
    """Values of two bytes are mapped from an even place alone."""
    table = onnx.numpy_helper.from_array(np.ones((40, 40), np.float16), "t")
    found = set()
    for pad in ("", "x"):
        graph = onnx.helper.make_graph([], "g" + pad, [], [], [table])
        content = onnx.helper.make_model(graph, producer_name="p").SerializeToString()
        after = onnx.load_from_string(without_large(memoryview(content), bundle.MODEL))
        moved = after.graph.initializer[0].data_location == onnx.TensorProto.EXTERNAL
        assert moved == (content.find(table.raw_data) % 2 == 0)
        found.add(moved)
    assert found == {True, False}


def test_a_tensor_that_lies_elsewhere_already_is_left_to_be_refused() -> None:
    table = onnx.numpy_helper.from_array(np.zeros((40, 40), np.int8), "t")
    onnx.external_data_helper.set_external_data(table, "outside.bin")
    graph = onnx.helper.make_graph([], "g", [], [], [table])
    content = onnx.helper.make_model(graph).SerializeToString()
    assert without_large(memoryview(content), bundle.MODEL) == content


@given(st.binary(max_size=300))
def test_whatever_the_bytes_it_ends_or_says_why(content: bytes) -> None:
    with suppress(ValueError):
        without_large(memoryview(content), bundle.MODEL)


@given(st.binary(max_size=60), st.integers(0, 5000))
def test_a_torn_graph_is_refused_or_copied(tiny_graph: bytes, noise: bytes, at: int) -> None:
    torn = tiny_graph[: at % len(tiny_graph)] + noise
    with suppress(ValueError):
        assert len(without_large(memoryview(torn), bundle.MODEL)) <= len(torn) + 300


@pytest.fixture(scope="module")
def tiny_graph() -> bytes:
    tables = [
        onnx.numpy_helper.from_array(np.full((30, 30), i, np.int8), f"t{i}") for i in range(3)
    ]
    graph = onnx.helper.make_graph([], "g", [], [], tables)
    content: bytes = onnx.helper.make_model(graph).SerializeToString()
    return content


@given(st.integers(0, 2**63 - 1))
def test_numbers_come_back(value: int) -> None:
    written = to_varint(value)
    assert varint(memoryview(written), 0, len(written)) == (value, len(written))


def test_only_what_lies_in_a_registry_stays(tiny_run: TinyRun, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    shutil.copytree(tiny_run.bundle, folder)
    loaded = bundle.load(folder)
    assert not loaded.stays()
    (tmp_path / bundle.CHAMPION).write_text("one")
    assert loaded.stays()
    assert bundle.load(bundle.champion()).stays()


def test_a_bundle_that_is_deleted_while_it_serves_goes_on(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    """As a pruned one does: what is mapped stays until it is let go."""
    folder = tmp_path / "gone"
    shutil.copytree(tiny_run.bundle, folder)
    loaded = bundle.load(folder)
    light = loaded.read_light_model()
    model = Model(light, loaded.tokenizer, loaded.manifest.limits, folder=folder.resolve())
    before = model.logits(render(Ad(TEXTS[0])))
    shutil.rmtree(folder)
    after = model.logits(render(Ad(TEXTS[0])))
    assert np.array_equal(before.tokens, after.tokens)
