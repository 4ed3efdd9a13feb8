"""Yearly figures on automated means, from what is kept."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from models.cli import say
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.policy.decisions import Decision
from service.runtime import opened_store
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
    out: Annotated[Path, typer.Option(help="Folder for three files; written anew if there.")],
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
    before = [cells_of(path, year) for path in earlier or ()]
    with opened_store(read_settings()) as (database, _):
        found = database.read_now(count, since, end)
    for cells in before:
        found.decisions = joined(found.decisions, cells)
    last = (end - timedelta(days=1)).date()
    told = figures.report(found, since.date(), last, LEAST[least])
    out.mkdir(parents=True, exist_ok=True)
    (out / JSON_FILE).write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
    period = f"{since.date().isoformat()}/{last.isoformat()}"
    (out / FILE).write_text(as_csv(figures.rows(told), service, period), "utf-8")
    (out / PAGE_FILE).write_text(page(told), "utf-8")
    say(
        f"{year}, in {out}: decisions {found.decisions.total()}, appeals {found.appeals.total()}, "
        f"samples {found.samples.total()}"
    )


def cells_of(path: Path, year: int) -> Counter[Cell]:
    """Days of an earlier answer that are of the year. Raises
    :class:`~service.commands.errors.UsageError`."""
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if told["format"] != figures.FORMAT:
            raise UsageError(f"{path}: it is of another version of this command")
        cells = {Cell(*map(str, cell)): int(number) for *cell, number in told["cells"]}
        return Counter(
            {cell: n for cell, n in cells.items() if date.fromisoformat(cell.day).year == year}
        )
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{path}: it is no {JSON_FILE} of this command") from None
