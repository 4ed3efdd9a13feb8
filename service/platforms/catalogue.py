"""The adapters by name, made from what an operator says."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import BaseModel, ValidationError

from service.platforms.base import Options, Platform
from service.platforms.bluesky import Bluesky, BlueskyOptions
from service.platforms.discord import Discord, DiscordOptions
from service.platforms.errors import PlatformError
from service.platforms.mastodon import Mastodon, MastodonOptions
from service.platforms.matrix import Matrix, MatrixOptions
from service.platforms.reddit import Reddit, RedditOptions
from service.platforms.telegram import Telegram, TelegramOptions


class GenericOptions(Options):
    """Of an in-house platform."""

    mapping: Path
    """The mapping file."""


def generic(options: GenericOptions) -> Platform:
    """Loads its own libraries: the others need none."""
    from service.platforms.generic import Generic
    from service.platforms.mapping import load

    return Generic(load(options.mapping))


OPTIONS: dict[str, type[Options]] = {
    "discord": DiscordOptions,
    "telegram": TelegramOptions,
    "mastodon": MastodonOptions,
    "bluesky": BlueskyOptions,
    "matrix": MatrixOptions,
    "reddit": RedditOptions,
    "generic": GenericOptions,
}

MAKE: dict[str, Callable[..., Platform]] = {
    "discord": Discord,
    "telegram": Telegram,
    "mastodon": Mastodon,
    "bluesky": Bluesky,
    "matrix": Matrix,
    "reddit": Reddit,
    "generic": generic,
}


def platform(name: str, given: Mapping[str, str], **more: str) -> Platform:
    """An adapter. ``more``: such as another ``base`` address of its API. Raises
    :class:`PlatformError`, or what a mapping raises."""
    if name not in MAKE:
        raise PlatformError(f"{name}: no such platform; there are {', '.join(MAKE)}")
    shape: type[BaseModel] = OPTIONS[name]
    try:
        options = shape.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        known = ", ".join(shape.model_fields)
        raise PlatformError(f"{name}: {place}: {first['msg']}; options are {known}") from None
    return MAKE[name](options, **more)
