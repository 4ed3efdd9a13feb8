"""Text that direction controls show in another order than it is stored in, turned back to the order
in which it is read.

Only overrides do that to letters: after U+202E all run from right to left, after U+202D from left
to right. What an embedding or an isolate inside holds is shown as one block, which has its own
order. Which control closes which is that of the Unicode Bidirectional Algorithm (Unicode Standard
Annex 9, rules X1 to X8); which way a run is read, its visible letters say.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import chain, pairwise

from models.alphabets import INVISIBLE

_TO_LEFT, _TO_RIGHT = "\u202e", "\u202d"
_OVERRIDES = (_TO_LEFT, _TO_RIGHT)
_POP, _POP_ISOLATE = "\u202c", "\u2069"
_ISOLATES = "\u2066\u2067\u2068"
CLOSED_BY = dict.fromkeys(f"\u202a\u202b{_TO_LEFT}{_TO_RIGHT}", _POP) | dict.fromkeys(
    _ISOLATES, _POP_ISOLATE
)
"""What opens a run, and what closes it."""

_LEFTWARD = "\u202b\u202e\u2067"
_INVISIBLE = re.compile(INVISIBLE)

MAX_DEPTH = 125
"""Levels after which the algorithm ignores what opens a further one."""


@dataclass(slots=True)
class _Run:
    opener: str
    level: int
    blocks: list[list[int]] = field(default_factory=list)
    """Indices: single ones, and those of what was closed inside."""

    leaning: int = 0
    """Its letters that run from left to right, less those that run the other way."""

    def add(self, at: int, char: str) -> None:
        """A character of the run itself."""
        if _INVISIBLE.match(char):
            return
        self.blocks.append([at])
        if char.isalpha():
            self.leaning += _leaning(char)

    def take(self, inner: "_Run") -> None:
        """A run that ends here; the same override again changes nothing."""
        if inner.opener == self.opener and inner.opener in _OVERRIDES:
            self.blocks += inner.blocks
            self.leaning += inner.leaning
        else:
            self.blocks.append(inner.as_read())

    def as_read(self) -> list[int]:
        """Its indices in the order read: letters against their own way are turned."""
        against = self.leaning >= 0 if self.opener == _TO_LEFT else self.leaning < 0
        turned = self.opener in _OVERRIDES and against
        return list(chain.from_iterable(self.blocks[::-1] if turned else self.blocks))


def _leaning(letter: str) -> int:
    way = unicodedata.bidirectional(letter)
    return 1 if way == "L" else -1 if way in ("R", "AL") else 0


class _Runs:
    """The runs that are open, innermost last, and how many openers too deep are unclosed."""

    def __init__(self) -> None:
        self.open = [_Run("", 0)]
        self.isolates = self.deep_isolates = self.deep_embeddings = 0

    def begin(self, opener: str) -> None:
        """A run opens, unless it is too deep."""
        level = self.open[-1].level
        level += 2 - level % 2 if opener not in _LEFTWARD else 1 + level % 2
        isolate = opener in _ISOLATES
        if level <= MAX_DEPTH and not self.deep_isolates and not self.deep_embeddings:
            self.open.append(_Run(opener, level))
            self.isolates += isolate
        elif isolate:
            self.deep_isolates += 1
        elif not self.deep_isolates:
            self.deep_embeddings += 1

    def pop(self) -> None:
        """The innermost embedding or override ends; an isolate does not by this."""
        if self.deep_isolates:
            return
        if self.deep_embeddings:
            self.deep_embeddings -= 1
        elif len(self.open) > 1 and self.open[-1].opener not in _ISOLATES:
            self._close()

    def pop_isolate(self) -> None:
        """The innermost isolate ends, and whatever is open in it."""
        if self.deep_isolates:
            self.deep_isolates -= 1
        elif self.isolates:
            self.deep_embeddings = 0
            while self.open[-1].opener not in _ISOLATES:
                self._close()
            self._close()
            self.isolates -= 1

    def end(self) -> list[int]:
        """All of it, in the order read."""
        while len(self.open) > 1:
            self._close()
        return self.open[0].as_read()

    def _close(self) -> None:
        inner = self.open.pop()
        self.open[-1].take(inner)


def turn_back(received: str) -> list[int] | None:
    """Indices of the visible characters of ``received`` in the order in which they are read;
    ``None`` where that is the order they are stored in.

    >>> "".join("\u202ekrow\u202c now"[i] for i in turn_back("\u202ekrow\u202c now") or ())
    'work now'
    """
    if _TO_LEFT not in received and _TO_RIGHT not in received:
        return None
    order: list[int] = []
    runs = _Runs()
    for i, char in enumerate(received):
        if char in CLOSED_BY:
            runs.begin(char)
        elif char == _POP:
            runs.pop()
        elif char == _POP_ISOLATE:
            runs.pop_isolate()
        elif unicodedata.bidirectional(char) == "B":  # the end of a line ends all
            order += [*runs.end(), i]
            runs = _Runs()
        else:
            runs.open[-1].add(i, char)
    order += runs.end()
    return None if all(a < b for a, b in pairwise(order)) else order
