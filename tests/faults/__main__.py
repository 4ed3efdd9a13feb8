"""``python -m tests.faults``: what becomes of a service when things go wrong around it.

For example:

python -m tests.faults list                   the faults, and what is promised
python -m tests.faults run                    all of them at full length; half an hour
python -m tests.faults run clock disk         these
python -m tests.faults run --quick            a few seconds each: does everything work?
python -m tests.faults table RESULT           as Markdown: promised, seen
python -m tests.faults soak --minutes 60      an hour of ordinary load: does memory stay flat?

Each is done to a real service in a process of its own, with real parts beside it (PostgreSQL, NATS,
a file system that is full, another clock). Exit 1 where a promise was not kept.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from evaluation.guide_tables import put_into
from models import bundle as bundles
from models.cli import new_app, say
from models.cli import run as run_cli
from tests.faults import table as tables
from tests.faults.all import FAULTS
from tests.faults.fault import Given, Outcome
from tests.faults.flat import judged
from tests.faults.picture import draw
from tests.faults.soak import MINUTE_S, drawn
from tests.faults.soak import soak as soaked

app = new_app(__doc__)

QUICK_S = 5.0


@app.command("list")
def listed() -> None:
    """Names for `run`, and what each does."""
    for name, (fault, seconds) in FAULTS.items():
        first = (fault.__doc__ or "").strip().splitlines()[0]
        print(f"{name:12} {seconds:5.0f} s  {first}")


@app.command()
def run(
    names: Annotated[list[str] | None, typer.Argument(help="Faults; default: all.")] = None,
    quick: Annotated[bool, typer.Option(help="A few seconds each.")] = False,
    bundle: Annotated[
        Path | None, typer.Option(help="Folder of the bundle; default: the champion.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 1,
    out: Annotated[Path, typer.Option(help="The result, JSON lines; added to.")] = Path(
        "build/faults/result.jsonl"
    ),
) -> None:
    """Do them, one after another; each outcome is written at once."""
    unknown = sorted(set(names or ()) - set(FAULTS))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: not one of {', '.join(FAULTS)}")
    folder = (bundle or bundles.champion()).resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    broken = 0
    for name in names or FAULTS:
        fault, seconds = FAULTS[name]
        say(f"{name}: begun")
        with tempfile.TemporaryDirectory(prefix=f"fault-{name}-") as own:
            given = Given(Path(own), folder, QUICK_S if quick else seconds, seed, say)
            outcome = fault(given)
        with out.open("a", encoding="utf-8") as stream:
            row = {"name": name, "quick": quick, **outcome.row()}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        tell(name, outcome)
        broken += bool(outcome.broken)
    raise typer.Exit(1 if broken else 0)


def tell(name: str, outcome: Outcome) -> None:
    """One outcome, for who watches."""
    for what, figure in outcome.seen.items():
        say(f"  {what}: {figure}")
    for one in outcome.broken:
        say(f"  NOT KEPT: {one}")
    if outcome.undone:
        say(f"  {outcome.undone}")
    verdict = "not done" if outcome.undone else "not kept" if outcome.broken else "kept"
    say(f"{name}: {verdict}")


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(min=0.05, help="Of load.")] = 60.0,
    rate_share: Annotated[
        float, typer.Option(min=0.05, max=1, help="Of what the service can do.")
    ] = 0.7,
    bundle: Annotated[
        Path | None, typer.Option(help="Folder of the bundle; default: the champion.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 1,
    period_s: Annotated[float, typer.Option(min=0.5, help="Of a sample.")] = MINUTE_S,
    out: Annotated[Path, typer.Option(help="Samples, JSON lines, written at once.")] = Path(
        "build/faults/soak.jsonl"
    ),
    picture: Annotated[Path, typer.Option(help="Memory and times; .webp, .svg, .png.")] = Path(
        "build/faults/soak.webp"
    ),
) -> None:
    """Ordinary load for long; exit 1 where memory is not flat."""
    folder = (bundle or bundles.champion()).resolve()
    with tempfile.TemporaryDirectory(prefix="soak-") as own:
        given = Given(Path(own), folder, minutes * 60, seed, say)
        samples = soaked(given, drawn(folder, given.seconds, seed), rate_share, out, period_s)
    verdict = judged(samples)
    draw(samples, verdict.slope, picture)
    outcome = Outcome("ordinary load for long", "memory stays flat", verdict.seen)
    outcome.broken.extend(verdict.broken)
    tell("soak", outcome)
    raise typer.Exit(1 if outcome.broken else 0)


@app.command()
def table(
    result: Annotated[Path, typer.Argument(help="What `run` wrote.")],
    into: Annotated[
        Path | None, typer.Option(help="A page with the two marks to put it between.")
    ] = None,
) -> None:
    """The last outcome of each fault, as Markdown."""
    words = tables.markdown(tables.read(result))
    if into is None:
        print(words, end="")
    else:
        put_into(into, words, tables.BEGIN, tables.END)
        say(f"table: in {into}")


if __name__ == "__main__":
    raise SystemExit(run_cli(app, None, (OSError, ValueError)))
