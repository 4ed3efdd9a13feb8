"""An ONNX graph without its largest tensors, which stay in the file they came in.

ONNX Runtime maps a tensor that a graph keeps in a file, so that of a table of 250,000 rows only the
pages that some text needed are in memory, and several processes share them. It does so for tensors
outside of the graph's own file; :func:`without_large` writes a graph that points back into that
very file: nothing is stored twice, and no other file is read. On the shipped bundle a session takes
30 MB so, and 85 as a whole, and is there in a fifth of the time.

The few fields that are read, by number: onnx.proto (``ModelProto``, ``GraphProto``,
``TensorProto``), in the wire format of Protocol Buffers.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

GRAPH, INITIALIZER = 7, 5
"""Fields of ``ModelProto`` and of ``GraphProto``."""

DATA_TYPE, RAW_DATA, EXTERNAL_DATA, DATA_LOCATION = 2, 9, 13, 14
"""Fields of ``TensorProto``."""

ALIGNED = {2: 1, 3: 1, 10: 2, 21: 1, 22: 1}
"""uint8, int8, float16, uint4, int4: types that are mapped, and of what number of bytes their place
in the file must be a multiple."""

LARGE = 2**16
"""Bytes from which a tensor stays in the file: the table of pieces, and the weights of the
products, which the runtime packs anew and then lets go."""

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
IN_A_FILE = 1


class Field(NamedTuple):
    """One field of a message: places in what was read."""

    number: int
    wire: int
    start: int
    """Of its tag."""

    value: int
    """Of its value."""

    end: int


def without_large(content: memoryview, location: str) -> bytes:
    """The graph in ``content``, whose large tensors now lie in the file ``location`` at the place
    where they stand in ``content``. Raises ``ValueError`` where it is no message."""

    def light(field: Field) -> bytes | None:
        is_large = field.number == INITIALIZER and field.end - field.value >= LARGE
        return light_tensor(content, field, location) if is_large else None

    return changed(content, light)


def changed(content: memoryview, change: Callable[[Field], bytes | None]) -> bytes:
    """The ``ModelProto`` in ``content`` with other fields in its graph: what ``change`` gives for
    one stands in its place, and ``None`` leaves it. Raises ``ValueError`` where it is no
    message."""
    parts: list[bytes] = []
    for field in fields(content, 0, len(content)):
        if (field.number, field.wire) == (GRAPH, LENGTH):
            own = [
                bytes(content[one.start : one.end]) if (new := change(one)) is None else new
                for one in fields(content, field.value, field.end)
            ]
            parts.append(message(GRAPH, b"".join(own)))
        else:
            parts.append(bytes(content[field.start : field.end]))
    return b"".join(parts)


def light_tensor(content: memoryview, tensor: Field, location: str) -> bytes | None:
    """A ``TensorProto`` that says where its bytes lie; ``None`` where they have to stay."""
    own = list(fields(content, tensor.value, tensor.end))
    kinds = {varint(content, f.value, f.end)[0] for f in own if f.number == DATA_TYPE}
    raw = [field for field in own if field.number == RAW_DATA]
    elsewhere = any(field.number == DATA_LOCATION for field in own)
    if len(raw) != 1 or elsewhere or not kinds <= {*ALIGNED}:
        return None
    if any(raw[0].value % ALIGNED[kind] for kind in kinds):
        return None
    kept = [bytes(content[f.start : f.end]) for f in own if f.number != RAW_DATA]
    place = {
        "location": location,
        "offset": str(raw[0].value),
        "length": str(raw[0].end - raw[0].value),
    }
    entries = [
        message(EXTERNAL_DATA, message(1, key.encode()) + message(2, value.encode()))
        for key, value in place.items()
    ]
    where = to_varint(DATA_LOCATION << 3 | VARINT) + to_varint(IN_A_FILE)
    return message(INITIALIZER, b"".join([*kept, *entries, where]))


def fields(content: memoryview, at: int, end: int) -> Iterator[Field]:
    """Fields of the message in ``[at, end)``."""
    while at < end:
        tag, value = varint(content, at, end)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            _, after = varint(content, value, end)
        elif wire == LENGTH:
            size, value = varint(content, value, end)
            after = value + size
        elif wire in (FIXED64, FIXED32):
            after = value + (8 if wire == FIXED64 else 4)
        else:
            raise ValueError(f"byte {at} begins no field")
        if after > end:
            raise ValueError(f"the field at byte {at} does not end")
        yield Field(number, wire, at, value, after)
        at = after


def varint(content: memoryview, at: int, end: int) -> tuple[int, int]:
    """An integer of seven bits a byte, the lowest first, and the place after it."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError(f"the number before byte {at} does not end")


def to_varint(value: int) -> bytes:
    """The same the other way.

    >>> to_varint(300).hex()
    'ac02'
    """
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def message(number: int, content: bytes) -> bytes:
    """A field that holds bytes or a message."""
    return to_varint(number << 3 | LENGTH) + to_varint(len(content)) + content
