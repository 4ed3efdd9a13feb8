"""What is read of words that are longer than the engine takes. Padding goes first; of what is still
too long head and tail stay, so that neither end hides the other. What fits is left as it is: its
disguises count."""

import re
from collections.abc import Iterable, Sequence

from models.ad import MAX_TEXT_CHARS, MAX_TITLE_CHARS
from models.alphabets import INVISIBLE
from models.direction import CLOSED_BY, MAX_DEPTH

TURNS = "".join(dict.fromkeys([*CLOSED_BY, *CLOSED_BY.values()]))
"""Controls that show words in another order than they are stored in. They stay, for without them
the engine would not read what is shown."""

UNSEEN = re.compile(f"{INVISIBLE}(?<![{TURNS}])")
GAP = re.compile(f"[\\s\u200c\u200d{TURNS}]{{6,}}")
"""Blanks, joiners and turns between words: more than any layout needs."""

EDGE = 2
"""Characters of a gap that stay at each of its ends."""

LEAST_SHARE = 100
"""Characters that are left of each of many pieces, however many there are."""


def shortened(text: str, most: int = MAX_TEXT_CHARS) -> str:
    """The same where it fits; else without padding, and of what is still longer than ``most`` the
    first and the last half: of 20,000 characters 10,000, a line break and 9,999.

    >>> shortened("Apply " + "\\u200b" * 50 + "here", 20)
    'Apply here'
    >>> shortened("0123456789", 7)
    '012\\n789'
    """
    return "\n".join(ends(text, most))


def ends(text: str, most: int) -> Sequence[str]:
    """The text itself, or its first and its last part; see :func:`shortened`."""
    if len(text) <= most or len(text := unpadded(text)) <= most:
        return (text,)
    tail = (most - 1) // 2
    return text[: most - 1 - tail], text[len(text) - tail :]


def unpadded(text: str) -> str:
    """Without invisible characters, and with short gaps.

    >>> unpadded("vi\\u200bsa" + " " * 99 + "free")
    'visa     free'
    """
    return GAP.sub(closer, UNSEEN.sub("", text))


def closer(gap: re.Match[str]) -> str:
    """The ends of a gap, and one of the blanks between them: words and lines stay apart. So do the
    turns that reach beyond it."""
    inner = gap[0][EDGE:-EDGE]
    lines = len(f"{inner}.".splitlines()) > 1
    blank = "\n" if lines else " " if re.search(r"\s", inner) else ""
    return f"{gap[0][:EDGE]}{reaching(inner)}{blank}{gap[0][-EDGE:]}"


def reaching(gap: str) -> str:
    """The turns in a gap without those that end in it, :data:`~models.direction.MAX_DEPTH`
    of each kind at most.

    >>> reaching("\u202c \u202e \u202c \u202e") == "\u202c\u202e"
    True
    """
    ending, begun = list[str](), list[str]()
    for one in filter(TURNS.__contains__, gap):
        if one in CLOSED_BY:
            begun.append(one)
        elif begun and CLOSED_BY[begun[-1]] == one:
            begun.pop()
        else:
            ending.append(one)
    return "".join([*ending[:MAX_DEPTH], *begun[-MAX_DEPTH:]])


def together(pieces: Iterable[str]) -> str:
    """Those that say something, a line each. Where that is too long they are without padding, and
    the longest shortened to the same length, so that none hides another."""
    said = [one for one in pieces if one]
    joined = "\n".join(said)
    if len(joined) <= MAX_TEXT_CHARS:
        return joined
    said = [short for one in said if (short := unpadded(one))]
    most = max(LEAST_SHARE, share([len(one) + 1 for one in said], MAX_TEXT_CHARS + 1) - 1)
    return "\n".join(shortened(one, most) for one in said)


def share(lengths: Sequence[int], room: int) -> int:
    """The most that each may take so that all fit.

    >>> share([1, 9, 9], 11)
    5
    """
    for left, length in zip(range(len(lengths), 0, -1), sorted(lengths), strict=True):
        if length * left > room:
            return room // left
        room -= length
    return max(lengths, default=0)


def headed(title: str, text: str) -> tuple[str, str]:
    """A title that fits, and the text: what is beyond the title goes in front of it, 5,000
    characters at most. The end of the text, where its links stand, is as it was."""
    if len(title) <= MAX_TITLE_CHARS:
        return title, text
    title = unpadded(title).strip()
    if len(title) <= MAX_TITLE_CHARS:
        return title, text
    end = title.rfind(" ", 1, MAX_TITLE_CHARS + 1)
    end = end if end > 0 else MAX_TITLE_CHARS
    rest = shortened(title[end:].strip(), MAX_TEXT_CHARS // 4)
    return title[:end], f"{rest}\n{text}" if text else rest
