"""A service of one's own beside ours: any address that answers in the shape of OpenAI's
moderations."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from evaluation.rows import WrongRow

KEY = "LUREWATCH_ENDPOINT_KEY"
AT_ONCE = 16
TIMEOUT_S = 60.0
RETRIES = 3


class Endpoint:
    """Scores texts by ``POST`` of ``{"input": […]}``, and reads ``category_scores`` of each result:
    one category, or the highest of all. The texts leave this machine for that address."""

    def __init__(self, address: str, category: str | None = None) -> None:
        self.address = address
        self.category = category
        key = os.environ.get(KEY)
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=TIMEOUT_S,
            transport=httpx.HTTPTransport(retries=RETRIES),
        )

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
        """``(rows,)``, each from 0 to 1. Raises :class:`~evaluation.rows.WrongRow` where it
        answers otherwise."""
        texts = [row["text"] for row in rows]
        scores: list[float] = []
        for low in tqdm(range(0, len(texts), AT_ONCE), desc="endpoint", mininterval=5):
            scores += self._some(texts[low : low + AT_ONCE])
        return np.array(scores)

    def _some(self, texts: Sequence[str]) -> list[float]:
        try:
            response = self._client.post(self.address, json={"input": texts})
            response.raise_for_status()
            results = response.json()["results"]
            if len(results) != len(texts):
                raise ValueError(f"{len(results)} results for {len(texts)} texts")
            return [self._score(result["category_scores"]) for result in results]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise WrongRow(f"{self.address}: {type(error).__name__}: {error}") from None

    def _score(self, categories: Mapping[str, float]) -> float:
        found = max(categories.values()) if self.category is None else categories[self.category]
        if not 0 <= found <= 1:
            raise ValueError(f"a score of {found} is not from 0 to 1")
        return float(found)
