"""What plugins for others' tools need of a bundle.

For example:

python -m service plugin coop --out service/plugins/coop/src/modelcard.json   after a new bundle
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from models import bundle
from models.cli import new_app, say
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.integrations.coop_card import card

app = new_app(__doc__)


@app.callback()
def group() -> None:
    """What plugins for others' tools need of a bundle."""


@app.command()
def coop(
    out: Annotated[Path, typer.Option(help="File to write.")],
) -> None:
    """Write the model card and the two thresholds of the bundle that is served, for the plugin for
    ROOST's Coop."""
    loaded = bundle.load(read_settings().bundle_dir)
    try:
        out.write_text(written(card(loaded)), "utf-8")
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}") from None
    say(f"{loaded.manifest.name}: model card in {out}")


def written(told: dict[str, object]) -> str:
    """As it stands in the file."""
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
