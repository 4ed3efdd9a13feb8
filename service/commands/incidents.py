"""Incidents that are live.

For example:

python -m service incidents export --out rows     their examples, for training
"""

from pathlib import Path
from typing import Annotated

import typer

from models.cli import new_app, say
from service.commands.settings import read_settings
from service.incidents import registry
from service.incidents.rows import write
from service.runtime import existing_store
from service.store.base import now

app = new_app(__doc__)


@app.callback()
def group() -> None:
    """Incidents that are live."""


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder to make; it must be empty or not be there.")],
) -> None:
    """Write the examples as a folder that `python -m training prepare --shared` reads as it is. It
    holds texts, contacts replaced."""
    with existing_store(read_settings()) as (database, vault):
        incidents = database.read_now(registry.live, now())
        count = write(incidents, vault, out)
    say(f"{count} rows of {len(incidents)} incidents in {out}")
