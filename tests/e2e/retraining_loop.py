"""The whole way of a lure in new words: missed, labelled, learnt, judged, promoted, caught; and
then labels that lie, refused. With the real parts: a service process, its database, the retraining
job, the registry.

For example, on the bundle of this repository (a base encoder from `python -m training base`):

python -m tests.e2e.retraining_loop --encoder build/training/base --shared ../shared/data

Ads are invented (tests/e2e/coined.py), and those that are measured are others than those that were
labelled. Prints the figures as JSON; exit 1 where something was not as it has to be. What was cut
short goes on by the same command with --resume.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from models import bundle
from models.cli import new_app, run, say
from models.grams import SIMILARITY, grams, similarity
from models.intervals import wilson
from service.store.vault import new_key
from tests.e2e.coined import ads
from tests.e2e.processes import PATIENCE_S, ROOT, free_port

app = new_app(__doc__)

REVIEWERS = ("reviewer-1", "reviewer-2", "reviewer-3")
LIARS = ("reviewer-8", "reviewer-9")
HARM = "trafficking_for_forced_criminality"
FIGURES = "figures.json"
CALLERS = 4
UNDER_LOAD_S = 3.0
"""Load before and after the change of bundles."""


@dataclass(frozen=True)
class Plan:
    """What the loop works with."""

    bundle: Path
    encoder: Path
    retraining: tuple[str, ...] = ()
    """More options of ``python -m training retrain``."""

    ads: Callable[..., list[dict[str, Any]]] = ads
    """Invents ads, as :func:`tests.e2e.coined.ads` does."""

    labelled: int = 300
    """Ads that reviewers label, half of them lures."""

    measured: int = 100
    """Others of the same sorts that are scored before and after, of each sort."""

    lying: int = 150
    """Lures that two reviewers call honest, besides as many honest ads called lures."""

    key: str = field(default_factory=new_key)
    """Seals the database. Groups of labels, and so their split, follow from it."""


class Loop:
    """One run in a folder of its own."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = f"sqlite:///{folder / 'lurewatch.db'}"
        self.done = folder / FIGURES
        self.environment = {
            **os.environ,
            "LUREWATCH_REGISTRY": str(folder / "registry"),
            "LUREWATCH_DATABASE": self.database,
            "LUREWATCH_SECRET_KEY": self.key(),
            "LUREWATCH_DATA_DIR": str(folder / "data"),
        }
        self.figures: dict[str, Any] = (
            json.loads(self.done.read_text("utf-8")) if self.done.is_file() else {}
        )

    def run(self) -> dict[str, Any]:
        """Everything that is not done yet, in order; gives the figures."""
        self.step("first", self.begin)
        with self.serving():
            self.step("before", self.caught)
            self.step("labels", self.label)
            job = self.step("job", lambda: self.retrain("coinage"))
            if job["verdict"] != "PROMOTE":
                return self.figures
            self.step("change", self.change)
            self.step("after", self.caught)
            self.step("lies", self.lie)
            self.step("lying job", lambda: self.retrain("lies"))
            self.step("lies promoted", lambda: self.promote("lies") == 0)
        return self.figures

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        """What ``work`` gives, or gave before; kept in a file."""
        if name not in self.figures:
            self.figures[name] = work()
            self.done.write_text(json.dumps(self.figures, indent=1), "utf-8")
        return self.figures[name]

    def key(self) -> str:
        """The one that the database of this folder is sealed with."""
        path = self.folder / "secret.key"
        if not path.is_file():
            path.touch(0o600)
            path.write_text(self.plan.key, "utf-8")
        return path.read_text("utf-8")

    def begin(self) -> str:
        """A registry whose champion is the bundle that the loop starts from."""
        (self.folder / "registry").mkdir(exist_ok=True)
        self.told("models", "promote", str(self.plan.bundle), "--reason", "the first one")
        return bundle.load(self.plan.bundle).manifest.name

    def change(self) -> dict[str, Any]:
        """Promote what learnt the coinage, and let the service change to it under load."""
        self.promote("coinage")
        return self.reload_under_load()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """The service in a process of its own, its log in a file."""
        with (self.folder / "service.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "serve", "--port", str(self.port)],
                cwd=ROOT, stderr=log, env=self.environment,
            )  # fmt: skip
            try:
                end = time.monotonic() + PATIENCE_S
                while not self.ready():
                    assert process.poll() is None, "the service went before it was ready"
                    assert time.monotonic() < end, "the service is not ready"
                    time.sleep(0.1)
                yield
            finally:
                process.kill()
                process.wait()

    def ready(self) -> bool:
        """Whether the service is."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def caught(self) -> dict[str, Any]:
        """Of each sort the share that is not allowed, with its 95 % interval; of ads in the coinage
        also of those that are near-copies of no ad that is labelled."""
        found: dict[str, Any] = {}
        for sort in ("coined", "plain", "honest"):
            given = self.plan.ads("measured", **{sort: self.plan.measured})
            results = self.scored(given)
            hits = [result["decision"] != "allow" for result in results]
            found[sort] = share_of(hits)
            if sort == "coined":
                half = self.plan.labelled // 2
                new = apart(given, self.plan.ads("labelled", coined=half))
                found["coined, apart"] = share_of([hits[i] for i in new])
            found["model"] = results[0]["model"]
        return found

    def scored(self, given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Results of ``POST /v1/score``."""
        answer = httpx.post(f"{self.url}/v1/score", json={"ads": given}, timeout=PATIENCE_S)
        answer.raise_for_status()
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def label(self) -> int:
        """Two reviewers say of each ad what it is."""
        half = self.plan.labelled // 2
        words = []
        made = self.plan.ads("labelled", coined=half, honest=self.plan.labelled - half)
        for i, ad in enumerate(made):
            kind = "lure" if "coined" in ad["id"] else "recruitment"
            words += [self.word(ad, kind, REVIEWERS[(i + k) % 3]) for k in range(2)]
        return self.posted(words)

    def lie(self) -> int:
        """Two others call plain lures honest, and honest offers lures."""
        words = []
        for ad in self.plan.ads("lies", plain=self.plan.lying, honest=self.plan.lying):
            kind = "recruitment" if "plain" in ad["id"] else "lure"
            words += [self.word(ad, kind, name) for name in LIARS]
        return self.posted(words)

    def word(self, ad: dict[str, Any], kind: str, reviewer: str) -> dict[str, Any]:
        """One reviewer's, as ``POST /v1/feedback`` takes it."""
        harms = [HARM] if kind == "lure" else []
        return {"ad": ad, "kind": kind, "harms": harms, "reviewer": reviewer, "origin": "sample"}

    def posted(self, words: Sequence[dict[str, Any]]) -> int:
        """Post them in turn; gives how many were kept."""
        kept = 0
        for low in range(0, len(words), 200):
            given = {"feedback": words[low : low + 200]}
            answer = httpx.post(f"{self.url}/v1/feedback", json=given, timeout=PATIENCE_S)
            answer.raise_for_status()
            kept += len(answer.json()["feedback"])
        return kept

    def retrain(self, name: str) -> dict[str, Any]:
        """The job, in a process of its own; gives its verdict and reasons."""
        began = time.monotonic()
        code = self.told(
            "training", "retrain", "--feedback", "store", "--out", str(self.folder / name),
            "--encoder", str(self.plan.encoder), "--name", name, *self.plan.retraining,
            expected=(0, 3, 4),
        )  # fmt: skip
        report = json.loads(self.gate(name).read_text("utf-8"))
        return {
            "exit": code, "verdict": report["verdict"], "reasons": report["reasons"],
            "minutes": round((time.monotonic() - began) / 60, 1),
        }  # fmt: skip

    def gate(self, name: str) -> Path:
        """The report of a job."""
        return self.folder / name / "6-evaluate" / "verdict.json"

    def promote(self, name: str) -> int:
        """Exit code of the promotion: 0 where the gate was passed."""
        made = self.folder / name / "5-export" / name
        return self.told(
            "models", "promote", str(made), "--gate", str(self.gate(name)), expected=(0, 1, 2)
        )

    def told(self, *command: str, expected: Sequence[int] = (0,)) -> int:
        """Run one of our commands; gives its exit code."""
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, stdout=sys.stderr,
            check=False,
        )  # fmt: skip
        assert done.returncode in expected, f"{' '.join(command[:2])}: exit {done.returncode}"
        return done.returncode

    def reload_under_load(self) -> dict[str, Any]:
        """Change the bundle while callers ask without a pause."""
        stop = threading.Event()
        answers: list[tuple[int, str]] = []
        given = {"ads": self.plan.ads("load", coined=2, honest=2)}

        def call() -> None:
            with httpx.Client(timeout=PATIENCE_S) as client:
                while not stop.is_set():
                    try:
                        answer = client.post(f"{self.url}/v1/score", json=given)
                        model = answer.json()["results"][0]["model"] if answer.is_success else ""
                        answers.append((answer.status_code, model))
                    except httpx.TransportError:
                        answers.append((0, ""))

        callers = [threading.Thread(target=call) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        time.sleep(UNDER_LOAD_S)
        changed = httpx.post(f"{self.url}/v1/model/reload", timeout=PATIENCE_S)
        changed.raise_for_status()
        time.sleep(UNDER_LOAD_S)
        stop.set()
        for caller in callers:
            caller.join()
        models = sorted({model for _, model in answers})
        failed = sum(status != 200 for status, _ in answers)
        return {"requests": len(answers), "failed": failed, "models": models, **changed.json()}


def share_of(hits: Sequence[bool]) -> dict[str, Any]:
    """How many, and the share with its 95 % interval."""
    count = max(1, len(hits))
    low, high = wilson(sum(hits) / count, count)
    return {
        "ads": len(hits), "share": sum(hits) / count, "interval": [round(low, 3), round(high, 3)]
    }  # fmt: skip


def apart(given: Sequence[dict[str, Any]], labelled: Sequence[dict[str, Any]]) -> list[int]:
    """Places of ads that are near-copies of none that is labelled."""
    known = [grams(ad["text"]) for ad in labelled]
    own = [grams(ad["text"]) for ad in given]
    return [
        i for i, one in enumerate(own)
        if all(similarity(one, other) < SIMILARITY for other in known)
    ]  # fmt: skip


def faults(figures: dict[str, Any]) -> list[str]:
    """What was not as it has to be."""
    if figures["job"]["verdict"] != "PROMOTE":
        return [f"the coinage was not promoted: {figures['job']['verdict']}"]
    before, after = figures["before"], figures["after"]
    wrong = {
        "the coinage is not caught more often": after["coined"]["share"]
        <= before["coined"]["share"],
        "requests failed while the bundle changed": figures["change"]["failed"] > 0,
        "no request met the new bundle": len(figures["change"]["models"]) < 2,
        "labels that lie were promoted": figures["lies promoted"],
        "labels that lie passed the gate": figures["lying job"]["verdict"] == "PROMOTE",
    }
    return [name for name, is_so in wrong.items() if is_so]


@app.command()
def main(
    encoder: Annotated[Path, typer.Option(help="Folder of the base encoder.")],
    out: Annotated[Path, typer.Option(help="New folder for everything that is written.")] = Path(
        "build/retraining-loop"
    ),
    of: Annotated[
        Path | None, typer.Option("--bundle", help="The first champion; default: the shipped one.")
    ] = None,
    labelled: Annotated[int, typer.Option(help="Ads that reviewers label.")] = 300,
    resume: Annotated[bool, typer.Option(help="Go on where --out was cut short.")] = False,
    options: Annotated[
        list[str] | None,
        typer.Argument(help="More options of `python -m training retrain`, after --."),
    ] = None,
) -> None:
    """Teach a coinage, then refuse lies. With the shipped bundle it takes most of an hour."""
    out.mkdir(parents=True, exist_ok=resume)
    plan = Plan(of or bundle.champion(), encoder.resolve(), tuple(options or ()), labelled=labelled)
    figures = Loop(plan, out.resolve()).run()
    wrong = faults(figures)
    print(json.dumps({**figures, "faults": wrong}, indent=1))
    for one in wrong:
        say(one)
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    sys.exit(run(app, None, (OSError,)))
