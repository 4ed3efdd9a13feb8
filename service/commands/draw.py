"""``python -m service draw``: what was found, drawn into the texts."""

from pathlib import Path
from typing import Annotated

import typer

from models.cli import say
from service.commands.errors import UsageError
from service.commands.settings import read_settings
from service.commands.source import opened


def draw(
    source: Annotated[str, typer.Argument(help="File of JSON lines as for `score`; - is stdin.")],
    out: Annotated[Path, typer.Option(help="The page to write. It holds the texts.")],
    language: Annotated[
        str | None, typer.Option(help="Language of the sentences that explain indicators.")
    ] = None,
) -> None:
    """A page of a few ads with what was found drawn into them, to open in a browser."""
    from service.api.results import Wanted, result
    from service.api.schemas import AdIn, LineError
    from service.drawn import page
    from service.engine import Engine
    from service.indicators import pick
    from service.lines import read_line

    if not out.parent.is_dir() or out.is_dir():
        raise UsageError(f"--out {out}: name a file, in a folder that is there")
    given: list[AdIn] = []
    with opened(source) as stream:
        for number, line in enumerate(stream, 1):
            if line.isspace():
                continue
            read = read_line(number, line)
            if isinstance(read, LineError):
                raise UsageError(f"{source}: line {number}: {read.error}")
            given.append(read)
    engine = Engine.start(read_settings())
    try:
        answers = engine.answer_now([one.ad() for one in given])
    finally:
        engine.scorer.close()
    wanted = Wanted(pick(None, language))
    pairs = zip(given, answers, strict=True)
    results = [(ad, result(ad, one, engine.name, wanted)) for ad, one in pairs]
    try:
        out.write_text(page(results), "utf-8")
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from None
    say(f"{len(results)} ads in {out}")
