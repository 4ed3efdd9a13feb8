"""Keys for those who call the service.

For example:

python -m service keys add --name "night shift" --scope review
python -m service keys list
python -m service keys list --unused-days 90
python -m service keys limit key_0123… 600
python -m service keys rotate key_0123… --overlap-hours 48
python -m service keys revoke key_0123…
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from models.cli import new_app, say
from service import access
from service.access import Scope
from service.commands.errors import UsageError
from service.commands.key_lines import lines, told
from service.commands.settings import read_settings
from service.review import audit
from service.rotation import Rotated, rotate
from service.runtime import existing_store, opened_store
from service.settings import Settings
from service.store.base import now
from service.store.database import is_there, place

app = new_app(__doc__)

KeyId = Annotated[str, typer.Argument(help="As `list` gives it.")]

MOST_DAYS = 366 * 100
"""A century: the calendar ends with the year 9999."""

Days = Annotated[
    int | None, typer.Option(min=1, max=MOST_DAYS, help="Days until it ends; default: never.")
]

OWN = {"none": 0, "default": None}
"""Words for limits that are no number."""

MOST_ADS = 2**31 - 1
"""What the column of a database holds."""

MOST_HOURS = 24 * 366


@app.command()
def add(
    name: Annotated[str, typer.Option(help="Who will use it, or for what.")],
    scope: Annotated[
        list[Scope],
        typer.Option(help="What it is for; repeatable. `reports` opens what people reported."),
    ],
    days: Days = None,
    ads_per_minute: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MOST_ADS,
            help="Ads that it may have scored in a minute, by each process; 0: as many as it asks "
            "for. Default: LUREWATCH_KEY_ADS_PER_MINUTE.",
        ),
    ] = None,
) -> None:
    """Make a key. It is printed once, and kept nowhere."""
    if not name.strip():
        raise UsageError("--name: say who will use it, or for what: `list` tells keys apart by it")
    end = now() + timedelta(days=days) if days else None
    settings = read_settings()
    first = not is_there(settings.database_url)
    with opened_store(settings) as (database, _):
        key_id, key = database.write_now(made, settings, name, scope, end, ads_per_minute)
    where = place(settings.database_url)
    say(f"{key_id}: {', '.join(sorted(scope))}, for a service on {where}")
    if first:
        say(
            "this database was made just now. Where a service runs already it has another: see "
            "LUREWATCH_DATABASE and LUREWATCH_DATA_DIR, and the folder in which it was started"
        )
    print(key)


@app.command("list")
def list_keys(
    unused_days: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_DAYS, help="Only those in force that nobody used for so many days."
        ),
    ] = None,
) -> None:
    """Every key: id, name, scopes, days it was made and last used, state, limit. Never the key
    itself."""
    with existing_store(read_settings()) as (database, _):
        for line in database.read_now(lines, now(), unused_days):
            print(line)


@app.command()
def limit(
    key_id: KeyId,
    ads_per_minute: Annotated[
        str,
        typer.Argument(
            metavar="N|none|default",
            help="Ads in a minute, by each process; `none`: as many as it asks for; `default`: "
            "LUREWATCH_KEY_ADS_PER_MINUTE.",
        ),
    ],
) -> None:
    """Give a key a limit of its own, in force within five seconds."""
    number = number_of(ads_per_minute)
    settings = read_settings()
    with existing_store(settings) as (database, _):
        if not database.write_now(limited, settings, key_id, number):
            raise unknown(key_id)
    say(f"{key_id}: {told(number)}")


@app.command("rotate")
def rotate_key(
    key_id: KeyId,
    overlap_hours: Annotated[
        int, typer.Option(min=0, max=MOST_HOURS, help="Hours for which the old one still opens.")
    ] = 24,
    days: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_DAYS,
            help="Days until the new one ends; default: as long as the old had.",
        ),
    ] = None,
) -> None:
    """Make a key with the name, scopes and limit of another, which ends after the overlap. It is
    printed once, and kept nowhere."""
    life = timedelta(days=days) if days else None
    settings = read_settings()
    with existing_store(settings) as (database, _):
        new = database.write_now(rotated, settings, key_id, timedelta(hours=overlap_hours), life)
    say(f"{new.id}: {', '.join(new.scopes)}; {key_id} ends {new.old_ends_at:%Y-%m-%d %H:%M} UTC")
    print(new.key)


@app.command()
def revoke(key_id: KeyId) -> None:
    """End a key: at once, for scoring within five seconds."""
    settings = read_settings()
    with existing_store(settings) as (database, _):
        if not database.write_now(revoked, settings, key_id):
            raise unknown(key_id)
    say(f"{key_id} is revoked")


def made(
    session: Session, settings: Settings, name: str, scopes: Collection[Scope],
    end: datetime | None, ads_per_minute: int | None,
) -> tuple[str, str]:  # fmt: skip
    """Id and key, told in the audit trail; so are the acts below."""
    key_id, key = access.add(session, name, frozenset(scopes), end, ads_per_minute)
    about = audit.About(detail={"scopes": sorted(scopes)})
    audit.note(session, settings, "key_made", audit.Who(key=key_id), about)
    return key_id, key


def limited(session: Session, settings: Settings, key_id: str, number: int | None) -> bool:
    """False where there is no such key."""
    known = access.set_limit(session, key_id, number)
    if known:
        about = audit.About(detail={"ads_per_minute": number})
        audit.note(session, settings, "key_limited", audit.Who(key=key_id), about)
    return known


def rotated(
    session: Session, settings: Settings, key_id: str, overlap: timedelta, life: timedelta | None
) -> Rotated:
    """Raises as :func:`service.rotation.rotate`."""
    new = rotate(session, key_id, overlap, life)
    about = audit.About(detail={"by": new.id, "ends": f"{new.old_ends_at:%Y-%m-%d %H:%M}"})
    act = audit.note(session, settings, "key_rotated", audit.Who(key=key_id), about)
    about = audit.About(detail={"scopes": sorted(new.scopes)})
    audit.note(session, settings, "key_made", audit.Who(key=new.id), about, act)
    return new


def revoked(session: Session, settings: Settings, key_id: str) -> bool:
    """False where there is no such key."""
    known = access.revoke(session, key_id)
    if known:
        audit.note(session, settings, "key_revoked", audit.Who(key=key_id))
    return known


def number_of(given: str) -> int | None:
    """A limit as it is kept. Raises :class:`~service.commands.errors.UsageError`."""
    if given in OWN:
        return OWN[given]
    if not given.isdecimal() or not 0 < int(given) <= MOST_ADS:
        raise UsageError(f"{given}: give a number of ads from 1 up, `none` or `default`")
    return int(given)


def unknown(key_id: str) -> UsageError:
    """What is said of an id that names no key."""
    return UsageError(f"{key_id}: no such key; 'python -m service keys list'")
