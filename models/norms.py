"""An ONNX graph whose layer norms are the runtime's quickest.

``SkipLayerNormalization`` adds two values and normalises the sum. ONNX Runtime does that in one
loop that no compiler turns into vector instructions: on a processor with AVX2 it takes four times
as long as an addition and a ``LayerNormalization`` (0.15 ms for 0.04, 64 tokens of 384 numbers,
version 1.32), which is a tenth of the whole encoder. A sum may come out different in its last bit,
as between two kinds of processors.

The few fields that are read, by number: onnx.proto (``GraphProto``, ``NodeProto``).
"""

from functools import partial

from models.mapped import LENGTH, Field, changed, fields, message

NODE = 1
"""Field of ``GraphProto``."""

INPUT, OUTPUT, NAME, KIND, ATTRIBUTE = 1, 2, 3, 4, 5
"""Fields of ``NodeProto``."""

TOGETHER = b"SkipLayerNormalization"
FUSIONS = ["SkipLayerNormFusion", "BiasGeluFusion"]
"""What the runtime must not do: the first would undo this, and ``BiasGelu`` is slower than an
addition and a ``Gelu`` (0.97 to 0.99 of the whole graph's time without it, 31 rounds in turns)."""


def with_quick_norms(content: bytes) -> bytes:
    """The graph with each ``SkipLayerNormalization`` as two nodes; the same bytes where there is
    none. Raises ``ValueError`` where it is no message."""
    if TOGETHER not in content:
        return content
    view = memoryview(content)
    return changed(view, partial(_in_two, view))


def _in_two(content: memoryview, field: Field) -> bytes | None:
    """A node that is meant, as two; ``None`` for any other field of the graph."""
    if (field.number, field.wire) != (NODE, LENGTH):
        return None
    own = [
        (one.number, bytes(content[one.value : one.end]))
        for one in fields(content, field.value, field.end)
        if one.wire == LENGTH
    ]
    inputs = [value for number, value in own if number == INPUT]
    outputs = [value for number, value in own if number == OUTPUT]
    says = any(number == ATTRIBUTE and b"epsilon" in value for number, value in own)
    if (KIND, TOGETHER) not in own or len(inputs) != 4 or len(outputs) != 1 or not says:
        return None  # or it has a bias, gives the sum too, or has an epsilon of its own kind
    value, skip, scale, shift = inputs
    total = outputs[0] + b"_sum"
    added = [(INPUT, value), (INPUT, skip), (OUTPUT, total), (KIND, b"Add")]
    normed = [(INPUT, total), (INPUT, scale), (INPUT, shift), (OUTPUT, outputs[0])]
    normed += [(KIND, b"LayerNormalization")]
    normed += [(number, value) for number, value in own if number in (NAME, ATTRIBUTE)]
    return b"".join(
        message(NODE, b"".join(message(number, value) for number, value in node))
        for node in (added, normed)
    )
