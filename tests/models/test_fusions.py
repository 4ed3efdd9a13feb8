"""What is run of the shipped bundle's graph once the runtime has done its part: every fusion, and
nothing that falls back to float32 or converts."""

from collections import Counter
from pathlib import Path

import onnx
import onnxruntime as ort

from models import bundle
from models.norms import FUSIONS, with_quick_norms

LAYERS = 12
PRODUCTS, NORMS, PER_TOKEN = 4, 2, 2
"""Of a layer; the products of :data:`training.onnx_graph.PER_TOKEN`."""


def nodes(content: bytes, folder: Path) -> Counter[str]:
    """Of a graph as the runtime runs it, by kind."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(folder / "run.onnx")
    ort.InferenceSession(
        content, options, providers=["CPUExecutionProvider"], disabled_optimizers=FUSIONS
    )
    graph = onnx.load(folder / "run.onnx", load_external_data=False).graph
    return Counter(node.op_type for node in graph.node)


def test_every_fusion_is_there_and_nothing_is_converted(tmp_path: Path) -> None:
    found = nodes(with_quick_norms(bundle.load(bundle.champion()).read_model()), tmp_path)
    assert found["DynamicQuantizeMatMul"] == PRODUCTS * LAYERS, "all products but the head's"
    assert found["MatMul"] == 1, "the head, in float32"
    assert found["MultiHeadAttention"] == found["Gelu"] == LAYERS
    assert found["LayerNormalization"] == NORMS * LAYERS + 1
    assert found["Div"] == found["Max"] == PER_TOKEN * LAYERS, "a scale per token, and no other"
    assert found["Cast"] == 1, "of the pieces' table"
    unfused = {
        "Erf", "Softmax", "Transpose", "Reshape", "Pow", "Sqrt", "MatMulInteger", "QuantizeLinear",
        "DynamicQuantizeLinear", "DequantizeLinear", "SkipLayerNormalization", "BiasGelu",
    }  # fmt: skip
    assert not unfused & set(found)
