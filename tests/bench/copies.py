"""A stream in which a stated share of ads are copies of earlier ones, as campaigns make them.

An ad is a copy with the stated chance, and then of an earlier ad chosen at random among all that
were sent, copies included: what was copied often is copied again (Simon 1955), which gives the
popularity that Zipf found. Not every copy reads the same to a memory, so their forms are stated
too.
"""

import random
from collections.abc import Sequence

from tests.bench.mix import Drawn
from training.augment import ALIKE, WORD

FORMS = {"same": 0.6, "disguised": 0.15, "another case": 0.1, "another number": 0.15}
"""Share of copies by form. The same, and one whose disguise is undone before reading (look-alike
letters, an invisible character), are known again; in another case or with another number at its end
it is another text."""


def recorded(fresh: Sequence[Drawn], repeats: float, count: int, seed: int) -> list[Drawn]:
    """``count`` ads of which about ``repeats`` are copies; the others are taken from ``fresh`` in
    order, which must be enough of them."""
    rng = random.Random(f"recorded {seed}")
    sent: list[Drawn] = []
    coming = iter(fresh)
    for _ in range(count):
        if sent and rng.random() < repeats:
            earlier = rng.choice(sent)
            form = rng.choices([*FORMS], [*FORMS.values()])[0]
            sent.append(Drawn(changed(earlier.text, form, rng), earlier.source, form))
        else:
            sent.append(next(coming))
    return sent


def changed(text: str, form: str, rng: random.Random) -> str:
    """A copy of a text."""
    if form == "disguised":
        return disguised(text, rng)
    if form == "another case":
        return text.lower() if text.lower() != text else text.upper()
    if form == "another number":
        return f"{text} {rng.randrange(10**6):06}"
    return text


def disguised(text: str, rng: random.Random) -> str:
    """With look-alike letters in one word, or an invisible character where no word is long."""
    words = [found for found in WORD.finditer(text) if found.group().translate(ALIKE) != found[0]]
    if not words:
        place = rng.randrange(len(text) + 1)
        return f"{text[:place]}\u200b{text[place:]}"
    word = rng.choice(words)
    letters = [i for i, letter in enumerate(word[0]) if letter.translate(ALIKE) != letter]
    at = word.start() + rng.choice(letters)
    return f"{text[:at]}{text[at].translate(ALIKE)}{text[at + 1 :]}"
