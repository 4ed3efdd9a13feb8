"""``python -m service backfill --ray`` on a cluster of two workers."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import TinyRun
from tests.e2e.processes import ROOT
from tests.service.backfill.cluster import actors, cluster
from tests.service.backfill.commands import done, ended, environment, started, until
from tests.service.backfill.files import ads, contents, write

OPTIONS = ("--shard-rows", "25", "--no-copies", "--full")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Short: the names of Ray's sockets lie below it, and a socket's name has a limit."""
    made = Path(tempfile.mkdtemp(prefix="bf-", dir="/tmp"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with cluster(folder, cores=2) as found:
        yield found


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,000 ads in two files, and a row that is none."""
    made, given = tmp_path_factory.mktemp("in"), ads(1000)
    write(made / "a.parquet", given[:600], row_group=70)
    write(made / "b.jsonl", [*given[600:], {"id": "bad"}])
    return made


@pytest.fixture(scope="module")
def whole(tiny_run: TinyRun, inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process makes of them."""
    out = tmp_path_factory.mktemp("whole") / "out"
    with started(tiny_run.bundle, "--input", str(inputs), "--output", str(out), *OPTIONS) as run:
        assert ended(run) == 1
    return out


def test_a_cluster_gives_the_same_row_for_row_though_a_worker_is_killed(
    address: str, folder: Path, tiny_run: TinyRun, inputs: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options = ("--input", str(inputs), "--output", str(out), *OPTIONS, "--ray", address)
    with started(tiny_run.bundle, *options, HOME=str(folder)) as process:
        until(lambda: len(done(out)) >= 4 and len(actors(folder)) == 2, process)
        os.kill(actors(folder)[0], signal.SIGKILL)
        before = len(done(out))
        _, told = process.communicate()
    assert process.returncode == 1, told
    assert "1 rows were rejected" in told
    assert before < len(done(whole)) - 4  # it was in the middle
    assert done(out) == done(whole)
    assert contents(out) == contents(whole)


def test_what_a_cluster_began_one_process_goes_on_with(
    address: str, folder: Path, tiny_run: TinyRun, inputs: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options = ("--input", str(inputs), "--output", str(out), *OPTIONS)
    with started(tiny_run.bundle, *options, "--ray", address, HOME=str(folder)) as process:
        until(lambda: len(done(out)) >= 3, process)
        assert ended(process, signal.SIGKILL) == -9
    assert 3 <= len(done(out)) < len(done(whole))
    with started(tiny_run.bundle, *options) as process:
        assert ended(process) == 1
    assert contents(out) == contents(whole)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--workers", "3"), "--workers 3: the cluster has 2 cores, one for each worker"),
        (("--ray", "127.0.0.1:1"), "--ray 127.0.0.1:1: "),
    ],
)
def test_a_cluster_that_cannot_be_had_is_told(
    options: tuple[str, ...], words: str, address: str, folder: Path, tiny_run: TinyRun,
    inputs: Path, tmp_path: Path,
) -> None:  # fmt: skip
    given = ("--input", str(inputs), "--output", str(tmp_path / "out"), "--ray", address, *options)
    with started(tiny_run.bundle, *given, HOME=str(folder)) as process:
        _, told = process.communicate()
    assert process.returncode == 2
    assert words in told


def test_ray_tells_nobody_how_it_is_used(tiny_run: TinyRun) -> None:
    code = (
        "import service.backfill.cluster\n"
        "from ray._common.usage.usage_lib import usage_stats_enabled\n"
        "raise SystemExit(usage_stats_enabled())"
    )
    given = environment(tiny_run.bundle, RAY_USAGE_STATS_ENABLED="1")
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=given).returncode == 0
