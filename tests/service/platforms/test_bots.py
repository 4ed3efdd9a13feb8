"""The bots: real objects of their libraries, a service on a socket, platforms' APIs on another."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import discord
import pytest

from service.client import AsyncClient
from service.platforms.bots import discord as discord_bot
from service.platforms.bots import telegram as telegram_bot
from service.platforms.bots.moderator import Moderator
from service.platforms.discord import Discord, DiscordOptions
from service.platforms.plan import Plan
from service.platforms.seen import Seen, Skipped
from service.platforms.sending import Sender
from service.platforms.telegram import UPDATES, Telegram, TelegramOptions
from tests.live import WAIT_S, Service, live
from tests.service.platforms.given import events, seen
from tests.service.platforms.server import Answer, Api, Heard

ROOT = Path(__file__).parents[3]
TOKEN = "5550100:secret"
GUILD = {
    "id": "310000000000000000", "name": "Guild", "roles": [], "emojis": [], "features": [],
    "members": [], "threads": [], "channels": [
        {"id": "310000000000000001", "type": 0, "name": "work", "position": 0,
         "permission_overwrites": [], "nsfw": False, "rate_limit_per_user": 0},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Everything is for review."""
    with live(Service(data_dir=tmp_path_factory.mktemp("bots")).app) as address:
        yield address


class BotApi(Api):
    """Telegram's, with updates to hand out once."""

    def __init__(self, updates: list[dict[str, Any]]) -> None:
        super().__init__()
        self.updates = updates

    async def answer(self, heard: Heard) -> Answer:
        method = heard.path.rpartition("/")[2]
        if method == "getMe":
            me = {"id": 5550100, "is_bot": True, "first_name": "Lurewatch", "username": "lw_bot"}
            return 200, {"ok": True, "result": me}, {}
        if method == "getUpdates":
            given, self.updates = self.updates, []
            if not given:
                await asyncio.sleep(0.2)
            return 200, {"ok": True, "result": given}, {}
        return 200, {"ok": True, "result": True}, {}

    def asked(self, method: str) -> list[Heard]:
        """Requests of a method."""
        return [one for one in self.heard if one.path == f"/bot{TOKEN}/{method}"]


def moderated(
    service: str, platform: Discord | Telegram, act: bool,
    run: Callable[[Moderator], Awaitable[Any]],
) -> list[Plan]:  # fmt: skip
    """What a moderator shows while something runs with it."""
    shown: list[Plan] = []

    async def main() -> None:
        sender = Sender(platform, TOKEN) if act else None
        async with AsyncClient(service) as client:
            await run(Moderator(platform, client, shown.append, sender))
        if sender is not None:
            await sender.aclose()

    asyncio.run(main())
    return shown


def test_telegram_updates_are_moderated(service: str) -> None:
    api = BotApi(list(events("telegram")))
    with live(api) as address:
        platform = Telegram(TelegramOptions(moderators="-7"), base=address)

        async def run(moderator: Moderator) -> None:
            stop = asyncio.Event()
            running = asyncio.create_task(telegram_bot.run(TOKEN, moderator, stop, address))
            while len(api.asked("forwardMessage")) < 2:
                await asyncio.sleep(0.02)
            stop.set()
            await asyncio.wait_for(running, WAIT_S)

        plans = moderated(service, platform, True, run)
    # Of nine updates three hold no ad, and the edit was decided as its message was.
    assert sorted(plan.ad for plan in plans) == sorted([
        "telegram:-1005550100:11", "telegram:-1005550100:12", "telegram:-1005550199:5",
        "telegram:5550103:13", "telegram:join:-1005550100:5550104",
    ])  # fmt: skip
    assert {plan.decision for plan in plans} == {"review"}
    asked = parse_qs(api.asked("getUpdates")[0].body.decode())["allowed_updates"][0]
    assert set(json.loads(asked)) == set(UPDATES)
    forwarded = [one.json["message_id"] for one in api.asked("forwardMessage")]
    assert set(forwarded) == {11, 12}
    assert not api.asked("deleteMessage")


def test_telegram_in_one_command(service: str) -> None:
    api = BotApi([events("telegram")[0]])
    with live(api) as address:
        command = [
            sys.executable, "-m", "service", "bot", "telegram", "--dry-run", "--service", service,
            "--api", address, "--with", "moderators=-7",
        ]  # fmt: skip
        environment = {**os.environ, "TELEGRAM_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, told
    shown = json.loads(line)
    assert shown["ad"] == "telegram:-1005550100:11"
    assert [one["url"] for one in shown["actions"]] == [
        f"{address}/bot…/sendMessage", f"{address}/bot…/forwardMessage",
    ]  # fmt: skip
    assert not api.asked("sendMessage")
    assert TOKEN not in line + told
    assert "passport" not in line + told


def test_discord_dispatches_are_moderated(service: str) -> None:
    """Through the library's own parsing of what the gateway sends."""
    api = Api()
    with live(api) as address:
        platform = Discord(DiscordOptions(moderators="350"), base=address)

        async def run(moderator: Moderator) -> None:
            async with discord_bot.Bot(moderator, members=True) as bot:
                state: Any = bot._connection
                state._add_guild_from_data(cast(Any, GUILD))
                before = asyncio.all_tasks()
                for event in events("discord"):
                    data = json.loads(json.dumps(event["d"]))
                    match event["t"]:
                        case "MESSAGE_CREATE":
                            state.parse_message_create(data)
                        case "MESSAGE_UPDATE":
                            state.parse_message_update(data)
                        case "THREAD_CREATE":
                            state.parse_thread_create(data)
                    await asyncio.gather(*(asyncio.all_tasks() - before))

        plans = moderated(service, platform, True, run)
    # The edit is decided as the message was; the forwarded one is its own.
    assert [plan.ad for plan in plans] == [
        "discord:310000000000000001:330000000000000001",
        "discord:310000000000000001:330000000000000002",
        "discord:310000000000000001:330000000000000003",
        "discord:310000000000000003:330000000000000006",
        "discord:thread:340000000000000001",
    ]
    told = [one for one in api.heard if "message_reference" not in one.json]
    assert {one.path for one in told} == {"/channels/350/messages"}
    assert all("verify" in one.json["content"] for one in told)


def test_what_the_bot_hands_over_is_what_the_gateway_sent() -> None:
    """The adapter makes the same ad of a message of the library as of the dispatch."""

    async def run() -> None:
        heard: list[dict[str, Any]] = []

        class Listening:
            async def handle(self, event: dict[str, Any]) -> None:
                heard.append(event)

        async with discord_bot.Bot(cast(Moderator, Listening()), members=True) as bot:
            state: Any = bot._connection
            state._add_guild_from_data(cast(Any, GUILD))
            before = asyncio.all_tasks()
            recorded = [one for one in events("discord") if one["t"] == "MESSAGE_CREATE"]
            for event in recorded:
                state.parse_message_create(json.loads(json.dumps(event["d"])))
                await asyncio.gather(*(asyncio.all_tasks() - before))
        read = [Discord().read(event) for event in heard]
        assert read == [Discord().read(event) for event in recorded]

    asyncio.run(run())


def test_a_message_in_a_thread_says_of_which_channel() -> None:
    """Whether moderators are among themselves there."""
    thread, data = events("discord")[7]["d"], events("discord")[0]["d"]

    async def run() -> None:
        async with discord_bot.Bot(cast(Moderator, None)) as bot:
            state: Any = bot._connection
            guild = state._add_guild_from_data(cast(Any, GUILD))
            channel = discord.Thread(guild=guild, state=state, data=thread)
            given = cast(Any, {**data, "channel_id": thread["id"]})
            made = discord_bot.created(discord.Message(state=state, channel=channel, data=given))
            moderated = Discord(DiscordOptions(moderators=thread["parent_id"]))
            assert moderated.read(made) == Skipped("said among the moderators")
            assert isinstance(Discord().read(made), list)

    asyncio.run(run())


def test_names_of_members_are_read() -> None:
    event = events("discord")[8]

    async def run() -> None:
        async with discord_bot.Bot(cast(Moderator, None), members=True) as bot:
            state: Any = bot._connection
            guild = state._add_guild_from_data(cast(Any, GUILD))
            member = discord.Member(data=event["d"], guild=guild, state=state)
            assert Discord().read(discord_bot.named(member)) == Discord().read(event)

    asyncio.run(run())


def test_new_names_are_heard() -> None:
    """Through the library's own parsing: it changes a user in place, once for all guilds."""
    heard: list[dict[str, Any]] = []

    class Listening:
        async def handle(self, event: dict[str, Any]) -> None:
            heard.append(event)

    lure, other = "Fly Thursday on a tourist visa", {**GUILD, "id": "310000000000000009"}
    member, thread = events("discord")[8]["d"], events("discord")[7]["d"]
    user = {**member["user"], "global_name": lure}

    async def run() -> None:
        async with discord_bot.Bot(cast(Moderator, Listening()), members=True) as bot:
            state: Any = bot._connection
            for guild in (GUILD, {**other, "channels": []}):
                added = state._add_guild_from_data(cast(Any, guild))
                added._add_member(discord.Member(data=member, guild=added, state=state))
            before = asyncio.all_tasks()

            async def told(event: str, data: dict[str, Any]) -> list[list[str]]:
                heard.clear()
                getattr(state, f"parse_{event}")(json.loads(json.dumps(data)))
                await asyncio.gather(*(asyncio.all_tasks() - before))
                read = [seen(Discord(), one).ad for one in heard]
                return [[ad["id"].partition(":")[2], ad["text"].splitlines()[0]] for ad in read]

            nick, number = member["nick"], "320000000000000001"
            assert await told("guild_member_update", member) == []
            assert await told("guild_member_update", {**member, "nick": None, "user": user}) == [
                [f"member:{GUILD['id']}:{number}", lure],
                [f"member:{other['id']}:{number}", nick],
                [f"member:{GUILD['id']}:{number}", lure],
            ]
            assert all(lure in json.dumps(one) for one in heard)

            await told("thread_create", thread)
            archived = {**thread["thread_metadata"], "archived": True}
            thread_id = f"thread:{thread['id']}"
            renamed = {**thread, "name": lure}
            assert await told("thread_update", renamed) == [[thread_id, lure]]
            assert await told("thread_update", {**renamed, "thread_metadata": archived}) == []
            assert await told("thread_update", {**thread, "name": "Back"}) == [[thread_id, "Back"]]
            assert await told("thread_update", {**thread, "name": "Back"}) == []

    asyncio.run(run())


def test_only_what_is_read_is_asked_for() -> None:
    asked = dict(discord_bot.intents(members=False))
    assert {name for name, on in asked.items() if on} == {
        "guilds", "guild_messages", "dm_messages", "message_content",
    }  # fmt: skip


def test_the_same_words_are_not_decided_twice(service: str) -> None:
    event = events("discord")[0]

    async def run(moderator: Moderator) -> None:
        for _ in range(3):
            await moderator.handle(event)

    assert len(moderated(service, Discord(DiscordOptions(moderators="1")), False, run)) == 1


def test_a_service_that_is_away_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    shown: list[Plan] = []

    async def main() -> None:
        client = AsyncClient("http://127.0.0.1:9", retries=0)
        async with client:
            moderator = Moderator(Discord(), client, shown.append)
            assert await moderator.handle(events("discord")[0]) == []
            assert await moderator.handle({"t": "MESSAGE_CREATE", "d": {"content": "secret"}}) == []

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert shown == []
    assert "not scored: Unreachable" in caplog.text
    assert "event not read" in caplog.text
    assert "passport" not in caplog.text
    assert "secret" not in caplog.text


class Broken(Discord):
    """An adapter with a defect."""

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        raise RuntimeError("secret")


def test_a_defect_of_an_adapter_stops_nothing(
    service: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert moderated(service, Broken(), False, lambda one: one.handle(events("discord")[0])) == []
    assert "event not read: RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_what_a_platform_refuses_is_told(service: str, caplog: pytest.LogCaptureFixture) -> None:
    api = Api([(403, {}, {})])
    with live(api) as address:
        platform = Discord(DiscordOptions(moderators="1"), base=address)
        moderated(service, platform, True, lambda moderator: moderator.handle(events("discord")[0]))
    assert "not done: tell the moderators: status 403" in caplog.text
    assert len(api.heard) == 1


def test_what_was_not_done_is_tried_when_it_comes_again(service: str) -> None:
    api = Api([(403, {}, {})])
    with live(api) as address:
        platform = Discord(DiscordOptions(moderators="1"), base=address)

        async def run(moderator: Moderator) -> None:
            for _ in range(3):
                await moderator.handle(events("discord")[0])

        plans = moderated(service, platform, True, run)
    assert len(plans) == 2  # the third time it was done
    assert len(api.heard) == 3


def test_what_comes_again_while_it_is_being_done_is_not_done_twice(service: str) -> None:
    """Discord tells of the preview of a link at once."""
    api = Api()
    with live(api) as address:
        platform = Discord(DiscordOptions(moderators="1"), base=address)

        async def run(moderator: Moderator) -> None:
            await asyncio.gather(*(moderator.handle(events("discord")[0]) for _ in range(3)))

        assert len(moderated(service, platform, True, run)) == 1
    assert len(api.heard) == 2  # told, shown
