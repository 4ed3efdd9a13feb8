"""``python -m evaluation``: measure what ships.

For example:

python -m evaluation run FILE_OR_FOLDER …      figures of the served bundle on labelled texts
python -m evaluation peers --data FOLDER       simpler ways on the same splits, as a table
python -m evaluation speed --texts FILE        the served bundle against torch, as ratios
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from evaluation.run import WrongRow, measure, read
from models import bundle
from models.cli import new_app
from models.cli import run as run_cli
from models.errors import BundleError
from service.engine import Engine
from service.settings import Settings

app = new_app(__doc__)
BundleDir = Annotated[
    Path | None, typer.Option("--bundle", help="Folder of the bundle; default: the champion.")
]


def engine_of(folder: Path | None) -> Engine:
    """The bundle as the service would run it."""
    return Engine.start(Settings(bundle_dir=folder or bundle.champion()))


@app.command()
def run(
    paths: Annotated[list[Path], typer.Argument(help="Labelled .jsonl files, or folders of them.")],
    folder: BundleDir = None,
) -> None:
    """Metrics with 95 % intervals, over all texts and by source. JSON on stdout."""
    print(json.dumps(measure(engine_of(folder), read(paths)), indent=1, ensure_ascii=False))


@app.command()
def peers(
    data: Annotated[Path, typer.Option(help="Data set of `python -m training prepare`.")],
    base: Annotated[
        Path | None, typer.Option(help="Folder of the base encoder, for the frozen-encoder line.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--bundle",
            help="A bundle fitted on this data set's training split. One that saw the test texts "
            "is measured too well.",
        ),
    ] = None,
    split: Annotated[
        Literal["test", "left_out"], typer.Option(help="Split to measure on.")
    ] = "test",
    as_json: Annotated[bool, typer.Option("--json", help="Figures as JSON, not tables.")] = False,
) -> None:
    """Baselines on the same splits: flag everything, phrases, characters, frozen encoder, bundle.
    Needs the training extra."""
    from evaluation.peers.baselines import as_markdown, measure

    found = measure(data, base, engine_of(folder) if folder else None, split)
    print(json.dumps(found, indent=1) if as_json else as_markdown(found))


@app.command()
def speed(
    texts: Annotated[Path, typer.Option(help="JSON lines with a text each; 64 and more.")],
    fitted: Annotated[Path, typer.Option(help="The fitted model the bundle was exported from.")],
    folder: BundleDir = None,
) -> None:
    """One ad's latency and a batch's throughput against torch. Needs the training extra."""
    from evaluation.peers.speed import compare

    with texts.open(encoding="utf-8") as stream:
        lines = [json.loads(line)["text"] for line in stream if line.strip()]
    print(json.dumps(compare(engine_of(folder), fitted, lines), indent=1))


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 2 cannot be done."""
    return run_cli(app, argv, (BundleError, WrongRow, OSError))


if __name__ == "__main__":
    raise SystemExit(main())
