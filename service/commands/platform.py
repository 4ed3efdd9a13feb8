"""``python -m service platform``: recorded events of a platform as ads, or as plans."""

import asyncio
import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Annotated

import typer
from pydantic import ValidationError

from models.cli import say
from service.client import Client, ClientError, Problem, Result
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

OF_ADS = frozenset({400, 413, 422, 500})
"""Statuses of a service that cannot score what it was given: mostly one ad of it."""


class NotScored(Exception):
    """These ads, or one of them, cannot be scored. The message holds none of their words."""


Score = Callable[[Sequence[Ad]], list[Result]]
"""Raises :class:`NotScored`."""

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
    decided as before. An event that cannot be read is told, and so is an ad that is refused; the
    rest is done, and the exit code is 1.
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
        again = len(chunk) - len(new)
        for seen, result in scored(score, new, count) if new else ():
            if memory.differs(seen, result.decision):
                yield made.plan(seen, result)
            else:
                again += 1
        if again:
            count["again, decided as before"] += again


def scored(
    score: Score, given: Sequence[Seen], count: Counter[str]
) -> Iterator[tuple[Seen, Result]]:
    """Each with its result, in order. What cannot be scored together is scored in halves, so that
    one ad takes no other with it; one that cannot be scored alone is told, and counted as wrong."""
    try:
        results = score([one.ad for one in given])
    except NotScored as error:
        if len(given) == 1:
            count["wrong"] += 1
            say(f"{given[0].ad['id']}: {error}")
            return
    else:
        yield from zip(given, results, strict=True)
        return
    middle = len(given) // 2
    yield from scored(score, given[:middle], count)
    yield from scored(score, given[middle:], count)


@contextlib.contextmanager
def scoring(service: str | None) -> Iterator[Score]:
    """A service that is asked, or the model in this process. Raises :class:`UsageError`."""
    if service is None:
        with local() as score:
            yield score
        return
    try:
        client = Client(service, os.environ.get(KEY))
    except ValueError as error:
        raise UsageError(f"--service: {error}") from None
    with client:
        try:
            yield partial(asked, client)
        except ClientError as error:
            raise UsageError(f"--service: {error}") from None


def asked(client: Client, ads: Sequence[Ad]) -> list[Result]:
    """Results of a service. Raises :class:`NotScored`; where it is no service of ours, or has no
    use for the key, what the client raises."""
    try:
        return client.score(ads)
    except Problem as error:
        if error.status in OF_ADS and error.type.startswith("/problems/"):
            raise NotScored(str(error)) from None
        raise


@contextlib.contextmanager
def local() -> Iterator[Score]:
    """The model in this process, under the settings of the environment."""
    from service.api.results import Wanted, result
    from service.api.schemas import AdIn
    from service.engine import Engine

    engine = Engine.start(read_settings())

    def score(ads: Sequence[Ad]) -> list[Result]:
        try:
            given = [AdIn.model_validate(one) for one in ads]
        except ValidationError as error:
            raise NotScored(place_of(error)) from None
        answers = engine.answer_now([one.ad() for one in given])
        pairs = zip(given, answers, strict=True)
        results = [result(ad, answer, engine.name, Wanted()) for ad, answer in pairs]
        return [Result.model_validate(one.model_dump(mode="json")) for one in results]

    try:
        yield score
    finally:
        engine.scorer.close()


def place_of(error: ValidationError) -> str:
    """Where an ad is not in its shape, without a word of it."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['type'].replace('_', ' ')}"


async def carried_out(sender: Sender, plan: Plan, count: Counter[str]) -> bool:
    """Whether one plan was; a failure is told, and does not end the rest."""
    try:
        await sender.send(plan)
    except NotDone as error:
        count["not done"] += 1
        say(f"{plan.ad}: {error}")
        return False
    return True
