"""``python -m tests.bench``: how fast the service is, beside other ways to serve the same model.

For example:

python -m tests.bench run --quick             does all work? A few minutes, rough figures
python -m tests.bench run                     all contestants, five rounds; about an hour
python -m tests.bench table RESULT            the figures as Markdown, and whether targets are kept
python -m tests.bench plot RESULT --out P     the picture (.webp, .svg, .png)
python -m tests.bench ndjson --ads 20000      memory of the service while a long stream goes on
python -m tests.bench setup                   the peers' environments and model, nothing measured

Run it on a machine that does nothing else, and look at how busy it was: each row of a result says
how many processor seconds others took (others_s, stolen_s) and how fast the machine was (probe).
Ratios hold better than seconds: they are taken within a round, in which all take turns.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from tqdm import tqdm

from models import bundle as bundles
from models.cli import new_app, say
from models.cli import run as run_cli
from models.errors import BundleError
from tests.bench import cells as all_cells
from tests.bench import contestants as who
from tests.bench import environments, machine, model, ndjson, plot, rounds, table, texts
from tests.bench.mix import REPEATS, Unique
from tests.bench.process import DidNotStart, Server, clean_environment
from tests.e2e.processes import ROOT, free_port
from training.errors import TrainingError

app = new_app(__doc__)

WORK = Path("build/bench")
Only = Annotated[
    list[str] | None,
    typer.Option(
        help="Measure this one; repeatable. Default: all of "
        f"{', '.join(one.name for one in who.SERVED)} and {who.BARE} (our graph in process: the "
        "ceiling)."
    ),
]
Also = Annotated[
    list[str] | None,
    typer.Option(
        help="One more variant of ours, NAME:LUREWATCH_SETTING=VALUE,…; repeatable. For example "
        "'two threads less:LUREWATCH_WORKERS=1'."
    ),
]
Base = Annotated[
    Path, typer.Option(help="Folder of the base encoder (python -m training base) for the peers.")
]
BundleDir = Annotated[
    Path | None, typer.Option("--bundle", help="Folder of the bundle; default: the champion.")
]
TextFile = Annotated[
    Path | None,
    typer.Option(
        "--texts",
        help="Your own ads, JSON lines with text (and language, kind where known), in the mixture "
        "they come in. Default: the written corpus, drawn to a stated mixture. Lines longer than "
        "one window are left out.",
    ),
]
Result = Annotated[Path, typer.Argument(help="What `run` wrote.")]
Unaided = Annotated[
    str,
    typer.Option(help="The variant of ours that the targets of the all-unique mixture are for."),
]


@app.command()
def run(
    round_count: Annotated[
        int, typer.Option("--rounds", min=1, help="Rounds; an interval needs five at least.")
    ] = 5,
    quick: Annotated[
        bool, typer.Option(help="Two rounds with a quarter of the ads: does everything work?")
    ] = False,
    only: Only = None,
    also: Also = None,
    closed: Annotated[bool, typer.Option(help="Closed loops alone.")] = False,
    text_file: TextFile = None,
    seen_texts: Annotated[
        bool,
        typer.Option(help="Take texts of the corpus too that the bundle was fitted on."),
    ] = False,
    repeats: Annotated[
        float,
        typer.Option(min=0, max=0.95, help="Share of ads in the recorded mixture that are copies."),
    ] = REPEATS,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 1,
    bundle: BundleDir = None,
    base: Base = Path("build/training/base"),
    out: Annotated[Path, typer.Option(help="The result, JSON lines.")] = WORK / "result.jsonl",
) -> None:
    """Measure. Each measurement is written at once; a run that is stopped keeps what it has."""
    folder = bundles.champion() if bundle is None else bundle
    loaded = bundles.load(folder)
    names = only or []
    chosen = who.chosen(names, also or [])
    there, missing = _environments(chosen)
    chosen = [one for one in chosen if one.name not in missing]
    peers = any(not one.ours for one in chosen)
    cells = list(all_cells.FULL)
    cells = all_cells.without_open(cells) if closed else cells
    cells = all_cells.quick(cells) if quick else cells
    pool = texts.of_file(text_file, loaded) if text_file else texts.written(loaded, not seen_texts)
    plan = rounds.Plan(
        contestants=chosen, bare=not names or who.BARE in names, cells=cells,
        rounds=min(2, round_count) if quick else round_count, repeats=repeats, seed=seed,
        bundle=folder.resolve(),
        model=model.ready(base, WORK / "model").resolve() if peers else Path(),
        pythons={pins: one.python.absolute() for pins, one in there.items()},
        folder=(WORK / "running").resolve(),
    )  # fmt: skip
    plan.folder.mkdir(parents=True, exist_ok=True)
    head = {
        **machine.facts(loaded.manifest.name), "load": os.getloadavg(), "quick": quick,
        "seed": seed, "repeats": repeats, "missing": missing,
        "ours": [one.name for one in chosen if one.ours],
        "what": {who.BARE: who.BARE_WHAT, **{one.name: one.what for one in chosen}},
        "versions": {one.name: there[one.pins].versions for one in chosen if one.pins},
        "texts": f"{pool.source}, {len(pool.texts)} of them; {pool.too_long} are longer than one "
        "window and left out",
    }  # fmt: skip
    unique = Unique(pool, seed, as_it_comes=text_file is not None)
    asyncio.run(rounds.run(plan, unique, rounds.Result(out, head)))
    say(f"bench: {out}; next: python -m tests.bench table {out}")


def _environments(
    chosen: Sequence[who.Contestant],
) -> tuple[dict[str, environments.Environment], dict[str, str]]:
    """By pins, and by name why one cannot be."""
    there: dict[str, environments.Environment] = {}
    missing: dict[str, str] = {}
    for one in chosen:
        if not one.pins:
            continue
        made = environments.made(one.pins, WORK / "venvs")
        if made.missing:
            missing[one.name] = f"its environment cannot be installed: {made.missing}"
            say(f"bench: {one.name} is left out: {missing[one.name]}")
        else:
            there[one.pins] = made
    return there, missing


@app.command()
def setup(only: Only = None, base: Base = Path("build/training/base")) -> None:
    """Make the peers' environments and model, so that `run` only measures."""
    chosen = who.chosen(only or [])
    _, missing = _environments(chosen)
    model.ready(base, WORK / "model")
    if missing:
        raise typer.Exit(1)


@app.command("table")
def write_table(
    result: Result,
    unaided: Unaided = who.UNAIDED,
    into: Annotated[
        Path | None,
        typer.Option(help="Also put it into this page, between its two marks."),
    ] = None,
) -> None:
    """Print the result as Markdown."""
    words = table.markdown(table.read(result), unaided)
    if into is not None:
        table.put_into(into, words)
    print(words, end="")


@app.command("plot")
def write_plot(
    result: Result,
    out: Annotated[Path, typer.Option(help="The picture.")] = WORK / "result.webp",
) -> None:
    """Draw the result."""
    plot.draw(table.read(result), out)
    say(f"bench: {out}")


@app.command("ndjson")
def long_stream(
    ads: Annotated[int, typer.Option(min=100, help="Lines of the one request.")] = 20_000,
    fresh: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Share of ads that are new; the others are copies of --distinct."
        ),
    ] = 0.02,
    distinct: Annotated[int, typer.Option(min=1, help="Short ads that copies are made of.")] = 200,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 1,
    bundle: BundleDir = None,
    out: Annotated[Path, typer.Option(help="The samples, JSON.")] = WORK / "ndjson.json",
) -> None:
    """Stream ads through the service and watch its memory, with all settings as shipped."""
    folder = (bundles.champion() if bundle is None else bundle).resolve()
    pool = texts.written(bundles.load(folder))
    short = sorted((one.text for one in pool.texts), key=len)[:distinct]
    scratch = (WORK / "running" / "ndjson").resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    place = who.Place(free_port(), who.this_python(), Path(), folder, scratch)
    ours = who.ours("ours", "the service as shipped")
    environment = clean_environment(**ours.settings(place))
    own = psutil.Process()
    with (
        Server(ours.command(place), environment, scratch / "log", ROOT) as server,
        tqdm(total=ads, unit="ad", desc="ndjson", mininterval=1) as bar,
    ):
        url = f"http://127.0.0.1:{place.port}"
        first = ours.request([short[0]])
        server.until(lambda: rounds.answers(ours, url + ours.path, first))
        curve = asyncio.run(
            ndjson.stream(
                f"{url}/v1/score/stream", short, ads, fresh, server,
                lambda: own.memory_info().rss / 2**20, bar.update, seed,
            )
        )  # fmt: skip
    ndjson.keep(curve, out)
    say(ndjson.drawn(curve))
    begun = curve.samples[0].resident_mb
    print(
        f"{curve.ads:,} ads in {curve.seconds:.0f} s ({curve.ads / curve.seconds:.0f} a second, "
        f"{fresh:.0%} new): {begun:.0f} MB resident when ready, {curve.most_mb:.0f} MB at most, "
        f"{curve.growth_mb:+.1f} MB over the second half; the caller {_caller(curve):.0f} MB at "
        "most"
    )


def _caller(curve: Any) -> float:
    return max(float(one.caller_mb) for one in curve.samples)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line."""
    expected = (
        BundleError, TrainingError, texts.TooFewTexts, who.NoSuchContestant, DidNotStart,
        ndjson.WrongStream, OSError, ValueError,
    )  # fmt: skip
    return run_cli(app, argv, expected)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # servers end, too
    raise SystemExit(main())
