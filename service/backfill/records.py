"""Records of CSV and TSV; where one is broken, reading goes on at the line after its first.

A quote that opens a cell and is not closed reaches over all that follows, however many ads that
are: only of its first line is it known that it is no row.
"""

import csv
from collections import deque

from service.backfill.lines import MAX_LINE_BYTES, Lines, TooLong
from service.backfill.source import Form


class NoRecord(Exception):
    """A line that is no record. It was passed over; what follows it can be read."""

    def __init__(self, reason: str, after: int) -> None:
        """``after``: lines after it that were taken for a part of it."""
        more = f"; lines after it that are read as rows of their own: {after}"
        super().__init__(reason + (more if after else ""))
        self.reason = reason


class Records:
    """An iterator that goes on after it raised :class:`NoRecord`, which no generator does. CSV is
    read as RFC 4180 has it, strictly; in TSV a quote is a character like others, and no cell holds
    a tab or a line feed (https://www.iana.org/assignments/media-types/text/tab-separated-values).
    Bytes that are not UTF-8 become lone surrogates, which no ad may hold."""

    def __init__(self, lines: Lines, form: Form) -> None:
        csv.field_size_limit(MAX_LINE_BYTES)  # of the process; who reads no files does not meet it
        self._texts = Texts(lines)
        self._reader = csv.reader(
            self._texts, delimiter="," if form == "csv" else "\t", strict=True,
            quoting=csv.QUOTE_NONE if form == "tsv" else csv.QUOTE_MINIMAL,
        )  # fmt: skip

    def __iter__(self) -> "Records":
        return self

    def __next__(self) -> list[str]:
        self._texts.begin()
        try:
            return next(self._reader)
        except (TooLong, csv.Error) as error:
            raise NoRecord(str(error), self._texts.back()) from None

    @property
    def lines(self) -> int:
        """Of the record that was read last."""
        return self._texts.count

    @property
    def offset(self) -> int:
        """Where the next record begins, in bytes."""
        return self._texts.offset


class Texts:
    """Lines as text, one for one; those of a record that is none are given again."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._given: list[bytes | int] = []
        """Of this record; of a line that is too long, how many bytes it has."""

        self._again: deque[bytes | int] = deque()
        self._bytes = 0
        """Of what was given."""

    def __iter__(self) -> "Texts":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next()
        self._given.append(line)
        self._bytes += size(line)
        if len(self._given) > 1 and self._bytes > MAX_LINE_BYTES:
            raise csv.Error(f"a quote opens and does not close within {MAX_LINE_BYTES} bytes")
        if isinstance(line, int):
            raise TooLong
        return line.decode("utf-8", "surrogateescape")

    def _next(self) -> bytes | int:
        before = self._lines.offset
        try:
            return next(self._lines)
        except TooLong:
            return self._lines.offset - before

    def begin(self) -> None:
        """What was given was a record; another one begins."""
        self._given.clear()
        self._bytes = 0

    def back(self) -> int:
        """It was none: all but its first line is given again. How many lines that are."""
        self._again.extendleft(reversed(self._given[1:]))
        return len(self._given) - 1

    @property
    def count(self) -> int:
        """How many were given since the record began."""
        return len(self._given)

    @property
    def offset(self) -> int:
        """Where the line begins that is given next, in bytes."""
        return self._lines.offset - sum(map(size, self._again))


def size(line: bytes | int) -> int:
    """In bytes."""
    return line if isinstance(line, int) else len(line)
