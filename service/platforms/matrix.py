"""Matrix: events of a room as ``/sync`` and application services give them
(https://spec.matrix.org/latest/client-server-api).

Words of rooms with encryption are not seen here, and none are asked for.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.asking import Turn
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.base import Access, Options, Part, Platform, fitted
from service.platforms.plan import CAUTION, Action, Call, Plan, note
from service.platforms.replies import answer_json
from service.platforms.seen import Seen, Skipped, ad, moment, opaque, turn

WRITTEN = frozenset({"m.text", "m.emote"})
"""What people write; ``m.notice`` is what programs write."""

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

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ad in an event. An edit is read as it now stands, at its first event's place."""
        given = fitted(Event, event, "event of a Matrix room")
        if given.type == "m.room.encrypted":
            return Skipped("encrypted")
        if given.type != "m.room.message" or given.state_key is not None:
            return Skipped("not a message")
        if given.sender == self.options.own_id:
            return Skipped("written by a program")
        content = fitted(Content, given.content, "content of m.room.message")
        relation, said = content.relates_to or Relation(), New(**content.model_dump())
        original = given.event_id
        if relation.rel_type == "m.replace" and relation.event_id and content.new_content:
            original, said = relation.event_id, content.new_content
        captioned = said.msgtype in SHOWN and content.filename not in (None, content.body)
        if said.msgtype == "m.notice":
            return Skipped("written by a program")
        if said.msgtype not in WRITTEN and not captioned:
            return Skipped("not words")
        before, text = quoted(said.body, given.sender) if relation.in_reply_to else ([], said.body)
        if not text.strip():
            return Skipped("no text")
        made = ad(
            Kind.MESSAGING,
            Surface.CHAT,
            id=opaque(self.name, given.room_id, original),
            text=text,
            author_id=opaque(self.name, given.sender),
            posted_at=moment(given.origin_server_ts / 1000),
            thread=before,
        )
        return [Seen(made, {"room": given.room_id, "event": original, "sender": given.sender})]

    def plan(self, seen: Seen, result: Result) -> Plan:
        """``nudge`` answers with a caution; ``review`` reports the event to the server's
        administrators and tells the moderators' room; ``block`` does so and then redacts it."""
        room, event = seen.place["room"], seen.place["event"]
        if result.decision == "allow":
            return self.done(seen, result)
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
        body: dict[str, Any] = {"msgtype": "m.notice", "body": words, "m.mentions": {}}
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


def quoted(body: str, sender: str) -> tuple[list[Turn], str]:
    """What a reply quotes, and the reply: older programs put the quotation before it.

    >>> quoted("> <@ann:example.org> any work?\\n\\nyes", "@bob:example.org")
    ([{'text': 'any work?', 'role': 'own'}], 'yes')
    """
    lines = body.split("\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(">")), len(lines))
    if not count or count == len(lines):
        return [], body
    said = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines[:count])
    name, _, words = said.removeprefix("* ").partition("> ")
    if not name.startswith("<"):
        return [], body
    return [turn(words, name == f"<{sender}")], "\n".join(lines[count:]).lstrip("\n")
