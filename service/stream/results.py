"""Decisions and dead letters as events. The same message always gives the same bytes."""

import base64
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from service.api.schemas import Result
from service.stream.envelope import DEAD, DECISION, NAMES, Poison, Read, Taken
from service.stream.message import Message, Outgoing, Topics

SOURCE = "/lurewatch"
MEDIA_TYPE = JSONFormat.CONTENT_TYPE

NAMESPACE = uuid.UUID("6f5b7a0e-4d0a-5a55-9a1f-6c7572657761")
"""Of our events' ids; any that nobody else uses does."""

TOLD = {
    "id", "policy", "logit", "kinds", "harms", "evidence", "indicators", "entities", "language",
    "rendering", "platform", "surface", "windows", "model",
}  # fmt: skip
"""What a decision says of its ad alone, whenever it is asked. Its id is made of this, which stands
beside it: made of the ad, it would tell a reader of the decisions who guesses an ad's words whether
they are right."""


def event_id(kind: str, *parts: str) -> str:
    """The same for the same parts.

    >>> event_id("a", "b", "c") == event_id("a", "b", "c") != event_id("a", "bc", "")
    True
    """
    return str(uuid.uuid5(NAMESPACE, orjson.dumps([kind, *parts]).decode()))


def forms(one: Read, result: Result | None, topics: Topics) -> Iterator[Outgoing]:
    """What to publish for a message, from what is wanted to what is the least: where the broker
    takes no message as large, a dead letter takes a decision's place, and then one that leaves the
    original out and says where it stands."""
    poison = one.content if isinstance(one.content, Poison) else None
    if isinstance(one.content, Taken) and result is not None:
        yield decision(one.content, one.origin, result, topics.decisions)
        poison = Poison("answer-too-large", "the decision has more bytes than the broker takes")
    assert poison is not None
    yield dead_letter(one.origin, poison, topics.dead)
    yield dead_letter(one.origin, poison, topics.dead, whole=False)


def decision(taken: Taken, origin: Message, result: Result, topic: str) -> Outgoing:
    """The decision on an ad. Its time is that of the ad's event. Its id is another where a source
    gave one id to two contents, as when a post was edited: a broker drops repetitions by it."""
    data = result.model_dump(mode="json")
    told = {name: value for name, value in data.items() if name in TOLD}
    made = event_id(DECISION, taken.source, taken.id, orjson.dumps(told).decode())
    attributes: dict[str, Any] = {"type": DECISION, "id": made, "causationid": taken.id}
    if result.id:
        attributes["subject"] = result.id
    return outgoing(topic, origin, {**attributes, "time": taken.time}, data)


def dead_letter(origin: Message, poison: Poison, topic: str, whole: bool = True) -> Outgoing:
    """A message that could not be decided: why, where it stood, and, where ``whole``, all that it
    was, so that it can be sent again."""
    place = origin.place
    made = event_id(DEAD, place.topic, place.log, str(place.number))
    attributes = {"type": DEAD, "id": made, "time": origin.at}
    log, number = NAMES[origin.prefix]
    data: dict[str, Any] = {
        "reason": poison.reason,
        "detail": str(poison),
        "topic": place.topic,
        log: int(place.log) if log == "partition" else place.log,
        number: place.number,
        "taken_at": origin.at.isoformat(),
        "original": None,
    }
    if whole:
        data["original"] = {
            "key": None if origin.key is None else encoded(origin.key),
            "headers": [[name, encoded(value)] for name, value in origin.headers],
            "value": encoded(origin.value),
        }
    return outgoing(topic, origin, attributes, data)


def outgoing(
    topic: str, origin: Message, attributes: dict[str, Any], data: dict[str, Any]
) -> Outgoing:
    """An event in structured JSON mode."""
    common = {"specversion": "1.0", "source": SOURCE, "datacontenttype": "application/json"}
    event = CloudEvent({**common, **attributes}, data)
    return Outgoing(topic, origin.key, event.get_id(), JSONFormat().write(event))


def encoded(value: bytes) -> str:
    """As base64."""
    return base64.b64encode(value).decode("ascii")
