"""The tokeniser as it is served: SentencePiece's own, a sixth of the memory of the other form and
twice as fast, with the same pieces.

Places are counted as Hugging Face ``tokenizers`` counts them, which training reads: a piece carries
one space before a word and no more, a piece that stands for no character has the first one's place,
and spaces at the end are a piece of their own. What ``tokenizers`` does and this does not: take a
text that spells ``</s>`` for a control piece. Of 2,110 written texts one is cut otherwise, at a
word with two cuts of one probability.
"""

from sentencepiece import SentencePieceProcessor

from models.split_words import Weight
from models.tokenization import Encoding

SPACE = "▁"


class Pieces:
    """A SentencePiece unigram model. Safe to call from several threads at once.

    Raises ``RuntimeError`` for bytes that are no such model.
    """

    def __init__(self, model: bytes) -> None:
        self._processor = SentencePieceProcessor()
        self._processor.LoadFromSerializedProto(model)
        self._space = self._processor.PieceToId(SPACE)

    def encode(self, text: str, add_special_tokens: bool = False) -> Encoding:
        """Ids and places of a text's pieces; special ones are never added."""
        found = self._processor.Encode(text, return_type="offset_mapping")
        ids: list[int] = found["ids"]
        offsets = [place(text, start, end) for start, end in found["offsets"]]
        if ids and text[-1].isspace():
            end = len(text)
            ids.append(self._space)
            offsets.append((end - 1, end))
        return Encoding(ids, offsets)

    def weigh(self, word: str) -> Weight:
        """What the unigram model says of a word that stands by itself."""
        ids = self._processor.EncodeAsIds(word)
        return Weight(sum(map(self._processor.GetScore, ids)), len(ids))

    def token_to_id(self, piece: str) -> int | None:
        """Of a piece, control pieces included; ``None`` where it is none."""
        id: int = self._processor.PieceToId(piece)
        return id if self._processor.IdToPiece(id) == piece else None


def place(text: str, start: int, end: int) -> tuple[int, int]:
    """Without all but one of the spaces before a word.

    >>> place("a   b", 1, 5), place("b", 0, 0)
    ((3, 5), (0, 1))
    """
    while start + 1 < end and text[start].isspace() and text[start + 1].isspace():
        start += 1
    return start, max(end, start + 1)
