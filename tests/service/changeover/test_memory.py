"""The bundle that was replaced leaves the memory."""

import asyncio
import gc
import platform
import weakref
from pathlib import Path

import httpx
import pytest

from service.app import create_app
from service.changeover.memory import trim, trim_after
from service.engine import Engine
from service.settings import Settings
from tests.conftest import TinyRun
from tests.live import WAIT_S, live, until
from tests.service.registry import Registry

GLIBC = platform.libc_ver()[0] == "glibc"
BLOCK = b"x" * 100_000
"""Small enough to come from an arena, not from the system by itself."""


def resident() -> int:
    """Bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def with_holes() -> list[bytearray]:
    """What keeps an arena from shrinking: 5 MB that are held, with 95 MB of holes between."""
    blocks = [bytearray(BLOCK) for _ in range(1000)]
    return blocks[::20]


def test_nobody_holds_the_first_bundle_after_a_change(
    tmp_path: Path, tiny_run: TinyRun, request: pytest.FixtureRequest
) -> None:
    registry = Registry(tmp_path / "registry", tiny_run.bundle)
    registry.add("one")
    registry.promote("one")
    settings = Settings(registry=registry.folder, workers=1)
    engine = Engine.start(settings)
    held = weakref.ref(engine.scorer)
    app = create_app(settings, begun=engine)
    del engine
    gc.disable()
    request.addfinalizer(gc.enable)
    with live(app) as address:
        ads = {"ads": [{"text": "Pickers wanted, contract before travel."}]}
        assert httpx.post(f"{address}/v1/score", json=ads, timeout=WAIT_S).is_success
        assert httpx.post(f"{address}/v1/model/reload", timeout=WAIT_S).is_success
        until(lambda: held() is None)  # at once, and not when a collection comes
        assert httpx.post(f"{address}/v1/score", json=ads, timeout=WAIT_S).is_success


@pytest.mark.skipif(not GLIBC, reason="the C library has no malloc_trim")
def test_what_is_free_goes_back_to_the_system() -> None:
    held = with_holes()
    before = resident()
    assert trim()
    assert resident() < before - 50_000_000
    assert len(held) == 50


@pytest.mark.skipif(not GLIBC, reason="the C library has no malloc_trim")
def test_it_goes_back_once_nobody_holds_what_was_replaced() -> None:
    class Held:
        pass

    async def check() -> None:
        held, pinned = Held(), with_holes()
        before = resident()
        trim_after(held)
        del held
        async with asyncio.timeout(WAIT_S):
            while resident() > before - 50_000_000:
                await asyncio.sleep(0.05)
        assert len(pinned) == 50

    asyncio.run(check())


def test_an_object_that_outlives_the_loop_is_no_fault() -> None:
    class Held:
        pass

    async def promise() -> Held:
        held = Held()
        trim_after(held)
        return held

    held = asyncio.run(promise())
    gone = weakref.ref(held)
    del held  # a warning would be an error
    gc.collect()
    assert gone() is None
