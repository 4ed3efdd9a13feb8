"""The exported model with nothing round it: ONNX Runtime and ``tokenizers``, one thread a text."""

import json

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from tests.bench.peers.places import INT8, MAX_TOKENS, MODEL


class Session:
    """Safe to call from several threads at once."""

    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(
            str(MODEL / INT8), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        named = json.loads((MODEL / "config.json").read_text("utf-8"))["id2label"]
        self._labels = [named[key] for key in sorted(named, key=int)]

    def scores(self, text: str) -> dict[str, float]:
        """Of each kind."""
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        (logits,) = self._session.run(None, given)[0]
        powers = np.exp(logits - logits.max())
        return dict(zip(self._labels, (powers / powers.sum()).tolist(), strict=True))
