"""Statements of reasons for the EU's DSA Transparency Database, as drafts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from models.cli import say
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.runtime import existing_store
from service.statements.action import load
from service.statements.export import write
from service.statements.stored import of_period

Day = Annotated[
    datetime,
    typer.Option(formats=["%Y-%m-%d"], help="First day (UTC) on which the decisions took effect."),
]


def statements(
    since: Day,
    out: Annotated[Path, typer.Option(help="Folder to make; it must be empty or not be there.")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day (UTC); default: up to now."),
    ] = None,
) -> None:
    """Write drafts of a period's kept decisions, 100 a file, each file the body of
    `POST /api/v1/statements`. Nothing is sent: that is yours to do, once a person read them.

    A decision is of the day from which it restricts: that of the answer, or for `review` that of
    the reviewer's word that confirmed it.

    What you did by decision says the file that LUREWATCH_STATEMENTS names. Left out are decisions
    for which it names no restriction, those that wait for a reviewer, and those that reviewers or
    an appeal took back.
    """
    settings = read_settings()
    if settings.statements is None:
        raise UsageError("LUREWATCH_STATEMENTS names no file that says what you did by decision")
    actions = load(settings.statements)
    start = since.replace(tzinfo=UTC)
    last = datetime.now(UTC) if until is None else until.replace(tzinfo=UTC) + timedelta(days=1)
    with existing_store(settings) as (database, vault):

        def written(session: Session) -> dict[str, int]:
            return dict(write(of_period(session, vault, start, last), actions, out))

        counts = database.read_now(written)
    say(f"drafts: {counts.pop('drafts', 0)}, in {out}")
    for reason, number in counts.items():
        say(f"left out: {number}, {reason}")
