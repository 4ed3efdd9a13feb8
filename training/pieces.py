"""From the JSON of Hugging Face ``tokenizers`` to a SentencePiece model, which serving reads, and
to smaller JSON."""

import base64
import json
from pathlib import Path

from numpy import float32
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


def slim(content: str) -> str:
    """The same tokeniser in less JSON: no spaces between, and the scores of a unigram model with as
    many digits as a float32 has, which is what they were fitted in. A third less when packed.

    >>> slim('{"model": {"type": "Unigram", "vocab": [["a", -9.462051391601562]]}}')
    '{"model":{"type":"Unigram","vocab":[["a",-9.462051]]}}'
    """
    given = json.loads(content)
    if given["model"]["type"] == "Unigram":
        vocabulary = given["model"]["vocab"]
        given["model"]["vocab"] = [[piece, float(str(float32(s)))] for piece, s in vocabulary]
    return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


def add(folder: Path, out: Path) -> Manifest:
    """Write the bundle in ``folder`` to ``out`` with the smaller form of its tokeniser, packed, and
    with :func:`slim` JSON. Raises :class:`~training.errors.ExportError` where it has that already,
    or its tokeniser has no such form."""
    if bundle.PIECES in bundle.load(folder).manifest.files:
        raise ExportError(f"{folder} has it already")
    given = bundle.unpack_tokenizer(folder / bundle.TOKENIZER)
    made = from_json(given)
    if made is None:
        raise ExportError(f"the tokeniser of {folder} has no SentencePiece form")
    smaller = {bundle.TOKENIZER: slim(given).encode("utf-8"), bundle.PIECES: made}
    changed = {name: bundle.packed(content) for name, content in smaller.items()}
    return bundle.rewrite(folder, out, changed, {})
