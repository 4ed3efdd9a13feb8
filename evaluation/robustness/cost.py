"""What an attack costs the attacker: how much of the text it has to change."""

from models.ad import Ad


def edit_distance(old: str, new: str) -> int:
    """Fewest characters put in, taken out or replaced (Levenshtein 1966), by bit-parallel dynamic
    programming (Myers 1999, in the form of Hyyrö 2003) on integers of any length."""
    if not old:
        return len(new)
    everywhere = (1 << len(old)) - 1
    where: dict[str, int] = {}
    for i, char in enumerate(old):
        where[char] = where.get(char, 0) | 1 << i
    last, distance = 1 << (len(old) - 1), len(old)
    up, down = everywhere, 0  # rows of the current column where the distance rises or falls by one
    for char in new:
        match = where.get(char, 0)
        diagonal = (((match & up) + up) ^ up) | match | down
        rises = down | (everywhere & ~(diagonal | up))
        falls = up & diagonal
        distance += bool(rises & last) - bool(falls & last)
        rises = (rises << 1 | 1) & everywhere
        falls = (falls << 1) & everywhere
        up = falls | (everywhere & ~(diagonal | rises))
        down = rises & diagonal
    return distance


def share_changed(text: str, attacked: Ad) -> float:
    """Characters changed or added for each character of the text; turns count as lines."""
    return edit_distance(text, "\n".join([*attacked.thread, attacked.text])) / max(1, len(text))
