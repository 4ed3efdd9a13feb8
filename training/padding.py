"""A lure or an honest ad among other honest text: what stands around an offer does not change what
it is.

The score of a text is a mean over its tokens, so that honest text around a lure thins it out. A fit
that has seen lures among honest text, and honest ads among honest text, reads the offer for what it
is (measured by the attacks *padding*, *inside an honest ad* and *among chat turns*).
"""

import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from models.labels import Kind
from training.corpus.row import spans_in
from training.edits import Example, cut, joined
from training.quoting import spoken

ROOM, DENSE_ROOM = 1000, 360
"""Characters of an offer and its company, which must fit a training window; in Han and Kana a
character is most of a token."""

LEAST_COMPANY = 0.3
"""Of the room: an offer that leaves less is given none."""

MOST = 0.8
DENSE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")
COMPANY = (Kind.RECRUITMENT, Kind.OTHER)
LINE_OR_SENTENCE = re.compile(r"[^.!?。！？।။။\n]+[.!?。！？।။။\n]*\s*")


@dataclass(frozen=True, slots=True)
class Known:
    """Honest texts of one language and script."""

    every: list[Example]
    marked: list[Example]
    """Those of them that somebody marked: an honest ad shows indicators too, and what stands beside
    a marked text without its marks would teach that it shows none."""


Companies = dict[str, Known]
"""By language and script, region left out."""


def companies_of(rows: Sequence[dict[str, Any]]) -> Companies:
    """Honest ads and everyday texts among prepared rows."""
    found: Companies = {}
    for row in rows:
        if row["kind"] in COMPANY:
            known = found.setdefault(spoken(row["language"]), Known([], []))
            example = Example(row["text"], spans_in(row))
            known.every.append(example)
            if example.spans is not None:
                known.marked.append(example)
    return found


def padded(row: dict[str, Any], companies: Companies, rng: random.Random) -> dict[str, Any]:
    """A short lure or honest ad, four times out of five, among honest text, its spans and those of
    its company carried along; any other row as it is. A marked row has marked company where its
    language has any, and else counts as unmarked. ``whole`` tells the augmentation not to crop it:
    a part may be the company alone."""
    known = companies.get(spoken(row["language"]))
    room = room_for(row["text"])
    most = room - len(row["text"])
    if row["kind"] not in (Kind.LURE, Kind.RECRUITMENT) or not known or most < LEAST_COMPANY * room:
        return row
    if rng.random() >= MOST:
        return row
    way = rng.choice((before, after, around, between))
    chosen = known.every if row["spans"] is None else known.marked or known.every
    return way(row, company_of(chosen, rng.randint(most // 4, most), rng), rng) | {"whole": True}


def room_for(text: str) -> int:
    """Characters that it and its company may have together."""
    return DENSE_ROOM if len(DENSE.findall(text)) > len(text) / 4 else ROOM


def company_of(known: Sequence[Example], length: int, rng: random.Random) -> Example:
    """Parts of honest texts, of about so many characters together and no more."""
    found: list[Example] = []
    size = 0
    while size < 0.7 * length:
        between = plain(gap(rng) if found else "")
        part = part_of(rng.choice(known), length - size - len(between.text), rng)
        if not part.text.strip():
            break
        found += [between, part]
        size += len(between.text) + len(part.text)
    return joined(found)


def plain(text: str) -> Example:
    """Words that show no indicator."""
    return Example(text, ())


def part_of(text: Example, length: int, rng: random.Random) -> Example:
    """A run of sentences of at most ``length`` characters."""
    if len(text.text) <= length:
        return text
    starts = [m.start() for m in LINE_OR_SENTENCE.finditer(text.text)] or [0]
    start = rng.choice([one for one in starts if one <= len(text.text) - length // 2] or [0])
    return cut(text, start, start + max(0, length))


def before(row: dict[str, Any], company: Example, rng: random.Random) -> dict[str, Any]:
    """The company first."""
    return moved(row, [(0, joined([company, plain(gap(rng))]))])


def after(row: dict[str, Any], company: Example, rng: random.Random) -> dict[str, Any]:
    """The company last."""
    return moved(row, [(len(row["text"]), joined([plain(gap(rng)), company]))])


def around(row: dict[str, Any], company: Example, rng: random.Random) -> dict[str, Any]:
    """The company on both sides."""
    parts = sentences(company)
    half = rng.randint(0, len(parts))
    first = joined([*parts[:half], plain(gap(rng))])
    last = joined([plain(gap(rng)), *parts[half:]])
    return moved(row, [(0, first), (len(row["text"]), last)])


def between(row: dict[str, Any], company: Example, rng: random.Random) -> dict[str, Any]:
    """Sentences or turns of the one between those of the other."""
    ends = [m.end() for m in LINE_OR_SENTENCE.finditer(row["text"])][:-1]
    parts = [bare for part in sentences(company) if (bare := stripped(part)).text]
    if not ends or not parts:
        return after(row, company, rng)
    places = sorted(rng.choices(ends, k=min(len(parts), 4)))
    line = plain("\n")
    chosen = [joined([line, part, line]) for part in parts[: len(places)]]
    return moved(row, list(zip(places, chosen, strict=True)))


def sentences(text: Example) -> list[Example]:
    """Of which the text is made, nothing lost."""
    found = [cut(text, *m.span()) for m in LINE_OR_SENTENCE.finditer(text.text)]
    return found or [text]


def stripped(text: Example) -> Example:
    """Without white space at its ends."""
    start = len(text.text) - len(text.text.lstrip())
    return cut(text, start, max(start, len(text.text.rstrip())))


def gap(rng: random.Random) -> str:
    """What parts two texts: a line, an empty line, a space."""
    return rng.choice(("\n", "\n\n", " "))


def moved(row: dict[str, Any], inserts: Sequence[tuple[int, Example]]) -> dict[str, Any]:
    """The row with texts put in at positions of its text, in order; spans follow their words, and
    one that an insert parts is two. Where nobody marked what is put in, the whole counts as
    unmarked."""
    own = Example(row["text"], spans_in(row))
    ends = [at for at, _ in inserts]
    pieces: list[Example] = []
    for (at, words), last in zip(inserts, [0, *ends], strict=False):
        pieces += [cut(own, last, at), words]
    whole = joined([*pieces, cut(own, ends[-1] if ends else 0, len(own.text))])
    spans = None if whole.spans is None else [asdict(span) for span in whole.spans]
    return row | {"text": whole.text, "spans": spans}
