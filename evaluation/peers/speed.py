"""Our served model against the same encoder in torch, side by side in one run.

Ratios only: the machine's speed wanders, so both take turns and the medians are compared.
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evaluation.rows import WrongRow
from models.ad import Ad
from models.inference import windows
from models.rendering import render
from service.engine import Engine

ROUNDS = 7
BATCH = 64
LATENCY_TOKENS = 64


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def texts_of(path: Path) -> list[str]:
    """The ``text`` of each JSON line. Raises :class:`~evaluation.rows.WrongRow` naming the line
    that has none, and where there are fewer than :data:`BATCH`."""
    found = []
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                text = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError) as error:
                raise WrongRow(f"{path}:{number}: {type(error).__name__}: {error}") from None
            if not isinstance(text, str):
                raise WrongRow(f"{path}:{number}: text is no text")
            found.append(text)
    if len(found) < BATCH:
        raise WrongRow(f"{path}: {len(found)} texts, and a batch takes {BATCH}: name a longer file")
    return found


def compare(engine: Engine, fitted: Path, texts: Sequence[str]) -> dict[str, Any]:
    """Latency of one ad of 64 tokens and ads a second of 64 at once, as ratios to torch.

    ``texts``: :data:`BATCH` and more (:func:`texts_of`). ``fitted``: what ``training fit`` wrote;
    torch runs float32 on all processors, the batch padded to its longest as a ``transformers``
    pipeline does.
    """
    import torch

    from training.features import Features, collate
    from training.model import load

    model = load(fitted, attention="sdpa")
    tokenizer, limits = engine.bundle.tokenizer, engine.bundle.manifest.limits
    rendering = engine.bundle.manifest.rendering
    rendered = [render(Ad(text=text), rendering).text for text in texts]
    cut = [windows(tokenizer, text, limits)[0].ids for text in rendered]
    single = min(range(len(cut)), key=lambda i: abs(len(cut[i]) - LATENCY_TOKENS))
    batch = [Ad(text=text) for text in texts[:BATCH]]

    def torch_run(rows: Sequence[Sequence[int]]) -> None:
        padded = collate([Features(list(row), None, None, None, "") for row in rows], 1)
        with torch.inference_mode():
            model(*padded.inputs)

    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work in (
            ("ours, one ad", lambda: engine.assess_now([Ad(text=texts[single])])),
            ("torch, one ad", lambda: torch_run([cut[single]])),
            ("ours, batch", lambda: engine.assess_now(batch)),
            ("torch, batch", lambda: torch_run(cut[:BATCH])),
        ):
            times.setdefault(name, []).append(seconds(work))
    median = {name: statistics.median(taken) for name, taken in times.items()}
    return {
        "rounds": ROUNDS,
        "threads": torch.get_num_threads(),
        "batch tokens": sum(map(len, cut[:BATCH])),
        f"one ad of {len(cut[single])} tokens, ms": {
            "ours": round(median["ours, one ad"] * 1e3, 1),
            "torch": round(median["torch, one ad"] * 1e3, 1),
            "ratio": round(median["torch, one ad"] / median["ours, one ad"], 2),
        },
        "batch of 64, ads/s": {
            "ours": round(BATCH / median["ours, batch"], 1),
            "torch": round(BATCH / median["torch, batch"], 1),
            "ratio": round(median["torch, batch"] / median["ours, batch"], 2),
        },
    }
