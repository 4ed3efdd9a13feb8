"""What people reported: the key pair that seals it, and reading it.

For example:

python -m service reports new-key --out reports.key      on a machine that is not the server
python -m service reports read --key-file reports.key --url https://lurewatch.example.org --api-key-file api.key
python -m service reports read --key-file reports.key --plain       from the database of the settings; the audit trail tells of it
"""  # noqa: E501

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer
from tqdm import tqdm

from models.cli import REFUSED, new_app, say
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.reports import desk
from service.reports.collect import from_database, from_service
from service.reports.opening import make_pair, read_private_key
from service.reports.shapes import ReportOut
from service.reports.told import as_line, as_text, read_report
from service.settings import LOOPBACK

app = new_app(__doc__)


@app.command("new-key")
def new_key(
    out: Annotated[Path, typer.Option(help="File for the private key; it must not exist yet.")],
) -> None:
    """Make a key pair. The public key is printed, for LUREWATCH_REPORTS_PUBLIC_KEY.

    Run it on the machine where reports will be read, not on the server.
    """
    public = make_pair(out)
    say(f"{out} holds the private key. Whoever has it reads every report; without it nobody does,")
    say("you included. Keep it off the server, with a copy in a safe place. The public key:")
    print(public)


@app.command()
def read(
    key_file: Annotated[
        list[Path], typer.Option(help="A private key; repeatable, for reports under older keys.")
    ],
    url: Annotated[
        str | None,
        typer.Option(help="Of the service; default: read the database that the settings name."),
    ] = None,
    api_key_file: Annotated[
        Path | None,
        typer.Option(help="File with a key of scope `reports` (`python -m service keys`)."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Reports made or added to on that day or later."),
    ] = None,
    campaign: Annotated[str | None, typer.Option(help="Only of this campaign.")] = None,
    plain: Annotated[bool, typer.Option(help="To be read, rather than lines of JSON.")] = False,
) -> None:
    """Open reports and print them, the oldest first. They are written to no file.

    A part that none of the keys opens says so in its place; the exit code is then 1.
    """
    keys = [read_private_key(path) for path in key_file]
    wanted = desk.Wanted(since.date() if since else None, campaign)
    closed = 0
    reports = source(url, api_key_file, wanted)
    for report in tqdm(reports, desc="read", unit="report", file=sys.stderr, mininterval=1):
        found = read_report(report, keys)
        closed += sum("error" in part for part in found["parts"])
        sys.stdout.write((as_text(found) if plain else as_line(found)) + "\n")
    if closed:
        say(f"{closed} parts could not be opened")
        raise typer.Exit(REFUSED)


def source(url: str | None, api_key_file: Path | None, wanted: desk.Wanted) -> Iterator[ReportOut]:
    """Where the reports come from."""
    if url is None:
        return from_database(read_settings(), wanted)
    if api_key_file is None:
        raise UsageError("--url needs --api-key-file: a file with a key of scope `reports`")
    try:
        key = api_key_file.read_text("ascii").strip()
        host, scheme = httpx.URL(url).host, httpx.URL(url).scheme
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{api_key_file}: no key can be read from it") from None
    except httpx.InvalidURL:
        raise UsageError("--url is no address; give one such as https://host") from None
    if scheme != "https" and host not in LOOPBACK:
        raise UsageError("--url must be https: over plain http others could take the key")
    return from_service(url, key, wanted)
