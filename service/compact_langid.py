"""The model of languages, in less memory, with the very same answers.

py3langid walks a text byte by byte through a table of states, of 38,000 rows and 256 columns. Many
bytes have one column, since no run of letters that it knows holds them: those that differ are kept.
A state is entered by the last of its bytes, so a column leads to few of them, and its entries,
counted among those alone, have half the bytes. Languages that are not asked about go.
"""

from array import array
from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

BYTES = 256
SAMPLED = 64
"""One row in so many is looked at first."""

TOGETHER = 32
"""Columns that are read at once: a row's lie side by side, a column's do not."""


class CompactIdentifier(LanguageIdentifier):  # type: ignore[misc]
    """An identifier whose table has a column for each class of bytes.

    A state is known by the column that led to it and its number among those to which that one
    leads: numbers go on from column to column, and none is another's.
    """

    def __init__(self, whole: LanguageIdentifier, languages: Container[str]) -> None:
        keep = [i for i, tag in enumerate(whole.nb_classes) if tag in languages]
        super().__init__(
            whole.nb_ptc[:, keep].copy(), whole.nb_pc[keep].copy(),
            [whole.nb_classes[i] for i in keep],
            (), (), norm_probs=True, tk_row=(),
        )  # fmt: skip
        table = np.frombuffer(whole.tk_nextmove, np.uint32).reshape(-1, BYTES)
        firsts, kinds = classes_of(table)
        columns, known = [], [np.zeros(1, np.intp)]  # the first state: no column need lead to it
        count = 1
        for column in columns_of(table, firsts):
            own, entries = among_own(column, len(whole.tk_row))
            columns.append((entries, count))
            known.append(own)
            count += len(own)
        states = np.concatenate(known)
        self._columns = [columns[kind] for kind in kinds]
        self._rows = array("I", np.asarray(whole.tk_row, np.uint32)[states].tobytes())
        self._features = array("i", np.asarray(whole.tk_output, np.int32)[states].tobytes())

    def shares(self, text: str) -> list[float]:
        """Probability of each of ``nb_classes``; of one that stands there twice, at the first."""
        found: list[float] = self._decide(text).tolist()
        return found

    def _raw_score(self, text: bytes) -> Any:
        rows, features = self._rows, self._features
        found, state = list[int](), 0
        for column, start in map(self._columns.__getitem__, text):
            state = column[rows[state]] + start
            if (feature := features[state]) >= 0:
                found.append(feature)
        if found:
            return self._sparse_score(Counter(found), self.nb_ptc)
        return np.zeros(len(self.nb_classes), np.float32)


def columns_of(table: NDArray[np.uint32], which: list[int]) -> Iterator[NDArray[np.uint32]]:
    """Some columns, each in one piece."""
    for at in range(0, len(which), TOGETHER):
        yield from table[:, which[at : at + TOGETHER]].T.copy()


def among_own(column: NDArray[np.uint32], states: int) -> tuple[NDArray[np.intp], "array[int]"]:
    """The states that a column leads to, and for each row which of them."""
    leads = np.zeros(states, bool)
    leads[column] = True
    own = np.flatnonzero(leads)
    code, kind = ("H", np.uint16) if len(own) <= 2**16 else ("I", np.uint32)
    places = np.empty(states, kind)
    places[own] = np.arange(len(own), dtype=kind)
    return own, array(code, places[column].tobytes())


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
