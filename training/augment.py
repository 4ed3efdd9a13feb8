"""Seeded changes to a training text, with its spans carried along.

Every function takes and gives an :class:`~training.edits.Example`; changes are lists of edits, so
that a span always covers the same words afterwards. Contacts are invented from ranges that belong
to nobody: telephone numbers reserved for fiction, example domains, wallet addresses whose checksum
is wrong.
"""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from training.corpus.row import PLACEHOLDERS
from training.edits import Example, apply, cut
from training.recipe import Augment
from training.romanising import romanise
from training.slips import part, slip
from training.slots import change_slots

PLACEHOLDER = re.compile("<(" + "|".join(PLACEHOLDERS) + ")>")
WORD = re.compile(r"[^\W\d_]{4,}")
LINE_BREAK = re.compile(r"[ \t]*\n\s*")
SENTENCE_END = re.compile(r"(?<=[.!?。！？।။]) +(?=\S)")
SENTENCE = re.compile(r"[^.!?。！？।။។\n]+[.!?。！？।။។\n]*\s*")

LONG_WORDS = 40
"""A text with more words, or four times as many characters, may be cropped."""

# Letters that look alike in another script (Unicode confusables.txt), and digits for letters.
ALIKE = str.maketrans(
    "aceopxyABEHKMOPTXаеорсухіАВЕКМНОРСТХ", "асеорхуАВЕНКМОРТХaeopcyxiABEKMHOPCTX"
)
EMOJI = {"o": "⭕", "a": "🅰️", "b": "🅱️", "i": "ℹ️", "m": "Ⓜ️", "x": "❌", "о": "⭕", "а": "🅰️"}
SQUARES = {chr(ord("a") + i): chr(0x1F170 + i) for i in range(26)}
LEET = str.maketrans("aeiosAEIOS", "4310543105")


def augment(
    example: Example,
    chances: Augment,
    rng: random.Random,
    language: str = "en",
    whole: bool = False,
) -> Example:
    """The example as one epoch sees it; ``whole`` for a text that means something else in part."""
    if rng.random() < chances.crop and not whole:
        example = crop(example, rng)
    if rng.random() < chances.slots:
        example = change_slots(example, language, rng)
    if rng.random() < chances.lines:
        example = rng.choice([join_lines, break_lines])(example, rng)
    if rng.random() < chances.fill:
        example = fill(example, rng)
    if rng.random() < chances.evade:
        example = evade(example, rng)
    if chances.slip and rng.random() < chances.slip:
        example = slip(example, rng, chances.slip_most)
    if chances.part and rng.random() < chances.part:
        example = part(example, rng)
    if chances.romanise and rng.random() < chances.romanise:
        example = romanise(example, rng)
    if rng.random() < chances.case:
        change: Callable[[str], str] = rng.choice([str.upper, str.lower])
        changed = "".join(c if len(change(c)) != 1 else change(c) for c in example.text)
        example = replace(example, text=changed)
    return example


def fill(example: Example, rng: random.Random) -> Example:
    """Invented contacts for the placeholders; one placeholder twice is one contact twice."""
    made: dict[str, str] = {}
    edits = []
    for found in PLACEHOLDER.finditer(example.text):
        kind = found.group(1)
        made.setdefault(kind, CONTACTS[kind](rng))
        edits.append((found.start(), found.end(), made[kind]))
    return apply(example, edits)


def crop(example: Example, rng: random.Random) -> Example:
    """A run of sentences, at least a fifth of a long text; short texts stay whole, and so does a
    marked one that would lose all its marks."""
    words = len(example.text.split())
    if words <= LONG_WORDS and len(example.text) <= 4 * LONG_WORDS:
        return example
    sentences = list(SENTENCE.finditer(example.text))
    if len(sentences) < 4:
        return example
    count = rng.randint(max(2, len(sentences) // 5), len(sentences) - 1)
    first = rng.randint(0, len(sentences) - count)
    start, end = sentences[first].start(), sentences[first + count - 1].end()
    run = cut(example, start, end)
    return example if example.spans and not run.spans else run


def join_lines(example: Example, rng: random.Random) -> Example:
    """Turns of a chat and paragraphs in one line, as screen readers and copying leave them."""
    sign = rng.choice([" ", " ", " / ", " | "])
    return apply(example, [(m.start(), m.end(), sign) for m in LINE_BREAK.finditer(example.text)])


def break_lines(example: Example, rng: random.Random) -> Example:
    """A line break after some sentences."""
    ends = [m for m in SENTENCE_END.finditer(example.text) if rng.random() < 0.6]
    return apply(example, [(m.start(), m.end(), "\n") for m in ends])


def evade(example: Example, rng: random.Random) -> Example:
    """Disguise a third of the longer words in one of the ways seen in the wild."""
    disguise = rng.choice([_alike, _leet, _spaced, _stretched, _emoji])
    edits = []
    for word in WORD.finditer(example.text):
        inside = example.text[max(0, word.start() - 1) : word.start()] == "<"
        if not inside and rng.random() < 1 / 3:
            edits.append((word.start(), word.end(), disguise(word.group(), rng)))
    return apply(example, edits)


def _alike(word: str, rng: random.Random) -> str:
    return "".join(c.translate(ALIKE) if rng.random() < 0.5 else c for c in word)


def _leet(word: str, rng: random.Random) -> str:
    return word.translate(LEET)


def _spaced(word: str, rng: random.Random) -> str:
    return rng.choice([" ", ".", "-", "\u200b"]).join(word)


def _stretched(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at] * rng.randint(2, 4) + word[at + 1 :]


def _emoji(word: str, rng: random.Random) -> str:
    forms = rng.choice([EMOJI, SQUARES])
    return "".join(forms.get(c.lower(), c) if rng.random() < 0.6 else c for c in word)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("abcdefghijkmnoprstuvwz", k=count))


def _phone(rng: random.Random) -> str:
    # Ranges set aside for fiction by NANPA (555-0100 to 0199), Ofcom (07700 900000 to 900999)
    # and ACMA (0491 570 006 to 159).
    return rng.choice(
        [
            f"+1 {rng.randint(201, 989)} 555 01{_digits(rng, 2)}",
            f"{rng.randint(201, 989)}-555-01{_digits(rng, 2)}",
            f"+44 7700 900{_digits(rng, 3)}",
            f"07700900{_digits(rng, 3)}",
            f"+61 491 570 {rng.randint(6, 159):03}",
        ]
    )


def _handle(rng: random.Random) -> str:
    return rng.choice(["@", "", "t.me/"]) + f"{_letters(rng, rng.randint(4, 8))}_{_digits(rng, 2)}"


def _url(rng: random.Random) -> str:
    domain = rng.choice(["example.com", "example.org", "example.net", "jobs.example", "go.example"])
    return rng.choice(["https://", "", "www."]) + f"{domain}/{_letters(rng, rng.randint(2, 7))}"


def _wallet(rng: random.Random) -> str:
    # 0, O, I and l are not in the Base58 alphabet: no checksum can hold.
    body = "".join(rng.choices("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", k=31))
    return f"T0{body}l"


CONTACTS: dict[str, Callable[[random.Random], str]] = {
    "phone": _phone,
    "email": lambda rng: f"{_letters(rng, 6)}@example.{rng.choice(['com', 'org', 'net'])}",
    "handle": _handle,
    "url": _url,
    "wallet": _wallet,
    "name": lambda rng: rng.choice(["A. Karim", "Lin", "M. Okoye", "Rosa", "Duc", "Ines", "Sam"]),
    # Issuer range 9999 00 is unassigned (ISO/IEC 7812: 9 is for national bodies).
    "card": lambda rng: f"9999 00{_digits(rng, 2)} {_digits(rng, 4)} {_digits(rng, 4)}",
    "account": lambda rng: f"000{_digits(rng, 7)}",
}
