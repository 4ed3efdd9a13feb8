"""Scores from which a decision is taken, by platform and surface."""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise, product
from typing import Any, NamedTuple, Self

from pydantic import model_validator

from models.ad import Platform, Surface
from service.policy.decisions import Decision
from service.policy.parts import NEVER, Part, Threshold, wrong

Context = tuple[Platform | None, Surface | None]
"""Where an ad was seen; ``None`` where that is not known."""

CONTEXTS: tuple[Context, ...] = tuple(product((None, *Platform), (None, *Surface)))


class Cuts(NamedTuple):
    """The three thresholds of one context; infinite where a decision is never taken."""

    nudge: float
    review: float
    block: float

    def decision(self, score: float) -> Decision:
        """The most severe decision whose threshold the score reaches."""
        if score >= self.block:
            return "block"
        if score >= self.review:
            return "review"
        return "nudge" if score >= self.nudge else "allow"


class Levels(Part):
    """Thresholds; one that is left out is taken from the next wider place."""

    nudge: Threshold | None = None
    """From here the reader is told. Outermost default: ``widest``."""

    review: Threshold | None = None
    """From here a person looks. Outermost default: ``strictest``."""

    block: Threshold | None = None
    """From here the ad is not shown. Outermost default: ``never``."""


class Default(Levels):
    """Thresholds where no override says otherwise."""

    @model_validator(mode="before")
    @classmethod
    def complete(cls, given: Any) -> Any:
        """What is left out is the bundle's: its widest and its strictest operating point."""
        outermost = {"nudge": "widest", "review": "strictest", "block": "never"}
        return outermost | given if isinstance(given, dict) else given


class Override(Levels):
    """Thresholds of one platform, of one surface, or of one surface of one platform."""

    platform: Platform | None = None
    surface: Surface | None = None

    @model_validator(mode="after")
    def says_where_and_what(self) -> Self:
        """An override of everything would be the default, and one of nothing is a slip."""
        if self.platform is None and self.surface is None:
            raise wrong("name a `platform`, a `surface` or both")
        if self.nudge is None and self.review is None and self.block is None:
            raise wrong("nothing is overridden: give `nudge`, `review` or `block`")
        return self


class Thresholds(Part):
    """The default and what overrides it. Each of the three thresholds is looked up by itself: in
    the override of platform and surface together, then of the platform, then of the surface, then
    in the default."""

    default: Default
    overrides: tuple[Override, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def complete(cls, given: Any) -> Any:
        """Without a default, the bundle's operating points are it."""
        return {"default": {}} | given if isinstance(given, dict) else given

    @model_validator(mode="after")
    def each_place_once(self) -> Self:
        """Two overrides of one place would contradict each other."""
        places = [(one.platform, one.surface) for one in self.overrides]
        for position, place in enumerate(places):
            if place in places[:position]:
                first = places.index(place)
                raise wrong(f"the same place as overrides[{first}]", "overrides", position)
        return self

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """A decision that begins above a more severe one could never be taken."""
        for context, cuts in self.table.items():
            for (milder, low), (severe, high) in pairwise(given(cuts)):
                if low > high:
                    raise wrong(
                        f"`{milder}` begins at {low:.4g}, above `{severe}` at {high:.4g}, "
                        f"{named(context)}: give both in order here, or set `{milder}: never`",
                        *self.blame(context, (severe, milder)),
                    )
        return self

    @cached_property
    def table(self) -> dict[Context, Cuts]:
        """The thresholds of every context."""
        return {context: self.cuts(context) for context in CONTEXTS}

    def cuts(self, context: Context) -> Cuts:
        """The most specific of each threshold."""
        chain = [levels for _, levels in self.chain(context)]

        def first(name: str) -> float:
            values: Iterator[float | None] = (getattr(levels, name) for levels in chain)
            return next(value for value in values if value is not None)

        return Cuts(first("nudge"), first("review"), first("block"))

    def chain(self, context: Context) -> Iterator[tuple[int | None, Levels]]:
        """What speaks for a context, the most specific first, with its position in the list."""
        platform, surface = context
        for place in dict.fromkeys([context, (platform, None), (None, surface)]):
            for position, one in enumerate(self.overrides):
                if (one.platform, one.surface) == place:
                    yield position, one
        yield None, self.default

    def blame(self, context: Context, names: tuple[str, ...]) -> tuple[str | int, ...]:
        """Path of the most specific place that gives one of these thresholds."""
        for position, levels in self.chain(context):
            for name in names:
                if name in levels.model_fields_set:
                    where = ("default",) if position is None else ("overrides", position)
                    return (*where, name)
        return ()


def given(cuts: Cuts) -> list[tuple[str, float]]:
    """The thresholds that a score can reach, with their names, the mildest first."""
    return [(n, cut) for n, cut in zip(cuts._fields, cuts, strict=True) if cut != NEVER]


def named(context: Context) -> str:
    """A context in words."""
    platform, surface = context
    words = [f"on {platform}"] if platform else []
    words += [f"in {surface}"] if surface else []
    return " ".join(words) or "where nothing is overridden"
