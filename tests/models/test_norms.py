"""Layer norms as two nodes: the same answers, and nothing else changes."""

from contextlib import suppress

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from models import bundle
from models.norms import with_quick_norms
from tests.conftest import TinyRun

MICROSOFT = "com.microsoft"


@pytest.fixture
def whole(tiny_run: TinyRun) -> bytes:
    return bundle.load(tiny_run.bundle).read_model()


def test_each_is_two_nodes_and_all_else_stays(whole: bytes) -> None:
    before, after = (onnx.load_from_string(one) for one in (whole, with_quick_norms(whole)))
    expected: list[str] = []
    for node in before.graph.node:
        together = node.op_type == "SkipLayerNormalization"
        expected += ["Add", "LayerNormalization"] if together else [node.op_type]
    assert len(expected) > len(before.graph.node)
    assert [node.op_type for node in after.graph.node] == expected
    old = [node for node in before.graph.node if node.op_type != "SkipLayerNormalization"]
    kept = [node for node in after.graph.node if node in old]
    assert kept == old
    del before.graph.node[:], after.graph.node[:]
    assert before == after


def made(
    inputs: int = 4, outputs: int = 1, rows: int = 5, width: int = 24, epsilon: float | None = 1e-3
) -> bytes:
    """A graph of one such node, with weights of its own."""
    draw = np.random.default_rng(3)
    names = ["value", "skip", "scale", "shift", "bias"][:inputs]
    weights = [
        numpy_helper.from_array(draw.normal(1, 0.2, width).astype(np.float32), name)
        for name in names[2:]
    ]
    node = helper.make_node(
        "SkipLayerNormalization", names, ["out", "", "", "sum"][:outputs], name="norm",
        domain=MICROSOFT, **({} if epsilon is None else {"epsilon": epsilon}),
    )  # fmt: skip
    given = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, rows, width])
        for name in names[:2]
    ]
    answer = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, rows, width])
    graph = helper.make_graph([node], "one", given, [answer], weights)
    imports = [helper.make_opsetid("", 21), helper.make_opsetid(MICROSOFT, 1)]
    content: bytes = helper.make_model(
        graph, opset_imports=imports, ir_version=10
    ).SerializeToString()
    return content


def run(content: bytes, values: dict[str, np.ndarray]) -> np.ndarray:
    found = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    (answer,) = found.run(None, values)
    return np.asarray(answer)


def test_the_numbers_are_the_same() -> None:
    draw = np.random.default_rng(4)
    values = {name: draw.normal(0, 9, (1, 5, 24)).astype(np.float32) for name in ("value", "skip")}
    content = made()
    changed = with_quick_norms(content)
    onnx.checker.check_model(onnx.load_from_string(changed))
    assert changed != content
    np.testing.assert_allclose(run(changed, values), run(content, values), atol=2e-6)


@pytest.mark.parametrize(("inputs", "outputs"), [(5, 1), (4, 4), (3, 1)])
def test_a_node_that_does_more_stays(inputs: int, outputs: int) -> None:
    content = made(inputs, outputs)
    assert with_quick_norms(content) == content


def test_a_node_with_an_epsilon_of_its_own_kind_stays() -> None:
    content = made(epsilon=None)
    assert with_quick_norms(content) == content


def test_a_graph_without_is_the_same_object() -> None:
    graph = helper.make_graph([helper.make_node("Relu", ["a"], ["b"])], "g", [], [])
    content = helper.make_model(graph).SerializeToString()
    assert with_quick_norms(content) is content


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_whatever_the_bytes_it_ends_or_says_why(junk: bytes, at: int) -> None:
    content = made()
    with suppress(ValueError):
        with_quick_norms(content[:at] + junk + content[at:])
