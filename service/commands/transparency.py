"""Yearly figures on automated means, from what is kept."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from models.cli import say
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.commands.written import replace
from service.policy.decisions import Decision
from service.runtime import existing_store
from service.transparency import figures
from service.transparency.counting import Cell, count, joined
from service.transparency.page import page
from service.transparency.template import FILE, as_csv

JSON_FILE, PAGE_FILE = "transparency.json", "transparency.md"


class Least(StrEnum):
    """The least decision that restricts something."""

    NUDGE = "nudge"
    REVIEW = "review"
    BLOCK = "block"


LEAST: dict[Least, Decision] = {
    Least.NUDGE: "nudge",
    Least.REVIEW: "review",
    Least.BLOCK: "block",
}


def transparency(
    year: Annotated[int, typer.Option(min=2020, max=2099, help="Of the report.")],
    out: Annotated[
        Path,
        typer.Option(help="Folder for three files; written anew if there, but no day is lost."),
    ],
    earlier: Annotated[
        list[Path] | None,
        typer.Option("--add", help=f"A {JSON_FILE} of before: its days count where it has more."),
    ] = None,
    service: Annotated[str, typer.Option(help="Your service's name, for the template.")] = "",
    least: Annotated[
        Least, typer.Option("--from", help="The least decision by which you restrict an ad.")
    ] = Least.REVIEW,
) -> None:
    """Count a year's decisions, appeals and samples: JSON, the Commission's template, a page.

    Kept ads expire (see KEEP_RESULTS_HOURS, KEEP_QUEUE_DAYS): run it before they do, each time with
    --add of the last answer, and the year comes together.
    """
    since, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    before = [of_year(cells_of(path), year) for path in earlier or ()]
    with existing_store(read_settings()) as (database, _):
        found = database.read_now(count, since, end)
    for cells in before:
        found.decisions = joined(found.decisions, cells)
    last = (end - timedelta(days=1)).date()
    told = figures.report(found, since.date(), last, LEAST[least])
    period = f"{since.date().isoformat()}/{last.isoformat()}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        keep_days(out / JSON_FILE, found.decisions)
        replace(out / JSON_FILE, json.dumps(told, indent=1, ensure_ascii=False))
        replace(out / FILE, as_csv(figures.rows(told), service, period))
        replace(out / PAGE_FILE, page(told))
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from None
    say(
        f"{year}, in {out}: decisions {found.decisions.total()}, appeals {found.appeals.total()}, "
        f"samples {found.samples.total()}"
    )


def keep_days(path: Path, decisions: Counter[Cell]) -> None:
    """Raises :class:`~service.commands.errors.UsageError` where the answer that is there counts
    more of a day: it may be all that is left of it."""
    if path.is_file() and joined(decisions, cells_of(path)) != decisions:
        raise UsageError(
            f"{path}: it counts decisions that are kept nowhere else; give it with --add, or "
            "another --out where it is of another year"
        )


def of_year(cells: Counter[Cell], year: int) -> Counter[Cell]:
    """Those of the year's days."""
    return Counter({cell: n for cell, n in cells.items() if cell.day.startswith(f"{year}-")})


def cells_of(path: Path) -> Counter[Cell]:
    """Days of an earlier answer. Raises :class:`~service.commands.errors.UsageError`."""
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if told["format"] != figures.FORMAT:
            raise UsageError(f"{path}: it is of another version of this command")
        return Counter({Cell(*map(str, cell)): int(number) for *cell, number in told["cells"]})
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{path}: it is no {JSON_FILE} of this command") from None
