"""A policy file, checked to the last field before it may decide anything."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.calibration import OperatingPoint
from service.policy.errors import Refused, Unreadable, Wrong
from service.policy.model import Policy
from service.policy.parts import threshold_names
from service.policy.source import MAX_BYTES, Loc, Source, dotted, read
from service.policy.wording import words

DEFAULT = Path(__file__).with_name("default.yaml")
"""The policy of a service that names no other."""


def load(path: Path, points: Sequence[OperatingPoint]) -> Policy:
    """The policy in a file, its thresholds resolved against a bundle's operating points.

    Raises :class:`~service.policy.errors.Unreadable` and :class:`~service.policy.errors.Refused`.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
    return parse(content, str(path), points)


def parse(content: bytes, file: str, points: Sequence[OperatingPoint]) -> Policy:
    """The same for the content of a file; ``file`` is what errors call it."""
    source = read(content)
    wrongs = list(source.wrongs)
    if source.data is not None:
        try:
            policy = Policy.model_validate(source.data, context=threshold_names(points))
        except ValidationError as error:
            wrongs += told(error, source)
        else:
            if not wrongs:
                return policy
    raise Refused(file, wrongs)


def told(error: ValidationError, source: Source) -> list[Wrong]:
    """Each error at its line and column; one for each place, since an empty value is told once."""
    places = {(wrong.line, wrong.column) for wrong in source.wrongs}
    found = (located(one, source) for one in error.errors(include_url=False))
    return [wrong for wrong in found if (wrong.line, wrong.column) not in places]


def located(error: ErrorDetails, source: Source) -> Wrong:
    """An error at the value it means; where a field is unknown, at its name; where one is missing,
    at the nearest thing around it that is there."""
    loc: Loc = error["loc"]
    if error["type"] == "policy":
        loc = (*loc, *error["ctx"]["at"])
    if error["type"] == "extra_forbidden":
        return Wrong(*source.keys[loc], dotted(loc), words(error))
    return Wrong(*source.nearest(loc), dotted(loc), words(error))
