"""Matrix: events of a room as ``/sync`` and application services give them
(https://spec.matrix.org/latest/client-server-api).

Words of rooms with encryption are not seen here, and none are asked for.

Anybody may send an edit of anybody's message, and put words before an answer as if they quoted
somebody. Servers pass both on. So both count for what they claim to be only where the message that
they name was read here before, and fits; else they are words of their sender, at their own event.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.asking import Turn
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.base import Access, Loose, Options, Platform, blank, fitted
from service.platforms.cutting import together
from service.platforms.known import Messages
from service.platforms.matrix_words import MATRIX, PERSON, Content, Html, beyond, quoted
from service.platforms.plan import CAUTION, Action, Call, Plan, note
from service.platforms.replies import answer_json
from service.platforms.seen import Seen, Skipped, ad, moment, opaque, turn, with_links

NOTICE = "m.notice"
"""What programs write, and whoever wants to be taken for one: read as any words, never answered, so
that no two programs answer each other (``m.notice`` in the client-server API)."""

MESSAGES = frozenset({"m.room.message", "m.poll.start", "org.matrix.msc3381.poll.start"})
"""Types of events that people write. What they call the kind of a message is read whatever it says:
programs show the ``body`` of one that they do not know."""


class Event(Loose):
    """An event of a room."""

    type: str
    room_id: str
    event_id: str
    sender: str
    origin_server_ts: int | None = None
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
        if given.type not in MESSAGES or given.state_key is not None:
            return Skipped("not a message")
        if given.room_id == self.options.moderators:
            return Skipped("the moderators' own room")
        content = fitted(Content, given.content, "content of a message")
        stands, said = self._stands(given, content)
        before, answer = self._apart(given, content, said)
        htmls, claim = content.htmls(), quoted(said)
        wordings = [said, *([claim.answer] if claim else []), *(one.answer.text for one in htmls)]
        self._known.add(given.room_id, stands, given.sender, wordings)
        if given.sender == self.options.own_id:
            return Skipped("written by a program")
        text = self._shown(given, content, htmls, said, answer)
        if blank(text):
            return Skipped("no text")
        made = ad(
            Kind.MESSAGING,
            Surface.CHAT,
            id=opaque(self.name, given.room_id, stands),
            text=text,
            author_id=opaque(self.name, given.sender),
            posted_at=sent(given),
            thread=before,
        )
        place = {"room": given.room_id, "event": stands, "sender": given.sender}
        if NOTICE in (content.msgtype, (content.new_content or content).msgtype):
            place["type"] = NOTICE
        return [Seen(made, place)]

    def _stands(self, given: Event, content: Content) -> tuple[str, str]:
        """The event at which a message stands, and its plain words. Programs that know no edits
        show what is beside the new words; where that is more than they are, it is read too."""
        relation, new = content.relates_to, content.new_content
        if relation.rel_type != "m.replace" or not relation.event_id or new is None:
            return given.event_id, content.plain()
        own = self._known.is_by(given.room_id, relation.event_id, given.sender)
        beside = content.plain().strip().removeprefix("*").strip()
        shown = [new.plain()] if beside in new.plain() else [new.plain(), beside]
        return relation.event_id if own else given.event_id, "\n".join(filter(None, shown))

    def _apart(self, given: Event, content: Content, said: str) -> tuple[list[Turn], str]:
        """What a reply quotes, and the reply; all of it where nobody is known to have said that."""
        found = quoted(said)
        if found is None or not self._said(given, content, found.sender, found.words):
            return [], said
        return [turn(found.words, found.sender == given.sender)], found.answer

    def _said(self, given: Event, content: Content, sender: str, words: str) -> bool:
        """Whether somebody is known to have said these words in the message that is answered."""
        answered = content.relates_to.answered()
        return answered is not None and self._known.said(given.room_id, answered, sender, words)

    def _shown(
        self, given: Event, content: Content, htmls: list[Html], said: str, answer: str
    ) -> str:
        """A message without what it quotes: first what programs show in place of its plain words,
        where that says more than they do."""
        pieces = [piece for stage in content.stages() for piece in stage.pieces()]
        more, links = beyond(said, pieces), list[str]()
        claim = quoted(said)
        heading = f"In reply to {claim.sender}" if claim else ""
        for html in htmls:
            if not self._said(given, content, *html.quoted()):
                more += beyond(f"{heading} {said}", [html.before.text])
                links += (one for one in html.before.links if not one.startswith(MATRIX))
            more += beyond(answer, [html.answer.text])
            links += (one for one in html.answer.links if not one.startswith(PERSON))
        return with_links(together([*dict.fromkeys(more), answer]), links)

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


def sent(given: Event) -> datetime | None:
    """When, by the server of who wrote it."""
    return None if given.origin_server_ts is None else moment(given.origin_server_ts, 1000)


def transaction(what: str, event: str) -> str:
    """A transaction's id: the same for the same, so that nothing is said twice."""
    return hashlib.sha256(f"{what} {event}".encode()).hexdigest()[:32]
