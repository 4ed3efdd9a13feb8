"""Keys for those who call the service.

For example:

python -m service keys add --name "night shift" --scope review
python -m service keys list
python -m service keys revoke key_0123…
"""

from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cli import new_app, say
from service import access
from service.access import Scope
from service.commands.settings import UsageError, read_settings
from service.review import audit
from service.runtime import opened_store
from service.store.base import now
from service.store.tables import ApiKey

app = new_app(__doc__)


@app.command()
def add(
    name: Annotated[str, typer.Option(help="Who will use it, or for what.")],
    scope: Annotated[
        list[Scope],
        typer.Option(help="What it is for; repeatable. `reports` opens what people reported."),
    ],
    days: Annotated[
        int | None, typer.Option(min=1, help="Days until it ends; default: never.")
    ] = None,
) -> None:
    """Make a key. It is printed once, and kept nowhere."""
    end = now() + timedelta(days=days) if days else None
    settings = read_settings()
    with opened_store(settings) as (database, _):
        key_id, key = database.write_now(access.add, name, frozenset(scope), end)
        about = audit.About(detail={"scopes": sorted(scope)})
        database.write_now(audit.note, settings, "key_made", audit.Who(key=key_id), about)
    say(f"{key_id}: {', '.join(sorted(scope))}")
    print(key)


@app.command("list")
def list_keys() -> None:
    """Every key: id, name, scopes, state. Never the key itself."""
    with opened_store(read_settings()) as (database, _):
        for line in database.read_now(lines):
            print(line)


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="As `list` gives it.")]) -> None:
    """End a key: at once, for scoring within five seconds."""
    settings = read_settings()
    with opened_store(settings) as (database, _):
        known = database.write_now(access.revoke, key_id)
        if known:
            database.write_now(audit.note, settings, "key_revoked", audit.Who(key=key_id))
    if not known:
        raise UsageError(f"{key_id}: no such key; 'python -m service keys list'")
    say(f"{key_id} is revoked")


def lines(session: Session) -> list[str]:
    """One a key."""
    found = []
    for row in session.scalars(select(ApiKey).order_by(ApiKey.created_at)):
        state = "in force"
        if row.revoked_at is not None:
            state = f"revoked {row.revoked_at:%Y-%m-%d}"
        elif row.expires_at is not None:
            state = f"{'ended' if row.expires_at <= now() else 'ends'} {row.expires_at:%Y-%m-%d}"
        found.append(f"{row.id}  {row.name}  {','.join(row.scopes)}  {state}")
    return found
