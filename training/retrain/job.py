"""The job: one step after the other, one job at a time."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from models import bundle
from models.bundle import Bundle
from models.cli import say
from models.registry.evidence import Evidence
from models.registry.evidence import read as read_evidence
from training.corpus.mapping import load as load_mapping
from training.errors import RetrainError
from training.recipe import Recipe
from training.recipe import load as load_recipe
from training.retrain import labels as labels_
from training.retrain.collect import collect
from training.retrain.ledger import CHECKPOINTS, Ledger, file_digest, text_in
from training.retrain.mix import DATA, FROZEN, HELD, corpora, mix
from training.retrain.options import Options, read_decisions
from training.retrain.report import write as write_report
from training.retrain.screen import screen
from training.splits import draw_of
from training.study import changed

LOCK = ".retrain.lock"
"""Beside the job's folder: of two jobs in one parent folder the second is refused."""

JOB = "job.json"
VERDICT = "verdict.json"
VERDICTS = {0, 3, 4}
"""Exit codes of ``python -m evaluation verdict`` that are an answer."""

WRITTEN = Path(__file__).parents[1] / "corpus" / "written"


def retrain(
    options: Options, out: Path, lock: Path | None = None, until: str = "report"
) -> Evidence | None:
    """Do what is not done yet; gives the verdict, or ``None`` where ``until`` ends before it.

    Raises :class:`~training.errors.RetrainError` where another job holds ``lock`` (default: a file
    in the folder that ``out`` lies in), and every error of its steps.
    """
    champion = bundle.load(options.base)
    recipe = recipe_of(options, champion)
    decisions = read_decisions(options.decisions)
    out.parent.mkdir(parents=True, exist_ok=True)
    held = lock or out.parent / LOCK
    try:
        with FileLock(held, timeout=0):
            out.mkdir(mode=0o700, exist_ok=True)
            name = name_of(options, champion, out)
            return steps(options, recipe, champion, decisions, name, out, until)
    except Timeout:
        raise RetrainError(f"another retraining holds {held}; wait for it, or end it") from None


def steps(
    options: Options, recipe: Recipe, champion: Bundle, decisions: dict[str, str], name: str,
    out: Path, until: str,
) -> Evidence | None:  # fmt: skip
    """Every step up to ``until``."""
    ledger = Ledger(out)
    at = ledger.folder
    base = bundle.named(champion.manifest).model_dump()
    read = {"shared": shared_digests(options), "corpora": corpus_digests(options),
            "written": {} if options.without_written else digests_in(WRITTEN)}  # fmt: skip
    told: dict[str, Any] = {}

    told["collect"] = ledger.step(
        "collect", {"feedback": options.told, "since": options.since},
        lambda folder: collect(options, folder),
    )  # fmt: skip
    if until == "collect":
        return None
    told["screen"] = ledger.step(
        "screen", {"base": base, **read},
        lambda folder: screen(labels_.read(at("collect")), corpora(options)[0], champion, folder),
    )  # fmt: skip
    if until == "screen":
        say(f"look at {at('screen') / 'screen.md'}, then go on without --until")
        return None
    dumped = recipe.model_dump(mode="json")
    told["mix"] = ledger.step(
        "mix",
        {
            "base": base, "recipe": dumped, "decisions": decisions, "exclude": options.exclude,
            "weights": options.source_weights, "unsettled": options.max_unsettled, **read,
        },
        lambda folder: mix(
            options, recipe, at("collect"), at("screen"), champion, decisions, folder
        ),
    )  # fmt: skip
    if until == "mix":
        return None
    told["fit"] = ledger.step(
        "fit", {"encoder": str(options.encoder), "recipe": dumped, "base": base},
        lambda folder: fit_from(options, recipe, at("mix") / DATA, folder), resumable=True,
    )  # fmt: skip
    if until == "fit":
        return None
    told["export"] = ledger.step(
        "export", {"name": name},
        lambda folder: export_to(at("fit"), at("mix") / DATA, folder, name, ledger, told),
    )  # fmt: skip
    challenger = at("export") / name
    if until == "export":
        return None
    told["evaluate"] = ledger.step(
        "evaluate",
        {
            "base": base, "unmeasured": options.unmeasured, "concerns": told["mix"]["concerns"],
            "floors": None if options.floors is None else file_digest(options.floors),
        },
        lambda folder: evaluate(options, challenger, at("mix"), told["mix"]["concerns"], folder),
    )  # fmt: skip
    verdict = read_evidence(at("evaluate") / VERDICT)
    if until == "evaluate":
        return verdict
    ledger.step(
        "report", {"feedback": options.told, "since": options.since, "told": told},
        lambda folder: write_report(folder, champion, challenger, options, told, verdict),
    )  # fmt: skip
    return verdict


def fit_from(options: Options, recipe: Recipe, data: Path, folder: Path) -> dict[str, Any]:
    """Fit from the champion, going on from a checkpoint where there is one."""
    if options.launcher is not None:
        launched(options, recipe, data, folder)
    else:
        from training.fit import fit

        with redirect_stdout(sys.stderr):  # a fit tells its figures there; here it is the verdict's
            fit(options.encoder, data, recipe, folder, resume=True, start=options.base)
    for left in folder.glob(f"{CHECKPOINTS}*"):
        shutil.rmtree(left)
    lines = (folder / "metrics.jsonl").read_text("utf-8").splitlines()
    last: dict[str, Any] = json.loads(lines[-1])
    return last


def launched(options: Options, recipe: Recipe, data: Path, folder: Path) -> None:
    """The same fit, on the processes that the launcher starts."""
    asked = folder / "recipe.json"
    asked.write_text(recipe.model_dump_json(indent=1), "utf-8")
    # Behind -- because torchrun takes --run and --start for shortened options of its own.
    command = [
        *shlex.split(options.launcher or ""), "-m", "training", "--", "fit", "--resume",
        "--recipe", str(asked), "--base", str(options.encoder), "--data", str(data),
        "--run", str(folder), "--start", str(options.base),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, stdout=sys.stderr, check=False)
    except FileNotFoundError:
        raise RetrainError(f"--launcher {options.launcher}: there is no {command[0]}") from None
    if done.returncode:
        raise RetrainError(
            f"the fit that --launcher started ended with {done.returncode}; its words stand above. "
            "The same command goes on from its checkpoint"
        )


def export_to(
    fitted: Path, data: Path, folder: Path, name: str, ledger: Ledger, told: dict[str, Any]
) -> dict[str, Any]:
    """Write the bundle; its lineage says which labels are in it."""
    from training.export import export

    rows = f"{ledger.folder('collect').name}/{labels_.ROWS}"
    more = {
        "labels": {
            "sha256": ledger.before[rows],
            "used": told["mix"]["used"],
            "left out": told["mix"]["left out"],
        }
    }
    figures = export(fitted / "fitted", data, folder / name, name, "int8", more, for_gate=True)
    report = fitted / "report"  # pictures of the run
    if report.is_dir():
        shutil.copytree(report, folder / "report")
        shutil.rmtree(report)
    return {"bytes": figures["bytes"], "held_out": figures["held_out"]}


def evaluate(
    options: Options, challenger: Path, mixed: Path, concerns: list[str], folder: Path
) -> dict[str, Any]:
    """Ask ``evaluation``, in a process of its own: what is measured is what the service says."""
    frozen = [*([] if options.without_written else [WRITTEN]), *options.shared]
    if (mixed / FROZEN).is_dir():
        frozen.append(mixed / FROZEN)
    report = folder / VERDICT
    command = [
        sys.executable, "-m", "evaluation", "verdict", str(challenger), *map(str, frozen),
        "--bundle", str(options.base), "--report", str(report),
    ]  # fmt: skip
    held = mixed / HELD / labels_.ROWS
    if held.stat().st_size:
        command += ["--new", str(held)]
    if options.floors is not None:
        command += ["--floors", str(options.floors)]
    for name in options.unmeasured:
        command += ["--unmeasured", name]
    for concern in concerns:
        command += ["--hold", concern]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in VERDICTS or not report.is_file():
        raise RetrainError(f"evaluation ended with {done.returncode}; its words stand above")
    found = read_evidence(report)
    return {"verdict": found.verdict, "reasons": list(found.reasons)}


def recipe_of(options: Options, champion: Bundle) -> Recipe:
    """The one that was named, else the champion's own, with the numbers that were set anew, and the
    seed that the champion's splits were drawn with: what it was fitted on may test no other fit."""
    if options.recipe is not None:
        chosen = load_recipe(options.recipe)
    elif "recipe" in champion.manifest.data:
        chosen = Recipe.model_validate(champion.manifest.data["recipe"])
    else:
        raise RetrainError(f"{options.base} does not hold its recipe: name one with --recipe")
    if "recipe" in champion.manifest.data:
        _, seed = draw_of(champion.manifest.data)
        chosen = chosen.model_copy(update={"seed": seed})
    return changed(chosen, options.changes)


def name_of(options: Options, champion: Bundle, out: Path) -> str:
    """The bundle's name: the one that the job began with, so that a job that goes on after midnight
    ends as it began."""
    path = out / JOB
    asked, begun = options.name, text_in(path, "name")
    if begun is not None and asked in (None, begun):
        return begun
    name = asked or default_name(champion)
    partial = path.with_name(f"{JOB}.partial")
    partial.write_text(json.dumps({"name": name, "begun": now()}), "utf-8")
    os.replace(partial, path)
    return name


def default_name(champion: Bundle) -> str:
    """By the date; numbered where the champion is of today."""
    today = f"lurewatch-{datetime.now(UTC).date().isoformat()}"
    last = champion.manifest.name
    if last == today:
        return f"{today}.2"
    number = last.removeprefix(f"{today}.")
    return f"{today}.{int(number) + 1}" if number != last and number.isdigit() else today


def shared_digests(options: Options) -> dict[str, str]:
    """Of every labelled file beside the written corpus."""
    return {
        f"{folder.name}/{name}": digest
        for folder in options.shared
        for name, digest in digests_in(folder).items()
    }


def corpus_digests(options: Options) -> dict[str, Any]:
    """Of every mapping and the files that it reads; a data set of the hub is its id alone."""
    found = {}
    for named in options.corpora:
        mapping, folder = load_mapping(named)
        files = {name: file_digest(folder / name) for name in mapping.files}
        found[named] = {"mapping": mapping.model_dump(mode="json"), "files": files}
    return found


def digests_in(folder: Path) -> dict[str, str]:
    """Of every file of labelled texts in a folder."""
    return {path.name: file_digest(path) for path in sorted(folder.glob("*.jsonl"))}


def now() -> str:
    """ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
