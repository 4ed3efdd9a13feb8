"""Parenthesised letters and parted flags are letters where their neighbours make them such."""

import pytest

from models.ad import Ad
from models.evasion import Evasion, evasions
from models.rendering import normalise, render


def parenthesised(text: str) -> str:
    """Small letters in parentheses, each one character."""
    return "".join(chr(0x249C + ord(c) - ord("a")) if "a" <= c <= "z" else c for c in text)


def flags(word: str, between: str) -> str:
    """Regional indicators."""
    return between.join(chr(0x1F1E6 + ord(c) - ord("a")) for c in word)


@pytest.mark.parametrize(
    ("received", "plain"),
    [
        (parenthesised("hiring chat support, 900 usd"), "hiring chat support, 900 usd"),
        ("🄕🄡🄔🄔 room", "FREE room"),
        ("⒥\u200b⒪\u2060⒝", "job"),
        ("p⒜ss, j⒪b", "pass, job"),
        ("p⒜ss, ⒜ge", "pass, (a)ge"),  # a alone may be the first point of a list
        ("⒱isa and ⒫assport", "visa and passport"),
        ("🄥isa", "Visa"),
        ("⒲ ⒪ ⒭ ⒦ now", "work now"),
        ("⒲\u00a0⒪\u00a0⒭\u00a0⒦ now", "work now"),
        ("⒥\u0332⒪\u0332⒝\u0332, ⒥\u20dd⒪\u20dd⒝\u20dd", "job, job"),  # lines and circles
        ("⒲\u0336 ⒪\u0336 ⒭\u0336 ⒦\u0336", "work"),
        ("p\u0332⒜\u0332s\u0332s\u0332", "pass"),
        ("в⒤за", "віза"),
        (flags("pass", "\u200b"), "pass"),
        (flags("job", "\u200b"), "job"),
        (flags("visa", "\u2060\u200d"), "visa"),
        (flags("pass", "\u0332"), "pass"),
        (flags("pass", "\u20e3"), "pass"),
        ("🇹🇭\u200b🇰🇭", "🇹🇭🇰🇭"),  # two flags
    ],
)
def test_letters_in_signs_are_read(received: str, plain: str) -> None:
    assert normalise(received)[0] == plain
    assert (Evasion.STYLED in evasions(received)) == (plain != "🇹🇭🇰🇭")


def test_points_of_a_list_are_no_styled_letters() -> None:
    assert evasions("⒜ age ⒝ sex ⒞ place") == ()


def test_spans_of_signs() -> None:
    received = f"a {flags('pass', chr(0x200B))} and ⒱⒤⒮⒜"
    rendered = render(Ad(received))
    places = []
    for word in ("pass", "visa"):
        at = rendered.text.index(word)
        places += [received[p.start : p.end] for p in rendered.locate(at, at + 4)]
    assert places == [flags("pass", "\u200b"), "⒱⒤⒮⒜"]


@pytest.mark.parametrize("version", [2, 3])
def test_earlier_versions_leave_them(version: int) -> None:
    assert normalise("⒥⒪⒝", version)[0] == "(j)(o)(b)"
    assert normalise(flags("pass", "\u200b"), version)[0] == flags("pass", "")
