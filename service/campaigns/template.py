"""The template of an ad: its title and text without contacts, sums and digits, as bands of a
MinHash signature (Broder 1997), so that nearly equal texts share some of them.

Earlier turns of a chat are no part of it, whoever's they are: each was an ad of its own when it
came, and one long chat would look like a campaign if it counted again with every turn.

Two texts whose sets of character 5-grams have the Jaccard similarity ``s`` share a row of the
signature with probability s, a band of :data:`ROWS` rows with ``p = s^5``, and *meet* if they share
:data:`MEETS` of the 28 bands or more: ``1 - (1-p)^28 - 28 p (1-p)^27``. That is

    s      0.2      0.3     0.4    0.5    0.6    0.7    0.8     0.9
    meet   0.00004  0.0022  0.032  0.22   0.65   0.962  0.9997  1

Asking for two bands rather than one keeps apart, with as few bands to store, what 24 bands of six
rows with one to share would join at 0.3 eight times as often. Of unrelated advertisements of one
language one pair in thousands comes to 0.2.
"""

import struct
from collections.abc import Iterable

from rensa import RMinHash

from models.grams import grams
from models.rendering import Rendered
from service.entities import Entity

ROWS, BANDS, MEETS = 5, 28, 2

FIELDS = ("title", "text")

MIN_CHARS = 40
"""Shorter texts have no template: strangers write the same greeting."""

MIN_GRAMS = 30
"""Nor have those with fewer different 5-grams, such as one word again and again."""


def template(rendered: Rendered, entities: Iterable[Entity]) -> str:
    """The words of title and text, disguises undone, contacts and sums left out, spaces folded."""
    places = [place for one in entities for place in one.places]
    words = []
    for part in rendered.parts:
        if part.field not in FIELDS:
            continue
        text = rendered.text[part.offset : part.offset + part.length]
        out = {i for p in places if p.field == part.field for i in range(p.start, p.end)}
        if out:
            at = range(part.length) if part.starts is None else part.starts
            text = "".join(" " if i in out else char for char, i in zip(text, at, strict=True))
        words.append(text)
    return " ".join(" ".join(words).split())


def signature(text: str) -> list[int] | None:
    """The MinHash signature of a template, :data:`ROWS` times :data:`BANDS` values of 64 bits: two
    templates share each with a probability of their similarity. ``None`` for one too short."""
    found = grams(text)
    if len(text) < MIN_CHARS or len(found) < MIN_GRAMS:
        return None
    made = RMinHash(num_perm=ROWS * BANDS, seed=1)
    made.update(list(found))
    values: list[int] = made.digest()
    return values


def bands(text: str) -> list[bytes]:
    """The bands of a template, each with its number; none where it is too short."""
    values = signature(text)
    if values is None:
        return []
    return [struct.pack(f"<B{ROWS}Q", i, *values[i * ROWS : (i + 1) * ROWS]) for i in range(BANDS)]
