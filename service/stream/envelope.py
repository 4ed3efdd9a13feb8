"""CloudEvents 1.0 in and out.

In: ``org.lurewatch.ad`` in structured JSON mode, or in binary mode with headers (Kafka ``ce_id``,
NATS ``ce-id``), or a bare ad as JSON. ``org.lurewatch.dead-letter`` is opened, and what it holds
is taken as if it came anew: the dead-letter topic can be read like any other once the cause is
mended.

An event is identified by its source and id (CloudEvents 1.0.2, section 3.1). A bare ad has neither;
its place in the log stands for them.
"""

import base64
import binascii
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

import orjson
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import OPTIONAL_ATTRIBUTES, REQUIRED_ATTRIBUTES, CloudEvent
from pydantic import ValidationError

from models.rendering import is_blank
from service.api.schemas import AdIn, LanguageTag
from service.problems import told
from service.stream.message import Message, Place
from service.values import MAX_VALUES, values_in

AD = "org.lurewatch.ad"
DECISION = "org.lurewatch.decision"
DEAD = "org.lurewatch.dead-letter"

STRUCTURED = "application/cloudevents"
KNOWN = frozenset((*REQUIRED_ATTRIBUTES, *OPTIONAL_ATTRIBUTES))

NAMES = {"ce_": ("partition", "offset"), "ce-": ("stream", "sequence")}
"""How the broker whose headers have this prefix names a place in a log."""

Reason = Literal[
    "body-too-large", "bad-json", "not-an-event", "unknown-type", "invalid-request", "empty-ad",
    "internal", "answer-too-large",
]  # fmt: skip
"""Why a message went to the dead-letter topic; as the ``type`` of a problem, where it has one."""


log = logging.getLogger(__name__)


class Poison(Exception):
    """A message that cannot be decided. Says why in our words, never in the message's."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason


class AdEvent(AdIn):
    """The data of an event: an ad, and what its answer should hold."""

    answer_language: LanguageTag | None = None
    entity_values: bool = False
    statement_of_reasons: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """An ad, and the event it came in."""

    given: AdEvent
    source: str
    id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """What a message turned out to be."""

    message: Message
    """As it was handed over, to acknowledge."""

    origin: Message
    """The same, or what a dead letter held."""

    content: Taken | Poison


def read(message: Message, max_bytes: int) -> Read:
    """The ad in a message, or what is wrong with it. A defect of ours is the message's too: raised,
    it would stop every consumer of the group at the same message."""
    origin = message
    try:
        if len(message.value) > max_bytes:
            raise Poison("body-too-large", f"more than {max_bytes} bytes; send shorter ads")
        event = event_of(origin)
        while event.get_type() == DEAD:
            origin = original(event, origin)
            event = event_of(origin)
        return Read(message, origin, taken(event, origin))
    except Poison as poison:
        return Read(message, origin, poison)
    except Exception:
        log.exception("a message could not be read")
        return Read(message, message, Poison("internal", "reading it failed; see the log"))


def taken(event: CloudEvent, origin: Message) -> Taken:
    """The ad of an event. Raises :class:`Poison`."""
    if event.get_type() != AD:
        raise Poison("unknown-type", f"type: only '{AD}' is taken")
    try:
        given = AdEvent.model_validate(event.get_data())
    except ValidationError as error:
        found = error.errors()
        first = told({**found[0], "loc": ("body", *found[0]["loc"])}, [AdEvent])
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        detail = f"{first['pointer'] or 'the ad'}: {first['detail']}{more}"
        raise Poison("invalid-request", detail) from None
    if is_blank(given.ad()):
        raise Poison("empty-ad", "/text: nothing to read; leave the ad out or give its text")
    return Taken(given, event.get_source(), event.get_id(), event.get_time() or origin.at)


def event_of(message: Message) -> CloudEvent:
    """The event in a message; a bare ad is wrapped in one. Raises :class:`Poison`."""
    headers = {name.lower(): value for name, value in message.headers}
    media = headers.get("content-type", b"").decode("ascii", "replace").strip().lower()
    if f"{message.prefix}specversion" in headers and not media.startswith(STRUCTURED):
        return binary(message, headers, media)
    found = parsed(message.value)
    if isinstance(found, dict) and "specversion" in found:
        return structured(found)
    if media.startswith(STRUCTURED):
        raise Poison("not-an-event", "the value is no event in JSON; 'specversion' is missing")
    place = message.place
    attributes = {"source": f"/{place.topic}", "id": f"{place.log}/{place.number}", "type": AD}
    return CloudEvent({**attributes, "time": message.at}, found)


def structured(found: dict[str, Any]) -> CloudEvent:
    """An event in JSON. Raises :class:`Poison`."""
    attributes = {name: value for name, value in found.items() if value is not None}
    data, encoded = attributes.pop("data", None), attributes.pop("data_base64", None)
    if encoded is not None:
        data = parsed(decoded(encoded))
    return event(attributes, data)


def binary(message: Message, headers: dict[str, bytes], media: str) -> CloudEvent:
    """An event whose attributes are headers. Raises :class:`Poison`."""
    attributes: dict[str, Any] = {}
    for name, value in headers.items():
        if name.startswith(message.prefix):
            # As in HTTP, NATS headers are percent-encoded (CloudEvents HTTP binding, 3.1.3.2).
            plain = unquote_to_bytes(value) if message.prefix == "ce-" else value
            attributes[name.removeprefix(message.prefix)] = plain.decode("utf-8", "replace")
    media = attributes.get("datacontenttype", media).partition(";")[0]
    if media and media != "application/json" and not media.endswith("+json"):
        raise Poison("not-an-event", "datacontenttype: send application/json")
    return event(attributes, parsed(message.value))


def event(attributes: dict[str, Any], data: Any) -> CloudEvent:
    """Checked by the library, its faults told in our words. Raises :class:`Poison`."""
    missing = [name for name in REQUIRED_ATTRIBUTES if name not in attributes]
    if missing:  # the library would make up an id, another each time
        raise Poison("not-an-event", f"{', '.join(missing)}: missing")
    try:
        if "time" in attributes:
            attributes["time"] = datetime.fromisoformat(attributes["time"])
        given = "time" in attributes
        made = CloudEvent(attributes, data)
    except CloudEventValidationError as error:
        names = sorted(KNOWN.intersection(error.errors)) or ["an extension attribute"]
        detail = f"{', '.join(names)}: not as CloudEvents 1.0 has it"
        raise Poison("not-an-event", detail) from None
    except (ValueError, TypeError):
        raise Poison("not-an-event", "time: not a time as in RFC 3339") from None
    if not given:
        made.get_attributes().pop("time", None)  # the library's is when it was read
    return made


def parsed(value: bytes) -> Any:
    """JSON. Raises :class:`Poison`."""
    if len(value) > MAX_VALUES and values_in(value) > MAX_VALUES:
        raise Poison("body-too-large", f"more than {MAX_VALUES} values; an ad has under 200")
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        detail = f"not JSON in UTF-8, at character {error.pos}"
        raise Poison("bad-json", detail) from None


def decoded(text: object) -> bytes:
    """Base64. Raises :class:`Poison`."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise Poison("not-an-event", "data_base64: not base64") from None


def original(dead: CloudEvent, holder: Message) -> Message:
    """The message in a dead letter. Raises :class:`Poison`."""
    try:
        data: Any = dead.get_data()
        held = data["original"]
        log_name, number = NAMES[holder.prefix]
        at = datetime.fromisoformat(data["taken_at"])
        if at.tzinfo is None:
            raise ValueError("an event's time has a zone")
        where = int(data[log_name]) if log_name == "partition" else data[log_name]
        return Message(
            value=decoded(held["value"]),
            key=None if held["key"] is None else decoded(held["key"]),
            headers=tuple((str(name), decoded(value)) for name, value in held["headers"]),
            prefix=holder.prefix,
            place=Place(str(data["topic"]), str(where), int(data[number])),
            at=at,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Poison("not-an-event", "a dead letter without its original, place or time") from None
