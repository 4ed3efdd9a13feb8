"""The README's samples in curl, Python and TypeScript, taken out of it and run against a service in
a process of its own. What they print with the shipped bundle is compared by
``tests/contract/test_sessions.py``."""

import json
from pathlib import Path

import pytest

from service.settings import PREFIX
from tests.conftest import TinyRun
from tests.e2e.processes import free_port, serving
from tests.sessions import END, ROOT, Session, script, sessions_of, shell

SAMPLES = {one.name: one for one in sessions_of(ROOT / "README.md") if one.name.startswith("from-")}
FORMS = {"from-curl": "sh", "from-python": "python", "from-typescript": "ts"}


def test_each_language_is_there() -> None:
    assert {name: one.form for name, one in SAMPLES.items()} == FORMS


def run(sample: Session, folder: Path, bundle: Path) -> str:
    """What it prints."""
    (folder / "service").symlink_to(ROOT / "service")
    (folder / "models").symlink_to(ROOT / "models")
    port = free_port()
    own = {f"{PREFIX}BUNDLE_DIR": str(bundle), f"{PREFIX}DATA_DIR": str(folder / "data")}
    with serving(port, **own):
        done = shell(script([sample], f"http://127.0.0.1:{port}", folder), folder, {})
    assert done.returncode == 0, done.stderr
    return done.stdout.removesuffix(f"\n{END}\n")


@pytest.mark.parametrize("name", FORMS)
def test_it_runs(name: str, tmp_path: Path, tiny_run: TinyRun) -> None:
    printed = run(SAMPLES[name], tmp_path, tiny_run.bundle)
    if name == "from-curl":
        (result,) = json.loads(printed)["results"]
        assert result["id"] == "a1"
        return
    ids = [line.split()[0] for line in printed.splitlines()]
    assert (
        ids == {"from-python": ["a1", "a2", "done"], "from-typescript": ["a1", "a1", "line"]}[name]
    )
