"""Matrix: events of a room as ``/sync`` and application services give them
(https://spec.matrix.org/latest/client-server-api).

Words of rooms with encryption are not seen here, and none are asked for.

Anybody may send an edit of anybody's message, and put words before an answer as if they quoted
somebody. Servers pass both on. So both count for what they claim to be only where the message that
they name was read here before, and fits; else they are words of their sender, at their own event.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from pydantic import Field

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.asking import Turn
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.base import Access, Options, Part, Platform, blank, fitted
from service.platforms.known import Messages
from service.platforms.plan import CAUTION, Action, Call, Plan, note
from service.platforms.replies import answer_json
from service.platforms.seen import Seen, Skipped, ad, moment, opaque, turn

NOTICE = "m.notice"
"""What programs write, and whoever wants to be taken for one: read as any words, never answered, so
that no two programs answer each other (``m.notice`` in the client-server API)."""

WRITTEN = frozenset({"m.text", "m.emote", NOTICE})

SHOWN = frozenset({"m.image", "m.video", "m.audio", "m.file"})
"""What has a caption where it also has a file name."""


class Relation(Part):
    """To an earlier event."""

    rel_type: str | None = None
    event_id: str | None = None
    in_reply_to: Mapping[str, Any] | None = Field(None, alias="m.in_reply_to")


class New(Part):
    """What an edit puts in place of a message."""

    msgtype: str = ""
    body: str = ""


class Content(New):
    """Of a message."""

    filename: str | None = None
    relates_to: Relation | None = Field(None, alias="m.relates_to")
    new_content: New | None = Field(None, alias="m.new_content")


class Event(Part):
    """An event of a room."""

    type: str
    room_id: str
    event_id: str
    sender: str
    origin_server_ts: int
    state_key: str | None = None
    content: dict[str, Any] = Field(default_factory=dict)


class MatrixOptions(Options):
    """Of a server and its rooms."""

    server: str = "https://matrix.example"
    """Address of the homeserver's client API."""

    moderators: str | None = None
    """Id of the room in which moderators are told, such as `!abc:example.org`."""

    own_id: str | None = None
    """User id of the bot, whose messages are skipped."""

    policy_room: str | None = None
    """Id of a policy room in which `block` also recommends a ban of the author to those who follow
    it. Leave it out unless that is what you want: no other setting touches a person."""


class Matrix(Platform):
    """See the module."""

    name = "matrix"

    def __init__(self, options: MatrixOptions | None = None) -> None:
        self.options = options or MatrixOptions()
        self.base = self.options.server.rstrip("/")
        self._known = Messages()

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ad in an event. An edit is read as it now stands, at its first event's place where
        its sender is known to have written that."""
        given = fitted(Event, event, "event of a Matrix room")
        if given.type == "m.room.encrypted":
            return Skipped("encrypted")
        if given.type != "m.room.message" or given.state_key is not None:
            return Skipped("not a message")
        content = fitted(Content, given.content, "content of m.room.message")
        stands, said = self._stands(given, content)
        before, text = self._apart(given, content, said)
        rest = quoted(said)
        self._known.add(
            given.room_id, stands, given.sender, [said, rest.answer] if rest else [said]
        )
        if given.sender == self.options.own_id:
            return Skipped("written by a program")
        types = {content.msgtype, (content.new_content or content).msgtype}
        captioned = types & SHOWN and content.filename not in (None, content.body)
        if not types & WRITTEN and not captioned:
            return Skipped("not words")
        if blank(text):
            return Skipped("no text")
        made = ad(
            Kind.MESSAGING,
            Surface.CHAT,
            id=opaque(self.name, given.room_id, stands),
            text=text,
            author_id=opaque(self.name, given.sender),
            posted_at=moment(given.origin_server_ts / 1000),
            thread=before,
        )
        place = {"room": given.room_id, "event": stands, "sender": given.sender}
        if NOTICE in types:
            place["type"] = NOTICE
        return [Seen(made, place)]

    def _stands(self, given: Event, content: Content) -> tuple[str, str]:
        """The event at which a message stands, and its words. Programs that know no edits show what
        is beside the new words; where that is more than they are, it is read too."""
        relation, new = content.relates_to or Relation(), content.new_content
        if relation.rel_type != "m.replace" or not relation.event_id or new is None:
            return given.event_id, content.body
        own = self._known.is_by(given.room_id, relation.event_id, given.sender)
        beside = content.body.strip().removeprefix("*").strip()
        shown = [new.body] if beside in new.body else [new.body, beside]
        return relation.event_id if own else given.event_id, "\n".join(shown)

    def _apart(self, given: Event, content: Content, said: str) -> tuple[list[Turn], str]:
        """What a reply quotes, and the reply; all of it where nobody is known to have said that."""
        answered = ((content.relates_to or Relation()).in_reply_to or {}).get("event_id")
        found = quoted(said)
        if found is None or not isinstance(answered, str):
            return [], said
        if not self._known.said(given.room_id, answered, found.sender, found.words):
            return [], said
        return [turn(found.words, found.sender == given.sender)], found.answer

    def plan(self, seen: Seen, result: Result) -> Plan:
        """``nudge`` answers with a caution; ``review`` reports the event to the server's
        administrators and tells the moderators' room; ``block`` does so and then redacts it."""
        room, event = seen.place["room"], seen.place["event"]
        if result.decision == "allow":
            return self.done(seen, result)
        if result.decision == "nudge" and seen.place.get("type") == NOTICE:
            return self.done(seen, result, cannot="a notice is not answered")
        if result.decision == "nudge":
            relation = {"m.in_reply_to": {"event_id": event}}
            call = self._notice("caution readers", room, CAUTION, event, relation)
            return self.done(seen, result, call, base=self.base)
        path = f"/_matrix/client/v3/rooms/{quote(room, '')}"
        actions: list[Action] = [
            Call("report to the administrators", "POST", f"{path}/report/{quote(event, '')}",
                 {"reason": note(result)}, repeatable=True),
        ]  # fmt: skip
        if self.options.moderators is not None:
            link = f"https://matrix.to/#/{quote(room, '')}/{quote(event, '')}"
            words = f"{note(result)}\n{link}"
            told = self._notice("tell the moderators", self.options.moderators, words, event)
            actions.append(told)
        if result.decision == "block":
            redact = f"{path}/redact/{quote(event, '')}/{transaction('redact', event)}"
            reason = {"reason": "Indicators of a fake job offer; reported for review"}
            actions.append(Call("redact the message", "PUT", redact, reason, repeatable=True))
            if self.options.policy_room is not None:
                actions.append(self._recommend(self.options.policy_room, seen.place["sender"]))
        return self.done(seen, result, *actions, base=self.base)

    def _notice(
        self, why: str, room: str, words: str, event: str,
        relation: Mapping[str, Any] | None = None,
    ) -> Call:  # fmt: skip
        body: dict[str, Any] = {"msgtype": NOTICE, "body": words, "m.mentions": {}}
        if relation is not None:
            body["m.relates_to"] = relation
        number = transaction(why, event)
        path = f"/_matrix/client/v3/rooms/{quote(room, '')}/send/m.room.message/{number}"
        return Call(why, "PUT", path, body, repeatable=True)

    def _recommend(self, room: str, sender: str) -> Call:
        body = {
            "entity": sender, "recommendation": "m.ban",
            "reason": "Indicators of a fake job offer; please verify",
        }  # fmt: skip
        path = f"/_matrix/client/v3/rooms/{quote(room, '')}/state/m.policy.rule.user"
        key = quote(f"lurewatch:{sender}", "")
        return Call("recommend a ban", "PUT", f"{path}/{key}", body, repeatable=True)

    def access(self, token: str) -> Access:
        """An access token."""
        return Access(self.base, {"Authorization": f"Bearer {token}"})

    def pause_s(self, reply: Reply) -> float | None:
        """The header, or ``M_LIMIT_EXCEEDED`` in milliseconds."""
        asked = super().pause_s(reply)
        told = answer_json(reply).get("retry_after_ms")
        return told / 1000 if asked is None and isinstance(told, int | float) else asked


def transaction(what: str, event: str) -> str:
    """A transaction's id: the same for the same, so that nothing is said twice."""
    return hashlib.sha256(f"{what} {event}".encode()).hexdigest()[:32]


class Quoted(NamedTuple):
    """A message in three parts."""

    sender: str
    """Whom it names as having said the words: anybody can write that."""

    words: str
    answer: str


def quoted(body: str) -> Quoted | None:
    """What a reply claims to quote, and the reply: older programs put the quotation before it.

    >>> quoted("> <@ann:example.org> any work?\\n\\nyes")
    Quoted(sender='@ann:example.org', words='any work?', answer='yes')
    """
    lines = body.split("\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(">")), len(lines))
    if not count or count == len(lines):
        return None
    said = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines[:count])
    name, _, words = said.removeprefix("* ").partition("> ")
    if not name.startswith("<"):
        return None
    return Quoted(name.removeprefix("<"), words, "\n".join(lines[count:]).lstrip("\n"))
