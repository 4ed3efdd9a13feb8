"""``python -m service consume``: decide the ads of a topic."""

import asyncio
import contextlib
import logging
from typing import Annotated

import typer

from service.commands.errors import UsageError
from service.commands.settings import read_settings

LOUD = ("aiokafka", "faststream", "nats")
"""Libraries that tell each failed try of a broker that is away; we tell it once."""


def consume(
    source: Annotated[str, typer.Option("--from", help="Topic or subject of the ads.")],
    decisions: Annotated[str, typer.Option("--to", help="Topic or subject of the decisions.")],
    broker: Annotated[
        str | None,
        typer.Option(help="kafka://host:9092 or nats://host:4222; else LUREWATCH_BROKER."),
    ] = None,
    group: Annotated[str, typer.Option(help="Consumers of one group share the ads.")] = "lurewatch",
    dead: Annotated[
        str | None,
        typer.Option("--dead-letter", help="Where what cannot be decided goes. [TO-dead]"),
    ] = None,
    batch_tokens: Annotated[
        int, typer.Option(min=1, help="Tokens of a batch: more are not taken ahead.")
    ] = 8192,
    linger_ms: Annotated[
        int, typer.Option(min=0, help="How long a message waits for its batch to fill.")
    ] = 200,
    create: Annotated[bool, typer.Option(help="Make topics or streams that are missing.")] = False,
    partitions: Annotated[
        int, typer.Option(min=1, help="Of a Kafka topic that is made: most consumers in a group.")
    ] = 4,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Serve /metrics for Prometheus there.")
    ] = None,
) -> None:
    """Decide ads as they come over Kafka or NATS JetStream, until told to stop (SIGTERM).

    Each is decided at least once; one that comes again gets the same decision under the same id.
    """
    try:
        from service.stream import run
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is missing: pip install 'lurewatch[stream]'") from None
    from service import logs
    from service.engine import Engine
    from service.observing.opening import opened
    from service.runtime import Runtime, opened_store
    from service.stream.address import parse
    from service.stream.decide import Decider
    from service.stream.message import Topics

    settings = read_settings()
    given = broker or (settings.broker.get_secret_value() if settings.broker else None)
    if given is None:
        raise UsageError(
            "--broker, or LUREWATCH_BROKER: give kafka://host:9092 or nats://host:4222"
        )
    address = parse(given)
    topics = Topics(source, decisions, dead or f"{decisions}-dead")
    if len(set(topics.all())) < 3:
        raise UsageError("--from, --to and --dead-letter: give three that differ")
    options = run.Options(
        group, batch_tokens, linger_ms, partitions if create else None, metrics_port
    )
    logs.configure(settings.log_level)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with contextlib.ExitStack() as stack:
        engine = Engine.start(settings)
        stack.callback(engine.scorer.close)
        observer = opened(settings)
        stack.callback(observer.close)
        runtime = None
        # Without one of these nothing is kept, and there are no incidents to look up.
        if settings.campaigns or settings.review_queue or settings.database is not None:
            database, vault = stack.enter_context(opened_store(settings))
            runtime = Runtime(settings, engine, database, vault, observer=observer)
        decider = Decider(engine, runtime, observer)
        done = asyncio.run(run.consume(settings, decider, address, topics, options))
    if not done:
        raise typer.Exit(1)
