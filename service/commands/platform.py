"""``python -m service platform``: recorded events of a platform as ads, or as plans."""

import asyncio
import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Annotated

import typer

from models.cli import say
from service.client import Client, ClientError, Result
from service.client.asking import Ad
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.commands.source import opened
from service.platforms.base import Platform
from service.platforms.catalogue import MAKE
from service.platforms.catalogue import platform as made_of
from service.platforms.memory import Memory
from service.platforms.plan import Plan
from service.platforms.recorded import Line, lines
from service.platforms.seen import BadEvent, Seen, Skipped
from service.platforms.sending import NotDone, Sender

CHUNK = 64
"""Events whose ads are scored together."""

TOKENS = {name: f"{name.upper()}_TOKEN" for name in MAKE}
"""Variables of the platforms' tokens. Not the service's settings: it never has them."""

KEY = "SERVICE_KEY"
"""Variable of the key for a service that asks for one."""

Score = Callable[[Sequence[Ad]], list[Result]]

With = Annotated[
    list[str] | None,
    typer.Option("--with", help="NAME=VALUE of the platform, such as moderators=ID; repeatable."),
]


def platform(
    name: Annotated[str, typer.Argument(help=", ".join(MAKE))],
    source: Annotated[
        str, typer.Argument(help="File of the platform's events, a line each; - is stdin.")
    ],
    plans: Annotated[
        bool, typer.Option("--plan", help="Score the ads and print what would be done.")
    ] = False,
    service: Annotated[
        str | None, typer.Option(help="Address of a service to ask; else the model runs here.")
    ] = None,
    options: With = None,
    send: Annotated[
        bool, typer.Option("--send", help="Also do it, with the token in NAME_TOKEN.")
    ] = False,
) -> None:
    """Recorded events of a platform as ads, ready for `score`; or, with --plan, as what would be
    done on the platform: JSON lines, nothing sent.

    An event that holds no ad is left out, and of the plans those for an ad that comes again and is
    decided as before. An event that cannot be read is told, and the exit code is 1.
    """
    made = made_of(name, named(options or ()))
    token = os.environ.get(TOKENS[name])
    if send and not token:
        raise UsageError(f"--send: put the platform's token into {TOKENS[name]}")
    count: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        read = told(lines(made, stack.enter_context(opened(source))), count)
        if not plans and not send:
            for seen in read:
                print(json.dumps(seen.ad, ensure_ascii=False))
        else:
            score = stack.enter_context(scoring(service))
            runner = stack.enter_context(asyncio.Runner())
            sender = Sender(made, token) if send and token else None
            memory = Memory()
            for plan in planned(made, read, score, memory, count):
                print(json.dumps(plan.shown(), ensure_ascii=False))
                if sender is not None and not runner.run(carried_out(sender, plan, count)):
                    memory.forget(plan.ad)
            if sender is not None:
                runner.run(sender.aclose())
    say(", ".join(f"{number} {what}" for what, number in count.items()) or "no events")
    if count["wrong"] or count["not done"]:
        raise typer.Exit(1)


def named(given: Sequence[str]) -> dict[str, str]:
    """Options of a platform. Raises :class:`UsageError`."""
    split = [one.partition("=") for one in given]
    if odd := next((name for name, mark, _ in split if not mark), None):
        raise UsageError(f"--with {odd}: write NAME=VALUE")
    return {name: value for name, _, value in split}


def told(found: Iterator[Line], count: Counter[str]) -> Iterator[Seen]:
    """The ads; the rest is counted, and what is wrong told."""
    for line in found:
        if isinstance(line.found, BadEvent):
            count["wrong"] += 1
            say(f"line {line.number}: {line.found}")
        elif isinstance(line.found, Skipped):
            count["skipped"] += 1
        else:
            count["ads"] += len(line.found)
            yield from line.found


def planned(
    made: Platform, read: Iterator[Seen], score: Score, memory: Memory, count: Counter[str]
) -> Iterator[Plan]:
    """Each ad's plan, in order; one that comes again is acted on again only where its words and the
    decision are others, as bots do. One after the other: whoever takes a plan may carry it out, and
    have ``memory`` forget it, before the next is made."""
    while chunk := list(islice(read, CHUNK)):
        new = memory.new(chunk)
        results = score([one.ad for one in new]) if new else []
        again = len(chunk) - len(new)
        for seen, result in zip(new, results, strict=True):
            if memory.differs(seen, result.decision):
                yield made.plan(seen, result)
            else:
                again += 1
        if again:
            count["again, decided as before"] += again


@contextlib.contextmanager
def scoring(service: str | None) -> Iterator[Score]:
    """A service that is asked, or the model in this process. Raises :class:`UsageError`."""
    if service is None:
        with local() as score:
            yield score
        return
    try:
        with Client(service, os.environ.get(KEY)) as client:
            yield client.score
    except (ClientError, ValueError) as error:
        raise UsageError(f"--service: {error}") from None


@contextlib.contextmanager
def local() -> Iterator[Score]:
    """The model in this process, under the settings of the environment."""
    from service.api.results import Wanted, result
    from service.api.schemas import AdIn
    from service.engine import Engine

    engine = Engine.start(read_settings())

    def score(ads: Sequence[Ad]) -> list[Result]:
        given = [AdIn.model_validate(one) for one in ads]
        answers = engine.answer_now([one.ad() for one in given])
        pairs = zip(given, answers, strict=True)
        results = [result(ad, answer, engine.name, Wanted()) for ad, answer in pairs]
        return [Result.model_validate(one.model_dump(mode="json")) for one in results]

    try:
        yield score
    finally:
        engine.scorer.close()


async def carried_out(sender: Sender, plan: Plan, count: Counter[str]) -> bool:
    """Whether one plan was; a failure is told, and does not end the rest."""
    try:
        await sender.send(plan)
    except NotDone as error:
        count["not done"] += 1
        say(f"{plan.ad}: {error}")
        return False
    return True
