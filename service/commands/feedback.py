"""What reviewers said.

For example:

python -m service feedback export --out labels                    for training and for `datasets`
python -m service feedback export --out labels --since 2026-11-01  ads that were spoken of since
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from models.cli import new_app, say
from service.commands.settings import read_settings
from service.review.export import reading
from service.review.export.folder import Format, must_be_empty, write
from service.runtime import existing_store

app = new_app(__doc__)


@app.callback()
def group() -> None:
    """What reviewers said."""


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder to make; it must be empty or not be there.")],
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Only ads of which somebody spoke on that day (UTC) or later; all words on them.",
        ),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="Of the rows; Parquet needs the extra `export`.")
    ] = "both",
) -> None:
    """Write labels as a folder that `datasets` and `python -m training prepare --shared` read as it
    is. It holds the texts of ads, contacts replaced."""
    must_be_empty(out)  # told before a bar begins
    start = None if since is None else since.replace(tzinfo=UTC)
    with existing_store(read_settings()) as (database, vault):
        total = database.read_now(reading.count, start)
        ads = tqdm(
            reading.ads(database, start), desc="export", total=total, unit="ad", file=sys.stderr,
            mininterval=1,
        )  # fmt: skip
        counts = write(ads, vault, out, form)
    say(f"{counts.rows} labelled ads of {counts.ads}, {counts.words} words, in {out}")
