"""What stands in a score log for an ad that has no score."""


def is_unscored(given: object) -> bool:
    """Whether a line's JSON is what is answered in place of a result, or one without a score.

    >>> is_unscored({"line": 3, "error": "text: nothing to read"}), is_unscored({"score": 0.5})
    (True, False)
    """
    return isinstance(given, dict) and given.get("score") is None and bool(given.get("error"))
