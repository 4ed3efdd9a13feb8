"""Loops count what callers wait for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tests.bench import load

SERVICE_S = 0.03


@asynccontextmanager
async def one_at_a_time(stall_s: float = 0.0) -> AsyncIterator[str]:
    """A server that answers one request after another; the first one takes ``stall_s`` longer."""
    turn = asyncio.Lock()
    left = [stall_s]

    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        async with turn:
            await asyncio.sleep(SERVICE_S + left[0])
            left[0] = 0.0
        if body == b"bad":
            return web.Response(status=503)
        return web.Response(body=body)

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def test_a_stall_is_seen_by_all_who_would_have_come_meanwhile() -> None:
    """A closed loop sees it once; that is coordinated omission."""
    stall_s, count, every_s = 0.6, 12, 0.05

    async def both() -> tuple[load.Taken, load.Taken]:
        bodies = [b"%d" % n for n in range(count)]
        async with one_at_a_time(stall_s) as url:
            closed = await load.closed(url, bodies, 1, [])
        async with one_at_a_time(stall_s) as url:
            times = [n * every_s for n in range(count)]
            return closed, await load.opened(url, bodies, times)

    closed, opened = asyncio.run(both())
    assert sum(one > stall_s / 2 for one in closed.latencies_s) == 1
    assert sum(one > stall_s / 2 for one in opened.latencies_s) >= 6
    assert len(opened.latencies_s) == len(opened.late_s) == count


def test_a_closed_loop_keeps_its_callers_busy_until_the_last_that_counts() -> None:
    async def ask() -> load.Taken:
        async with one_at_a_time() as url:
            return await load.closed(url, [b"a"] * 8, 4, [b"company"] * 4)

    taken = asyncio.run(ask())
    assert taken.sent == 12
    assert taken.answers == [b"a"] * 8
    assert 8 * SERVICE_S <= taken.seconds < taken.all_s
    assert taken.caller_s > 0


def test_what_is_no_answer_is_counted_as_failed() -> None:
    async def ask() -> tuple[load.Taken, load.Taken]:
        async with one_at_a_time() as url:
            some = await load.closed(url, [b"a", b"bad", b"a"], 1, [])
        return some, await load.closed(url, [b"a"], 1, [])  # nobody is there any more

    some, none = asyncio.run(ask())
    assert some.failed == {"status 503": 1}
    assert len(some.latencies_s) == 2
    assert sum(none.failed.values()) == 1
    assert none.latencies_s == []


@pytest.mark.parametrize("callers", [1, 3])
def test_each_body_is_sent_once(callers: int) -> None:
    async def ask() -> load.Taken:
        async with one_at_a_time() as url:
            return await load.closed(url, [b"%d" % n for n in range(6)], callers, [])

    assert sorted(asyncio.run(ask()).answers) == [b"%d" % n for n in range(6)]
