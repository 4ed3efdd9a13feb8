"""What makes two texts near-duplicates: their character 5-grams."""

import re

GRAM = 5
SIMILARITY = 0.6
"""Jaccard similarity of 5-gram sets from which two texts are one group."""


def grams(text: str) -> set[str]:
    """Character 5-grams, lower case, white space folded, placeholders and digits out."""
    folded = re.sub(r"\s+", " ", re.sub(r"<\w+>|\d", "", text)).lower()
    return {folded[i : i + GRAM] for i in range(max(1, len(folded) - GRAM + 1))}


def similarity(one: set[str], other: set[str]) -> float:
    """Jaccard similarity, 0 to 1, of two sets of which at least one is not empty."""
    return len(one & other) / len(one | other)
