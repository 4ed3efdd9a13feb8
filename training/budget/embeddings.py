"""Embeddings of texts by a frozen encoder, kept on disk: a simulation fits hundreds of classifiers
on the same ones."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from models.ad import Ad
from models.bundle import Bundle, digest
from models.embedding import Floats
from models.inference import Model
from models.rendering import render
from training.errors import CorpusError

AT_ONCE = 1024
"""Texts between two writes: what a kill can lose."""

Encode = Callable[[Sequence[str]], Floats]
"""Texts to ``(texts, hidden)``."""


def of_bundle(bundle: Bundle) -> Encode:
    """By a bundle's own encoder, as the service computes them."""
    model = Model.of(bundle)
    rendering = bundle.manifest.rendering

    def encode(texts: Sequence[str]) -> Floats:
        found = [model.logits(render(Ad(text=text), rendering)).embedding for text in texts]
        if any(one is None for one in found):
            raise CorpusError(f"{bundle.path} gives no embeddings: it is of the first format")
        return np.stack([one for one in found if one is not None])

    return encode


def of_base(base: Path) -> Encode:
    """By the base encoder, which has seen no label."""
    from training.encoding import states

    return lambda texts: states([render(Ad(text=text)).text for text in texts], base)


def name_of_bundle(bundle: Bundle) -> str:
    """File name of its embeddings."""
    return f"{bundle.manifest.name}-{digest(bundle.manifest)[:12]}.npz"


def name_of_base(base: Path) -> str:
    """File name of its embeddings."""
    with (base / "model.safetensors").open("rb") as stream:
        return f"base-{hashlib.file_digest(stream, 'sha256').hexdigest()[:12]}.npz"


def embedded(texts: Sequence[str], encode: Encode, kept: Path) -> Floats:
    """``(texts, hidden)``; what ``kept`` holds is not computed again, what is new is added to it.
    The file has digests of texts and half-precision numbers, no text."""
    names = [hashlib.sha256(text.encode()).digest()[:16] for text in texts]
    known = read(kept)
    missing = {name: text for name, text in zip(names, texts, strict=True) if name not in known}
    with tqdm(total=len(missing), desc="embed", unit="text", mininterval=5) as bar:
        left = sorted(missing.items(), key=lambda one: len(one[1]))  # alike in length: less padding
        for low in range(0, len(left), AT_ONCE):
            some = left[low : low + AT_ONCE]
            found = encode([text for _, text in some])
            known |= {name: row for (name, _), row in zip(some, found, strict=True)}
            write(known, kept)
            bar.update(len(some))
    return np.stack([known[name] for name in names]).astype(np.float32)


def read(path: Path) -> dict[bytes, Floats]:
    """Embeddings by digest; none where there is no file. Raises
    :class:`~training.errors.CorpusError` for one that is damaged."""
    if not path.is_file():
        return {}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names, rows = arrays["names"], arrays["rows"]
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise CorpusError(f"{path} cannot be read ({error}); delete it") from None
    return {name.tobytes(): row for name, row in zip(names, rows, strict=True)}


def write(known: dict[bytes, Floats], path: Path) -> None:
    """All of them, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = np.frombuffer(b"".join(known), np.uint8).reshape(-1, 16)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as stream:
        np.savez(stream, names=names, rows=np.stack(list(known.values())).astype(np.float16))
    os.replace(partial, path)
