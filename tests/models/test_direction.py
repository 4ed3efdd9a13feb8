"""Text that overrides show in another order is turned back, and nothing else is."""

import pytest

from models.ad import Ad
from models.direction import MAX_DEPTH, turn_back
from models.evasion import Evasion, evasions
from models.rendering import normalise, render

LURE = "Chat work abroad, 900 USD"
TURNED = LURE[::-1]
HEBREW = "משרה בתל אביב"


@pytest.mark.parametrize(
    "received",
    [
        f"\u202e{TURNED}\u202c",
        f"\u202e{TURNED}",
        f"\u202e\u200f{TURNED}\u202c",  # a mark that nobody sees, of a script from right to left
        f"\u202e{TURNED}\u061c\u200f",
        f"\u202e\u202d\u202c{TURNED}",  # the pop closes the inner run
        f"\u202e\u202e\u202c{TURNED}\u202c",
        f"\u202e{TURNED[:7]}\u202e{TURNED[7:]}\u202c\u202c",  # the same override again
        f"\u202e{TURNED[:7]}\u2066\u202c\u2069{TURNED[7:]}",  # no pop reaches out of an isolate
        f"\u202e{TURNED[:9]}\u202d{TURNED[9:12][::-1]}\u202c{TURNED[12:]}",  # a block inside
        f"\u2067\u202e{TURNED}\u2069",
    ],
)
def test_what_is_shown_is_read(received: str) -> None:
    assert normalise(received)[0] == LURE
    assert Evasion.REVERSED in evasions(received)


def test_a_letter_of_the_other_kind_does_not_keep_the_rest_turned() -> None:
    assert normalise(f"\u202eא {TURNED}")[0] == f"{LURE} א"


def test_an_override_from_left_to_right_turns_hebrew() -> None:
    assert normalise(f"\u202d{HEBREW[::-1]}\u202c")[0] == HEBREW
    assert normalise(f"\u202e{HEBREW}\u202c")[0] == HEBREW


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2029"])
def test_the_end_of_a_line_ends_all(end: str) -> None:
    assert normalise(f"\u202ekrow{end}now", 4)[0] == f"work{end}now"


@pytest.mark.parametrize(
    "received",
    [
        "\u202e\u200f\u202c plain",
        f"\u202e{HEBREW}\u202c",
        f"\u202e\u202d{LURE}\u202c\u202c",
        f"\u202da {LURE}",
    ],
)
def test_only_what_was_turned_is_named(received: str) -> None:
    assert turn_back(received) is None
    assert Evasion.REVERSED not in evasions(received)


def test_what_opens_too_deep_is_ignored() -> None:
    """As the algorithm says: the last override that counts holds."""
    pairs = "\u202d\u202e" * (MAX_DEPTH // 2)
    assert normalise(f"{pairs}\u202dkrow")[0] == "work"
    assert normalise(f"{pairs[:-1]}\u202d\u202ework")[0] == "work"


def test_spans_point_at_the_text_as_received() -> None:
    received = "pay \u202e\u200fkrow\u202c"
    rendered = render(Ad(received))
    at = rendered.text.index("work")
    (place,) = rendered.locate(at, at + 4)
    assert received[place.start : place.end] == "krow"


@pytest.mark.parametrize("version", [2, 3])
def test_earlier_versions_turn_as_they_did(version: int) -> None:
    assert normalise("\u202ekrow\u202c now", version)[0] == "work now"
    assert normalise("\u202e\u200fkrow\u202c now", version)[0] == "krow now"
