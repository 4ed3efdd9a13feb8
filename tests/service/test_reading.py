"""What is read off an ad is read off what the model reads, and off nothing else."""

from collections.abc import Sequence

import pytest

from models.ad import SCORED_CHARS, SCORED_TURNS, Ad
from models.evasion import Evasion, evasions
from models.rendering import render
from service import reading
from service.reading import read

DISGUISED = "fr33 w0rk f0r y0u, e4sy m0ney"
LONG = ((DISGUISED + " ") * 1000)[:SCORED_CHARS]
PLAIN = "hello there"


def changed(ad: Ad) -> tuple[Evasion, ...]:
    return read(ad, render(ad)).changed


@pytest.mark.parametrize(
    "thread",
    [
        (DISGUISED,) + (PLAIN,) * SCORED_TURNS,  # older than the last that are read
        (DISGUISED, "x" * SCORED_CHARS, PLAIN),  # before the one for which there is no room
        (LONG,) * 50,  # no room for any
    ],
)
def test_turns_that_are_not_read_say_nothing(thread: tuple[str, ...]) -> None:
    assert changed(Ad("Is this offer real?", thread=thread)) == ()


@pytest.mark.parametrize(
    "ad",
    [
        Ad(DISGUISED),
        Ad(PLAIN, title=DISGUISED),
        Ad(PLAIN, thread=(DISGUISED,)),
        Ad(PLAIN, thread=(PLAIN,) * SCORED_TURNS + (DISGUISED,) + (PLAIN,) * (SCORED_TURNS - 1)),
        Ad(PLAIN, thread=(DISGUISED, DISGUISED), own=frozenset({0})),
    ],
)
def test_a_disguise_is_named_wherever_it_is_read(ad: Ad) -> None:
    assert changed(ad) == (Evasion.DIGITS,)


def test_the_readers_own_turns_say_nothing() -> None:
    assert changed(Ad(PLAIN, thread=(DISGUISED,), own=frozenset({0}))) == ()


def test_no_more_characters_are_looked_at_than_the_queue_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Time grows with them, and neither the queue nor the estimate of a deadline would know."""
    looked_at: list[str] = []

    def counted(received: str, version: int) -> Sequence[Evasion]:
        looked_at.append(received)
        return evasions(received, version)

    monkeypatch.setattr(reading, "evasions", counted)
    changed(Ad("Is this offer real?", thread=(LONG[:15_000],) * 50))
    assert 0 < sum(map(len, looked_at)) <= SCORED_CHARS
