"""Webhook endpoints, and messages that could not be delivered.

For example:

python -m service webhooks list
python -m service webhooks dead --endpoint moderation
python -m service webhooks replay --endpoint moderation --since 2026-11-26
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from models.cli import new_app, say
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.review import audit
from service.runtime import existing_store
from service.settings import Settings
from service.store.tables import Delivery
from service.webhooks import letters
from service.webhooks.shapes import WebhookOut
from service.webhooks.views import all_of

app = new_app(__doc__)

Endpoint = Annotated[str | None, typer.Option(help="Of this endpoint only.")]
Since = Annotated[
    datetime | None, typer.Option(help="Written then or later, UTC: 2026-11-26 or with a time.")
]


@app.command("list")
def list_endpoints() -> None:
    """Every endpoint: name, address, messages that wait or are dead, state."""
    with existing_store(read_settings()) as (database, vault):
        for one in database.read_now(all_of, vault):
            print(endpoint_line(one))


@app.command()
def dead(
    endpoint: Endpoint = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 1000,
) -> None:
    """Messages that were given up: id, endpoint, submission, attempts, reason."""
    with existing_store(read_settings()) as (database, vault):
        rows = database.read_now(letters.dead, endpoint, in_utc(since), limit)
        if not rows and endpoint is not None:
            known(endpoint, [one.name for one in database.read_now(all_of, vault)])
        for row in rows:
            print(letter_line(row))


@app.command()
def replay(
    endpoint: Endpoint = None,
    id: Annotated[
        list[str] | None, typer.Option(help="As `dead` gives it; repeatable. Default: all.")
    ] = None,
    since: Since = None,
) -> None:
    """Send dead messages again: the same bytes, the same ids. The service that runs on the same
    database sends them, within a second."""
    settings = read_settings()
    with existing_store(settings) as (database, _):
        done = database.write_now(replayed, settings, endpoint, id or (), in_utc(since))
    for name, number in sorted(done.items()):
        say(f"{name}: {number}")
    if not done:
        raise UsageError(
            "nothing to send again: no such message, or its endpoint is disabled or removed; "
            "'python -m service webhooks list'"
        )


def replayed(
    session: Session, settings: Settings, endpoint: str | None, ids: Collection[str],
    since: datetime | None,
) -> Mapping[str, int]:  # fmt: skip
    """Messages by endpoint, each told in the audit trail."""
    done = letters.replay(session, endpoint, ids, since)
    for name, number in sorted(done.items()):
        about = audit.About(detail={"webhook": name, "messages": number})
        audit.note(session, settings, "webhook_replayed", audit.NOBODY, about)
    return done


def known(name: str, names: Collection[str]) -> None:
    """Raises :class:`UsageError` for an endpoint that is not there. Messages of one that was
    removed are still found by its name."""
    if name not in names:
        there = ", ".join(sorted(names)) or "none"
        raise UsageError(f"--endpoint {name}: no such endpoint; there are: {there}")


def in_utc(given: datetime | None) -> datetime | None:
    """As it was typed."""
    return None if given is None else given.replace(tzinfo=UTC)


def endpoint_line(one: WebhookOut) -> str:
    """For people and for ``cut``."""
    state = "in use"
    if one.disabled_at is not None:
        state = f"disabled {one.disabled_at:%Y-%m-%d}: {one.disabled_reason}"
    elif one.paused_until is not None:
        state = f"paused until {one.paused_until:%Y-%m-%d %H:%M}"
    return f"{one.name}  {one.url}  {one.pending} pending  {one.dead} dead  {state}"


def letter_line(row: Delivery) -> str:
    """One a message."""
    submission = row.submission or "test"
    return f"{row.id}  {row.endpoint}  {submission}  {row.attempts} attempts  {row.last_error}"
