"""A virtual environment for each peer, made once and again when its pins change."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from models.cli import say

PINS = Path(__file__).parent / "peers"
TOLD = ("fastapi", "infinity-emb", "litserve", "mosec", "numpy", "onnxruntime", "optimum",
        "tokenizers", "torch", "transformers", "uvicorn")  # fmt: skip
"""Packages whose versions stand in a result."""

LIST = """
import json
from importlib.metadata import distributions
print(json.dumps({one.metadata["Name"].lower(): one.version for one in distributions()}))
"""
LAST_LINES = 6


@dataclass(frozen=True, slots=True)
class Environment:
    """What a peer runs in, or why there is none."""

    python: Path
    versions: dict[str, str] = field(default_factory=dict)
    missing: str = ""


def wanted(pins: str) -> str:
    """Content of the requirements: what the file pins, and the ONNX Runtime that ours has."""
    content = (PINS / f"{pins}.txt").read_text("utf-8")
    return content if pins == "plain" else f"{content}onnxruntime=={version('onnxruntime')}\n"


def made(pins: str, folder: Path) -> Environment:
    """The environment below ``folder``, made where it is not there yet. pip's own settings
    (``PIP_…``) hold, such as an index with wheels of torch for processors alone."""
    place = folder / pins
    python, stamp = place / "bin" / "python", place / "made-of.txt"
    content = wanted(pins)
    if not stamp.exists() or stamp.read_text("utf-8") != content:
        say(f"bench: making the environment of {pins} in {place}")
        folder.mkdir(parents=True, exist_ok=True)
        listed = folder / f"{pins}.txt"
        listed.write_text(content, "utf-8")
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "--quiet", "-r", str(listed)],
        ):
            if reason := _failed(command):
                return Environment(python, missing=reason)
        stamp.write_text(content, "utf-8")
    return Environment(python, versions(python))


def versions(python: Path) -> dict[str, str]:
    """Of the packages that matter, as installed there."""
    done = subprocess.run([str(python), "-c", LIST], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return {name: found[name] for name in TOLD if name in found}


def _failed(command: Sequence[str]) -> str:
    """Why a command failed; empty where it did not."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.returncode:
        return ""
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return " / ".join(lines[-LAST_LINES:]) or f"exit code {done.returncode}"
