"""Which ads are asked about, and in which order: drawn by seed to a stated mixture.

Languages, lengths and kinds are each given as shares. No corpus has them so, and not every
combination is there, so texts get weights by raking (iterative proportional fitting, Deming and
Stephan 1940): in turn each of the three is brought to its shares, until all hold.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.texts import Pool, Text, TooFewTexts, variant

LANGUAGES = {
    "en": 0.30, "es": 0.10, "pt": 0.06, "id": 0.06, "hi": 0.05, "ru": 0.05, "ar": 0.05, "vi": 0.04,
    "th": 0.04, "zh": 0.05, "tl": 0.04, "fr": 0.04, "tr": 0.03,
}  # fmt: skip
"""Share by language; the rest is spread over all others as they come."""

LENGTHS = {16: 0.10, 32: 0.20, 64: 0.25, 128: 0.30, 256: 0.15}
"""Share by pieces, up to and including. An ad of 64 pieces has about 250 letters in English."""

KINDS = {
    "lure": 0.05,
    "recruitment": 0.70,
    "other": 0.17,
    "about_lures": 0.04,
    "insufficient": 0.04,
}
"""95 % are no lures: mostly honest offers."""

REPEATS = 0.3
"""Share of ads in the recorded mixture that are copies: see :mod:`tests.bench.copies`."""

OTHER = "other languages"
ROUNDS = 200

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One ad to ask about."""

    text: str
    source: Text
    copy: str = ""
    """How it repeats an earlier one: see :data:`tests.bench.copies.FORMS`; empty: it does not."""


def rake(margins: Sequence[tuple[Sequence[str], Mapping[str, float]]]) -> Weights:
    """Weights of texts that sum to 1. Each margin says to which of its groups every text belongs,
    and the share of each group. What a margin does not name gets no weight; a group without a text
    leaves its share to the others."""
    count = len(margins[0][0])
    weights = np.ones(count)
    columns = []
    for of_text, shares in margins:
        names = [*shares]
        where = {name: i for i, name in enumerate(names)}
        index = np.array([where.get(one, -1) for one in of_text])
        weights[index < 0] = 0
        columns.append((index, np.array([shares[name] for name in names], dtype=float)))
    for _ in range(ROUNDS):
        for index, wanted in columns:
            inside = index >= 0
            sums = np.bincount(index[inside], weights[inside], len(wanted))
            factor = np.divide(wanted, sums, out=np.zeros_like(wanted), where=sums > 0)
            weights[inside] *= factor[index[inside]]
        weights /= max(weights.sum(), 1e-300)
    return weights


def length_group(tokens: int) -> str:
    """The first limit that holds it."""
    return str(next((top for top in LENGTHS if tokens <= top), max(LENGTHS)))


def weights_of(texts: Sequence[Text]) -> Weights:
    """Of each text in the stated mixture."""
    languages = [one.language if one.language in LANGUAGES else OTHER for one in texts]
    spread = {**LANGUAGES, OTHER: 1 - sum(LANGUAGES.values())}
    lengths = {str(top): share for top, share in LENGTHS.items()}
    weights = rake([
        (languages, spread),
        ([length_group(one.tokens) for one in texts], lengths),
        ([one.kind for one in texts], KINDS),
    ])  # fmt: skip
    if not weights.sum():
        raise TooFewTexts("no text is of a kind, language and length that the mixture names")
    return weights


class Unique:
    """Gives ads that are all different, from the first to the last. A text comes again only as a
    variant that no memory knows: see :func:`tests.bench.texts.variant`."""

    def __init__(self, pool: Pool, seed: int, as_it_comes: bool = False) -> None:
        """``as_it_comes``: the mixture is the pool's own, as for a file of one's own."""
        self._texts = pool.texts
        self._rng = random.Random(f"unique {seed}")
        self._draws = np.random.default_rng(seed)
        count = len(pool.texts)
        self._weights = np.full(count, 1 / count) if as_it_comes else weights_of(pool.texts)
        self._used: Counter[int] = Counter()
        self._said: set[str] = set()

    def take(self, count: int) -> list[Drawn]:
        """So many, none given before."""
        chosen = self._draws.choice(len(self._texts), count, p=self._weights)
        return [self._one(int(number)) for number in chosen]

    def _one(self, number: int) -> Drawn:
        source = self._texts[number]
        while True:
            text = variant(source, self._rng, self._used[number])
            self._used[number] += 1
            if text not in self._said:
                self._said.add(text)
                return Drawn(text, source)


def shares_of(drawn: Sequence[Drawn]) -> dict[str, object]:
    """What was drawn, told for the table."""
    tokens = [one.source.tokens for one in drawn]
    low, middle, high = (round(float(q)) for q in np.quantile(tokens, (0.1, 0.5, 0.9)))
    copies = Counter(one.copy for one in drawn if one.copy)
    return {
        "ads": len(drawn),
        "tokens": {"10 %": low, "median": middle, "90 %": high, "mean": round(np.mean(tokens), 1)},
        "languages": _shares(one.source.language for one in drawn),
        "kinds": _shares(one.source.kind for one in drawn),
        "copies": {name: round(n / len(drawn), 3) for name, n in copies.most_common()},
    }


def _shares(names: Iterator[str]) -> dict[str, float]:
    counted = Counter(names)
    return {name: round(n / counted.total(), 3) for name, n in counted.most_common()}
