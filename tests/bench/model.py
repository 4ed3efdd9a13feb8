"""The model that the peers serve: the same base encoder as ours, as ``transformers`` and ONNX
Runtime take it.

A pooler and a head of six kinds with weights drawn by seed stand on it: what it says means nothing,
how long it takes is the same. Ours has its own graph, which is no ``transformers`` model.

int8 as ONNX Runtime's tools make it (``quantize_dynamic``, per channel), which is the fastest form
that one gets with them; the tracing exporter, since the other loses the fusion of attention.
"""

import json
from pathlib import Path
from typing import Any

from models.cli import say
from models.labels import KINDS
from tests.bench.peers.places import INT8, MAX_TOKENS
from training.errors import BaseUnavailable

SEED = 0
FLOAT32 = "onnx/model.onnx"
MADE = "made.json"


def ready(base: Path, out: Path) -> Path:
    """The folder, written where it is not there yet. Raises
    :class:`~training.errors.BaseUnavailable` without the base encoder."""
    said = {"base": _size_of(base), "max_tokens": MAX_TOKENS, "seed": SEED}
    made = out / MADE
    if made.exists() and json.loads(made.read_text("utf-8")) == said:
        return out
    say(f"bench: writing the peers' model to {out}")
    out.mkdir(parents=True, exist_ok=True)
    model = _classifier(base)
    model.save_pretrained(out)
    _tokenizer(base, out)
    _export(model, out)
    made.write_text(json.dumps(said), "utf-8")
    return out


def _size_of(base: Path) -> dict[str, int]:
    names = ("config.json", "model.safetensors", "tokenizer.json")
    if missing := [name for name in names if not (base / name).exists()]:
        raise BaseUnavailable(
            f"{base} has no {', '.join(missing)}: run python -m training base, or name the folder "
            "of the base encoder with --base"
        )
    return {name: (base / name).stat().st_size for name in names}


def _classifier(base: Path) -> Any:
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(SEED)
    named = dict(enumerate(KINDS))
    model = BertForSequenceClassification.from_pretrained(
        base, num_labels=len(KINDS), id2label=named, label2id={k: i for i, k in named.items()},
        problem_type="single_label_classification", attn_implementation="eager",
    )  # fmt: skip
    return model.eval()


def _tokenizer(base: Path, out: Path) -> None:
    """As every version of ``transformers`` reads it."""
    (out / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": MAX_TOKENS,
        "model_input_names": ["input_ids", "attention_mask"],
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
        "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
    }  # fmt: skip
    (out / "tokenizer_config.json").write_text(json.dumps(settings, indent=2), "utf-8")


def _export(model: Any, out: Path) -> None:
    import warnings

    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    (out / FLOAT32).parent.mkdir(exist_ok=True)
    ids = torch.ones(1, 8, dtype=torch.long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter about itself
        torch.onnx.export(
            model, (ids, torch.ones_like(ids)), str(out / FLOAT32), dynamo=False, opset_version=17,
            input_names=["input_ids", "attention_mask"], output_names=["logits"],
            dynamic_axes={
                "input_ids": {0: "texts", 1: "tokens"}, "attention_mask": {0: "texts", 1: "tokens"},
                "logits": {0: "texts"},
            },
        )  # fmt: skip
    quantize_dynamic(
        str(out / FLOAT32), str(out / INT8), weight_type=QuantType.QInt8, per_channel=True
    )
    (out / FLOAT32).unlink()  # 470 MB that nobody serves
