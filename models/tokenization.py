"""The tokeniser as both sides use it: no padding, no truncation, no control words from a text."""

from tokenizers import Tokenizer

from models.errors import BundleMismatch


def from_json(content: str) -> Tokenizer:
    """From the JSON of Hugging Face ``tokenizers``, whose errors have no class of their own."""
    tokenizer = Tokenizer.from_str(content)
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
