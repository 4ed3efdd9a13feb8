"""A lure or an honest ad among other honest text: what stands around an offer does not change what
it is.

The score of a text is a mean over its tokens, so that honest text around a lure thins it out. A fit
that has seen lures among honest text, and honest ads among honest text, reads the offer for what it
is (measured by the attacks *padding*, *inside an honest ad* and *among chat turns*).
"""

import random
import re
from collections.abc import Sequence
from typing import Any

from models.labels import Kind
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

Companies = dict[str, list[str]]
"""Honest texts by language and script, region left out."""


def companies_of(rows: Sequence[dict[str, Any]]) -> Companies:
    """Honest ads and everyday texts among prepared rows."""
    found: Companies = {}
    for row in rows:
        if row["kind"] in COMPANY:
            found.setdefault(spoken(row["language"]), []).append(row["text"])
    return found


def padded(row: dict[str, Any], companies: Companies, rng: random.Random) -> dict[str, Any]:
    """A short lure or honest ad, four times out of five, among honest text, its spans carried
    along; any other row as it is. ``whole`` tells the augmentation not to crop it: a part may be
    the company alone."""
    known = companies.get(spoken(row["language"]), [])
    room = room_for(row["text"])
    most = room - len(row["text"])
    if row["kind"] not in (Kind.LURE, Kind.RECRUITMENT) or not known or most < LEAST_COMPANY * room:
        return row
    if rng.random() >= MOST:
        return row
    way = rng.choice((before, after, around, between))
    return way(row, company_of(known, rng.randint(most // 4, most), rng), rng) | {"whole": True}


def room_for(text: str) -> int:
    """Characters that it and its company may have together."""
    return DENSE_ROOM if len(DENSE.findall(text)) > len(text) / 4 else ROOM


def company_of(known: Sequence[str], length: int, rng: random.Random) -> str:
    """Parts of honest texts, of about so many characters together and no more."""
    found = ""
    while len(found) < 0.7 * length:
        gap_before = gap(rng) if found else ""
        part = part_of(rng.choice(known), length - len(found) - len(gap_before), rng)
        if not part.strip():
            break
        found += gap_before + part
    return found


def part_of(text: str, length: int, rng: random.Random) -> str:
    """A run of sentences of at most ``length`` characters."""
    if len(text) <= length:
        return text
    starts = [m.start() for m in LINE_OR_SENTENCE.finditer(text)] or [0]
    start = rng.choice([one for one in starts if one <= len(text) - length // 2] or [0])
    return text[start : start + max(0, length)]


def before(row: dict[str, Any], company: str, rng: random.Random) -> dict[str, Any]:
    """The company first."""
    return moved(row, [(0, company + gap(rng))])


def after(row: dict[str, Any], company: str, rng: random.Random) -> dict[str, Any]:
    """The company last."""
    return moved(row, [(len(row["text"]), gap(rng) + company)])


def around(row: dict[str, Any], company: str, rng: random.Random) -> dict[str, Any]:
    """The company on both sides."""
    parts = sentences(company)
    half = rng.randint(0, len(parts))
    first, last = "".join(parts[:half]), "".join(parts[half:])
    return moved(row, [(0, first + gap(rng)), (len(row["text"]), gap(rng) + last)])


def between(row: dict[str, Any], company: str, rng: random.Random) -> dict[str, Any]:
    """Sentences or turns of the one between those of the other."""
    ends = [m.end() for m in LINE_OR_SENTENCE.finditer(row["text"])][:-1]
    parts = [part.strip() for part in sentences(company) if part.strip()]
    if not ends or not parts:
        return after(row, company, rng)
    places = sorted(rng.choices(ends, k=min(len(parts), 4)))
    chosen = parts[: len(places)]
    return moved(row, [(at, f"\n{part}\n") for at, part in zip(places, chosen, strict=True)])


def sentences(text: str) -> list[str]:
    """Of which the text is made, nothing lost."""
    return LINE_OR_SENTENCE.findall(text) or [text]


def gap(rng: random.Random) -> str:
    """What parts two texts: a line, an empty line, a space."""
    return rng.choice(("\n", "\n\n", " "))


def moved(row: dict[str, Any], inserts: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """The row with texts put in at positions of its text, in order; spans follow their words, and
    one that an insert would part is cut off before it."""
    text, out, last = row["text"], [], 0
    for at, words in inserts:
        out += [text[last:at], words]
        last = at
    out.append(text[last:])
    spans = None
    if row["spans"] is not None:
        spans = []
        for span in row["spans"]:
            shift = sum(len(words) for at, words in inserts if at <= span["start"])
            cut = min(
                [at for at, _ in inserts if span["start"] < at < span["end"]] or [span["end"]]
            )
            spans.append(span | {"start": span["start"] + shift, "end": cut + shift})
    return row | {"text": "".join(out), "spans": spans}
