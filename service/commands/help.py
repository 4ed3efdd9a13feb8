"""What is known of help by country, and how old it is."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from models.cli import REFUSED, new_app, say
from service.commands.settings import read_settings
from service.help import load
from service.help.wording import country_name

app = new_app("Help by country: help lines, portals and rules, with their sources and dates.")


@app.callback()
def commands() -> None:
    """Help by country."""


@app.command()
def check(
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to reckon from; default: this day (UTC)."),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Exit code 1 where an entry is old.")] = False,
) -> None:
    """Entries that are old, whose source bears no date, and countries without any: JSON lines.

    Reads the entries that come with the service and those of LUREWATCH_HELP_FILE. A file that is
    incomplete is refused with its entry and field, as at the start of the service.
    """
    book = load(read_settings().help_file)
    day = (today or datetime.now(UTC)).date()
    count = {"stale": 0, "undated": 0, "current": 0}
    for entry in book.entries():
        state = entry.state(day)
        count[state] += 1
        if state != "current":
            line = {
                "id": entry.id, "state": state, "good_until": entry.good_until.isoformat(),
                "source": entry.source.address,
            }  # fmt: skip
            print(json.dumps(line, ensure_ascii=False))
    for code in book.without_help():
        print(json.dumps({"country": code, "state": "empty", "name": country_name(code, "en")}))
    say(
        f"{len(book.entries())} entries on {day}: {count['current']} current, "
        f"{count['undated']} undated, {count['stale']} old; "
        f"{len(book.without_help())} of {len(book.countries())} countries without one"
    )
    if strict and count["stale"]:
        raise typer.Exit(REFUSED)
