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
from service.stream.message import BrokerRefused, Topics
from tests.e2e.processes import PATIENCE_S
from tests.e2e.test_nats import Guarded, ad, consumed, consuming

LOGIN = "me:first@"
TOPICS = Topics("ads", "decisions", "dead")


class AskedForTls(Guarded):
    """Spoken to with TLS, whatever it speaks; it writes down what it is told."""

    @property
    def url(self) -> str:
        """As ``--broker`` takes it."""
        return super().url + "?tls=true"

    def command(self) -> list[str]:
        """See :class:`Guarded`."""
        return [*super().command(), "-DV"]


class Secured(AskedForTls):
    """Asks for TLS."""

    def command(self) -> list[str]:
        """See :class:`Guarded`."""
        cert = str(self.folder / "server.pem")
        return [*super().command(), "--tls", "--tlscert", cert, "--tlskey", cert]


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


def test_an_ad_is_decided_over_tls(secured: Secured, authority: trustme.CA, engine: Engine) -> None:
    async def run() -> None:
        trusting = ssl.create_default_context()
        async with await nats.connect(
            f"tls://127.0.0.1:{secured.port}", tls=trusting, user="me", password="first"
        ) as client:
            context = client.jetstream()
            for name in TOPICS.all():
                await context.add_stream(name=name, subjects=[name])
            await context.publish("ads", ad("Gardener wanted"))
            decisions = await context.pull_subscribe("decisions", durable="test")
            async with consuming(secured, engine, TOPICS, "one", False, LOGIN):
                assert await decisions.fetch(1, timeout=PATIENCE_S)

    asyncio.run(run())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_without_tls_is_told_nothing(tmp_path: Path, engine: Engine) -> None:
    """The client would send user, password and ads in clear text."""
    server = AskedForTls(tmp_path)
    server.start()
    try:
        with pytest.raises(BrokerRefused, match=r"tls=true was asked .* nothing was sent"):
            asyncio.run(consumed(server, engine, TOPICS, login=LOGIN))
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
            await consumed(server, engine, TOPICS, login=LOGIN)

    try:
        with pytest.raises(TimeoutError):
            asyncio.run(run())
        assert "CONNECT {" not in (tmp_path / "broker.log").read_text("utf-8")
    finally:
        server.close()
        gc.collect()
