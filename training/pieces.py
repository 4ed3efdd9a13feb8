"""From the JSON of Hugging Face ``tokenizers`` to a SentencePiece model, which serving reads."""

import base64
import json
from pathlib import Path

from sentencepiece import sentencepiece_model_pb2 as schema

from models import bundle
from models.bundle import Manifest
from training.errors import ExportError

UNIGRAM = 1
CONTROL = ("<s>", "</s>", "<pad>", "<mask>")
UNKNOWN = "<unk>"


def from_json(content: str) -> bytes | None:
    """The serialised model; ``None`` for a tokeniser of another kind than XLM-R's, which stays as
    it is: unigram, a precompiled map of characters, a space before every word."""
    given = json.loads(content)
    steps = (given["normalizer"] or {}).get("normalizers", [])
    if given["model"]["type"] != "Unigram" or not steps or steps[0]["type"] != "Precompiled":
        return None
    vocabulary = given["model"]["vocab"]
    names = [piece for piece, _ in vocabulary]
    model = schema.ModelProto()
    for piece, score in vocabulary:
        added = model.pieces.add()
        added.piece, added.score = piece, score
        if piece == UNKNOWN:
            added.type = schema.ModelProto.SentencePiece.UNKNOWN
        elif piece in CONTROL:
            added.type = schema.ModelProto.SentencePiece.CONTROL
    model.trainer_spec.model_type = UNIGRAM
    model.trainer_spec.vocab_size = len(vocabulary)
    model.trainer_spec.unk_id = names.index(UNKNOWN)
    model.trainer_spec.bos_id = names.index("<s>")
    model.trainer_spec.eos_id = names.index("</s>")
    model.trainer_spec.pad_id = names.index("<pad>")
    model.normalizer_spec.precompiled_charsmap = base64.b64decode(steps[0]["precompiled_charsmap"])
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = True
    model.normalizer_spec.escape_whitespaces = True
    serialised: bytes = model.SerializeToString()
    return serialised


def add(folder: Path, out: Path) -> Manifest:
    """Write the bundle in ``folder`` to ``out`` with the smaller form of its tokeniser. Raises
    :class:`~training.errors.ExportError` where it has it already, or its tokeniser has none."""
    if bundle.PIECES in bundle.load(folder).manifest.files:
        raise ExportError(f"{folder} has it already")
    made = from_json(bundle.unpack_tokenizer(folder / bundle.TOKENIZER))
    if made is None:
        raise ExportError(f"the tokeniser of {folder} has no SentencePiece form")
    return bundle.rewrite(folder, out, {bundle.PIECES: made}, {})
