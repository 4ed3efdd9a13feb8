"""What somebody is told who asks a bot about a message: the checker's words, in their language.

Whoever writes lures can ask as well as whoever got one. So nobody is told a score, a sign's name or
a decision, and one person is answered so often an hour.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from models.labels import Kind
from service.client.results import Result
from service.indicators import pick
from service.indicators import text as general
from service.pages.advice import NEVER, asks
from service.pages.catalogue import text

if TYPE_CHECKING:
    from service.pages.reading import Headline

HOUR_S = 3600
REMEMBERED = 10_000
"""People whose questions are counted; who asked longest ago is forgotten first."""

Taken = Literal["taken", "refused", "refused again"]


def headline(result: Result) -> "Headline":
    """As the checker has it; :func:`service.pages.reading.read` reads no client's result."""
    if result.indicators:
        return "verify"
    if result.kind == Kind.INSUFFICIENT:
        return "too_little"
    stopped = (result.observed or result.decision) != "allow"
    return "verify" if stopped or result.kind in (Kind.LURE, Kind.OTHER_SCAM) else "nothing"


def answer(found: "Headline", language: str) -> str:
    """The headline, what it means, and what to check whatever it is. ``language``: a tag of theirs,
    or nothing."""
    spoken = pick(None, language)

    def say(key: str) -> str:
        return text(key, spoken).text

    def listed(title: str, keys: list[str]) -> str:
        return "\n".join([say(title), *(f"• {say(key)}" for key in keys)])

    return "\n\n".join([
        general(f"general.{found}", spoken).text,
        say(f"lead.{found}"),
        listed("ask.title", asks(())),
        listed("never.title", list(NEVER)),
        say("help.danger"),
        say("page.program"),
    ])  # fmt: skip


def busy(language: str) -> str:
    """For somebody who asked too often."""
    return text("error.often", pick(None, language)).text


@dataclass(slots=True)
class Asked:
    """What one person asked in the last hour."""

    moments: deque[int] = field(default_factory=deque)
    refused: bool = False
    """Whether the last question was."""


class Questions:
    """How often each person asked, in the memory of this process. Counted by the time that the
    platform gives a message, so that recorded ones count as they came."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._asked: OrderedDict[str, Asked] = OrderedDict()

    def take(self, who: str, at_s: int) -> Taken:
        """Count one, unless they asked ``per_hour`` in the hour before; what is refused does not
        count."""
        asked = self._asked.setdefault(who, Asked())
        self._asked.move_to_end(who)
        if len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        while asked.moments and asked.moments[0] <= at_s - HOUR_S:
            asked.moments.popleft()
        again, asked.refused = asked.refused, len(asked.moments) >= self._per_hour
        if asked.refused:
            return "refused again" if again else "refused"
        asked.moments.append(at_s)
        return "taken"


class Albums:
    """The first message of each album, in the memory of this process: every picture comes as a
    message of its own, the caption with one of them, and nothing says which is the last."""

    def __init__(self) -> None:
        self._first: OrderedDict[tuple[int, str], int] = OrderedDict()

    def is_first(self, chat: int, album: str, message: int) -> bool:
        """Whether no other message of the album was asked about before."""
        first = self._first.setdefault((chat, album), message)
        if len(self._first) > REMEMBERED:
            self._first.popitem(last=False)
        return first == message
