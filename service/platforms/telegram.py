"""Telegram: updates of the Bot API, https://core.telegram.org/bots/api#update.

A bot sees groups and channels in which it is, and people who write to it. Somebody who sends it a
message in private is asking what we think of that message, and is always answered: silence would
say that nothing was found. They are not its author, and not told what moderators are.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from models.ad import Platform as Kind
from models.ad import Surface
from service.client.calls import Reply
from service.client.results import Result
from service.platforms.asked import Albums, Questions, answer, busy, headline
from service.platforms.base import Access, Options, Part, Platform, blank, fitted
from service.platforms.plan import CAUTION, Call, Plan, note
from service.platforms.replies import answer_json
from service.platforms.seen import Seen, Skipped, ad, moment, opaque, turn
from service.platforms.telegram_words import Words

API = "https://api.telegram.org"

UPDATES = (
    "message", "edited_message", "channel_post", "edited_channel_post", "chat_join_request",
)  # fmt: skip
"""Those that are read; a bot asks for no others."""


class User(Part):
    """Who wrote."""

    id: int
    is_bot: bool = False
    language_code: str = ""


class Chat(Part):
    """Where."""

    id: int
    type: str
    """``private``, ``group``, ``supergroup`` or ``channel``."""


class Answered(Words):
    """The message that is answered."""

    sender: User | None = Field(None, alias="from")
    sender_chat: Chat | None = None


class Message(Words):
    """https://core.telegram.org/bots/api#message"""

    message_id: int
    chat: Chat
    date: int
    edit_date: int | None = None
    sender: User | None = Field(None, alias="from")
    sender_chat: Chat | None = None
    reply_to_message: Answered | None = None
    media_group_id: str | None = None
    has_protected_content: bool = False


class JoinRequest(Part):
    """https://core.telegram.org/bots/api#chatjoinrequest"""

    chat: Chat
    sender: User = Field(alias="from")
    date: int
    bio: str = ""


class Update(Part):
    """One of its fields is there."""

    message: Message | None = None
    edited_message: Message | None = None
    channel_post: Message | None = None
    edited_channel_post: Message | None = None
    chat_join_request: JoinRequest | None = None


class TelegramOptions(Options):
    """Of the chats that a bot is in."""

    moderators: str | None = None
    """Id of the chat in which moderators are told, such as `-1001234567890`. What is said there is
    not read."""

    questions_per_hour: int = Field(30, ge=1)
    """Messages of one person that are read in private in an hour: a chat forwarded piece by piece
    fits in, a search for the wording that passes takes longer. Counted by each process."""


class Telegram(Platform):
    """See the module."""

    name = "telegram"

    def __init__(self, options: TelegramOptions | None = None, base: str = API) -> None:
        self.options = options or TelegramOptions()
        self.base = base
        self._questions = Questions(self.options.questions_per_hour)
        self._albums = Albums()

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        """The ad in an update."""
        update = fitted(Update, event, "update of Telegram's Bot API")
        if update.chat_join_request is not None:
            return self._request(update.chat_join_request)
        given = (
            update.message or update.edited_message or update.channel_post
            or update.edited_channel_post
        )  # fmt: skip
        return Skipped("not a message") if given is None else self._message(given)

    def _message(self, given: Message) -> list[Seen] | Skipped:
        if given.sender is not None and given.sender.is_bot and given.sender_chat is None:
            return Skipped("written by a program")
        private = given.chat.type == "private"
        if not private and str(given.chat.id) == self.options.moderators:
            return Skipped("said among the moderators")
        text = given.words()
        empty = blank(text)
        if private and not self._is_first(given) and empty:
            return Skipped("one more picture of an album")
        if private and (refused := self._refused(given)) is not None:
            return refused
        if empty:
            told = answer("too_little", language_of(given))
            return Skipped("no text", self._told(given, told) if private else None)
        surface = {"private": Surface.DIRECT_MESSAGE, "channel": Surface.POST}
        author = None if private else writer_of(given)
        before = given.reply_to_message
        said = before.words() if before else ""
        by_author = before is not None and writer_of(before) == writer_of(given)
        made = ad(
            Kind.MESSAGING,
            surface.get(given.chat.type, Surface.CHAT),
            id=id_of(given),
            text=text,
            author_id=opaque(self.name, author) if author is not None else None,
            posted_at=moment(given.edit_date or given.date),
            thread=[turn(said, by_author)] if said else [],
        )
        place = place_of(given) | ({"language": language_of(given)} if private else {})
        if given.has_protected_content:
            place["protected"] = "yes"
        return [Seen(made, place, asked=private)]

    def _is_first(self, given: Message) -> bool:
        """Of its album; what is in none is always first."""
        album = given.media_group_id
        return album is None or self._albums.is_first(given.chat.id, album, given.message_id)

    def _refused(self, given: Message) -> Skipped | None:
        """Where somebody asks too often; they are told so once. An edit is a question too."""
        taken = self._questions.take(str(given.chat.id), given.edit_date or given.date)
        if taken == "taken":
            return None
        told = self._told(given, busy(language_of(given))) if taken == "refused" else None
        return Skipped("asked too often", told)

    def _told(self, given: Message, words: str) -> Plan:
        """An answer to a message that is not scored."""
        call = self._answer("answer who asks", place_of(given), words)
        return Plan(self.name, id_of(given), None, (call,), base=self._shown_base())

    def _request(self, given: JoinRequest) -> list[Seen] | Skipped:
        if blank(given.bio):
            return Skipped("no text")
        made = ad(
            Kind.MESSAGING,
            Surface.PROFILE,
            id=opaque(self.name, "join", given.chat.id, given.sender.id),
            text=given.bio,
            author_id=opaque(self.name, given.sender.id),
            posted_at=moment(given.date),
        )
        return [
            Seen(made, {"what": "request", "chat": str(given.chat.id), "type": given.chat.type})
        ]

    def plan(self, seen: Seen, result: Result) -> Plan:
        """``nudge`` answers with a caution; ``review`` forwards the message to the moderators;
        ``block`` does so and then removes it. A request to join is left open. Nobody is banned.
        Who asks in private is answered, whatever the decision, and no moderator is told."""
        place = seen.place
        if place["type"] == "private":
            words = answer(headline(result), place["language"])
            call = self._answer("answer who asks", place, words)
            return self.done(seen, result, call, base=self._shown_base())
        if result.decision == "allow":
            return self.done(seen, result)
        if result.decision == "nudge":
            if place["what"] == "request":
                return self.done(seen, result, cannot="a request to join cannot be answered")
            call = self._answer("caution readers", place, CAUTION)
            return self.done(seen, result, call, base=self._shown_base())
        if self.options.moderators is None:
            return self.done(seen, result, cannot="set `moderators`, a chat: nothing is removed"
                             " that no moderator is shown")  # fmt: skip
        calls = self._to_moderators(self.options.moderators, seen, result)
        cannot = ""
        if place["what"] == "request":
            cannot = "the request to join stays open: moderators decide"
        elif result.decision == "block" and "protected" in place:
            cannot = "the chat forbids forwarding, so that moderators would have no copy: it stays"
        elif result.decision == "block":
            body = {"chat_id": int(place["chat"]), "message_id": int(place["message"])}
            calls.append(Call("remove the message", "POST", "/deleteMessage", body))
        return self.done(seen, result, *calls, base=self._shown_base(), cannot=cannot)

    def _answer(self, why: str, place: Mapping[str, str], words: str) -> Call:
        body = {
            "chat_id": int(place["chat"]),
            "text": words,
            "reply_parameters": {
                "message_id": int(place["message"]), "allow_sending_without_reply": True,
            },
        }  # fmt: skip
        return Call(why, "POST", "/sendMessage", body)

    def _to_moderators(self, chat: str, seen: Seen, result: Result) -> list[Call]:
        place, words = seen.place, note(result)
        if place["what"] == "request":
            words = f"A request to join is open. {words}"
        elif "protected" in place:
            words = f"Message {place['message']} in chat {place['chat']}. {words}"
        calls = [
            Call("tell the moderators", "POST", "/sendMessage", {"chat_id": chat, "text": words})
        ]
        if place["what"] == "message" and "protected" not in place:
            body = {
                "chat_id": chat, "from_chat_id": int(place["chat"]),
                "message_id": int(place["message"]),
            }  # fmt: skip
            calls.append(Call("show them the message", "POST", "/forwardMessage", body))
        return calls

    def _shown_base(self) -> str:
        return f"{self.base}/bot…"

    def access(self, token: str) -> Access:
        """The token stands in the address."""
        return Access(f"{self.base}/bot{token}")

    def pause_s(self, reply: Reply) -> float | None:
        """In the body (https://core.telegram.org/bots/api#responseparameters)."""
        asked = (answer_json(reply).get("parameters") or {}).get("retry_after")
        return float(asked) if isinstance(asked, int | float) else super().pause_s(reply)


def id_of(given: Message) -> str:
    """Of the ad in a message."""
    return opaque(Telegram.name, given.chat.id, given.message_id)


def writer_of(given: Message | Answered) -> int | None:
    """Id of who wrote. For all who write as a channel ``from`` names the same stand-in."""
    writer = given.sender_chat or given.sender
    return writer.id if writer else None


def place_of(given: Message) -> dict[str, str]:
    """Where a message stands."""
    return {
        "what": "message", "chat": str(given.chat.id), "type": given.chat.type,
        "message": str(given.message_id),
    }  # fmt: skip


def language_of(given: Message) -> str:
    """That of the sender's program, as a tag; empty where it does not say."""
    return given.sender.language_code if given.sender else ""
