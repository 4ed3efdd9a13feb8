"""``python -m service automod``: a rule for Discord's AutoMod from judged texts."""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from models.cli import say
from models.labels import Kind
from service.commands.errors import UsageError
from service.commands.platform import TOKENS, Score, local
from service.commands.source import opened
from service.platforms.automod import NAME, put, rule
from service.platforms.discord import Discord
from service.platforms.phrases import Limits, Text, mined
from service.platforms.sending import NotDone, Sender

CHUNK = 64
FEW_HONEST = 500
"""Below so many honest texts a phrase that is in none may still be common."""

HONEST = frozenset({Kind.RECRUITMENT, Kind.ABOUT_LURES, Kind.OTHER_SCAM, Kind.OTHER})
HALF = re.compile("[\ud800-\udfff]")
CONTACTS = frozenset({"phone", "email", "handle", "messenger_link", "url", "wallet"})


def automod(
    sources: Annotated[
        list[str],
        typer.Argument(help="JSON lines with `text`, and `kind` where people said it; - is stdin."),
    ],
    alert_channel: Annotated[
        str | None, typer.Option(help="Id of the channel in which moderators are told.")
    ] = None,
    block: Annotated[bool, typer.Option("--block", help="Also keep such messages back.")] = False,
    name: Annotated[str, typer.Option(help="Of the rule; one of that name is replaced.")] = NAME,
    least_lures: Annotated[
        int, typer.Option(min=2, help="Lures, no copies of each other, that hold a phrase.")
    ] = 3,
    most_honest: Annotated[
        float, typer.Option(min=0, max=0.01, help="Share of honest texts that may hold it.")
    ] = 0.001,
    phrases: Annotated[
        bool, typer.Option("--phrases", help="Print the phrases with their counts instead.")
    ] = False,
    guild: Annotated[str | None, typer.Option(help="Id of the guild, for --send.")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Put the rule there, with the token in DISCORD_TOKEN.")
    ] = False,
) -> None:
    """The strongest phrases of lures as a rule for Discord's AutoMod: its JSON, nothing sent.

    Rows are those of `feedback export`, or any with a `text`. Without a `kind` the model says which
    are lures; it always says which words were. Read the list before you use it.
    """
    token = os.environ.get(TOKENS["discord"])
    if send and not (token and guild):
        raise UsageError(f"--send: give --guild, and the bot's token in {TOKENS['discord']}")
    texts = judged(sources)
    found = mined(texts, Limits(least_lures, most_honest))
    say(
        f"{len(found.phrases)} phrases, in {found.covered} of {found.lures} lures and in "
        f"{found.hit} of {found.honest} honest texts"
    )
    if found.honest < FEW_HONEST:
        say(f"only {found.honest} honest texts: what is rare in them may be common; give more")
    if phrases:
        for one in found.phrases:
            row = {"phrase": one.text, "lures": one.lures, "honest": one.honest}
            print(json.dumps(row, ensure_ascii=False))
        return
    made = rule(found, texts, alert_channel, block, name)
    print(json.dumps(made, ensure_ascii=False, indent=1))
    if send and token and guild:
        asyncio.run(sent(token, guild, made))


def judged(sources: Sequence[str]) -> list[Text]:
    """The rows of all files, those left out that nobody can judge."""
    rows = [row for source in sources for row in rows_of(source)]
    with local() as score:
        chunks = [rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK)]
        return [one for chunk in chunks for one in texts_of(chunk, score)]


def rows_of(source: str) -> Iterator[dict[str, Any]]:
    """The rows of a file that have a text. Halves of characters in it, which no ad may have, become
    U+FFFD. Raises :class:`UsageError`."""
    with opened(source) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict) and isinstance(row.get("text"), str):
                    if row["text"].strip():
                        yield {**row, "text": HALF.sub("\ufffd", row["text"])}
                    continue
            raise UsageError(f"{source}: line {number}: give a JSON object with a `text`")


def texts_of(rows: Sequence[dict[str, Any]], score: Score) -> Iterator[Text]:
    """Each with the words that spoke for a lure, and those that are a contact."""
    results = score([{"text": row["text"][:20_000]} for row in rows])
    for row, result in zip(rows, results, strict=True):
        kind = row.get("kind")
        lure = kind == Kind.LURE if kind else result.kind == Kind.LURE
        sure = kind in (Kind.LURE, *HONEST) if kind else lure == (result.decision != "allow")
        if sure:
            evidence = [one.span for one in result.evidence if one.share > 0]
            contacts = [
                span for one in result.entities if one.type in CONTACTS for span in one.spans
            ]
            yield Text(
                row["text"], lure,
                tuple((one.start, one.end) for one in evidence if one.field == "text"),
                tuple((one.start, one.end) for one in contacts if one.field == "text"),
                row.get("group"),
            )  # fmt: skip


async def sent(token: str, guild: str, made: dict[str, Any]) -> None:
    """Put it into the guild."""
    sender = Sender(Discord(), token)
    try:
        id = await put(sender, guild, made)
    except NotDone as error:
        raise UsageError(f"--send: {error}") from None
    finally:
        await sender.aclose()
    say(f"rule {id}")
