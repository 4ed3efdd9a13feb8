"""The database.

For example:

python -m service store check    whether it is reached and up to date; how many rows are in it
python -m service store prune    delete what has expired now; a running service does it hourly
"""

import asyncio
from contextlib import closing

import orjson
import typer

from models.cli import REFUSED, new_app, say
from service.commands.settings import read_settings
from service.runtime import existing_store
from service.store import Database
from service.store.condition import condition
from service.store.database import must_exist
from service.store.retention import prune_all

app = new_app(__doc__)


@app.command()
def check() -> None:
    """Print the database's condition as JSON, changing nothing. Exit 1 if its tables are not those
    of this version, 2 if it cannot be reached."""
    settings = read_settings()
    must_exist(settings.database_url)
    with closing(Database(settings.database_url)) as database:
        found = condition(database, settings)
    print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    if not found["migrated"]:
        say("its tables are of another version; this one brings them up to date when it starts")
        raise typer.Exit(REFUSED)


@app.command()
def prune() -> None:
    """Delete what has expired, and print how many rows of each table as JSON."""
    settings = read_settings()
    with existing_store(settings) as (database, _):
        done = asyncio.run(prune_all(database, settings))
    print(orjson.dumps(done, option=orjson.OPT_INDENT_2).decode())
