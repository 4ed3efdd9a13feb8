"""The tokeniser as both sides use it: no padding, no truncation, no control words from a text."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from models.errors import BundleMismatch


class Encoded(Protocol):
    """A text in pieces."""

    @property
    def ids(self) -> list[int]:
        """Of the pieces."""

    @property
    def offsets(self) -> Sequence[tuple[int, int]]:
        """Where each stands, ``[start, end)`` in code points."""


class Encoding(NamedTuple):
    """The same as a value."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Tokenizer(Protocol):
    """What cuts a text into pieces; that of ``tokenizers``, or :class:`models.pieces.Pieces`."""

    def encode(self, text: str, *, add_special_tokens: bool) -> Encoded:
        """Ids and places of a text's pieces."""

    def token_to_id(self, piece: str, /) -> int | None:
        """Of a piece; ``None`` where it is none."""


def from_json(content: str) -> Tokenizer:
    """From the JSON of Hugging Face ``tokenizers``, whose errors have no class of their own."""
    import tokenizers  # not where only the smaller form is served

    tokenizer = tokenizers.Tokenizer.from_str(content)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    # A text that spells "</s>" is read letter by letter: as control pieces, thirty of them at its
    # end took a lure's score from 0.88 to 0.51.
    tokenizer.encode_special_tokens = True
    return tokenizer


def special_pieces(tokenizer: Tokenizer) -> tuple[int, int, int]:
    """Ids of start, end and unknown. Raises :class:`BundleMismatch` where one is missing."""
    ids = []
    for piece in ("<s>", "</s>", "<unk>"):
        id = tokenizer.token_to_id(piece)
        if id is None:
            raise BundleMismatch(f"the tokenizer has no piece {piece}: not one of this encoder")
        ids.append(id)
    begin, end, unknown = ids
    return begin, end, unknown
