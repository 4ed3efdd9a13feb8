"""Floors that every new bundle must keep: a figure of a slice, with the date and bundle it was set
from. What is missing fails; nothing is passed in silence."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.bundle import SEALED, Manifest
from models.text_sets import SETS

PARTS = ("fairness", "robustness", "search attack")
"""Parts of an answer beside its sets. A floor of one is named by the keys that lead to its figure,
and the part is measured where a floor asks for it."""

BETWEEN = " / "
"""Between the keys of a floor's slice and figure, in a part."""

FLOORS = Path(__file__).parent / "floors.toml"
WRITTEN_CORPUS = Path(__file__).parents[1] / "training" / "corpus" / "written"
"""What a bundle is judged on where no file is named: the groups of it that it was not fitted on."""


class WrongFloor(Exception):
    """A file of floors that cannot be read, or a floor that nothing was measured for."""


class Floor(BaseModel):
    """One floor, or one ceiling."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    set: str
    """``collected``, ``written or generated`` or ``manner misleads``; or one of :data:`PARTS`."""

    slice: str = "all"
    """``all``, or ``dimension=value`` such as ``language=th``. In a part the keys down to the
    figure, such as ``swaps / gender / in place / lure`` or
    ``attacks / typos / strengths / 0.5 / recall / 0.05``."""

    figure: str
    """As the measured answer names it, such as ``area under ROC``; in a part ``mean change``,
    ``flips / balanced`` or ``after``."""

    at_least: float | None = Field(default=None, allow_inf_nan=False)
    at_most: float | None = Field(default=None, allow_inf_nan=False)

    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """When it was set."""

    bundle: str
    """The bundle it was set from."""

    n: int = Field(gt=0)
    """Texts it was measured on then."""

    @model_validator(mode="after")
    def one_bound(self) -> "Floor":
        """Exactly one of the two."""
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most, and not both")
        return self

    @model_validator(mode="after")
    def known_set(self) -> "Floor":
        """One that something can be measured of: a floor of any other would never be judged."""
        if self.set not in (*SETS, *PARTS):
            raise ValueError(f"set {self.set!r} is none of {', '.join((*SETS, *PARTS))}")
        return self

    def __str__(self) -> str:
        bound = f"at least {self.at_least}" if self.at_most is None else f"at most {self.at_most}"
        where = f"{self.set}, {self.slice}, {self.figure}"
        return f"{where}: {bound} (set {self.date} from {self.bundle}, {self.n} texts)"


class Floors(BaseModel):
    """A file of floors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor: tuple[Floor, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was measured against one floor."""

    floor: Floor
    value: float | None
    problem: Literal["", "broken", "missing"]

    def __str__(self) -> str:
        if self.problem == "missing":
            return f"MISSING  {self.floor}: nothing was measured"
        mark = "BROKEN  " if self.problem else "kept    "
        return f"{mark} {self.floor}: {self.value:.4f}"


def load(path: Path = FLOORS) -> Floors:
    """Raises :class:`WrongFloor` naming the place in the file."""
    try:
        return Floors.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise WrongFloor(f"{path} does not exist; a gate without floors would pass all") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongFloor(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise WrongFloor(f"{path}: {place}: {first['msg']}") from None


def judge(floors: Floors, measured: Mapping[str, Any], sets: tuple[str, ...]) -> list[Verdict]:
    """A verdict on each floor of the named sets. A set that has no floor is an error."""
    without = [name for name in sets if all(floor.set != name for floor in floors.floor)]
    if without:
        raise WrongFloor(f"no floor is set for {', '.join(without)}")
    return [verdict(floor, measured) for floor in floors.floor if floor.set in sets]


def unfaithful(manifest: Manifest) -> str | None:
    """What to say of a bundle whose export found that int8 moves scores further than it allows, or
    that does not say how far; ``None`` of any other. Thresholds of such a one mean little."""
    int8 = manifest.figures.get("int8") or {}
    moved, allowed = int8.get("score_change_p99"), int8.get("score_change_p99_allowed")
    if moved is None:
        # Bundles before their manifest was sealed whole pass as they always did.
        exempt = manifest.format not in SEALED or not manifest.precision.startswith("int8")
        return None if exempt else "int8 was not measured: nothing says how far it moves scores"
    if allowed is None or moved <= allowed:
        return None
    return (
        f"int8 moves scores by {moved:.3f} at the 99th percentile of "
        f"{int8['texts']:,} texts, {allowed:g} is allowed: what was fitted is not what would serve"
    )


def verdict(floor: Floor, measured: Mapping[str, Any]) -> Verdict:
    """Whether the measured figure keeps to the floor."""
    value = value_of(floor, measured)
    if value is None:
        return Verdict(floor, None, "missing")
    low = floor.at_least is not None and value < floor.at_least
    high = floor.at_most is not None and value > floor.at_most
    return Verdict(floor, value, "broken" if low or high else "")


def value_of(floor: Floor, measured: Mapping[str, Any]) -> float | None:
    """The figure that a floor speaks of; ``None`` where it was not measured, or on too few."""
    if floor.set in PARTS:
        return at(
            measured.get(floor.set), [*floor.slice.split(BETWEEN), *floor.figure.split(BETWEEN)]
        )
    found: Any = measured["sets"].get(floor.set, {})
    if floor.slice == "all":
        found = found.get("all", {})
    else:
        dimension, _, value = floor.slice.partition("=")
        found = found.get("slices", {}).get(dimension, {}).get(value, {})
    return at(found, [floor.figure])


def at(found: Any, keys: Sequence[str]) -> float | None:
    """The number, or the value of the figure, that the keys lead to; ``None`` where there is
    none, or one that is beside every floor (NaN). ``all`` leads nowhere further."""
    for key in keys:
        if key != "all":
            found = found.get(key) if isinstance(found, Mapping) else None
    if isinstance(found, Mapping):
        found = found.get("value")
    return float(found) if isinstance(found, int | float) and isfinite(found) else None


def asked_parts(floors: Floors, of: Sequence[str] = PARTS) -> tuple[str, ...]:
    """The parts that a floor asks for."""
    return tuple(part for part in of if any(floor.set == part for floor in floors.floor))


def not_judged(floors: Floors, sets: Sequence[str]) -> str:
    """How many floors of which other sets are left, and why; empty where none is."""
    names = dict.fromkeys(floor.set for floor in floors.floor if floor.set not in sets)
    if not names:
        return ""
    counts = {name: sum(floor.set == name for floor in floors.floor) for name in names}
    told = ", ".join(f"{n} of {name}" for name, n in counts.items())
    return (
        f"{sum(counts.values())} of {len(floors.floor)} floors not judged, since their texts were "
        f"not asked for: {told}. Name files that hold such texts, or give --set or --result"
    )
