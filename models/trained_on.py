"""What a bundle was fitted and calibrated on, as digests: enough to refuse a test that it saw.

Groups are kept as hashes of their names, texts as MinHash sketches (Broder 1997) of
:data:`PERMUTATIONS` values, the lowest 16 bits of each (Li and König 2010): they tell how alike two
texts are, and nothing that they say. Needs ``rensa``, of the training and evaluation extras.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import BundleDamaged
from models.grams import grams

PERMUTATIONS = 64
PROBE = "A sketch of this sentence tells whether the library still hashes as it did."

Sketches = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """Digests of the training and calibration splits."""

    groups: NDArray[np.uint64]
    """``(groups,)``, sorted: of the names that groups had in their corpora."""

    sketches: Sketches
    """``(texts, 64)``."""

    def holds(self, group: str) -> bool:
        """Whether a group of that name was trained or calibrated on."""
        at = np.searchsorted(self.groups, name_digest(group))
        return bool(at < len(self.groups) and self.groups[at] == name_digest(group))

    def nearest(self, text: str) -> float:
        """Estimated Jaccard similarity of 5-grams to the most similar text, give or take 0.06."""
        if not len(self.sketches):
            return 0.0
        return float((self.sketches == sketch(text)).mean(axis=1).max())


def joined(one: TrainedOn, other: TrainedOn) -> TrainedOn:
    """Digests of what either was fitted on."""
    sketches = np.unique(np.concatenate([one.sketches, other.sketches]), axis=0)
    return TrainedOn(np.union1d(one.groups, other.groups), sketches)


def of(groups: Iterable[str], texts: Sequence[str]) -> TrainedOn:
    """Digests of groups and texts."""
    names = np.unique(np.array([name_digest(group) for group in groups], dtype=np.uint64))
    rows = [sketch(text) for text in texts]
    empty = np.zeros((0, PERMUTATIONS), dtype=np.uint16)
    return TrainedOn(names, np.stack(rows) if rows else empty)


def name_digest(group: str) -> np.uint64:
    """The first 8 bytes of the name's SHA-256."""
    return np.uint64(int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big"))


def sketch(text: str) -> Sketches:
    """``(64,)``."""
    from rensa import RMinHash

    made = RMinHash(num_perm=PERMUTATIONS, seed=1)
    made.update(sorted(grams(text)))
    return (np.array(made.digest(), dtype=np.uint64) & 0xFFFF).astype(np.uint16)


def pack(seen: TrainedOn) -> bytes:
    """As a bundle keeps it; :func:`unpack` reads it."""
    stream = io.BytesIO()
    np.savez_compressed(stream, groups=seen.groups, sketches=seen.sketches, probe=sketch(PROBE))
    return stream.getvalue()


def unpack(content: bytes) -> TrainedOn:
    """Raises :class:`~models.errors.BundleDamaged` where it cannot be read, or where the installed
    ``rensa`` hashes in another way than the one that made it."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            groups, sketches, probe = (arrays[n] for n in ("groups", "sketches", "probe"))
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise BundleDamaged(f"digests of the training texts: {error}") from None
    if not np.array_equal(probe, sketch(PROBE)):
        raise BundleDamaged(
            "digests of the training texts were made by a version of rensa that hashes otherwise"
        )
    return TrainedOn(groups, sketches)
