"""Words are marked in their own text, whole, and nothing in the text moves or hides anything."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.marking import HIDDEN, MAX_WIDENED, Mark, pieces, shown, whole

MARKS = st.lists(
    st.builds(Mark, st.integers(-3, 30), st.integers(-3, 40), st.integers(0, 3)), max_size=6
)


@given(st.text(max_size=30), MARKS)
def test_pieces_are_the_whole_text_in_order(text: str, marks: list[Mark]) -> None:
    found = pieces(text, marks)
    assert "".join(one.text for one in found) == shown(text)
    assert len(shown(text)) == len(text)


@given(st.text(max_size=30), MARKS)
def test_every_sign_with_words_is_named_at_its_end(text: str, marks: list[Mark]) -> None:
    wide = {
        one.number
        for one in marks
        if one.number and text[max(0, one.start) : max(0, one.end)].strip()
    }
    assert {number for one in pieces(text, marks) for number in one.ends} == wide
    assert all(one.marked for one in pieces(text, marks) if one.ends)


@pytest.mark.parametrize(
    ("text", "start", "end", "marked"),
    [
        ("pay the fee", 4, 6, "the"),
        ("pay the fee", 3, 8, "the"),  # no space at the ends
        ("وجواز السفر عند", 3, 7, "وجواز السفر"),
        ("အကူအညီ", 1, 2, "ကူ"),  # a letter keeps its vowel sign; the word has no spaces around it
        ("柬埔寨客服", 3, 5, "客服"),
        ("x" * 200, 100, 101, "x" * (2 * MAX_WIDENED + 1)),
    ],
)
def test_a_mark_cuts_no_word(text: str, start: int, end: int, marked: str) -> None:
    one = whole(text, Mark(start, end, 1))
    assert text[one.start : one.end] == marked


def test_marks_may_overlap() -> None:
    found = pieces("one two three", [Mark(0, 7, 1), Mark(4, 13, 2)])
    assert [(one.text, one.marked, one.ends) for one in found] == [
        ("one ", True, ()), ("two", True, (1,)), (" three", True, (2,)),
    ]  # fmt: skip


@given(st.text())
def test_no_control_that_reorders_or_hides_is_left(text: str) -> None:
    left = shown(text)
    assert not any(unicodedata.bidirectional(c) in BIDIRECTIONAL for c in left)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n" for c in left)


BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_an_override_is_seen_and_joiners_stay() -> None:
    assert shown("a\u202eb") == f"a{HIDDEN}b"
    assert shown("می\u200cخواهم") == "می\u200cخواهم"
