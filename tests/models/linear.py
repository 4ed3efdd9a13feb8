"""Whether the time of a rendering grows with the length of a text, and no faster."""

import time

from models.rendering import normalise

LIMIT_S = 20.0
"""Ten times what the slowest takes on a busy machine; what is quadratic takes hours."""

CHARS = 100_000


def takes_linear_time(piece: str, before: str = "", after: str = "") -> bool:
    """Of a text of nothing but the piece, and of one that begins and ends otherwise."""
    text = (piece * CHARS)[:CHARS]
    began = time.process_time()
    normalise(text)
    normalise(before + text + after)
    return time.process_time() - began < LIMIT_S
