"""What character n-grams say of a text, beside the encoder: a linear model over hashed n-grams.

Short messages in the language of the trade ("kyc", "pm me", "no exp") are told by their very
letters, where an encoder that has seen few of them hesitates; a linear model over n-grams of two to
five characters knows them after a handful of examples (Cavnar and Trenkle 1994; Joachims 1998).
Its logit is added to the encoder's lure logit. It is additive as the encoder's is: every n-gram has
a share, and every character an equal part of the shares of the n-grams that it stands in, so that
:mod:`service.evidence` stays exact.

An n-gram lies within a word and the spaces around it. It is hashed (Weinberger et al. 2009), so
that a bundle lists no words of its training texts, and worth ``1 + log(count)`` times how rare it
is (tf-idf; Manning, Raghavan and Schütze 2008, sections 6.2 and 6.4.1), the Euclidean norm
of all divided out. Needs numpy alone.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import BundleDamaged

LENGTHS = (2, 3, 4, 5)
"""Characters of an n-gram."""

SPACE = 32
DIGIT = 48

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)  # of SplitMix64 (Steele, Lea and Flood 2014)
_SHIFT = np.uint64(29)

Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]
Indexes = NDArray[np.int64]


def letters(text: str) -> tuple[NDArray[np.uint64], Indexes]:
    """Code points as n-grams see them and the place of each in ``text``: small letters, every digit
    a 0, a run of white space one space, a space before the first and after the last."""
    small = text.lower()
    if len(small) != len(text):  # a letter whose small form is two would move the others
        small = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    points = np.frombuffer(small.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    space = np.ones(len(points) + 1, dtype=bool)
    np.less_equal(points, SPACE, out=space[1:])
    kept = np.flatnonzero(~(space[1:] & space[:-1]))
    if kept.size and space[kept[-1] + 1]:
        kept = kept[:-1]
    places = np.full(len(kept) + 2, len(text))
    places[0], places[1:-1] = -1, kept
    seen = np.full(len(kept) + 2, SPACE, dtype=np.uint64)
    np.maximum(points[kept], SPACE, out=seen[1:-1])
    seen[(seen >= DIGIT) & (seen <= DIGIT + 9)] = DIGIT
    return seen, places


def hashed(points: NDArray[np.uint64], buckets: int) -> tuple[list[NDArray[np.bool_]], Indexes]:
    """Of each length, at which places an n-gram begins, and the bucket of each n-gram, those of the
    shortest first; ``buckets`` is a power of two."""
    starts, hashes = [], []
    running, begins = points, np.ones(len(points), dtype=bool)
    inside = points[1:] != SPACE  # whether no space is within
    for length in LENGTHS:
        running = running[:-1] * _BASE + points[length - 1 :]
        begins = begins[: len(running)]
        if length > LENGTHS[0]:
            begins = begins & inside[length - 3 : length - 3 + len(running)]
        starts.append(begins)
        hashes.append(running[begins])
    every = np.concatenate(hashes)
    mixed = (every ^ (every >> _SHIFT)) * _MIX
    return starts, ((mixed ^ (mixed >> _SHIFT)) & np.uint64(buckets - 1)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Counted:
    """The n-grams of a text."""

    places: Indexes
    """Of each character that n-grams see, in the text; -1 and the text's length for the spaces
    around it."""

    starts: list[NDArray[np.bool_]]
    """Of each length, at which of those characters an n-gram begins."""

    buckets: Indexes
    """Every bucket that there is, once."""

    counts: Indexes
    """Of each, how many n-grams."""

    which: Indexes
    """The place in ``buckets`` of every n-gram, in the order of ``starts``."""

    @property
    def values(self) -> Float64s:
        """``1 + log(count)`` of each bucket."""
        return np.asarray(1 + np.log(self.counts))


def counted(text: str, buckets: int) -> Counted:
    """The n-grams of a text; ``buckets`` is a power of two."""
    points, places = letters(text)
    starts, found = hashed(points, buckets)
    every, which, counts = np.unique(found, return_inverse=True, return_counts=True)
    return Counted(places, starts, every, counts, which)


@dataclass(frozen=True, slots=True)
class NGrams:
    """The linear model."""

    weights: Float32s
    """``(buckets,)``, a power of two: what an n-gram says for a lure, in units of the encoder's
    lure logit."""

    rarity: Float32s
    """``(buckets,)``: what a count is multiplied with, at least 1."""

    constant: float
    """What is added to every text."""

    def shares(self, text: str) -> Float32s:
        """``(characters,)``: the share of each in the logit, which is their sum and
        :attr:`constant`."""
        shares = np.zeros(len(text), dtype=np.float64)
        if not text:
            return shares.astype(np.float32)
        found = counted(text, len(self.weights))
        values = found.values * self.rarity[found.buckets]
        values /= np.sqrt(values @ values)
        each = (values * self.weights[found.buckets] / found.counts)[found.which]
        seen = np.zeros(len(found.places))
        low = 0
        for length, starts in zip(LENGTHS, found.starts, strict=True):
            part = np.zeros(len(starts))
            count = int(np.count_nonzero(starts))
            part[starts] = each[low : low + count] / length
            low += count
            for offset in range(length):
                seen[offset : offset + len(starts)] += part
        shares[found.places[1:-1]] = seen[1:-1]
        shares[0] += seen[0]  # the spaces around it
        shares[-1] += seen[-1]
        return shares.astype(np.float32)


def pack(ngrams: NGrams) -> bytes:
    """As a bundle keeps it, in 16 bits a number; :func:`unpack` reads it."""
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        weights=ngrams.weights.astype(np.float16),
        rarity=ngrams.rarity.astype(np.float16),
        constant=np.float64(ngrams.constant),
    )
    return stream.getvalue()


def unpack(content: bytes) -> NGrams:
    """Raises :class:`~models.errors.BundleDamaged` where it cannot be read."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            weights, rarity, constant = (arrays[n] for n in ("weights", "rarity", "constant"))
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BundleDamaged(f"weights of n-grams: {error}") from None
    size = weights.size
    if weights.shape != rarity.shape or weights.ndim != 1 or constant.shape != ():
        raise BundleDamaged("weights of n-grams: its parts do not fit each other")
    if not size or size & (size - 1) or not (rarity > 0).all():
        raise BundleDamaged("weights of n-grams: not as many as a power of two, each with a rarity")
    if not all(np.isfinite(one).all() for one in (weights, rarity, constant)):
        raise BundleDamaged("weights of n-grams: not all of them are numbers")
    return NGrams(weights.astype(np.float32), rarity.astype(np.float32), float(constant))
