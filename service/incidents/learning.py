"""Examples read by the model: what is kept of their texts, and what ads are compared with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.ad import Ad
from models.embedding import Background, Floats
from service.api.schemas import AdIn
from service.campaigns.template import BANDS, ROWS, signature, template
from service.engine import Engine
from service.errors import IncidentsUnavailable
from service.incidents.matching import Signatures
from service.reading import read
from service.review.content import redacted
from service.scoring.scorer import Scored

LONG = 2
"""Bytes that say how long the signature is."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """One example."""

    content: dict[str, Any]
    """``title`` and ``text``, contacts replaced."""

    language: str
    embedding: Floats
    signature: Signatures | None

    def packed(self) -> bytes:
        """Numbers as they are kept; :func:`unpacked` reads them."""
        rows = np.zeros(0, np.uint64) if self.signature is None else self.signature
        head = len(rows).to_bytes(LONG, "little")
        return head + rows.astype("<u8").tobytes() + self.embedding.astype("<f4").tobytes()


def unpacked(content: bytes) -> tuple[Floats, Signatures | None]:
    """Embedding and signature."""
    end = LONG + 8 * int.from_bytes(content[:LONG], "little")
    rows = np.frombuffer(content[LONG:end], "<u8").astype(np.uint64)
    return np.frombuffer(content[end:], "<f4").astype(np.float32), rows if len(rows) else None


def background_of(engine: Engine) -> Background:
    """Raises :class:`~service.errors.IncidentsUnavailable`."""
    if engine.background is None:
        raise IncidentsUnavailable(engine.name)
    return engine.background


async def learn(engine: Engine, given: Sequence[AdIn]) -> list[Learnt]:
    """Read examples. What is compared is what is kept, without contacts: so every process, and a
    later bundle, compares with the same."""
    kept = await asyncio.to_thread(all_kept, engine, given)
    ads = [Ad(text=content["text"], title=content["title"]) for content, _ in kept]
    numbers = await numbers_of(engine, ads)
    return [
        Learnt(content, language, embedding, rows)
        for (content, language), (embedding, rows) in zip(kept, numbers, strict=True)
    ]


def all_kept(engine: Engine, given: Sequence[AdIn]) -> list[tuple[dict[str, Any], str]]:
    """What may be kept of each, and its language."""
    found = []
    for one in given:
        ad = one.ad()
        reading = read(ad, engine.render(ad))
        content = redacted(one, reading).content
        told = {"title": content["title"], "text": content["text"]}
        found.append((told, one.language or reading.language.tag))
    return found


async def numbers_of(engine: Engine, ads: Sequence[Ad]) -> list[tuple[Floats, Signatures | None]]:
    """Embedding and signature of each."""
    background_of(engine)
    found = []
    for scored in await engine.scorer.score(ads, read):
        assert scored.logits.embedding is not None
        found.append((scored.logits.embedding, signature_of(scored)))
    return found


def signature_of(scored: Scored) -> Signatures | None:
    """Of an ad's title and text, without contacts and sums."""
    assert scored.reading is not None
    words = template(scored.rendered, scored.reading.entities)
    values = signature(words)
    return None if values is None else np.array(values, dtype=np.uint64)


WIDTH = ROWS * BANDS
"""Values of a signature."""
