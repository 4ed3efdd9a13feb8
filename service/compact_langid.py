"""The model of languages, in half of its memory, with the very same answers.

py3langid walks a text byte by byte through a table of 38,000 rows and 256 columns. Many bytes have
one column, since no run of letters that it knows holds them: a text is put in terms of the columns
that differ. The lists beside the table become arrays, and languages that are not asked about go.
"""

from array import array
from collections.abc import Container
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

BYTES = 256


class CompactIdentifier(LanguageIdentifier):  # type: ignore[misc]
    """An identifier whose table has a column for each class of bytes."""

    def __init__(self, whole: LanguageIdentifier, languages: Container[str]) -> None:
        keep = [i for i, tag in enumerate(whole.nb_classes) if tag in languages]
        table = np.frombuffer(whole.tk_nextmove, np.uint32).reshape(-1, BYTES)
        columns: dict[bytes, int] = {}
        kinds = [columns.setdefault(table[:, i].tobytes(), len(columns)) for i in range(BYTES)]
        firsts = [kinds.index(kind) for kind in range(len(columns))]
        del columns
        super().__init__(
            whole.nb_ptc[:, keep].copy(), whole.nb_pc[keep].copy(),
            [whole.nb_classes[i] for i in keep],
            array("I", table[:, firsts].tobytes()), array("i", whole.tk_output),
            norm_probs=True, tk_row=whole.tk_row,
        )  # fmt: skip
        self._columns = bytes(kinds)
        self._rowbase = array("I", [row * len(firsts) for row in whole.tk_row])

    def _raw_score(self, text: bytes) -> Any:
        return super()._raw_score(text.translate(self._columns))


def load(languages: Container[str]) -> CompactIdentifier:
    """The library's model, for some of its languages."""
    return CompactIdentifier(LanguageIdentifier.from_model_file(MODEL_FILE), languages)
