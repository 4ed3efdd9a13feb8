"""Where a text lies among others: its embedding, and a background of ordinary texts that tells how
near is near.

A text's embedding is the mean of its tokens' states after one layer of the encoder, from the pass
that scores it. Raw, all texts lie in one narrow cone, and the same languages beside each other;
:meth:`Background.place` takes the mean away and gives every direction the same weight, so that the
cosine of two texts tells of what they say. The background are texts that the bundle was not fitted
on: the share of them that is nearer than a text is that text's false-positive rate. Neither it nor
the projection holds a text.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import BundleDamaged

Floats = NDArray[np.float32]

STEPS = 127
"""Of the int8 in which places are kept: a cosine is off by 0.001 at most in what was measured."""


@dataclass(frozen=True, slots=True)
class Background:
    """The projection, and where ordinary texts lie."""

    centre: Floats
    """``(hidden,)``: mean embedding of texts."""

    projection: Floats
    """``(hidden, dims)``."""

    places: Floats
    """``(texts, dims)``, each of length 1."""

    lures: NDArray[np.bool_]
    """``(texts,)``: which of them are lures; the others are what an alarm would be false on."""

    languages: NDArray[np.str_]
    """``(texts,)``, primary subtags."""

    def place(self, embeddings: Floats) -> Floats:
        """Embeddings ``(…, hidden)`` as places of length 1, ``(…, dims)``; the dot product of two
        is their similarity, -1 to 1."""
        return unit(np.matmul(embeddings - self.centre, self.projection, dtype=np.float32))


def unit(vectors: Floats) -> Floats:
    """The same directions with length 1, along the last axis; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def pack(background: Background) -> bytes:
    """As a bundle keeps it; :func:`unpack` reads it."""
    scale = np.maximum(np.abs(background.places).max(axis=1), 1e-9)
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        centre=background.centre.astype(np.float32),
        projection=background.projection.astype(np.float16),
        places=np.rint(background.places / scale[:, None] * STEPS).astype(np.int8),
        lures=background.lures,
        languages=background.languages,
    )
    return stream.getvalue()


def unpack(content: bytes) -> Background:
    """Raises :class:`~models.errors.BundleDamaged` where it cannot be read."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            names = ("centre", "projection", "places", "lures", "languages")
            centre, projection, places, lures, languages = (arrays[name] for name in names)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise BundleDamaged(f"background of embeddings: {error}") from None
    wide, dims = projection.shape if projection.ndim == 2 else (0, 0)
    shapes = [array.shape for array in (centre, places, lures, languages)]
    if shapes != [(wide,), (len(places), dims), (len(places),), (len(places),)]:
        raise BundleDamaged("background of embeddings: its parts do not fit each other")
    return Background(
        centre, projection.astype(np.float32), unit(places.astype(np.float32)), lures, languages
    )


def primary(tags: Sequence[str]) -> NDArray[np.str_]:
    """Primary subtags of BCP 47 tags, as a background keeps them."""
    return np.array([tag.split("-")[0].lower() for tag in tags], dtype="<U8")
