"""Texts that nobody would write, and some that somebody would. All contacts are invented."""

import json
import random
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

ODD = (
    "\0\x1b\x7f\x85\u00ad\u0130\u0131\u017f\u034f\u0301\u0316\u0345\u061c\u0640\u0f73\u115f\u1160"
    "\u17b4\u180b\u200b\u200c\u200d\u200e\u202a\u202d\u202e\u202c\u2028\u2029\u2060\u2066\u2069"
    "\u20dd\u20e3\u3099\u309a\u3164\ufb03\ufdfa\ufe0f\ufe0e\ufeff\uffa0\ufffc\ufffd\uffff\ufdd0"
    "\ud800\udbff\udc00\udfff\U0001bca0\U0001d173\U0001d7d8\U0001f1e6\U0001f1ff\U0001f3fb"
    "\U0001f468\U000e0001\U000e0041\U000e007f\U000e0100\U000e01ef\U000f0000\U0010ffff"
)
"""NUL and other controls, marks that reorder or compose, fillers, joiners, bidirectional controls,
tags, variation selectors, halves of surrogate pairs, private use, noncharacters, letters whose
lower case or normal form is longer."""

PIECES = (
    "work abroad", "Нужны люди", "高薪招聘", "งานต่างประเทศ", "مطلوب سائق", "עבודה", "f r e e",
    "w0rk", "j.o.b", "пoмoщник", "pleaaaase", "1O00", "+1 202 555 0147", "٠١٢٣٤٥", "(202)-555",
    "okapi@example.com", "okapi (at) example [dot] com", "@okapi_jobs", "t . me / okapi_jobs",
    "https://example.com/a?b=c#d", "hxxp://example[.]org", "wa.me/12025550147", "example.co.uk",
    "2 000-3 000 USD a month", "₩1,000,000", "$5k/day", "1.234.567,89 €", "5万-8万", "10 juta",
    "0x00000000000000000000000000000000000000ab", "bc1qqqqsyqcyq5rqwzqfpg9scrgwpugpzysnqqqqq",
    "<b>bold</b>", "<!-- x -->", "<script>y</script>", "&amp;&#128;&#xD800;&nbsp;", "&", "<",
    "@", ".", "/", "-", " ", "\n", "\t", "0", "1", "a", "я", "🛫", "👩\u200d🔧", "\r\n",
)  # fmt: skip

NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400, 0.5, 1e308, -1e308,
    1e-320, float("inf"), float("nan"), 253402300800, -62135596801, 1e18,
)  # fmt: skip
"""At and beyond the ends of what databases, calendars and JSON have."""

MOMENTS = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z", "2026-W01-1",
    "2026-11-28T10:00:00+23:59:59", "20261128", "24:00", "0000-00-00",
)  # fmt: skip

PLANES = st.one_of(
    *(st.characters(min_codepoint=max(1, 65_536 * i), max_codepoint=65_536 * i + 65_535,
                    exclude_categories=()) for i in range(17)),
    st.sampled_from(ODD),
)  # fmt: skip
"""A character of any of the 17 planes, each as likely as another, and odd ones more."""

TEXT = st.lists(
    st.one_of(st.text(PLANES, max_size=12), st.sampled_from(PIECES), st.text(max_size=12)),
    max_size=12,
).map("".join)


def jsons() -> st.SearchStrategy[Any]:
    """What JSON can hold, with halves of surrogate pairs."""
    leaves = st.one_of(
        st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(MOMENTS), TEXT
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=10,
    )


def text_of(data: bytes) -> str:
    """A text of any characters from any bytes: UTF-8 with halves of surrogate pairs, or with what
    is wrong in it kept as such halves; else a character for every three bytes."""
    if data[:1] == b"\xff":
        rest = data[1:]
        return "".join(
            chr(int.from_bytes(rest[i : i + 3]) % 0x110000) for i in range(0, len(rest) - 2, 3)
        )
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


class Mutator:
    """Changes seeds at random, by a seed of its own: what runs where no coverage guides, and the
    part that knows of structure where it does."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self, text: str) -> str:
        """A few pieces put in, taken out, doubled or swapped."""
        draw = self.random
        for _ in range(draw.randint(1, 4)):
            at, to = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
            to = min(to, at + 40)
            twice = text[at:to] * draw.randint(2, 9)
            piece = draw.choice((self.character(), self.piece(), twice))
            kept = draw.choice((text[at:], text[to:]))
            text = text[:at] + piece + kept
        return text[:4_000]

    def character(self) -> str:
        """Of any plane."""
        draw = self.random
        return draw.choice(
            (draw.choice(ODD), chr(draw.randrange(0x110000)), chr(draw.randrange(128)))
        )

    def piece(self) -> str:
        return self.random.choice(PIECES)

    def value(self, value: Any) -> Any:
        """JSON with one value in it changed."""
        draw = self.random
        if isinstance(value, dict) and value and draw.random() < 0.9:
            key = draw.choice(list(value))
            if draw.random() < 0.1:
                return {**value, self.text(key): value[key]}
            if draw.random() < 0.05:
                return {name: one for name, one in value.items() if name != key}
            return {**value, key: self.value(value[key])}
        if isinstance(value, list) and value and draw.random() < 0.9:
            at = draw.randrange(len(value))
            new = self.value(value[at])
            return [*value[:at], *[new] * draw.choice((1, 1, 1, 2)), *value[at + 1 :]]
        if isinstance(value, str) and draw.random() < 0.6:
            return self.text(value)
        makers: tuple[Callable[[], Any], ...] = (
            lambda: draw.choice(NUMBERS), lambda: draw.choice(MOMENTS), self.piece, self.character,
            lambda: None, lambda: draw.random() < 0.5, list, dict, lambda: [value],
            lambda: {"id": value}, lambda: self.deep(value),
        )  # fmt: skip
        return draw.choice(makers)()

    def deep(self, value: Any) -> Any:
        """In up to 300 lists."""
        for _ in range(self.random.choice((5, 150, 260, 300))):
            value = [value]
        return value

    def bytes(self, data: bytes) -> bytes:
        """JSON stays JSON, mostly; anything else is changed as text, or as bytes."""
        draw = self.random
        if draw.random() < 0.9 and data[:1] in (b"{", b"["):
            try:
                return written(self.value(json.loads(data)))
            except (ValueError, RecursionError):
                pass
        if draw.random() < 0.2 and data:
            at = draw.randrange(len(data))
            return data[:at] + bytes([draw.randrange(256)]) + data[at + draw.randint(0, 2) :]
        return self.text(text_of(data)).encode("utf-8", "surrogatepass")


def written(value: Any) -> bytes:
    """As JSON, halves of surrogate pairs as escapes, and infinities as people write them."""
    return json.dumps(value).replace("Infinity", "1e999").encode()
