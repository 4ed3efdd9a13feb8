"""Labels into the job's folder. A database is read by the service's own export, in a process of its
own: training knows nothing of its tables and keys."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from training.errors import RetrainError
from training.retrain.labels import Labels, read_export, write
from training.retrain.options import STORE, Options


def collect(options: Options, folder: Path) -> dict[str, Any]:
    """Write the labels to ``folder``; gives their counts."""
    labels = gather(options)
    write(labels, folder)
    return labels.counts()


def gather(options: Options) -> Labels:
    """The labels, read into memory; an export of a database is gone afterwards."""
    if not options.is_database:
        return read_export(Path(options.feedback), options.since)
    with tempfile.TemporaryDirectory(prefix="lurewatch-") as parent:
        out = Path(parent) / "export"
        command = [
            sys.executable, "-m", "service", "feedback", "export", "--out", str(out),
            "--format", "jsonl",
        ]  # fmt: skip
        if options.since is not None:
            command += ["--since", f"{options.since:%Y-%m-%d}"]
        environment = dict(os.environ)
        if options.feedback != STORE:  # in the environment: command lines are for all to see
            environment["LUREWATCH_DATABASE"] = options.feedback
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["no word"]
            raise RetrainError(f"the service could not export its labels: {last[0]}")
        return read_export(out, None)
