"""Discord: messages, threads and names of members, as its gateway dispatches them.

An event is a dispatch, ``{"t": "MESSAGE_CREATE", "d": {…}}``. The about-me of a profile is shown to
no bot; of a member only names are read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.base import Access, Options, Part, Platform, blank, fitted
from service.platforms.cutting import together
from service.platforms.discord_words import Words
from service.platforms.plan import CAUTION, Call, Plan, note
from service.platforms.replies import answer_json
from service.platforms.seen import Seen, Skipped, ad, opaque, turn

API = "https://discord.com/api/v10"

WRITTEN = frozenset({0, 19, 20, 23})
"""Types of messages that somebody wrote: default, reply, and answers to a command."""

FORWARD = 1
"""Kind of a reference that takes a copy of the message along: it stays when that is removed."""

MENTION_NOBODY: dict[str, list[str]] = {"parse": []}
LOCKED = {"archived": True, "locked": True}


class Author(Part):
    """Who wrote."""

    id: str
    bot: bool = False
    username: str = ""
    global_name: str | None = None


class Snapshot(Part):
    """A copy of a message."""

    message: Words


class Referenced(Words):
    """The message that is answered."""

    author: Author


class Message(Words):
    """https://docs.discord.com/developers/resources/message"""

    id: str
    channel_id: str
    parent_id: str | None = None
    """Channel of the thread that it is in. The gateway does not tell; our bot does."""

    guild_id: str | None = None
    author: Author
    type: int = 0
    webhook_id: str | None = None
    timestamp: datetime | None = None
    edited_timestamp: datetime | None = None
    referenced_message: Referenced | None = None
    message_snapshots: tuple[Snapshot, ...] = ()


class Thread(Part):
    """https://docs.discord.com/developers/resources/channel: a thread, or a post of a forum."""

    id: str
    guild_id: str | None = None
    parent_id: str | None = None
    owner_id: str | None = None
    name: str = ""
    newly_created: bool = False


class Member(Part):
    """https://docs.discord.com/developers/resources/guild: who is in a guild."""

    guild_id: str
    user: Author
    nick: str | None = None


class Dispatch(Part):
    """What the gateway sends."""

    type: str = Field(alias="t")
    data: dict[str, Any] = Field(alias="d")


class DiscordOptions(Options):
    """Of a guild."""

    moderators: str | None = None
    """Id of the channel in which moderators are told. What is said there, or in its threads, is not
    read."""

    own_id: str | None = None
    """User id of the bot, whose messages are skipped as those of every bot are."""


class Discord(Platform):
    """See the module."""

    name = "discord"

    def __init__(self, options: DiscordOptions | None = None, base: str = API) -> None:
        self.options = options or DiscordOptions()
        self.base = base

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ad in a dispatch."""
        dispatch = fitted(Dispatch, event, "dispatch of Discord's gateway")
        match dispatch.type:
            case "MESSAGE_CREATE" | "MESSAGE_UPDATE":
                return self._message(fitted(Message, dispatch.data, "message of Discord"))
            case "THREAD_CREATE" | "THREAD_UPDATE":
                return self._thread(fitted(Thread, dispatch.data, "thread of Discord"))
            case "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE":
                return self._member(fitted(Member, dispatch.data, "member of a Discord guild"))
        return Skipped("not a message, a thread or a member")

    def _message(self, given: Message) -> list[Seen] | Skipped:
        if given.author.bot or given.webhook_id or given.author.id == self.options.own_id:
            return Skipped("written by a program")
        if given.type not in WRITTEN:
            return Skipped("a message of the system")
        if self._among_moderators(given.channel_id, given.parent_id):
            return Skipped("said among the moderators")
        copies = [one.message.text() for one in given.message_snapshots]
        text = together([given.text(), *copies])
        if blank(text):
            return Skipped("no text")
        before = given.referenced_message
        said = before.text() if before else ""
        thread = [turn(said, before.author.id == given.author.id)] if before and said else []
        made = ad(
            Kind.GAMING,
            Surface.CHAT if given.guild_id else Surface.DIRECT_MESSAGE,
            id=opaque(self.name, given.channel_id, given.id),
            text=text,
            author_id=opaque(self.name, given.author.id),
            posted_at=given.edited_timestamp or given.timestamp,
            thread=thread,
        )
        place = {"what": "message", "channel": given.channel_id, "message": given.id}
        return [Seen(made, place | ({"guild": given.guild_id} if given.guild_id else {}))]

    def _among_moderators(self, channel: str, parent: str | None) -> bool:
        """Whether it is their channel, or a thread of it."""
        moderators = self.options.moderators
        return moderators is not None and moderators in (channel, parent)

    def _thread(self, given: Thread) -> list[Seen] | Skipped:
        if blank(given.name):
            return Skipped("no text")
        if self._among_moderators(given.id, given.parent_id):
            return Skipped("said among the moderators")
        made = ad(
            Kind.GAMING,
            Surface.POST,
            id=opaque(self.name, "thread", given.id),
            text=given.name,
            author_id=opaque(self.name, given.owner_id) if given.owner_id else None,
        )
        place = {"what": "thread", "channel": given.id}
        return [Seen(made, place | ({"guild": given.guild_id} if given.guild_id else {}))]

    def _member(self, given: Member) -> list[Seen] | Skipped:
        if given.user.bot:
            return Skipped("a program")
        names = [given.nick, given.user.global_name, given.user.username]
        text = together(dict.fromkeys(filter(None, names)))
        if blank(text):
            return Skipped("no text")
        made = ad(
            Kind.GAMING,
            Surface.PROFILE,
            id=opaque(self.name, "member", given.guild_id, given.user.id),
            text=text,
            author_id=opaque(self.name, given.user.id),
        )
        return [Seen(made, {"what": "member", "guild": given.guild_id})]

    def plan(self, seen: Seen, result: Result) -> Plan:
        """``nudge`` answers with a caution; ``review`` shows the message to the moderators;
        ``block`` does so and then removes it, or locks a thread. Nobody is timed out or banned."""
        if result.decision == "allow":
            return self.done(seen, result)
        place = seen.place
        if place["what"] == "message" and "guild" not in place:
            return self.done(
                seen, result, self._caution(place), base=self.base,
                cannot="a direct message is seen by nobody else: it is only answered",
            )  # fmt: skip
        if result.decision == "nudge":
            if place["what"] == "member":
                return self.done(seen, result, cannot="a name cannot be answered")
            return self.done(seen, result, self._caution(place), base=self.base)
        if self.options.moderators is None:
            return self.done(seen, result, cannot="set `moderators`, a channel: nothing is removed"
                             " that no moderator is shown")  # fmt: skip
        calls = list(self._to_moderators(self.options.moderators, seen, result))
        cannot = ""
        if result.decision == "block":
            match place["what"]:
                case "message":
                    path = f"/channels/{quote(place['channel'])}/messages/{quote(place['message'])}"
                    calls.append(Call("remove the message", "DELETE", path, repeatable=True))
                case "thread":
                    path = f"/channels/{quote(place['channel'])}"
                    calls.append(Call("lock the thread", "PATCH", path, LOCKED, repeatable=True))
                case _:
                    cannot = "a name is not removed: moderators decide"
        return self.done(seen, result, *calls, base=self.base, cannot=cannot)

    def _caution(self, place: Mapping[str, str]) -> Call:
        body: dict[str, Any] = {"content": CAUTION, "allowed_mentions": MENTION_NOBODY}
        if "message" in place:
            reference = {"message_id": place["message"], "fail_if_not_exists": False}
            body["message_reference"] = reference
        return Call(
            "caution readers", "POST", f"/channels/{quote(place['channel'])}/messages", body
        )

    def _to_moderators(self, channel: str, seen: Seen, result: Result) -> list[Call]:
        place, path = seen.place, f"/channels/{quote(channel)}/messages"
        words = note(result)
        if place["what"] == "member":
            user = str(seen.ad.get("author_id", "")).rpartition(":")[2]
            words = f"Name of <@{user}>. {words}"
        elif place["what"] == "thread":
            words = f"Thread <#{place['channel']}>. {words}"
        told = {"content": words, "allowed_mentions": MENTION_NOBODY}
        calls = [Call("tell the moderators", "POST", path, told)]
        if place["what"] == "message":
            reference = {
                "type": FORWARD, "channel_id": place["channel"], "message_id": place["message"],
                "guild_id": place["guild"],
            }  # fmt: skip
            show = {"message_reference": reference, "allowed_mentions": MENTION_NOBODY}
            calls.append(Call("show them a copy of the message", "POST", path, show))
        return calls

    def access(self, token: str) -> Access:
        """A bot's token."""
        return Access(self.base, {"Authorization": f"Bot {token}"})

    def pause_s(self, reply: Reply) -> float | None:
        """In the body, in seconds (https://docs.discord.com/developers/topics/rate-limits)."""
        asked = answer_json(reply).get("retry_after")
        return float(asked) if isinstance(asked, int | float) else super().pause_s(reply)
