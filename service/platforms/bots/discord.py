"""The Discord bot, on discord.py. It needs the intent "message content"; for names of members also
"server members"."""

from typing import Any

import discord
from discord import LoginFailure

from service.platforms.bots.moderator import Moderator

__all__ = ["Bot", "LoginFailure", "created", "named", "opened", "run"]

Event = dict[str, Any]


def intents(members: bool) -> discord.Intents:
    """What the gateway is asked to send, and nothing more."""
    return discord.Intents(
        guilds=True, guild_messages=True, dm_messages=True, message_content=True, members=members
    )


class Bot(discord.Client):
    """Hands what it hears to a moderator, in the gateway's shape."""

    def __init__(self, moderator: Moderator, members: bool = False) -> None:
        super().__init__(intents=intents(members), allowed_mentions=discord.AllowedMentions.none())
        self._moderator = moderator

    async def on_message(self, message: discord.Message) -> None:
        """A new message."""
        await self._moderator.handle(created(message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """An edited one, also where it is older than the bot."""
        await self._moderator.handle({**created(payload.message), "t": "MESSAGE_UPDATE"})

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """A thread, or a post of a forum: its name."""
        await self._moderator.handle(opened(thread))

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        """A new name of one. It is also told when a thread is archived, which says nothing new."""
        if before.name != after.name:
            await self._moderator.handle({**opened(after), "t": "THREAD_UPDATE"})

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """One that was archived, and comes back under whatever name."""
        if payload.thread is None:
            await self._moderator.handle({"t": "THREAD_UPDATE", "d": payload.data})

    async def on_member_join(self, member: discord.Member) -> None:
        """Somebody's names."""
        await self._moderator.handle(named(member))

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """A new name of somebody in one guild."""
        if before.nick != after.nick:
            await self._moderator.handle(named(after))

    async def on_user_update(self, before: discord.User, after: discord.User) -> None:
        """A new name of somebody everywhere: heard once, of whichever guild told it first."""
        if (before.name, before.global_name) == (after.name, after.global_name):
            return
        for guild in after.mutual_guilds:
            if (member := guild.get_member(after.id)) is not None:
                await self._moderator.handle(named(member))


def created(message: discord.Message) -> Event:
    """A message as the gateway dispatches it, and what its thread is of."""
    edited = message.edited_at
    data: Event = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "author": author(message.author),
        "type": message.type.value,
        "timestamp": message.created_at.isoformat(),
        "edited_timestamp": edited.isoformat() if edited else None,
        "message_snapshots": [{"message": words(one)} for one in message.message_snapshots],
        **words(message),
    }
    if message.guild is not None:
        data["guild_id"] = str(message.guild.id)
    if isinstance(message.channel, discord.Thread):
        data["parent_id"] = str(message.channel.parent_id)
    if message.webhook_id is not None:
        data["webhook_id"] = str(message.webhook_id)
    answered = message.reference.resolved if message.reference else None
    if isinstance(answered, discord.Message):
        data["referenced_message"] = {**words(answered), "author": author(answered.author)}
    return {"t": "MESSAGE_CREATE", "d": data}


def words(given: discord.Message | discord.MessageSnapshot) -> Event:
    """What a message says."""
    said: Event = {
        "content": given.content,
        "embeds": [one.to_dict() for one in given.embeds],
        "attachments": [one.to_dict() for one in given.attachments],
        "components": [one.to_dict() for one in given.components],
    }
    if isinstance(given, discord.Message) and given.poll is not None:
        answers = [{"poll_media": {"text": one.text}} for one in given.poll.answers]
        said["poll"] = {"question": {"text": given.poll.question}, "answers": answers}
    return said


def author(user: discord.User | discord.Member) -> Event:
    """Who wrote it."""
    return {
        "id": str(user.id), "bot": user.bot, "username": user.name,
        "global_name": user.global_name,
    }  # fmt: skip


def opened(thread: discord.Thread) -> Event:
    """A thread as the gateway dispatches it."""
    data = {
        "id": str(thread.id), "guild_id": str(thread.guild.id), "name": thread.name,
        "parent_id": str(thread.parent_id), "owner_id": str(thread.owner_id),
    }  # fmt: skip
    return {"t": "THREAD_CREATE", "d": data}


def named(member: discord.Member) -> Event:
    """A member as the gateway dispatches one."""
    data = {"guild_id": str(member.guild.id), "user": author(member), "nick": member.nick}
    return {"t": "GUILD_MEMBER_UPDATE", "d": data}


async def run(token: str, moderator: Moderator, members: bool = False) -> None:
    """Until it is stopped."""
    async with Bot(moderator, members) as bot:
        await bot.start(token)
