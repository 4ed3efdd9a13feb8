"""Rendering undoes disguise, and every span still points at the text as received."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ad import SCORED_TURNS, Ad
from models.rendering import Located, normalise, render


@pytest.mark.parametrize(
    ("received", "normal"),
    [
        ("plain words", "plain words"),
        ("ｆｒｅｅ ｔｉｃｋｅｔ", "free ticket"),  # full width
        ("𝗳𝗿𝗲𝗲 visa", "free visa"),  # mathematical bold, outside the BMP
        ("vi\u200bsa", "visa"),  # zero-width space
        ("\u202ework\u202c", "work"),  # right-to-left override
        ("pass\u00adport", "passport"),  # soft hyphen
        ("✈\ufe0f now", "✈ now"),  # variation selector
        ("e\u0301te\u0301", "été"),  # combining acute
        ("ｶﾞｲﾄﾞ", "ガイド"),  # half-width voicing marks join the letter before
        ("\u1112\u1161\u11ab", "한"),  # jamo
        ("ﬁn", "fin"),  # one code point, two letters
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian spelling needs
        ("क्\u200dष", "क्\u200dष"),  # and Hindi's
        ("job\u200cs", "jobs"),  # the same joiner hiding in a Latin word
        ("👩\u200d🔧 wanted", "👩🔧 wanted"),  # an emoji sequence falls into its parts
        ("a\ud800b", "a\ufffdb"),  # a lone surrogate
        ("", ""),
    ],
)
def test_normal_form(received: str, normal: str) -> None:
    assert normalise(received)[0] == normal


def test_span_covers_what_hid_between() -> None:
    received = "get a fr\u200bee\u200b ticket"
    text = render(Ad(received)).text
    start = text.index("free")
    (place,) = render(Ad(received)).locate(start, start + 4)
    assert received[place.start : place.end] == "fr\u200bee"


def test_astral_characters_count_one() -> None:
    received = "🛫🛬 𝗳𝗹𝘆 now"
    rendered = render(Ad(received))
    start = rendered.text.index("fly")
    assert rendered.locate(start, start + 3) == [Located("text", 3, 6)]


def test_fields_and_their_order() -> None:
    ad = Ad("the text", title="the title", thread=("first", "second"))
    rendered = render(ad)
    assert rendered.text == "the title\nfirst\nsecond\nthe text"
    across = rendered.locate(0, len(rendered.text))
    assert [place.field for place in across] == ["title", "thread/0", "thread/1", "text"]


def test_only_the_last_turns_are_read() -> None:
    ad = Ad("end", thread=tuple(f"turn {i}" for i in range(SCORED_TURNS + 5)))
    rendered = render(ad)
    assert "turn 4\n" not in rendered.text
    assert rendered.locate(0, 3)[0].field == "thread/5", "counted in the thread as received"


TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from("\u200b\u200c\u200d\u202e\u00ad\ufe0f\u0301\u3099ｶﾞ한각가ﬁ½👩🔧ﷺำ\u0f73"),
    ),
    max_size=60,
)


@given(TEXT)
def test_spans_lie_inside_and_in_order(received: str) -> None:
    rendered = render(Ad(received))
    last = 0
    for i in range(len(rendered.text)):
        (place,) = rendered.locate(i, i + 1)
        assert 0 <= place.start < place.end <= len(received)
        assert place.start >= last or received[place.start : place.end]
        last = max(last, place.start)


@given(TEXT)
def test_each_source_span_gives_its_character(received: str) -> None:
    """What is pointed at, normalised by itself, holds the character it is said to have become."""
    rendered = render(Ad(received))
    for i, char in enumerate(rendered.text):
        (place,) = rendered.locate(i, i + 1)
        source = normalise(received[place.start : place.end])[0]
        joiner = char in "\u200c\u200d"  # kept only between its letters
        assert joiner or char in source


@given(TEXT)
def test_clusters_join_to_the_normal_form_of_the_whole(received: str) -> None:
    normal = render(Ad(received)).text
    assert unicodedata.normalize("NFKC", normal) == normal


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_rendering_again_changes_nothing(received: str) -> None:
    once = normalise(received)[0]
    assert normalise(once)[0] == once


@given(TEXT)
def test_anything_can_be_encoded_after(received: str) -> None:
    render(Ad(received)).text.encode("utf-8")
