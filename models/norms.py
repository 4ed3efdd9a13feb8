"""An ONNX graph whose layer norms are the runtime's quickest.

``SkipLayerNormalization`` adds two values and normalises the sum. ONNX Runtime does that in one
loop that no compiler turns into vector instructions: on a processor with AVX2 it takes four times
as long as an addition and a ``LayerNormalization`` (0.15 ms for 0.04, 64 tokens of 384 numbers,
version 1.32), which is a tenth of the whole encoder. A sum may come out different in its last bit,
as between two kinds of processors.

The few fields that are read, by number: onnx.proto (``GraphProto``, ``NodeProto``).
"""

from models.mapped import GRAPH, LENGTH, Field, fields, message

NODE = 1
"""Field of ``GraphProto``."""

INPUT, OUTPUT, NAME, KIND, ATTRIBUTE = 1, 2, 3, 4, 5
"""Fields of ``NodeProto``."""

TOGETHER = b"SkipLayerNormalization"
FUSIONS = ["SkipLayerNormFusion"]
"""What the runtime must not do, since it would undo this."""


def with_quick_norms(content: bytes) -> bytes:
    """The graph with each ``SkipLayerNormalization`` as two nodes; the same bytes where there is
    none. Raises ``ValueError`` where it is no message."""
    if TOGETHER not in content:
        return content
    view = memoryview(content)
    parts: list[bytes] = []
    for field in fields(view, 0, len(view)):
        if (field.number, field.wire) == (GRAPH, LENGTH):
            nodes = [_node(view, one) for one in fields(view, field.value, field.end)]
            parts.append(message(GRAPH, b"".join(nodes)))
        else:
            parts.append(bytes(view[field.start : field.end]))
    return b"".join(parts)


def _node(content: memoryview, field: Field) -> bytes:
    """A field of the graph; a node that is meant, as two."""
    whole = bytes(content[field.start : field.end])
    if (field.number, field.wire) != (NODE, LENGTH) or TOGETHER not in whole:
        return whole
    own = [
        (one.number, bytes(content[one.value : one.end]))
        for one in fields(content, field.value, field.end)
        if one.wire == LENGTH
    ]
    inputs = [value for number, value in own if number == INPUT]
    outputs = [value for number, value in own if number == OUTPUT]
    says = any(number == ATTRIBUTE and b"epsilon" in value for number, value in own)
    if (KIND, TOGETHER) not in own or len(inputs) != 4 or len(outputs) != 1 or not says:
        return whole  # a bias, the sum is asked for too, or an epsilon that only it would have
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
