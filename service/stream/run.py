"""One consumer from start to end, as a FastStream application: it starts the broker's parts in
order, and on SIGTERM or SIGINT stops them in the other."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from faststream import FastStream
from prometheus_client import start_http_server

from service.background import unless_stopped
from service.errors import OperatorError
from service.settings import Settings
from service.stream.address import Address
from service.stream.consumer import PAUSE_MAX_S, PAUSE_S, Consumer, Limits
from service.stream.decide import Decider
from service.stream.kafka import KafkaWire
from service.stream.message import BrokerAway, Topics
from service.stream.meters import Meters
from service.stream.nats import NatsWire

TELL_S = 5.0
"""Between two lines of the log, and between two questions for the lag."""

FIRST_S = 1.0

PROBE_S = 5.0
"""How long a broker may take to accept a connection."""

DRAIN_S = 30.0
"""How long the batch in hand may take to be finished. After that it is left: it comes again."""

CLOSE_S = 10.0
"""How long leaving the group may take; a broker that is away never answers."""

log = logging.getLogger(__name__)


class PortTaken(OperatorError):
    """Nothing can listen there."""


@dataclass(frozen=True, slots=True)
class Options:
    """Of the command."""

    group: str
    batch_tokens: int
    linger_ms: int
    partitions: int | None
    """Make topics or streams that are missing; a topic with so many partitions."""

    metrics_port: int | None


class Running:
    """The parts of a consumer that live together."""

    def __init__(
        self, settings: Settings, decider: Decider, address: Address, topics: Topics,
        options: Options,
    ) -> None:  # fmt: skip
        self._address = address
        self._stop = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._running: asyncio.Task[object] | None = None
        self._failed = False
        self._refused: OperatorError | None = None
        self._away = False
        self._topics = topics
        self.meters = Meters(decider.observer.metrics.registry)
        group, lease_s = options.group, settings.lease_s
        self.wire = (
            KafkaWire(address, topics, group, lease_s, options.partitions)
            if address.kind == "kafka"
            else NatsWire(address, topics, group, lease_s, options.partitions is not None)
        )
        limits = Limits(options.batch_tokens, options.linger_ms / 1000, settings.max_body_bytes)
        self._consumer = Consumer(self.wire, decider, topics, limits, self.meters)
        self._app = FastStream(
            self.wire.broker,
            logger=None,
            on_startup=[self._connect],
            after_startup=[self._begin],
            on_shutdown=[self._drain],
        )

    async def run(self) -> bool:
        """Until a signal, or a defect, which is in the log: then false. Raises
        :class:`OperatorError` where the broker says no to what waiting does not mend."""
        self._running = asyncio.current_task()
        try:
            await self._app.run()
        except (Exception, asyncio.CancelledError) as error:
            if not self._stop.is_set():
                with contextlib.suppress(Exception):
                    await self.wire.close()
                    await self.wire.broker.stop()
                raise
            # All that was ours is finished; the broker was not there to be told.
            log.warning("the broker was left without a word", extra={"error": type(error).__name__})
        if self._refused is not None:
            raise self._refused
        log.info("stopped")
        return not self._failed

    async def _connect(self) -> None:
        """Wait for the broker, however long."""
        pause = PAUSE_S
        while True:
            trouble = "no broker at %s yet"
            try:
                await probe(self._address)
                trouble = "the broker at %s does not serve yet"
                await self.wire.prepare()
                log.info("connected", extra={"topic": self._topics.source})
                return
            except BrokerAway as away:
                log.warning(trouble, self._address, extra={"error": str(away)})
            await asyncio.sleep(pause)
            pause = min(PAUSE_MAX_S, 2 * pause)

    async def _begin(self) -> None:
        """Everything is connected: begin to take."""
        self._loop = asyncio.create_task(self._consume())
        self._telling = asyncio.create_task(self._tell())
        log.info("ready", extra={"topic": self._topics.source})

    async def _consume(self) -> None:
        try:
            await self._consumer.run(self._stop)
        except OperatorError as error:
            self._refused = error
            self._app.exit()
        except Exception:
            log.exception("the consumer failed")
            self._failed = True
            self._app.exit()

    async def _tell(self) -> None:
        """The lag, and a line of the log where anything happened."""
        wait_s = FIRST_S
        while not await unless_stopped(self._stop, wait_s):
            wait_s = TELL_S
            await self._ask()
            self._line()

    async def _ask(self) -> None:
        try:
            self.meters.lagging(await self.wire.lag())
        except BrokerAway as away:
            if not self._away:
                log.warning("broker away", extra={"error": str(away)})
            self._away = True
            self.meters.lagging(None)
            return
        if self._away:
            log.info("broker is back", extra={"lag": self.meters.lag})
        self._away = False

    def _line(self) -> None:
        if line := self.meters.line():
            log.info("decided", extra=line)

    async def _drain(self) -> None:
        """Finish the batch in hand, take no other, and give back what waits."""
        log.info("stopping")
        self._stop.set()
        if self._telling is not None:
            self._telling.cancel()
        if self._loop is not None:
            _, late = await asyncio.wait([self._loop], timeout=DRAIN_S)
            if late:
                log.warning("a batch was left unfinished; it comes again")
                self._loop.cancel()
            self._line()
        await self.wire.close()
        if self._running is not None:
            asyncio.get_running_loop().call_later(CLOSE_S, self._running.cancel)


async def probe(address: Address) -> None:
    """Whether anything listens there. Raises :class:`BrokerAway`. The clients' own errors come late
    or, from a client that tries for ever, never."""
    error = "nobody listens"
    for host, port in address.servers:
        try:
            async with asyncio.timeout(PROBE_S):
                _, writer = await asyncio.open_connection(host.strip("[]"), port)
            writer.close()
            return
        except (OSError, TimeoutError) as failed:
            error = type(failed).__name__
    raise BrokerAway(error)


@contextlib.contextmanager
def metrics_server(meters: Meters, host: str, port: int | None) -> Iterator[None]:
    """``/metrics`` for as long as it is asked for."""
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, host, meters.registry)
    except OSError as error:
        raise PortTaken(f"--metrics-port {port}: {error.strerror}") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def consume(
    settings: Settings, decider: Decider, address: Address, topics: Topics, options: Options
) -> bool:
    """Decide what comes until told to stop; false after a defect."""
    running = Running(settings, decider, address, topics, options)
    with metrics_server(running.meters, settings.host, options.metrics_port):
        await decider.prepare()
        return await running.run()
