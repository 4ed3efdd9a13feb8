"""The written corpus keeps its own rules."""

import re
from collections import Counter
from dataclasses import asdict
from operator import itemgetter

import pytest

from models.labels import HARMS, INDICATORS, KINDS, Kind
from training.corpus.card import CARD, current
from training.corpus.marks import mark, unmark
from training.corpus.row import PLACEHOLDERS
from training.corpus.store import check, file_of
from training.near_duplicates import join_groups

ROWS, WRONG = check()


def test_no_row_is_wrong() -> None:
    assert WRONG == []


def test_every_label_is_taught() -> None:
    assert {row.kind for row in ROWS} == set(KINDS)
    assert {harm for row in ROWS for harm in row.harms or ()} == set(HARMS)
    assert {span.indicator for row in ROWS for span in row.spans or ()} == set(INDICATORS)


def test_size_and_languages() -> None:
    """What the project promises: eight thousand texts, two hundred in each of thirty languages."""
    files = Counter(file_of(row.language) for row in ROWS)
    assert len(ROWS) >= 8000
    assert len([name for name, texts in files.items() if texts >= 200]) >= 30, files


def test_card_is_current() -> None:
    assert CARD.read_text("utf-8") == current(ROWS), "run: python -m training corpus card"


def test_no_real_contact_can_stand_in_it() -> None:
    contact = re.compile(r"https?://|www\.|t\.me/|wa\.me/|[\w.]+@\w+\.\w|\+\d[\d\s-]{8,}\d")
    assert [row.id for row in ROWS if contact.search(row.text)] == []


def test_placeholders_are_known() -> None:
    found = Counter(name for row in ROWS for name in re.findall(r"<(\w+)>", row.text))
    assert set(found) <= set(PLACEHOLDERS)


def test_near_duplicates_are_few_and_never_cross_groups() -> None:
    joined = join_groups([row.text for row in ROWS], [row.group for row in ROWS])
    apart = [row.id for row, group in zip(ROWS, joined, strict=True) if row.group != group]
    assert len(apart) <= len(ROWS) * 0.005, apart


def test_marks_can_be_put_back() -> None:
    for row in ROWS:
        spans = [asdict(span) for span in row.spans or ()]
        text, again = unmark(mark(row.text, spans))
        assert text == row.text
        key = itemgetter("start", "end", "indicator")
        assert sorted(again, key=key) == sorted(spans, key=key)


@pytest.mark.parametrize("kind", [Kind.LURE, Kind.RECRUITMENT])
def test_marks_are_short(kind: Kind) -> None:
    long = [
        row.id
        for row in ROWS
        for span in row.spans or ()
        if row.kind == kind and span.end - span.start > 160
    ]
    assert long == []
