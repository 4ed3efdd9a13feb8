"""What would be done on a platform: actions that can be read before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from service.client.results import Result

Body = Literal["json", "form"]

MAX_NAMED = 3
"""Indicators named to a moderator; the rest are in the result."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the platform."""

    why: str
    """In a few words, for people."""

    method: str
    path: str
    """Below the platform's base address. Never holds a token."""

    body: Mapping[str, Any] | None = None
    form: Body = "json"
    repeatable: bool = False
    """Whether sending it twice does what sending it once does."""

    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """An object in the platform's own form that the operator signs or publishes; never sent."""

    why: str
    type: str
    value: Mapping[str, Any]


Action = Call | Record


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from one result. Calls are made in order, and end with the first that fails."""

    platform: str
    ad: str
    """Its id."""

    decision: str | None
    """``None``: nothing was scored."""

    actions: tuple[Action, ...] = ()
    cannot: str = ""
    """What the decision asks for and this platform, or its settings, cannot do."""

    base: str = ""
    """Address that the calls are below, without a token."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """What is sent."""
        return tuple(one for one in self.actions if isinstance(one, Call))

    def shown(self) -> dict[str, Any]:
        """As JSON, to be read or carried out by another program."""
        told: dict[str, Any] = {
            "platform": self.platform,
            "ad": self.ad,
            "decision": self.decision,
            "actions": [as_json(one, self.base) for one in self.actions],
        }
        return told | ({"cannot": self.cannot} if self.cannot else {})


def as_json(action: Action, base: str) -> dict[str, Any]:
    """One action, as it is shown."""
    if isinstance(action, Record):
        return {"why": action.why, "type": action.type, "value": dict(action.value)}
    told: dict[str, Any] = {"why": action.why, "method": action.method, "url": base + action.path}
    if action.headers:
        told["headers"] = dict(action.headers)
    if action.body is not None:
        told[action.form] = dict(action.body)
    return told


def note(result: Result) -> str:
    """For moderators: what was found, never a verdict, and no word of the ad."""
    signs = [one.name for one in result.indicators[:MAX_NAMED]]
    found = f" ({'; '.join(signs)})" if signs else ""
    return f"Job offer with indicators present{found}: please verify. Score {result.score:.2f}."


CAUTION = (
    "This offer shows signs that fake job offers often show. Please verify it before you share "
    "documents, pay anything or travel: look up the employer yourself and ask for a written "
    "contract."
)
"""For readers."""
