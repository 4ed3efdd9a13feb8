"""The Telegram bot, on python-telegram-bot. In groups it sees all messages only with privacy mode
off, or as an administrator."""

import asyncio
from typing import Any

from telegram import Update
from telegram.error import InvalidToken
from telegram.ext import Application, ContextTypes, TypeHandler

from service.platforms.bots.moderator import Moderator
from service.platforms.telegram import API, UPDATES

__all__ = ["API", "InvalidToken", "application", "run"]


def application(
    token: str, moderator: Moderator, base: str = API
) -> Application[Any, Any, Any, Any, Any, Any]:
    """The library's application, with one handler: updates go to the moderator as they came."""
    made = (
        Application.builder().token(token).base_url(f"{base}/bot").concurrent_updates(True).build()
    )

    async def handle(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await moderator.handle(update.to_dict())

    made.add_handler(TypeHandler(Update, handle))
    return made


async def run(token: str, moderator: Moderator, stop: asyncio.Event, base: str = API) -> None:
    """Asks for updates until ``stop`` is set; what was heard is finished."""
    app = application(token, moderator, base)
    async with app:
        await app.start()
        assert app.updater is not None  # the builder makes one
        await app.updater.start_polling(allowed_updates=list(UPDATES))
        await stop.wait()
        await app.updater.stop()
        await app.stop()
