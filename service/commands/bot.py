"""Bots that moderate a Discord server or Telegram chats with a Lurewatch service.

For example:

DISCORD_TOKEN=… python -m service bot discord --service http://127.0.0.1:8000
TELEGRAM_TOKEN=… python -m service bot telegram --service http://127.0.0.1:8000

They only print what they would do until they are given --act. `--with moderators=ID` names the
channel or chat in which moderators are told.
"""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from models.cli import new_app, say
from service.client import AsyncClient
from service.commands.errors import UsageError
from service.commands.platform import KEY, TOKENS, With, named
from service.platforms.bots.moderator import Moderator
from service.platforms.catalogue import platform
from service.platforms.plan import Plan
from service.platforms.sending import Sender

app = new_app(__doc__)

Service = Annotated[str, typer.Option(help="Address of the Lurewatch service.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run/--act", help="Print what would be done, or also do it.")
]
Run = Callable[[str, Moderator, asyncio.Event], Awaitable[None]]


@app.command()
def discord(
    service: Service,
    dry_run: DryRun = True,
    options: With = None,
    members: Annotated[
        bool, typer.Option(help="Also read members' names: needs the intent 'server members'.")
    ] = False,
) -> None:
    """Messages and threads of the servers that the bot is in. The token is in DISCORD_TOKEN; a
    service that asks for a key finds it in SERVICE_KEY."""
    token = token_of("discord")
    try:
        from service.platforms.bots import discord as bot
    except ModuleNotFoundError as error:
        raise missing(error, "discord") from None

    async def run(token: str, moderator: Moderator, stop: asyncio.Event) -> None:
        running = asyncio.create_task(bot.run(token, moderator, members))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not running.done():
            running.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
        try:
            await running
        except asyncio.CancelledError:
            pass
        except bot.LoginFailure:
            raise UsageError("DISCORD_TOKEN: Discord does not know this token") from None

    asyncio.run(moderate("discord", token, service, dry_run, options, run))


@app.command()
def telegram(
    service: Service,
    dry_run: DryRun = True,
    options: With = None,
    api: Annotated[
        str | None, typer.Option(help="Address of a Bot API server of your own.")
    ] = None,
) -> None:
    """Messages of the chats that the bot is in, and people who write to it. The token is in
    TELEGRAM_TOKEN; a service that asks for a key finds it in SERVICE_KEY."""
    token = token_of("telegram")
    try:
        from service.platforms.bots import telegram as bot
    except ModuleNotFoundError as error:
        raise missing(error, "telegram") from None

    async def run(token: str, moderator: Moderator, stop: asyncio.Event) -> None:
        try:
            await bot.run(token, moderator, stop, api or bot.API)
        except bot.InvalidToken:
            raise UsageError("TELEGRAM_TOKEN: Telegram does not know this token") from None

    asyncio.run(moderate("telegram", token, service, dry_run, options, run, api))


async def moderate(
    name: str, token: str, service: str, dry_run: bool, options: list[str] | None, run: Run,
    api: str | None = None,
) -> None:  # fmt: skip
    """Until SIGINT or SIGTERM."""
    made = platform(name, named(options or ()), **({} if api is None else {"base": api}))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        client = AsyncClient(service, os.environ.get(KEY))
    except ValueError as error:
        raise UsageError(f"--service: {error}") from None
    sender = None if dry_run else Sender(made, token)
    say(f"{name}: {'plans are printed, nothing is done' if dry_run else 'plans are carried out'}")
    async with client:
        await run(token, Moderator(made, client, show, sender), stop)
    if sender is not None:
        await sender.aclose()


def show(plan: Plan) -> None:
    """A line of JSON, at once."""
    print(json.dumps(plan.shown(), ensure_ascii=False), flush=True)


def token_of(name: str) -> str:
    """From the environment. Raises :class:`UsageError`."""
    token = os.environ.get(TOKENS[name])
    if not token:
        raise UsageError(f"put the bot's token into {TOKENS[name]}")
    return token


def missing(error: ModuleNotFoundError, extra: str) -> UsageError:
    """A library that is not installed."""
    return UsageError(f"{error.name} is missing: pip install 'lurewatch[{extra}]'")
