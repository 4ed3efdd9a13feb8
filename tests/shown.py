"""Whether an answer is the one that a document shows.

Numbers with a fraction may differ a little: int8 products are summed in another order on another
processor. ``…`` stands for what is left out: inside a text for any letters, as a line of its own
for any lines, as the last entry of a list for more entries, as a key for more fields.
"""

import json
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

CLOSE = 0.05
"""How far a number may be off, or this share of it."""

MORE = "…"
FRACTION = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?(?![\w.]*\d)")


def differences(form: str, shown: str, given: str) -> list[str]:
    """Where an answer is another than is shown: nothing, where it is the same."""
    if form == "text":
        return list(of_lines(shown.strip().splitlines(), given.strip().splitlines()))
    try:
        answers = documents(given)
    except ValueError:
        return [f"it is no JSON: {given[:500]!r}"]
    return list(of_values("", documents(shown), answers))


def documents(text: str) -> list[Any]:
    """The JSON values of a text, one after the other."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        value, place = decoder.raw_decode(text, place)
        found.append(value)
    return found


def of_values(place: str, shown: Any, given: Any) -> Iterator[str]:
    """The same for JSON; ``place`` is a pointer to it."""
    if shown == MORE:
        return
    if isinstance(shown, dict) and isinstance(given, dict):
        known = {key for key in shown if key != MORE}
        if MORE not in shown and (odd := sorted(set(given) - known)):
            yield f"{place}: also has {odd}"
        for key in sorted(known):
            if key in given:
                yield from of_values(f"{place}/{key}", shown[key], given[key])
            else:
                yield f"{place}: has no {key!r}"
    elif isinstance(shown, list) and isinstance(given, list):
        cut = bool(shown) and shown[-1] == MORE
        wanted = shown[:-1] if cut else shown
        if len(given) < len(wanted) or (len(given) > len(wanted) and not cut):
            yield f"{place}: has {len(given)} entries, not {len(wanted)}"
        for number, (one, other) in enumerate(zip(wanted, given, strict=False)):
            yield from of_values(f"{place}/{number}", one, other)
    elif is_number(shown) and is_number(given) and float in (type(shown), type(given)):
        if not close(shown, given):
            yield f"{place}: {given}, not {shown}"
    elif isinstance(shown, str) and isinstance(given, str):
        if not same_line(shown, given):
            yield f"{place}: {given!r}, not {shown!r}"
    elif type(shown) is not type(given) or shown != given:
        yield f"{place}: {given!r}, not {shown!r}"


def of_lines(shown: list[str], given: list[str]) -> Iterator[str]:
    """The same for lines of text."""
    before, *rest = split(shown)
    if not rest:
        for one, other in zip_longest(before, given):
            if one is None or other is None or not same_line(one, other):
                yield f"{other!r}, not {one!r}"
        return
    start = 0
    for number, part in enumerate([before, *rest]):
        last = number == len(rest)
        places = [len(given) - len(part)] if last else range(start, len(given) + 1)
        places = [0] if number == 0 else places
        for place in places:
            lines = given[place : place + len(part)]
            if place >= start and len(lines) == len(part) and all(map(same_line, part, lines)):
                start = place + len(part)
                break
        else:
            yield f"no lines {part!r} in {given!r}"
            return


def split(lines: list[str]) -> list[list[str]]:
    """Lines between those that stand for any."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if line.strip() == MORE:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def same_line(shown: str, given: str) -> bool:
    """Whether one line is the other, numbers with a fraction nearly."""
    if shown.rstrip() == given.rstrip():
        return True
    pattern, numbers, place = "", [], 0
    for one in FRACTION.finditer(shown):
        pattern += literal(shown[place : one.start()]) + r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)"
        numbers.append(float(one[0]))
        place = one.end()
    found = re.fullmatch(pattern + literal(shown[place:].rstrip()), given.rstrip(), re.DOTALL)
    return found is not None and all(map(close, numbers, map(float, found.groups())))


def literal(text: str) -> str:
    """A pattern for it."""
    return ".*".join(map(re.escape, text.split(MORE)))


def is_number(value: Any) -> bool:
    """Not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def close(shown: float, given: float) -> bool:
    """Near enough."""
    return abs(shown - given) <= max(CLOSE, CLOSE * abs(shown))
