"""Whose desk an ad lies on. A reviewer has two: what was claimed over the interface stays theirs
until it is judged or the claim ends; the console puts one ad at a time on the other, and gives it
back when another takes its place."""


def of_console(reviewer: str) -> str:
    """What stands for a reviewer in ``claimed_by`` where the console gave the ad. ``reviewer``: a
    hash."""
    return f"{reviewer}/console"


def of(reviewer: str) -> tuple[str, str]:
    """Both of a reviewer's desks.

    >>> of("5b0c")
    ('5b0c', '5b0c/console')
    """
    return reviewer, of_console(reviewer)
