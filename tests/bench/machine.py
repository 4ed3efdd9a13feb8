"""What was measured on, and how fast it was at that moment: shared machines wander."""

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import psutil

from tests.e2e.processes import ROOT

SIDE = 256
PROBE_S = 0.05


def probe() -> float:
    """Billions of operations a second of small matrix products, now. Says whether two moments may
    be compared, and nothing else."""
    draws = np.random.default_rng(0)
    left = draws.standard_normal((SIDE, SIDE), dtype=np.float32)
    right = draws.standard_normal((SIDE, SIDE), dtype=np.float32)
    left @ right
    done, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < PROBE_S:
        left @ right
        done += 1
    return done * 2 * SIDE**3 / passed / 1e9


@dataclass(frozen=True, slots=True)
class Busy:
    """Processor seconds of the whole machine since it was switched on."""

    used_s: float
    stolen_s: float
    """That another guest of the same host had."""


def busy() -> Busy:
    """Now."""
    times = psutil.cpu_times()
    stolen = getattr(times, "steal", 0.0)
    used = sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq"))
    return Busy(used, stolen)


def facts(bundle: str) -> dict[str, object]:
    """For the result's head."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "processors": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "onnxruntime": version("onnxruntime"),
        "bundle": bundle,
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    read = dict(line.split(":", 1) for line in lines if ":" in line)
    named = {key.strip(): value.strip() for key, value in read.items()}
    wide = [one for one in ("avx512_vnni", "avx_vnni", "amx_int8", "avx512f", "avx2")
            if one in named.get("flags", "").split()]  # fmt: skip
    return f"{named.get('model name', platform.processor())} ({', '.join(wide)})"


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"
