"""Settings, from ``OSPREY_LUREWATCH_*`` environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, cast, get_args

PREFIX = "OSPREY_LUREWATCH_"

OnError = Literal["open", "closed", "unknown"]


class SettingsError(ValueError):
    """A variable that is missing or cannot be read; the worker does not start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the functions need to know."""

    url: str
    """Address of the service, such as ``http://lurewatch:8000``."""

    on_error: OnError
    """What rules see while the service does not answer. There is no default: it decides whether an
    outage lets everything through (``open``: score 0, decision allow), holds everything
    (``closed``: score 1, decision review), or leaves out the rules that ask (``unknown``)."""

    key: str | None = None
    """API key with the scope ``score``, where the service asks for one."""

    timeout_s: float = 1.0
    """Longest wait for an answer, connecting included, in seconds."""

    cache_ads: int = 10_000
    """Answers that are remembered; 0 for none. One takes about a kilobyte."""

    cache_s: float = 60.0
    """How long an answer is remembered, in seconds."""


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises :class:`SettingsError` naming the variable and the fix."""
    given = {name: environment[name] for name in environment if name.startswith(PREFIX)}
    defaults = {field.name: field.default for field in fields(Settings)}
    known = {PREFIX + name.upper() for name in defaults}
    for name in sorted(set(given) - known):
        raise SettingsError(f"{name}: no such setting; there are {', '.join(sorted(known))}")
    url = given.get(f"{PREFIX}URL", "")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"{PREFIX}URL: give the service's address, as 'http://lurewatch:8000'")
    on_error = given.get(f"{PREFIX}ON_ERROR", "")
    if on_error not in get_args(OnError):
        raise SettingsError(
            f"{PREFIX}ON_ERROR: say what rules see while the service does not answer: 'open' "
            "(score 0), 'closed' (score 1) or 'unknown' (rules that ask are left out)"
        )
    more: dict[str, Any] = {
        "timeout_s": number(given, "TIMEOUT_S", defaults["timeout_s"], 0.001),
        "cache_ads": int(number(given, "CACHE_ADS", defaults["cache_ads"], 0)),
        "cache_s": number(given, "CACHE_S", defaults["cache_s"], 0),
    }
    return Settings(url, cast("OnError", on_error), given.get(f"{PREFIX}KEY") or None, **more)


def number(given: Mapping[str, str], name: str, default: Any, least: float) -> float:
    """A variable's number."""
    try:
        value = float(given.get(PREFIX + name, default))
    except ValueError:
        value = float("nan")
    if not least <= value < 1e9:
        raise SettingsError(f"{PREFIX}{name}: a number from {least} is expected")
    return value
