"""Positions in UTF-16 code units, as JavaScript and Java count."""


def units(text: str, position: int) -> int:
    """The same position, from code points.

    >>> units("🛫 a", 2)
    3
    """
    return position + sum(char > "\uffff" for char in text[:position])
