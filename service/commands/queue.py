"""Ads that wait for a reviewer.

For example:

python -m service queue next --count 50 > session.jsonl     what teaches the model most, and why
python -m service queue next --language ha --count 20       of one language
"""

import asyncio
import sys
from typing import Annotated

import typer
from pydantic import ValidationError
from tqdm import tqdm

from models.cli import new_app, say
from service.api.reviewing import QueuedAd, QueueFilter
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.engine import Engine
from service.review import learning
from service.review import queue as waiting
from service.runtime import existing_store
from service.store import Database, Vault

app = new_app(__doc__)


@app.callback()
def group() -> None:
    """Ads that wait for a reviewer."""


@app.command("next")
def following(
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    language: Annotated[str | None, typer.Option(help="As read: ISO 639, or und.")] = None,
    platform: Annotated[str | None, typer.Option(help="Kind of service it was seen on.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Of one campaign.")] = None,
) -> None:
    """Print the ads to label next, one a line as `GET /v1/queue?order=learning` gives them, the one
    that teaches most first: unsure, unlike what is labelled, of few copies, in a language with few
    labels. For labelling sessions; what protects people is the usual order, the greatest harm
    first. Lines hold the texts of ads, contacts replaced. Nobody is given the ads: claim them."""
    try:
        which = QueueFilter.model_validate(
            {"language": language, "platform": platform, "campaign": campaign}
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(f"--{first['loc'][0]}: {first['msg']}") from None
    settings = read_settings()
    with existing_store(settings) as (database, vault):
        engine = Engine.start(settings)
        try:
            ads = asyncio.run(picked(engine, database, vault, which, count))
        finally:
            engine.scorer.close()
    for ad in ads:
        sys.stdout.write(ad.model_dump_json() + "\n")
    say(f"{len(ads)} ads to label")


async def picked(
    engine: Engine, database: Database, vault: Vault, which: QueueFilter, count: int
) -> list[QueuedAd]:
    """In the learning order."""
    with tqdm(desc="read", unit="text", file=sys.stderr, mininterval=1) as bar:
        chosen = await learning.picks(
            engine, database, vault, which, None, count, progress=bar.update
        )
    ids = [one.ad_id for one in chosen]
    return learning.told(await database.read(waiting.these, vault, ids), chosen)
