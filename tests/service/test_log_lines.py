"""A log that cannot be written."""

import asyncio
import gc
import io
import json
import logging
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from service.logs import JsonLines, Lines

FULL = Path("/dev/full")


def test_what_the_event_loop_says_of_an_error_holds_none_of_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise RuntimeError("unmistakable")

    async def work() -> None:
        task = asyncio.create_task(fail())
        asyncio.get_running_loop().call_soon(lambda word: 1 / 0, "unmistakable")
        await asyncio.wait([task])
        del task  # nobody asks what came of it
        gc.collect()

    asyncio.run(work())
    lines = [JsonLines().format(one) for one in caplog.records if one.name == "asyncio"]
    assert {"RuntimeError", "ZeroDivisionError"} == {json.loads(one)["error"] for one in lines}
    assert not any("unmistakable" in one for one in lines)


TALKS = """
import logging
from service.logs import configure
configure("info")
logging.getLogger("alembic.runtime.plugins").info("setting up a part")
logging.getLogger("alembic.runtime.another").info("upgrade")
"""


def test_what_a_library_says_at_every_start_is_left_out() -> None:
    """In a process of its own: MLflow, once imported, takes all of alembic's lines for itself."""
    told = subprocess.run([sys.executable, "-c", TALKS], capture_output=True, text=True, check=True)
    (line,) = told.stderr.splitlines()
    assert "alembic.runtime.another" in line


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_line_that_finds_no_room_is_left_out_and_nobody_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    stream = FULL.open("w", encoding="utf-8")
    handler = Lines(stream)
    handler.setFormatter(JsonLines())
    for _ in range(3):
        handler.handle(logging.makeLogRecord({"msg": "a line"}))
    assert said.getvalue() == ""
    handler.handle(logging.makeLogRecord({"msg": "%d", "args": ("a defect of ours",)}))
    assert "Logging error" in said.getvalue()
    with suppress(OSError):
        stream.close()
