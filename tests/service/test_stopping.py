"""A server that is told to stop answers whoever has connected, whatever it had read of them."""

import asyncio
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn

from service.connections import Limits, protocol
from service.stopping import IDLE_S, Server
from tests.live import WAIT_S, Service, until

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

Loop = Callable[[], asyncio.AbstractEventLoop]


def loops() -> list[Loop]:
    """uvloop where the system has it."""
    found: list[Loop] = [asyncio.new_event_loop]
    try:
        import uvloop
    except ImportError:
        return found
    return [*found, uvloop.new_event_loop]


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Slowly, so that some are still being answered."""
    if scope["type"] == "lifespan":
        for moment in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{moment}.complete"})
        return
    await asyncio.sleep(0.1)
    length = (b"content-length", b"2")
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": b"ok"})


async def started(http: Any = "auto", host: Any = "127.0.0.1") -> tuple[Server, int]:
    config = uvicorn.Config(
        answer, host=host, port=0, log_config=None, timeout_graceful_shutdown=10, http=http
    )
    server = Server(config, lambda: None)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return server, port


def connected(port: int, host: str = "127.0.0.1") -> socket.socket:
    """The kernel takes it, whatever the event loop does meanwhile."""
    made = socket.create_connection((host, port), 10)
    made.sendall(REQUEST)
    return made


async def heard(one: socket.socket) -> bytes:
    """All that comes until the other side closes."""

    def read() -> bytes:
        with one:
            return b"".join(iter(lambda: one.recv(4096), b""))

    return await asyncio.to_thread(read)


async def heard_one(one: socket.socket) -> bytes:
    """The first of it."""

    def read() -> bytes:
        with one:
            return one.recv(4096)

    return await asyncio.to_thread(read)


def run(loop: Loop, work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(work)


@pytest.mark.parametrize("loop", loops())
def test_who_connected_before_is_answered_and_nobody_after(loop: Loop) -> None:
    async def scenario() -> None:
        server, port = await started()
        # Nothing is accepted in between: the event loop does not get a turn.
        waiting = [connected(port) for _ in range(20)]
        await server.shutdown()
        for one in waiting:
            said = await heard(one)
            assert said.startswith(b"HTTP/1.1 200")
            assert said.endswith(b"ok")
            assert b"connection: close" in said
        with pytest.raises(ConnectionRefusedError):
            connected(port)

    run(loop, scenario())


@contextmanager
def files_left(count: int) -> Iterator[None]:
    """So many more may be opened."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened[0] + 32, limits[1]))
    try:
        with suppress(OSError):
            while True:
                opened.append(os.dup(opened[0]))
        for _ in range(count):
            os.close(opened.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for one in opened:
            os.close(one)


@pytest.mark.parametrize("left", [0, 1, 3])
@pytest.mark.parametrize("loop", loops())
def test_where_no_file_is_left_those_who_were_taken_are_answered(loop: Loop, left: int) -> None:
    async def scenario() -> None:
        server, port = await started()
        taken = connected(port)
        await asyncio.sleep(0.05)
        waiting = [connected(port) for _ in range(20)]
        with files_left(left):
            await server.shutdown()
        assert (await heard(taken)).endswith(b"ok")
        for one in waiting:
            one.close()

    run(loop, scenario())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is nobody's")
@pytest.mark.parametrize("loop", loops())
def test_of_several_addresses_each_is_left_in_order(loop: Loop) -> None:
    """A name such as ``localhost`` has two, which one server of the event loop listens on."""

    async def scenario() -> None:
        server, _ = await started(host=["127.0.0.1", "127.0.0.2"])
        (listening,) = server.servers
        places = [one.getsockname() for one in listening.sockets]
        assert {host for host, _ in places} == {"127.0.0.1", "127.0.0.2"}
        waiting = [connected(port, host) for host, port in places for _ in range(5)]
        await server.shutdown()
        for one in waiting:
            assert (await heard(one)).endswith(b"ok")
        for host, port in places:
            with pytest.raises(ConnectionRefusedError):
                connected(port, host)

    run(loop, scenario())


@pytest.mark.parametrize("loop", loops())
def test_a_kept_connection_is_answered_once_more(loop: Loop) -> None:
    async def scenario() -> None:
        server, port = await started()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        stopping = asyncio.create_task(server.shutdown())
        await asyncio.sleep(IDLE_S / 3)
        writer.write(REQUEST)
        said = await reader.read()
        assert said.endswith(b"ok")
        assert b"connection: close" in said
        writer.close()
        await stopping

    run(loop, scenario())


@pytest.mark.parametrize("loop", loops())
def test_a_connection_without_a_request_holds_it_for_a_moment_only(loop: Loop) -> None:
    async def scenario() -> None:
        server, port = await started()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.1)
        await asyncio.wait_for(server.shutdown(), 5 * IDLE_S)
        assert await reader.read() == b""
        writer.close()

    run(loop, scenario())


@pytest.mark.parametrize("loop", loops())
def test_of_many_who_connect_at_once_each_is_answered_or_refused(loop: Loop) -> None:
    """None is cut off to make room for the next."""

    async def scenario() -> None:
        http = protocol(Limits(patience_s=WAIT_S, connections=5), Uncounted())
        server, port = await started(http)
        callers = [connected(port) for _ in range(20)]
        said = await asyncio.gather(*map(heard_one, callers))
        assert Counter(one.split()[1] for one in said) == {b"200": 5, b"503": 15}
        await server.shutdown()

    run(loop, scenario())


class Uncounted:
    """Nobody watches."""

    def connection(self, change: int) -> None:
        pass

    def connection_closed(self, reason: str) -> None:
        pass


@contextmanager
def served(service: Service) -> Iterator[tuple[Server, int]]:
    """A service in a thread, with a second for what is being answered at the end."""
    config = uvicorn.Config(service.app, port=0, log_config=None, timeout_graceful_shutdown=1)
    server = Server(config, service.app.state.stop)
    thread = Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        service.model.gate.set()
        thread.join(WAIT_S)
    assert not thread.is_alive()


def test_who_still_waits_when_time_is_up_is_told_to_ask_another_process() -> None:
    service = Service()
    service.model.gate.clear()
    with served(service) as (server, port), ThreadPoolExecutor(1) as pool:
        body = {"ads": [{"text": "seasonal work"}]}
        url = f"http://127.0.0.1:{port}/v1/score"
        answer = pool.submit(httpx.post, url, json=body, timeout=WAIT_S)
        until(lambda: service.model.begun)
        server.should_exit = True
        assert answer.result().status_code == 503
        assert answer.result().json()["type"] == "/problems/model-unavailable"


def test_a_stream_ends_with_a_line_that_says_so() -> None:
    line = json.dumps({"id": "a", "text": "seasonal work"}).encode() + b"\n"
    head = (
        b"POST /v1/score/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/x-ndjson\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    with (
        served(Service()) as (server, port),
        socket.create_connection(("127.0.0.1", port), WAIT_S) as caller,
    ):
        caller.sendall(head + b"%x\r\n%b\r\n" % (len(line), line))
        said = b""
        while b'"id":"a"' not in said:
            said += caller.recv(65536)
        server.should_exit = True
        while more := caller.recv(65536):
            said += more
    assert b'{"closed":"the service stops; open a stream anew for the rest"}' in said
    assert said.endswith(b"0\r\n\r\n")
