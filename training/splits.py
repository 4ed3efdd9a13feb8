"""Splits by near-template group, never by row."""

import hashlib
from collections.abc import Mapping


def split_of(group: str, shares: Mapping[str, float], seed: int) -> str:
    """The split that a group belongs to: a function of its name and the seed alone, so that
    adding a corpus never moves a text from test to training."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64 * sum(shares.values())
    for name, share in shares.items():
        position -= share
        if position < 0:
            return name
    return list(shares)[-1]
