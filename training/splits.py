"""Splits by near-template group, never by row."""

import hashlib
from collections.abc import Iterable, Mapping

MOST_HELD = ("test", "calibration", "train")
"""Where joined groups were drawn into several splits, the first of these takes them all."""


def split_of_joined(groups: Iterable[str], shares: Mapping[str, float], seed: int) -> str:
    """The split for groups that near-duplicates joined, from the draw of each by its own name: a
    new corpus can take a text out of training, and never out of test."""
    drawn = {split_of(group, shares, seed) for group in groups}
    return next((split for split in MOST_HELD if split in drawn), min(drawn))


def split_of(group: str, shares: Mapping[str, float], seed: int) -> str:
    """The split that a group belongs to: a function of its name and the seed alone."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64 * sum(shares.values())
    for name, share in shares.items():
        position -= share
        if position < 0:
            return name
    return list(shares)[-1]
