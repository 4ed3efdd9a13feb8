"""The folder of results: what is put there is there whole or not at all.

``manifest.json`` is the plan, ``results/`` and ``rejected/`` hold a file for each shard, ``done/``
the record that a shard is finished, which is written last. Files are made on this machine first.
On its own disk they are renamed into place; object stores show an object only once it is all there;
elsewhere a copy is renamed.
"""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from service.backfill.errors import BackfillError
from service.backfill.outcome import Outcome
from service.backfill.plan import Plan
from service.backfill.source import address, is_local, is_pattern, located, protocols, told

MANIFEST, SUMMARY = "manifest.json", "summary.json"
RESULTS, REJECTED, DONE, WORK = "results", "rejected", "done", "_work"

ATOMIC = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "az", "adl", "oss", "memory"})
"""File systems whose objects appear whole."""


class Output:
    """See the module."""

    def __init__(self, url: str) -> None:
        """Raises :class:`BackfillError` where a package for it is missing."""
        self._fs, path = located(url)
        self._root = path.rstrip("/")
        self.name = address(self._fs, self._root)
        self._local = is_local(self._fs)

    def plan(self) -> Plan | None:
        """With which it was begun. Raises :class:`BackfillError` for a folder of something else."""
        path = f"{self._root}/{MANIFEST}"
        try:
            self._fs.invalidate_cache()
            if self._fs.exists(path):
                return Plan.model_validate_json(self._fs.cat_file(path))
            if self._fs.isdir(f"{self._root}/{RESULTS}"):
                raise BackfillError(
                    f"{self.name}: has results and no {MANIFEST}; give an empty --output"
                )
        except ValidationError:
            raise BackfillError(f"{path} is no manifest of this version") from None
        except OSError as error:
            raise BackfillError(f"{self.name}: {told(error)}") from None
        return None

    def begin(self, plan: Plan) -> None:
        """Write the manifest, before anything else: folders without one are somebody else's. Raises
        ``OSError``, and :class:`BackfillError` where another command began here while this one
        planned."""
        there = self.plan()
        if there is not None and there.digest() != plan.digest():
            raise BackfillError(
                f"{self.name}: another command began here meanwhile; give another --output"
            )
        self.write(MANIFEST, plan.model_dump_json().encode())
        if self._local:
            for name in (RESULTS, REJECTED, DONE):
                Path(self._root, name).mkdir(exist_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this process works here. The system gives the lock back however a process ends. An
        object store has none, and some network file systems have none: there two that work at once
        do the same work twice, and come to the same. Raises :class:`BackfillError`."""
        handle = locked(Path(self._root), self.name) if self._local else None
        try:
            yield
        finally:
            if handle is not None:
                os.close(handle)

    def holds(self, path: str) -> bool:
        """Whether a file lies in here."""
        return path.startswith(self.name + "/")

    def made(self, path: str) -> bool:
        """Whether a file is one that a backfill puts in here."""
        part = path.removeprefix(self.name + "/").partition("/")[0]
        return self.holds(path) and part in (MANIFEST, SUMMARY, RESULTS, REJECTED, DONE, WORK)

    def done(self, plan: Plan) -> dict[int, Outcome]:
        """Shards of this plan that are finished, and whose files are there as they were written."""
        digest, there = plan.digest(), self._sizes()
        records = [f"{DONE}/{shard.name}.json" for shard in plan.shards]
        found = {}
        for content in self._contents([name for name in records if name in there]):
            try:
                outcome = Outcome.model_validate_json(content)
            except ValidationError:  # of no use: the shard is done again
                continue
            whole = all(there.get(name) == size for name, size in outcome.files.items())
            if outcome.plan == digest and whole:
                found[outcome.shard] = outcome
        return found

    def _sizes(self) -> dict[str, int]:
        """Bytes of every file, by its name in here, whoever put it there."""
        self._fs.invalidate_cache()
        found = {}
        for part in (RESULTS, REJECTED, DONE):
            folder = f"{self._root}/{part}"
            if self._fs.isdir(folder):
                for entry in self._fs.ls(folder, detail=True):
                    found[f"{part}/{entry['name'].rpartition('/')[2]}"] = entry["size"]
        return found

    def _contents(self, names: Sequence[str]) -> Iterator[bytes]:
        """Of several files; many at a time where the file system can."""
        paths = [f"{self._root}/{name}" for name in names]
        if is_pattern(self._root):  # fsspec takes several paths for patterns, one as it stands
            yield from map(self._fs.cat_file, paths)
            return
        for start in range(0, len(paths), 1000):
            yield from self._fs.cat(paths[start : start + 1000], recursive=False).values()

    @contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        """A folder on this machine for files that are not finished; gone afterwards."""
        if self._local:
            folder = Path(self._root, WORK, f"{name}.{uuid.uuid4().hex}")
            folder.mkdir(parents=True)
        else:
            folder = Path(tempfile.mkdtemp(prefix="lurewatch-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, made: Path, name: str) -> None:
        """Put a finished file in place. Raises ``OSError``."""
        target = f"{self._root}/{name}"
        if self._local:
            with made.open("rb") as stream:
                os.fsync(stream.fileno())
            Path(target).parent.mkdir(exist_ok=True)  # a copy of the output may lack empty ones
            os.replace(made, target)
            sync(Path(target).parent)
        elif ATOMIC & set(protocols(self._fs)):
            self._fs.put_file(str(made), target)
        else:
            partial = f"{self._root}/{WORK}/{uuid.uuid4().hex}"
            self._fs.makedirs(f"{self._root}/{WORK}", exist_ok=True)
            self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._fs.put_file(str(made), partial)
            self._fs.mv(partial, target)

    def write(self, name: str, content: bytes) -> None:
        """A small file, in the same way."""
        with self.workspace(name.replace("/", "-")) as folder:
            made = folder / "file"
            made.write_bytes(content)
            self.put(made, name)

    def finish(self, shard: str, outcome: Outcome) -> None:
        """Write the record of a shard."""
        self.write(f"{DONE}/{shard}.json", outcome.model_dump_json().encode())

    def close(self, summary: bytes) -> None:
        """All shards are done; what killed tries left is gone."""
        self.write(SUMMARY, summary)
        if self._local:
            shutil.rmtree(Path(self._root, WORK), ignore_errors=True)


def locked(folder: Path, name: str) -> int | None:
    """A handle on the folder, which nobody else may lock until it is closed; ``None`` where that
    cannot be had. Raises :class:`BackfillError` where another process has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BackfillError(
            f"{name}: another backfill is at work here; wait for it, or give another --output"
        ) from None
    except OSError:  # a file system without locks
        os.close(handle)
        return None
    return handle


def sync(folder: Path) -> None:
    """Wait until the disk knows the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
