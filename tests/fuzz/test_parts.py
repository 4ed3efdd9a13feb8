"""Every part that reads what others wrote keeps its promises: on texts of every plane, and on seeds
changed at random. More of it: ``python -m tests.fuzz parts``."""

import pytest
from hypothesis import given, settings

from tests.fuzz.targets import PARTS, TEXTS
from tests.fuzz.texts import TEXT, Mutator

TEXTUAL = [
    name for name, part in PARTS.items() if part.seeds[: len(TEXTS)] == PARTS["rendering"].seeds
]
CHANGED = 60
"""Inputs of each part."""


@pytest.mark.parametrize("name", PARTS)
def test_seeds_and_what_becomes_of_them(name: str) -> None:
    part, mutator = PARTS[name], Mutator(1)
    pool = list(part.seeds)
    for data in part.seeds:
        part.run(data)
    for _ in range(CHANGED):
        pool.append(mutator.bytes(mutator.random.choice(pool)))
        part.run(pool[-1])


@pytest.mark.parametrize("name", TEXTUAL)
@settings(max_examples=60, deadline=None, derandomize=True)  # machines are busy
@given(text=TEXT)
def test_texts_of_every_plane(name: str, text: str) -> None:
    PARTS[name].run(text.encode("utf-8", "surrogatepass"))
