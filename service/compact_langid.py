"""The model of languages, in less memory, with the very same answers.

py3langid walks a text byte by byte through a table of 38,000 rows and 256 columns. Many bytes have
one column, since no run of letters that it knows holds them: a text is put in terms of the columns
that differ. The lists beside the table become arrays, and languages that are not asked about go.
"""

from array import array
from collections.abc import Container
from typing import Any

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

BYTES = 256
SAMPLED = 64
"""One row in so many is looked at first."""


class CompactIdentifier(LanguageIdentifier):  # type: ignore[misc]
    """An identifier whose table has a column for each class of bytes."""

    def __init__(self, whole: LanguageIdentifier, languages: Container[str]) -> None:
        keep = [i for i, tag in enumerate(whole.nb_classes) if tag in languages]
        table = np.frombuffer(whole.tk_nextmove, np.uint32).reshape(-1, BYTES)
        firsts, kinds = classes_of(table)
        rows = array("I", bytes(4 * len(table) * len(firsts)))
        small = np.frombuffer(rows, np.uint32).reshape(len(table), len(firsts))
        np.take(table, firsts, axis=1, out=small, mode="clip")
        super().__init__(
            whole.nb_ptc[:, keep].copy(), whole.nb_pc[keep].copy(),
            [whole.nb_classes[i] for i in keep],
            rows, array("i", whole.tk_output),
            norm_probs=True, tk_row=whole.tk_row,
        )  # fmt: skip
        self._columns = bytes(kinds)
        self._rowbase = array("I", [row * len(firsts) for row in whole.tk_row])

    def shares(self, text: str) -> list[float]:
        """Probability of each of ``nb_classes``; of one that stands there twice, at the first."""
        found: list[float] = self._decide(text).tolist()
        return found

    def _raw_score(self, text: bytes) -> Any:
        return super()._raw_score(text.translate(self._columns))


def classes_of(table: NDArray[np.uint32]) -> tuple[list[int], list[int]]:
    """The first column of each kind, and the kind of every column."""
    some = table[::SAMPLED].T.copy()  # of those that are equal here, most are equal
    firsts: list[int] = []
    kinds: list[int] = []
    candidates: dict[bytes, list[int]] = {}
    for column in range(table.shape[1]):
        known = candidates.setdefault(some[column].tobytes(), [])
        kind = next((k for k in known if equal(table, firsts[k], column)), len(firsts))
        if kind == len(firsts):
            firsts.append(column)
            known.append(kind)
        kinds.append(kind)
    return firsts, kinds


def equal(table: NDArray[np.uint32], one: int, two: int) -> bool:
    """Whether two columns are."""
    return bool((table[:, one] == table[:, two]).all())


def load(languages: Container[str]) -> CompactIdentifier:
    """The library's model, for some of its languages."""
    return CompactIdentifier(LanguageIdentifier.from_model_file(MODEL_FILE), languages)
