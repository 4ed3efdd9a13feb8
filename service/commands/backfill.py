"""``python -m service backfill``: files of ads into files of results."""

import json
import signal
from types import FrameType
from typing import Annotated, Literal

import typer

from models.cli import REFUSED, say
from service.commands.errors import UsageError
from service.commands.settings import read_settings

TERMINATED = 128 + signal.SIGTERM

Inputs = Annotated[
    list[str],
    typer.Option("--input", help="File, pattern or folder, s3://… and the like too; repeatable."),
]
Named = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="FIELD=COLUMN: text, id, title, platform, surface, language, thread; default: columns "
        "of the same names. Repeatable.",
    ),
]
Same = Annotated[
    list[str] | None,
    typer.Option(
        "--constant",
        help="FIELD=VALUE where a row says nothing: platform, surface, language. Repeatable.",
    ),
]


def backfill(
    source: Inputs,
    output: Annotated[str, typer.Option(help="Folder of the results, s3://… too.")],
    form: Annotated[
        Literal["parquet", "csv", "tsv", "quoted-tsv", "jsonl"] | None,
        typer.Option(
            "--format",
            help="Of all inputs, where their names do not end in it; quoted-tsv: TSV whose cells "
            "may stand in quotes, as in CSV.",
        ),
    ] = None,
    columns: Named = None,
    constants: Same = None,
    write: Annotated[
        Literal["parquet", "jsonl"], typer.Option(help="Form of the results.")
    ] = "parquet",
    full: Annotated[
        bool, typer.Option("--full", help="Also each whole result, as /v1/score answers it.")
    ] = False,
    shard_rows: Annotated[
        int,
        typer.Option(min=1, help="Rows of a shard: what a killed run may have to do again."),
    ] = 20_000,
    copies: Annotated[
        bool, typer.Option(help="Take over the answer of the same text before in the shard.")
    ] = True,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Ads at a time: threads, with --ray actors. [one for each core]"),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(help="Work on a Ray cluster: HOST:PORT, auto, or local to start one here."),
    ] = None,
    allow_rejected: Annotated[
        float, typer.Option(min=0, max=1, help="Share of rows that may be rejected with exit 0.")
    ] = 0.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan and what it would take; no output.")
    ] = False,
    sample: Annotated[int, typer.Option(min=1, help="Rows that --dry-run scores.")] = 200,
) -> None:
    """Score files of ads, however many: Parquet, CSV, TSV and JSON lines, also .gz, .bz2, .zst.

    OUTPUT/results has a file for each shard, OUTPUT/rejected what could not be scored, with row
    and reason. Whatever ends a run, the same command goes on from the shards that are done; it
    refuses where inputs, bundle, policy or options have changed since.

    Exit: 0 done; 1 rows were rejected, or shards failed; 2 cannot be done as asked; 130 or 143
    stopped.
    """
    try:
        from service.backfill import run
        from service.backfill.columns import Columns
        from service.backfill.plan import Options

        if ray is not None:
            from service.backfill import cluster  # noqa: F401
    except ModuleNotFoundError as error:
        extra = "backfill" if ray is None else "ray"
        raise UsageError(f"{error.name} is missing: pip install 'lurewatch[{extra}]'") from None
    options = Options(
        columns=Columns.parse(columns or (), constants or ()), write=write, full=full,
        shard_rows=shard_rows, copies=copies,
    )  # fmt: skip
    settings = read_settings(workers=workers if ray is None else 1)
    fields = [one.partition("=")[0] for one in columns or ()]
    asked = run.Asked(source, form, output, options, fields, workers, ray, sample, dry_run)
    before = signal.signal(signal.SIGTERM, stop)
    try:
        done = run.run(asked, settings)
    finally:
        signal.signal(signal.SIGTERM, before)
    print(json.dumps(done.summary, indent=1))
    if done.failed:
        say(f"{len(done.failed)} shards failed; the same command tries them again")
        raise typer.Exit(REFUSED)
    if done.rejected_share > allow_rejected:
        say(f"{done.summary['rejected']} rows were rejected: {output}/rejected says why")
        raise typer.Exit(REFUSED)


def stop(number: int, frame: FrameType | None) -> None:
    """On SIGTERM, at once: what is not finished is done again by the next run."""
    raise SystemExit(TERMINATED)
