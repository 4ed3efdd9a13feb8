"""Looking files through ends as soon as it has to, however long the others are."""

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest
from fsspec.spec import AbstractFileSystem
from pyarrow import parquet

from service.backfill import plan
from service.backfill.columns import Columns
from service.backfill.errors import BackfillError
from service.backfill.plan import Deciders, Options
from service.backfill.source import File, find
from service.commands.backfill import TERMINATED, stop
from tests.e2e.processes import PATIENCE_S

DECIDERS = Deciders(lurewatch="1", bundle="b x", policy="p x", dry_run_policy=None)
OPTIONS = Options(
    columns=Columns.parse((), ()), write="jsonl", full=False, shard_rows=1000, copies=True
)


class Rows(io.RawIOBase):
    """Rows without an end, until nobody reads on, or the test has waited long enough."""

    def __init__(self, begun: threading.Event, closed: threading.Event) -> None:
        self._begun, self._closed = begun, closed
        self._until = time.monotonic() + PATIENCE_S

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset

    def readinto(self, buffer: Any) -> int:
        if time.monotonic() > self._until:
            return 0
        self._begun.set()
        row = b"text\n" * (len(buffer) // 5)
        buffer[: len(row)] = row
        return len(row)

    def close(self) -> None:
        if time.monotonic() < self._until:
            self._closed.set()
        super().close()


class Endless(AbstractFileSystem):  # type: ignore[misc]
    """A file system of such files."""

    protocol = "endless"
    cachable = False
    begun, closed = threading.Event(), threading.Event()

    def _open(self, path: str, *args: object, **options: object) -> Rows:
        return Rows(self.begun, self.closed)


@pytest.fixture
def endless() -> File:
    """One; what became of it is told by the events of its file system."""
    fsspec.register_implementation("endless", Endless, clobber=True)
    Endless.begun, Endless.closed = threading.Event(), threading.Event()
    return File("endless://ads.csv", "csv", None, 0, "")


def looked_through(files: Sequence[File]) -> None:
    for _ in plan.make(files, DECIDERS, OPTIONS, ()):
        pass


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_column_that_is_not_there_is_told_at_once(
    endless: File, form: str, tmp_path: Path
) -> None:
    path = tmp_path / f"ads.{form}"
    if form == "csv":
        path.write_bytes(b"body\n" + b"Cook\n" * 10)
    else:
        parquet.write_table(pa.table({"body": ["Cook"]}), path)
    with pytest.raises(BackfillError, match="no column 'text'; it has body"):
        looked_through([endless, *find([str(path)])])
    assert Endless.closed.wait(PATIENCE_S)


def test_the_first_line_says_it_before_the_rows_are_counted(endless: File) -> None:
    with pytest.raises(BackfillError, match="no column 'body'; it has text"):
        list(plan.make([endless], DECIDERS, options_of("text=body"), ()))
    assert Endless.closed.wait(PATIENCE_S)


def options_of(*columns: str) -> Options:
    return OPTIONS.model_copy(update={"columns": Columns.parse(columns, ())})


def to_the_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def to_another_thread() -> None:
    """The main thread's wait is not interrupted, as by an order that comes just before it waits."""
    signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize("send", [to_the_process, to_another_thread])
def test_an_order_to_stop_waits_for_no_file(endless: File, send: Callable[[], None]) -> None:
    def order() -> None:
        if Endless.begun.wait(PATIENCE_S):
            send()

    before = signal.signal(signal.SIGTERM, stop)
    ordering = threading.Thread(target=order)
    ordering.start()
    try:
        with pytest.raises(SystemExit) as caught:
            looked_through([endless])
    finally:
        ordering.join()
        signal.signal(signal.SIGTERM, before)
    assert caught.value.code == TERMINATED
    assert Endless.closed.wait(PATIENCE_S)


def test_a_plan_that_nobody_asks_on_looks_no_further(endless: File, tmp_path: Path) -> None:
    path = tmp_path / "ads.jsonl"
    path.write_bytes(b"{}\n")
    looks = plan.make([endless, *find([str(path)])], DECIDERS, OPTIONS, ())
    assert next(looks) == find([str(path)])[0]  # as they are done
    looks.close()
    assert Endless.closed.wait(PATIENCE_S)


def test_a_plan_is_in_the_order_of_its_files(tmp_path: Path) -> None:
    for i in range(30):
        (tmp_path / f"{i:02}.csv").write_bytes(b"text\n" + b"Cook\n" * (3000 if i % 7 == 0 else 2))
    files = find([str(tmp_path)])
    *told, whole = plan.make(files, DECIDERS, OPTIONS, ())
    assert isinstance(whole, plan.Plan)
    assert sorted(str(one.path) for one in told if isinstance(one, File)) == [
        one.path for one in files
    ]
    assert [one.path for one in whole.inputs] == [one.path for one in files]
    assert [shard.number for shard in whole.shards] == list(range(5 * 3 + 25))
    assert [shard.input for shard in whole.shards] == sorted(one.input for one in whole.shards)
