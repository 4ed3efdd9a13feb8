"""Lines that are kept: read back as they were written, and nothing of what a kill cut short."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import journal

LINES = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))


@given(LINES, st.binary(max_size=9).filter(lambda rest: b"\n" not in rest))
def test_lines_read_back_whatever_they_hold(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], cut_short: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "kept.jsonl"
    assert journal.lines(path) == []
    for line in lines:
        journal.append(path, line)
    assert journal.lines(path) == lines
    with path.open("ab") as stream:
        stream.write(cut_short)
    assert journal.lines(path) == lines
    journal.append(path, "next")
    assert journal.lines(path) == [*lines, "next"]


def test_what_ends_a_line_for_unicode_ends_none_here(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    for line in ("a\u2028b", "c\x85d\r", "e"):
        journal.append(path, line)
    assert journal.lines(path) == ["a\u2028b", "c\x85d\r", "e"]
