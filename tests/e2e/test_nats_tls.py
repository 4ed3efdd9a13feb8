"""A NATS server that speaks TLS, and one that does not, where TLS was asked for."""

import asyncio
import gc
import ssl
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
import trustme

from service.engine import Engine
from service.settings import Settings
from service.stream.address import parse
from service.stream.decide import Decider
from service.stream.message import BrokerRefused, Topics
from service.stream.run import Options, consume
from tests.e2e.brokers import Nats
from tests.e2e.processes import PATIENCE_S
from tests.e2e.test_nats import ad
from tests.live import StubModel, stub_engine

LOGIN = "me:first@"
TOPICS = Topics("ads", "decisions", "dead")


class Secured(Nats):
    """Asks for TLS and a password."""

    def command(self) -> list[str]:
        """See :class:`Nats`."""
        cert = str(self.folder / "server.pem")
        login = ["--user", "me", "--pass", "first"]
        return [*super().command(), "--tls", "--tlscert", cert, "--tlskey", cert, *login]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = stub_engine(Settings(workers=1), StubModel())
    yield made
    made.scorer.close()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Trusted as an operator's own is: by the variable that OpenSSL reads."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


@pytest.fixture
def secured(tmp_path: Path, authority: trustme.CA) -> Iterator[Secured]:
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        tmp_path / "server.pem"
    )
    made = Secured(tmp_path)
    made.start()
    yield made
    made.close()


async def consumed(server: Nats, engine: Engine) -> bool:
    """Until the consumer ends by itself. In a task of its own, as everywhere."""
    options = Options("one", 1000, 0, None, None)
    address = parse(server.url.replace("//", f"//{LOGIN}") + "?tls=true")
    return await asyncio.create_task(consume(Settings(), Decider(engine), address, TOPICS, options))


def test_an_ad_is_decided_over_tls(secured: Secured, authority: trustme.CA, engine: Engine) -> None:
    async def run() -> None:
        trusting = ssl.create_default_context()
        url = secured.url.replace("nats:", "tls:")
        async with await nats.connect(url, tls=trusting, user="me", password="first") as client:
            context = client.jetstream()
            for name in TOPICS.all():
                await context.add_stream(name=name, subjects=[name])
            await context.publish("ads", ad("Gardener wanted"))
            decisions = await context.pull_subscribe("decisions", durable="test")
            task = asyncio.create_task(consumed(secured, engine))
            assert await decisions.fetch(1, timeout=PATIENCE_S)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_without_tls_is_told_nothing(tmp_path: Path, engine: Engine) -> None:
    """The client would send user, password and ads in clear text."""

    class Clear(Nats):
        def command(self) -> list[str]:
            return [*super().command(), "--user", "me", "--pass", "first", "-DV"]

    server = Clear(tmp_path)
    server.start()
    try:
        with pytest.raises(BrokerRefused, match=r"tls=true was asked .* nothing was sent"):
            asyncio.run(consumed(server, engine))
        assert "CONNECT" not in (tmp_path / "broker.log").read_text("utf-8")
    finally:
        server.close()
        gc.collect()


def test_a_server_whose_certificate_nobody_trusts_is_told_nothing(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for, since a certificate may be renewed."""
    stranger = trustme.CA().issue_cert("127.0.0.1")
    stranger.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    monkeypatch.setattr("service.stream.nats.CONNECT_S", 1.0)
    server = Secured(tmp_path)
    server.start()

    async def run() -> None:
        async with asyncio.timeout(4):
            await consumed(server, engine)

    try:
        with pytest.raises(TimeoutError):
            asyncio.run(run())
        assert "CONNECT {" not in (tmp_path / "broker.log").read_text("utf-8")
    finally:
        server.close()
        gc.collect()
