"""The bias test tells a biased corpus from a fair one."""

import random

from training.corpus.surface import Pair, measure

PHRASE = "we pay the ticket and a room near the farm contract before you travel"
WORDS = PHRASE.split()


def text(rng: random.Random, low: int, high: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(low, high)))


def test_a_fair_corpus_stays_near_chance() -> None:
    rng = random.Random(1)
    pairs = [Pair(text(rng, 10, 40), text(rng, 10, 40), f"g{i}") for i in range(400)]
    figure = measure(pairs)
    assert figure.low < 0.55
    assert 0.4 < figure.right < 0.6


def test_longer_honest_twins_are_found_out() -> None:
    rng = random.Random(2)
    pairs = [Pair(text(rng, 10, 20), text(rng, 25, 40), f"g{i}") for i in range(200)]
    figure = measure(pairs)
    assert figure.right > 0.95
    assert figure.honest_longer > 0.95
    assert figure.weights["log length"] < 0
