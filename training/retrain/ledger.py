"""Which steps are done, by the digests of what they read and wrote."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import digests, journal
from models.cli import say
from training.retrain import STEPS

FILE = "ledger.jsonl"
BEGUN = "begun.json"
CHECKPOINTS = "checkpoint"
"""Folders that start so are no result."""

Told = dict[str, Any]


class Ledger:
    """Of one job's folder."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.before: dict[str, str] = {}  # files of the steps before, with their digests

    def folder(self, step: str) -> Path:
        """Where a step writes."""
        return self.out / f"{STEPS.index(step) + 1}-{step}"

    def step(
        self, name: str, given: Told, work: Callable[[Path], Told], resumable: bool = False
    ) -> Told:
        """Do a step unless it was done with the same options on the same files; gives what it
        told. ``resumable``: its folder is kept where it was cut short."""
        folder = self.folder(name)
        inputs = digests.of_json({"given": given, "files": self.before}, default=str)
        entry = self.entries().get(name)
        if entry is not None and entry["inputs"] == inputs and self.intact(entry["files"]):
            say(f"{name}: done on {entry['finished']}")
        else:
            begun = folder / BEGUN
            if not (resumable and text_in(begun, "inputs") == inputs):
                shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
            begun.write_text(json.dumps({"inputs": inputs}), "utf-8")
            say(f"{name}: begun")
            started = time.monotonic()
            told = work(folder)
            entry = {
                "step": name,
                "inputs": inputs,
                "files": self.files_of(folder),
                "seconds": round(time.monotonic() - started, 1),
                "finished": datetime.now(UTC).isoformat(timespec="seconds"),
                "told": told,
            }
            self.append(entry)
            say(f"{name}: done in {entry['seconds']:.0f} s")
        self.before |= entry["files"]
        told_before: Told = entry["told"]
        return told_before

    def entries(self) -> dict[str, Told]:
        """The last entry of each step. What a kill cut short, at the very end, is left out."""
        entries = map(json.loads, journal.lines(self.out / FILE))
        return {entry["step"]: entry for entry in entries}

    def append(self, entry: Told) -> None:
        """Write it and wait until the disk has it."""
        journal.append(self.out / FILE, json.dumps(entry, ensure_ascii=False))

    def intact(self, files: dict[str, str]) -> bool:
        """Whether every file is there as it was written."""
        return all(
            (self.out / name).is_file() and file_digest(self.out / name) == known
            for name, known in files.items()
        )

    def files_of(self, folder: Path) -> dict[str, str]:
        """Digest of each file of a step, by its place in the job's folder."""
        found = {}
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_file() and path.name != BEGUN and not parts[0].startswith(CHECKPOINTS):
                found[path.relative_to(self.out).as_posix()] = file_digest(path)
        return found


def text_in(path: Path, name: str) -> str | None:
    """What a file of a job says under a name; ``None`` where it is not there, or where a stop of
    the machine left half of it."""
    try:
        said: str = json.loads(path.read_bytes())[name]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return said


def file_digest(path: Path) -> str:
    """SHA-256."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
