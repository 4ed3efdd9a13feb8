"""Where a page of a list ends, as callers give it back: all that the order goes by, so that the
next page is right though the last entry of this one is gone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

PLACE = re.compile(r"([0-9]{1,8})\.([0-9]{1,16})\.((?:ad|txt)_[0-9a-f]{32})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[int, datetime, str]
"""Rank (0 where there is none), moment, id."""


def parse(after: str) -> Place:
    """From the ``after`` of a page."""
    form = PLACE.fullmatch(after)
    if form is None:
        raise PydanticCustomError("not_after", "give the `after` of a page as it came")
    return int(form[1]), EPOCH + timedelta(microseconds=int(form[2])), form[3]


def text_of(place: Place) -> str:
    """The ``after`` of a page.

    >>> text_of(parse("9812345.1796000000000001.ad_0123456789abcdef0123456789abcdef"))
    '9812345.1796000000000001.ad_0123456789abcdef0123456789abcdef'
    """
    rank, moment, name = place
    return f"{rank}.{(moment - EPOCH) // timedelta(microseconds=1)}.{name}"


def checked(after: str) -> str:
    """The same text, if it is one."""
    parse(after)
    return after


After = Annotated[str, AfterValidator(checked)]
