"""Any platform whose events are JSON: a mapping file says where the ad's words stand in them."""

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import jsonpath

from models.ad import MAX_TURNS
from service.client.asking import Turn
from service.client.results import Result
from service.platforms.base import Access, Platform, blank
from service.platforms.cutting import together
from service.platforms.mapping import ENVIRONMENT, PLACEHOLDER, Action, Mapped, placeholders
from service.platforms.plan import Call, Plan, note
from service.platforms.seen import BadEvent, Seen, Skipped, ad, opaque, turn
from service.platforms.seen import moment as unix

NO_STEP = frozenset({"", ".", ".."})
"""What is no step of an address: with one of them it leads to another resource."""

MILLISECONDS = 1e11
"""A number above it counts milliseconds: in seconds it would be the year 5138."""


@lru_cache(maxsize=256)
def compiled(path: str) -> jsonpath.JSONPath | jsonpath.CompoundJSONPath:
    """A path that a mapping has checked."""
    return ENVIRONMENT.compile(path)


def found(path: str | None, value: Any) -> list[Any]:
    """What a path finds; nothing where there is no path. Raises :class:`BadEvent`."""
    try:
        return [] if path is None else compiled(path).findall(value)
    except RecursionError:  # also that of a path which looks at every depth
        raise BadEvent("nested too deeply") from None


class Generic(Platform):
    """See the module."""

    name = "generic"

    def __init__(self, mapped: Mapped) -> None:
        self.mapped = mapped

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """Every ad that the mapping finds in an event. One without an id is left out where others
        have theirs."""
        several = found(self.mapped.ads, event)
        if not several:
            return Skipped("no ad")
        kept = [one for one in several if not found(self.mapped.skip, [one])]
        if not kept:
            return Skipped("skipped by the mapping")
        spoken = [(one, *said) for one in kept if not blank(*(said := self._words(one)))]
        seen = [one for one in itertools.starmap(self._ad, spoken) if one is not None]
        if spoken and not seen:
            raise BadEvent(f"{self.mapped.id}: finds no id")
        return seen or Skipped("no text")

    def _words(self, given: Any) -> tuple[str, str]:
        """Text and title."""
        mapped = self.mapped
        lines = [words(one) for path in mapped.text for one in found(path, given)]
        return together(filter(str.strip, lines)), first(mapped.title, given) or ""

    def _ad(self, given: Any, text: str, title: str) -> Seen | None:
        """``None`` where there is no id."""
        mapped = self.mapped
        id = first(mapped.id, given)
        if not id:
            return None
        author = first(mapped.author_id, given)
        made = ad(
            mapped.platform,
            mapped.surface,
            id=opaque(id),
            text=text,
            title=title,
            author_id=None if author is None else opaque(author),
            posted_at=moment(next(iter(found(mapped.posted_at, given)), None)),
            language=first(mapped.language, given),
            thread=self._turns(given),
        )
        more = {name: first(path, given) or "" for name, path in mapped.place.items()}
        return Seen(made, {"id": id, "author_id": author or "", **more})

    def _turns(self, given: Any) -> list[Turn]:
        turns = self.mapped.thread
        if turns is None:
            return []
        several = found(turns.each, given)[-MAX_TURNS:]
        return [
            turn(first(turns.text, one) or "", by_author=not found(turns.own, [one]))
            for one in several
        ]

    def plan(self, seen: Seen, result: Result) -> Plan:
        """The mapping's action for the decision."""
        if result.decision == "allow":
            return self.done(seen, result)
        action = {str(key): one for key, one in self.mapped.actions.items()}.get(result.decision)
        if action is None:
            return self.done(seen, result, cannot="the mapping has no action for this decision")
        values = {
            **seen.place, "decision": result.decision, "kind": result.kind,
            "score": f"{result.score:.4f}", "note": note(result),
        }  # fmt: skip
        unfit = sorted(name for name in placeholders(action.url) if values[name] in NO_STEP)
        if unfit:
            cannot = f"{{{unfit[0]}}} is empty here, or dots: the address would be another's"
            return self.done(seen, result, cannot=cannot)
        return self.done(seen, result, call(action, values))

    def access(self, token: str) -> Access:
        """As the mapping has it."""
        return Access("", {"Authorization": self.mapped.authorization.replace("{token}", token)})


def call(action: Action, values: Mapping[str, str]) -> Call:
    """An action with its placeholders filled, those of the address percent-encoded."""
    url = filled(action.url, values, lambda value: quote(value, ""))
    body = None if action.json_body is None else filled(action.json_body, values)
    return Call("call the platform", action.method, url, body, repeatable=action.repeatable)


def filled(value: Any, values: Mapping[str, str], form: Callable[[str], str] = str) -> Any:
    """The same, with what stands for placeholders."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda one: form(values[one[1]]), value)
    if isinstance(value, Mapping):
        return {key: filled(one, values, form) for key, one in value.items()}
    return [filled(one, values, form) for one in value] if isinstance(value, list) else value


def first(path: str | None, given: Any) -> str | None:
    """The first text or number that a path finds."""
    plain = (one for one in found(path, given) if isinstance(one, str | int | float))
    return next((words(one) for one in plain if not isinstance(one, bool)), None)


def words(value: Any) -> str:
    """A text as it is, a number in digits; anything else is none."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def moment(given: Any) -> datetime | None:
    """A time in one of the forms that are in use; ``None`` where it is none."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        return unix(given, 1000 if given > MILLISECONDS else 1)
    if isinstance(given, str):
        try:
            at = datetime.fromisoformat(given)
        except ValueError:
            return None
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None
