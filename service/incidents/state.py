"""What a process knows of the incidents."""

import asyncio
from dataclasses import dataclass, field

from models.embedding import Floats
from service.incidents.matching import Matcher, Signatures, Wording


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """An example that another bundle had read, as this one reads it."""

    incident: str
    """Its incident's name."""

    place: Floats
    signatures: Signatures | None

    @property
    def numbers(self) -> tuple[Floats, Signatures | None]:
        """As :func:`service.incidents.learning.numbers_of` gives them."""
        return self.place, self.signatures


@dataclass(slots=True)
class Live:
    """The incidents as they were when last looked at."""

    matcher: Matcher | None = None
    """``None`` where there is none."""

    wordings: dict[str, tuple[str, Wording]] = field(default_factory=dict)
    """Revision and wording by name."""

    read_again: dict[str, ReadAgain] = field(default_factory=dict)
    """By the example's id."""

    stale: bool = False
    """Whether the last look failed or takes long: there may be others by now."""

    next_look: float | None = None
    """On the monotonic clock; ``None``: no look has ended yet."""

    looking: "asyncio.Task[None] | None" = None
    """The look that goes on, if one does."""

    began: float = 0.0
    """When the last look began, on the monotonic clock."""
