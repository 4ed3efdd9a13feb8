"""A log that cannot be written."""

import io
import logging
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from service.logs import JsonLines, Lines

FULL = Path("/dev/full")


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
