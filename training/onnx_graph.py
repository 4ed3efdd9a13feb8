"""The served graph, written node by node.

Why not an exporter: the dynamo exporter loses the attention fusion, the tracing one needs a
second tool to fuse and a third to quantise, and plain dynamic int8 moves single scores of this
encoder by half (one scale for a whole tensor, set by the few huge activations after GELU). Here
every fusion holds by construction, and int8 is done so that it costs little:

* **a scale per token** where tokens differ much, before the two feed-forward products: each row is
  divided by its largest value before it is quantised and multiplied back after, so that no token is
  rounded by another's scale. The two attention products have a scale per text, which costs nothing
  (see :data:`PER_TOKEN`) and saves five passes over the values each;
* **a scale per channel**, moved from activations into weights (SmoothQuant, Xiao et al. 2023):
  channel ``j`` is divided by ``max|x_j|^a / max|w_j|^(1-a)``, its weights multiplied by it;
* weights per output channel, rounded so that each makes up for what those before it lost; the
  embedding table in 4-bit blocks of 32 (Q4_0), which is lossless for a base that came in that form.

The graph takes ``input_ids`` of texts of equal length and has no attention mask: nothing is
padded, so nothing needs masking.

Beside the logits it gives the states of the last layer, which it has anyway: their mean is where a
text lies among others (:mod:`models.embedding`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.bundle import INPUT, OUTPUTS, STATES
from models.inference import HARM_START, INDICATOR_START
from training.rounding import compensated

Precision = Literal["int8", "float32"]
Array = NDArray[np.float32]

MICROSOFT = "com.microsoft"
OPSET, IR_VERSION = 21, 10
BLOCK = 32
"""Weights of the embedding table that share a scale."""

SMOOTHING = {"qkv": 0.9, "attention_output": 0.5, "inner": 0.5, "outer": 0.65}
"""``a`` above, by matrix product: how much of the difficulty moves from activations to weights.

Chosen from 0.5 to 0.9 by the mean change of the lure logit over 120 held-out texts when that
product alone is quantised: 0.016, 0.008, 0.022 and 0.038; with 0.5 for all, 0.027, 0.008, 0.022 and
0.043."""

PER_TOKEN = frozenset({"inner", "outer"})
"""Products whose inputs have a scale per token. Mean and 99th percentile of the change of the lure
probability against unrounded inputs, 432 texts of 18 sources and languages, weights rounded: all
four per token 0.0026 and 0.025; these two 0.0027 and 0.021; ``outer`` alone 0.0039 and 0.035; none
0.0082 and 0.084. Time of the graph at 17 to 256 pieces (one thread, VNNI, 25 rounds in turns): 0.93
to 0.98 of all four, and 0.86 to 0.90 with ``outer`` alone, which is not worth its change."""

REAL = ("after_start", "before_end", "token_axis")
"""Names of the constants that cut the two special tokens off."""

LEAST_ROW = 1e-3
"""Of the largest value that a product was seen to be given: what a row is divided by at least."""

PRODUCTS = tuple(SMOOTHING)
"""The four matrix products of a layer, whose inputs are observed before quantisation."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a matrix product was seen to be given over sample texts."""

    largest: Array
    """``(channels,)``: absolute values."""

    moments: Array
    """``(channels, channels)``: sums of products of two channels."""


@dataclass(frozen=True, slots=True)
class Form:
    """How int8 rounds. The defaults are what ships; the others are there to be compared with."""

    table: Literal["int4", "int8"] = "int4"
    """Embedding table: 4-bit blocks of :data:`BLOCK`, or int8 with a scale a piece."""

    weights: Literal["channel", "tensor"] = "channel"
    """A scale for each output channel of a matrix, or one for the whole."""

    per_token: frozenset[str] = PER_TOKEN
    """Products whose inputs have a scale for each token's row; the others have one for all of a
    text."""

    smooth: bool = True
    """Whether a scale of each input channel moves from activations into weights."""

    rounding: Literal["nearest", "compensated"] = "compensated"
    """Of a matrix's weights: to the nearest step; or so, and what is lost made up for by the other
    weights (:mod:`training.rounding`)."""

    steps: int = 95
    """Steps of a weight on each side of zero. 127 is the finest; but a processor without int8
    products of its own (AVX2) adds pairs of products in 16 bits, where large ones are cut off."""


SHIPPED = Form()


class Graph:
    """Nodes and initialisers in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """A weight; gives its name."""
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], domain: str = "", **attributes: object) -> str:
        """A node with one output; gives the output's name."""
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output


def build(
    weights: Mapping[str, Array],
    layers: int,
    heads: int,
    epsilon: float,
    precision: Precision,
    inputs: Mapping[str, Inputs],
    kept: frozenset[str] = frozenset(),
    form: Form = SHIPPED,
) -> bytes:
    """The model as serialised ONNX.

    ``weights`` are those of :class:`training.model.LureModel` by name (``encoder.…``,
    ``head.…``). ``inputs`` tells of ``<layer>.<product>`` what it was given; it may be empty for
    ``float32``.
    ``kept`` names the products, ``<layer>.<product>`` too, that int8 leaves in float32.
    """
    graph = Graph()
    hidden = embed(graph, weights, epsilon, None if precision == "float32" else form.table)
    observed = {} if precision == "float32" else inputs
    int8 = {key: seen for key, seen in observed.items() if key not in kept}
    for layer in range(layers):
        hidden = encode(graph, weights, layer, heads, epsilon, hidden, int8, form)
    answer(graph, weights, hidden)
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (*OUTPUTS, STATES)
    ]
    asked = [helper.make_tensor_value_info(INPUT, TensorProto.INT64, ["ads", "tokens"])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "lurewatch", asked, outputs, graph.initializers),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=IR_VERSION,
        producer_name="lurewatch",
    )
    content: bytes = model.SerializeToString()
    return content


def embed(
    graph: Graph,
    weights: Mapping[str, Array],
    epsilon: float,
    form: Literal["int4", "int8"] | None,
) -> str:
    """Pieces, positions and token type 0, normalised; the pieces in float32 without a form."""
    prefix = "encoder.embeddings."
    table = weights[f"{prefix}word_embeddings.weight"]
    if form is None:
        words = graph.node("Gather", [graph.constant("pieces", table), INPUT])
    else:
        words = (look_up_int4 if form == "int4" else look_up_int8)(graph, table)
    # Token type is always 0, so its row is part of every position.
    positions = (
        weights[f"{prefix}position_embeddings.weight"]
        + weights[f"{prefix}token_type_embeddings.weight"][:1]
    )
    length = graph.node("Shape", [INPUT], start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    place = graph.node("Slice", [graph.constant("positions", positions), zero, length, zero])
    summed = graph.node("Add", [words, place])
    scale = graph.constant("embedding_norm", weights[f"{prefix}LayerNorm.weight"])
    shift = graph.constant("embedding_shift", weights[f"{prefix}LayerNorm.bias"])
    return graph.node("LayerNormalization", [summed, scale, shift], axis=-1, epsilon=epsilon)


def look_up_int4(graph: Graph, table: Array) -> str:
    """Rows of a table in 4-bit blocks."""
    packed, scales = to_int4_blocks(table)
    tensor = TensorProto(
        name="pieces", data_type=TensorProto.INT4, dims=table.shape, raw_data=packed.tobytes()
    )
    graph.initializers.append(tensor)
    graph.constant("pieces_scale", scales)
    words = graph.node(
        "GatherBlockQuantized", ["pieces", INPUT, "pieces_scale"], MICROSOFT,
        gather_axis=0, quantize_axis=1, block_size=BLOCK,
    )  # fmt: skip
    return graph.node("Cast", [words], to=TensorProto.FLOAT)


def look_up_int8(graph: Graph, table: Array) -> str:
    """Rows of a table in int8, a scale a row."""
    quantised, scale = to_int8_columns(table.T)
    words = graph.node("Gather", [graph.constant("pieces", quantised.T), INPUT])
    scales = graph.node("Gather", [graph.constant("pieces_scale", scale[:, None]), INPUT])
    return graph.node("Mul", [graph.node("Cast", [words], to=TensorProto.FLOAT), scales])


def encode(
    graph: Graph,
    weights: Mapping[str, Array],
    layer: int,
    heads: int,
    epsilon: float,
    hidden: str,
    int8: Mapping[str, Inputs],
    form: Form,
) -> str:
    """One layer of the encoder; the products that ``int8`` names are quantised."""
    prefix = f"encoder.encoder.layer.{layer}."

    def product(value: str, name: str, *linear: str) -> str:
        weight = np.concatenate([weights[f"{prefix}{part}.weight"] for part in linear]).T
        bias = np.concatenate([weights[f"{prefix}{part}.bias"] for part in linear])
        key = f"{layer}.{name}"
        if key in int8:
            return multiply_int8(graph, value, weight, bias, key, int8[key], form)
        return multiply(graph, value, weight, bias, key)

    def normalise(value: str, skip: str, name: str) -> str:
        scale = graph.constant(f"{layer}.{name}.scale", weights[f"{prefix}{name}.weight"])
        shift = graph.constant(f"{layer}.{name}.shift", weights[f"{prefix}{name}.bias"])
        return graph.node(
            "SkipLayerNormalization", [value, skip, scale, shift], MICROSOFT, epsilon=epsilon
        )

    query, key, value = (f"attention.self.{part}" for part in ("query", "key", "value"))
    joined = product(hidden, "qkv", query, key, value)
    parts = [f"{joined}_{part}" for part in "qkv"]
    graph.nodes.append(
        helper.make_node("Split", [joined], parts, name=f"{joined}_split", axis=-1, num_outputs=3)
    )
    attended = graph.node("MultiHeadAttention", parts, MICROSOFT, num_heads=heads)
    projected = product(attended, "attention_output", "attention.output.dense")
    middle = normalise(projected, hidden, "attention.output.LayerNorm")
    inner = graph.node("Gelu", [product(middle, "inner", "intermediate.dense")], MICROSOFT)
    return normalise(product(inner, "outer", "output.dense"), middle, "output.LayerNorm")


def answer(graph: Graph, weights: Mapping[str, Array], hidden: str) -> None:
    """The head over real tokens, and the document's logits from it, as the graph's outputs."""
    for name, value in zip(REAL, (1, -1, 1), strict=True):
        graph.constant(name, np.array([value], np.int64))
    token_axis = REAL[2]
    real = graph.node("Slice", [hidden, *REAL])
    graph.nodes.append(states_node(real))
    head = weights["head.weight"].T
    logits = multiply(graph, real, head, weights["head.bias"], "head")
    graph.nodes.append(helper.make_node("Identity", [logits], [OUTPUTS[3]]))
    mean = graph.node("ReduceMean", [logits, token_axis], keepdims=0)
    highest = graph.node("ReduceMax", [logits, token_axis], keepdims=0)
    borders = (0, HARM_START, INDICATOR_START, head.shape[1])
    column_axis = graph.constant("column_axis", np.array([1], np.int64))
    for output, source, low, high in (
        (OUTPUTS[0], mean, borders[0], borders[1]),
        (OUTPUTS[1], mean, borders[1], borders[2]),
        (OUTPUTS[2], highest, borders[2], borders[3]),
    ):
        start = graph.constant(f"{output}_start", np.array([low], np.int64))
        end = graph.constant(f"{output}_end", np.array([high], np.int64))
        graph.nodes.append(helper.make_node("Slice", [source, start, end, column_axis], [output]))


def states_node(real: str) -> onnx.NodeProto:
    """The states of the real tokens as the graph's last output."""
    return helper.make_node("Identity", [real], [STATES])


def with_states(content: bytes) -> bytes:
    """A graph that :func:`build` made before it gave states, giving them: nothing else changes."""
    model = onnx.load_from_string(content)
    (real,) = (node.output[0] for node in model.graph.node if tuple(node.input[1:]) == REAL)
    model.graph.node.append(states_node(real))
    model.graph.output.append(helper.make_tensor_value_info(STATES, TensorProto.FLOAT, None))
    changed: bytes = model.SerializeToString()
    return changed


def multiply(graph: Graph, value: str, weight: Array, bias: Array, name: str) -> str:
    """``value @ weight + bias`` in float32; ``weight`` is ``(in, out)``."""
    product = graph.node("MatMul", [value, graph.constant(f"{name}.weight", weight)])
    return graph.node("Add", [product, graph.constant(f"{name}.bias", bias)])


def multiply_int8(
    graph: Graph,
    value: str,
    weight: Array,
    bias: Array,
    name: str,
    inputs: Inputs,
    form: Form,
) -> str:
    """The same in int8, with a scale per token, per input channel and per output channel where the
    form says so."""
    channel = np.ones(len(weight), np.float32)
    kind = name.partition(".")[2]
    if form.smooth:
        channel = smoothing(inputs.largest, weight, SMOOTHING[kind])
        value = graph.node("Mul", [value, graph.constant(f"{name}.channel", 1 / channel)])
        weight = weight * channel[:, None]
    row = ""
    if kind in form.per_token:
        axis = graph.constant(f"{name}.axis", np.array([-1], np.int64))
        # For a row of zeros; and no row without a large value may become the largest of all.
        floor = max(1e-6, LEAST_ROW * float((inputs.largest / channel).max()))
        least = graph.constant(f"{name}.least", np.array(floor, np.float32))
        # What GELU gives is never below -0.17: the largest value is the largest in size too.
        size = value if kind == "outer" else graph.node("Abs", [value])
        row = graph.node("ReduceMax", [size, axis], keepdims=1)
        row = graph.node("Max", [row, least])
        value = graph.node("Div", [value, row])
    quantised, scale = to_int8_columns(weight, form.steps)
    if form.weights == "tensor":
        scale = np.full_like(scale, scale.max())
        quantised = np.rint(weight / scale).astype(np.int8)
    if form.rounding == "compensated":
        moments = inputs.moments / np.outer(channel, channel)
        quantised = compensated(weight, scale, moments, form.steps)
    given = [
        value,
        graph.constant(f"{name}.weight", quantised),
        graph.constant(f"{name}.scale", scale),
        graph.constant(f"{name}.zero", np.zeros(weight.shape[1], np.int8)),
    ]
    shift = graph.constant(f"{name}.bias", bias)
    if not row:
        return graph.node("DynamicQuantizeMatMul", [*given, shift], MICROSOFT)
    product = graph.node("DynamicQuantizeMatMul", given, MICROSOFT)
    return graph.node("Add", [graph.node("Mul", [product, row]), shift])


def smoothing(activation_max: Array, weight: Array, strength: float) -> Array:
    """Divisor of each input channel, ``(in,)``, of geometric mean 1."""
    difficulty = np.maximum(activation_max, 1e-3) ** strength
    ease = np.maximum(np.abs(weight).max(axis=1), 1e-4) ** (1 - strength)
    channel = difficulty / ease
    balanced: Array = (channel / np.exp(np.log(channel).mean())).astype(np.float32)
    return balanced


def to_int8_columns(weight: Array, steps: int = 127) -> tuple[NDArray[np.int8], Array]:
    """Symmetric int8 with a scale per column: ``weight ≈ quantised * scale``, the largest of a
    column at ``steps``."""
    scale = np.maximum(np.abs(weight).max(axis=0) / steps, 1e-12).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def to_int4_blocks(table: Array) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Q4_0: blocks of 32, the scale such that the largest weight becomes -8.

    Gives two weights a byte, the first in the low half, and the scales ``(rows, blocks)``.
    Weights that came out of Q4_0 come back exactly.
    """
    blocks = table.reshape(-1, BLOCK)
    largest = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(axis=1)]
    scale = (largest / -8).astype(np.float16)
    divisor = np.where(scale == 0, 1, scale).astype(np.float32)
    quantised = np.clip(np.rint(blocks / divisor[:, None]), -8, 7).astype(np.int8)
    halves = quantised.reshape(-1, 2) & 15
    packed = (halves[:, 0] | (halves[:, 1] << 4)).astype(np.uint8)
    return packed, scale.reshape(table.shape[0], -1)
